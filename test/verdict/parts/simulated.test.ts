/** From options and evidence to what a simulation holds true, and what it plays. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { isFailure } from '../../../src/devicetree/source/source-loader.ts';
import type { MachineFacts } from '../../../src/evidence/facts.ts';
import { machineOptions, sourceAccess } from '../../../src/verdict/machine-options.ts';
import { gatherFacts } from '../../../src/verdict/simulation/facts.ts';
import type { KernelFacts } from '../../../src/verdict/simulation/kernel.ts';
import { answerSimulation } from '../../../src/verdict/simulation/simulation.ts';
import { artifactOf, observedFact as fact, read } from '../../evidence/artifacts.ts';

const none = read().evidence;

describe('what is held true', () => {
  const gathered = (given: KernelFacts, facts: Partial<MachineFacts>) => {
    const sink = new DiagnosticList();
    const { variants, contradictions } = gatherFacts(given, { ...none, ...facts }, sink);
    return { variants, contradictions: contradictions.length, codes: sink.all.map(({ code }) => code) };
  };
  const OVER = 'verdict/option-over-evidence';
  const video = {
    address: '0000:00:08.0',
    vendor: 0x1414,
    device: 0x5353,
    bars: [{ index: 0, space: 'memory', base: 0xf800_0000n, size: 0x400_0000n } as const],
  };

  test('nothing', () => {
    const { variants, contradictions, codes } = gathered({}, {});
    expect([Object.keys(variants[0]!), variants.length, contradictions, codes]).toEqual([
      ['evidence'],
      1,
      0,
      [],
    ]);
  });

  test('what the evidence has, each thing by itself', () => {
    const of = (facts: Partial<MachineFacts>) => {
      const { evidence: _, framebuffer: __, ...rest } = gathered({}, facts).variants[0]!;
      return rest;
    };
    expect(of({ releases: [fact({ release: '6.1.0-9-amd64', upstream: '6.1.50' })] })).toEqual({
      release: '6.1.50',
    });
    expect(of({ releases: [fact({ release: '6.1.50' })] })).toEqual({ release: '6.1.50' });
    expect(of({ efiBoot: [fact(true)] })).toEqual({ boot: 'efi' });
    expect(of({ efiBoot: [fact(false)] })).toEqual({ boot: 'bios' });
    expect(of({ vtls: [fact(2)] })).toEqual({ vtl: 2 });
    expect(of({ architectures: [fact('arm64')] })).toEqual({ architecture: 'arm64' });
    const screen = { lfbBase: 0xf800_0000n, lfbSize: 5n, base: 0xf800_0000n, size: 5n };
    expect(of({ screenInfos: [fact(screen as never)] })).toEqual({
      screenInfo: { lfbBase: 0xf800_0000n, lfbSize: 5n },
    });
    expect(of({ pciDevices: [fact(video)] })).toEqual({
      gen1Video: { kind: 'mem', start: 0xf800_0000n, size: 0x400_0000n },
    });
  });

  test('options win over it, openly', () => {
    const releases = [fact({ release: '6.1.50' })];
    const release = gathered({ release: '6.12.30' }, { releases });
    expect([release.variants[0]!.release, release.codes]).toEqual(['6.12.30', [OVER]]);
    expect(gathered({ release: '6.1.50' }, { releases }).codes).toEqual([]);
    expect(gathered({ release: '6.1.50' }, {}).codes).toEqual([]);
    const boot = gathered({ boot: 'bios' }, { efiBoot: [fact(true)] });
    expect([boot.variants[0]!.boot, boot.codes]).toEqual(['bios', [OVER]]);
    expect(gathered({ boot: 'efi' }, { efiBoot: [fact(true)] }).codes).toEqual([]);
    expect(gathered({ boot: 'efi' }, {}).codes).toEqual([]);
  });

  test('contradictions are reported', () => {
    const { codes, contradictions, variants } = gathered(
      {},
      { architectures: [fact('arm64'), fact('x86_64')] },
    );
    expect([codes, contradictions, variants[0]!.architecture]).toEqual([
      ['evidence/contradiction'],
      1,
      undefined,
    ]);
  });

  test('a case for each framebuffer, unless one is given', () => {
    const framebuffers = [0xf800_0000n, 0xe000_0000n].map((base) =>
      fact({ base, size: 0x1000n, by: 'efifb' } as const),
    );
    const bases = (given: KernelFacts, facts: Partial<MachineFacts>) =>
      gathered(given, facts).variants.map(({ framebuffer }) => framebuffer?.base);
    expect(bases({}, { framebuffers })).toEqual([0xf800_0000n, 0xe000_0000n]);
    expect(bases({}, { framebuffers: framebuffers.slice(1) })).toEqual([0xe000_0000n]);
    const framebuffer = { base: 1n, size: 1n, from: 'given', text: '' } as const;
    expect(bases({ framebuffer }, { framebuffers })).toEqual([1n]);
    expect(bases({}, {})).toEqual([undefined]);
  });
});

describe('what is played', () => {
  const CRS = artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "MSFTVM", "DSDT01", 1) { Scope (\\_SB) { Device (VMOD) { Name (_HID, "ACPI0004")
      Name (_CRS, ResourceTemplate () { DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0xF8000000, 0xFEBFFFFF, 0, 0x6C00000) })
      Device (VMBS) { Name (_HID, "VMBus") Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} }) } } } }`,
    'dsdt.asl',
  );
  const tree = (body: string, more = '', name = 'a.dts') =>
    artifactOf(
      'dts',
      `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; vmbus { compatible = "microsoft,vmbus"; #address-cells = <1>; #size-cells = <1>; ${body} }; ${more} };`,
      name,
    );
  const play = async (
    inputs: readonly Artifact[],
    kernel: KernelFacts,
    more: { compareSysfb?: boolean } = {},
  ) => {
    const options = { describe: {}, kernel, ...more };
    const { cases, open } = await answerSimulation([...inputs], options as never, new DiagnosticList());
    return {
      cases: cases.map(({ path, boot, runs, framebuffer }) => [
        path,
        boot,
        runs.map(({ sysfb }) => sysfb),
        framebuffer?.base,
      ]),
      open: open.map(({ path, why }) => `${path}: ${why}`),
    };
  };
  const CONFIG = (sysfb: 'y' | 'n') =>
    new Map(
      sysfb === 'y'
        ? ([
            ['SYSFB', 'y'],
            ['FB_EFI', 'y'],
            ['FB', 'y'],
            ['EFI', 'y'],
          ] as const)
        : ([['EFI', 'y']] as const),
    );

  test('with CONFIG_SYSFB and without where that is not known and counts', async () => {
    const runs = async (kernel: KernelFacts, more = {}) => (await play([CRS], kernel, more)).cases[0]![2];
    expect(await runs({ release: '6.12.30' })).toEqual([false, true]);
    // Before 6.7 the driver doesn't ask for it.
    expect(await runs({ release: '6.6.20' })).toEqual([true]);
    expect(await runs({ release: '6.6.20' }, { compareSysfb: true })).toEqual([false, true]);
    expect(await runs({ release: '6.12.30', config: CONFIG('n') })).toEqual([false]);
    expect(await runs({ release: '6.12.30', config: CONFIG('y') })).toEqual([true]);
    expect(await runs({ release: '6.12.30', config: CONFIG('y') }, { compareSysfb: true })).toEqual([
      false,
      true,
    ]);
  });

  test('each framebuffer that the own tree describes', async () => {
    const LOW = 'ranges = <0 0xf8000000 0x1000000>;';
    const fb = (base: string, more = '') =>
      `chosen { #address-cells = <1>; #size-cells = <1>; ranges; framebuffer@${base} { compatible = "simple-framebuffer"; reg = <0x${base} 0x1000>; ${more} }; };`;
    const bases = async (inputs: readonly Artifact[], kernel: KernelFacts = { release: '6.12.30' }) =>
      (await play(inputs, kernel)).cases.map(([path, boot, , base]) => [path, boot, base]);
    expect(await bases([tree(LOW)])).toEqual([['/vmbus', 'dt', undefined]]);
    expect(await bases([tree(LOW, fb('f8000000'))])).toEqual([['/vmbus', 'dt', 0xf800_0000n]]);
    expect(await bases([tree(LOW, fb('f8000000', 'status = "disabled";'))])).toEqual([
      ['/vmbus', 'dt', undefined],
    ]);
    // That of another tree is not its own.
    expect(await bases([tree(LOW), tree('', fb('f8000000'), 'b.dts')])).toEqual([
      ['/vmbus', 'dt', undefined],
      ['/vmbus', 'dt', 0xf800_0000n],
    ]);
    const given = { base: 0xf900_0000n, size: 1n, from: 'given', text: '' } as const;
    expect(await bases([tree(LOW, fb('f8000000'))], { release: '6.12.30', framebuffer: given })).toEqual([
      ['/vmbus', 'dt', 0xf900_0000n],
    ]);
  });

  test('nothing where a device tree boots, or bounds are open', async () => {
    expect(await play([CRS], { release: '6.12.30', boot: 'dt' })).toEqual({
      cases: [],
      open: ['\\_SB.VMOD.VMBS: the boot is by device tree, where ACPI is not read'],
    });
    const text = new TextDecoder()
      .decode(CRS.source.bytes)
      .replace(
        'Name (_CRS, ResourceTemplate () { DWordMemory',
        'OperationRegion (REGS, SystemMemory, 0x1000, 8) Field (REGS, DWordAcc, NoLock, Preserve) { MG2B, 32 } Name (BUF, ResourceTemplate () { DWordMemory',
      )
      .replace(
        '0x6C00000) })',
        '0x6C00000, , , LOWW) }) Method (_CRS, 0, Serialized) { CreateDWordField (BUF, \\_SB.VMOD.LOWW._MIN, MINI) MINI = MG2B Return (BUF) }',
      );
    const open = await play([artifactOf('asl', text, 'b.asl')], { release: '6.12.30' });
    expect(open.cases).toEqual([]);
    expect(open.open).toEqual([expect.stringContaining('MG2B')]);
  });
});

describe('how files that a source names are found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-options-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'include'));
  writeFileSync(join(folder, 'include', 'b.dtsi'), '/ { };');
  const main = { ...artifactOf('dts', '', 'a.dts'), path: 'a.dts' };
  const settings = { cwd: folder, env: {} };

  test('in folders that start from where the command runs; macros are those that are given', async () => {
    const opened: string[] = [];
    const access = await sourceAccess(main, {
      ...settings,
      includePaths: ['include'],
      opened: (path) => opened.push(path),
    });
    expect(access.includePaths).toEqual([join(folder, 'include')]);
    expect(access).not.toHaveProperty('defines');
    expect(isFailure(access.loader!.open(join(folder, 'include', 'b.dtsi')))).toBe(false);
    expect(opened).toEqual([join(folder, 'include', 'b.dtsi')]);
    expect((await sourceAccess(main, settings)).includePaths).toEqual([]);
    expect((await sourceAccess(main, { ...settings, defines: ['A=1'] })).defines).toEqual(['A=1']);
  });

  test('nothing outside of the folders that are allowed', async () => {
    const rooted = await sourceAccess(main, { ...settings, includeRoots: [join(folder, 'other')] });
    expect(isFailure(rooted.loader!.open(join(folder, 'include', 'b.dtsi')))).toBe(true);
  });

  test('what the machine has is passed to its description', async () => {
    const asked = (machine: Partial<Parameters<typeof machineOptions>[0]>, kernel?: string) =>
      machineOptions({ artifacts: [], memory: [], overlays: [], ...machine }, { ...settings, kernel });
    expect(await asked({})).toEqual({});
    expect(await asked({ artifacts: [main] }, 'none')).toBeUndefined();
    expect(Object.keys((await asked({ artifacts: [main] }))!).sort()).toEqual([
      'addressing',
      'parse',
      'rules',
    ]);
    expect(Object.keys((await asked({ artifacts: [artifactOf('asl', '')] }))!).sort()).toEqual([
      'asl',
      'hostBridges',
      'system',
    ]);
    expect(Object.keys((await asked({ artifacts: [artifactOf('dtb', '')] }, '6.12.30'))!).sort()).toEqual([
      'addressing',
      'rules',
    ]);
    const memory = [{ start: 0n, end: 1n }] as never;
    expect((await asked({ memory }))!.memory).toBe(memory);
  });
});
