/** `fwmap simulate` end to end: the review thread's story, and what the schema says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';
import { violations } from './schemas.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-simulate-'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A Generation 2 machine's module device, its values filled in. */
const GEN2 = `ResourceTemplate ()
{
    DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
        0x00000000, 0xF8000000, 0xFFFFFFFF, 0x00000000, 0x08000000)
    QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
        0x0, 0xFE0000000, 0xFFFFFFFFF, 0x0, 0x20000000)
}
`;
const VERSION = '[    0.0] Linux version 7.3.4 (x) #1\n';
const FILES: Readonly<Record<string, string>> = {
  'gen2.asl': GEN2,
  'without.config': 'CONFIG_X86_64=y\nCONFIG_EFI=y\nCONFIG_HYPERV=y\n# CONFIG_FB_EFI is not set\n',
  'with.config':
    'CONFIG_X86_64=y\nCONFIG_EFI=y\nCONFIG_HYPERV=y\nCONFIG_FB=y\nCONFIG_FB_EFI=y\nCONFIG_SYSFB=y\n',
  'agrees.log': `${VERSION}[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=[mem 0xf8000000-0xfbffffff]\n`,
  'differs.log': `${VERSION}[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=(null)\n`,
  'busy.iomem': '00100000-7fffffff : System RAM\nf8000000-f8ffffff : ACPI Tables\n',
  'graphics.yaml': 'name: graphics alone\nsteps:\n  - device: hyperv_drm\n    size: 16M\n',
  'wrong.yaml': 'steps:\n  - device: toaster\n',
};
const at = (...names: string[]): string[] => names.map((name) => join(folder, name));

interface Document {
  scenario: string;
  machines: {
    boot: string;
    pool: { base: string; last: string }[];
    framebuffer: { base: string } | null;
    runs: {
      sysfb: boolean;
      reservation: { base: string | null; why?: string };
      steps: { what: string; base: string | null; onFramebuffer: boolean | null }[];
      hazard: string;
    }[];
    checks: { agrees: boolean }[];
  }[];
  open: { why: string; fields: string[] }[];
}
async function simulate(...argv: string[]): Promise<Document> {
  const { status, stdout, stderr } = await run(['simulate', '--format', 'json', ...argv]);
  expect([status, stderr]).toEqual([0, '']);
  const document = JSON.parse(stdout) as Document;
  expect(violations('simulate', document)).toEqual([]);
  return document;
}

describe("the review thread's story", () => {
  test('6.12 without CONFIG_SYSFB: the configuration window lands on the framebuffer', async () => {
    const { machines } = await simulate(
      ...at('gen2.asl'),
      '--kernel',
      '6.12.30',
      '--config',
      ...at('without.config'),
    );
    const [played] = machines[0]!.runs;
    expect(played).toMatchObject({ sysfb: false, hazard: 'boot-failure', reservation: { base: null } });
    expect(played!.steps[0]).toMatchObject({
      what: 'configuration window',
      base: '0xf8000000',
      onFramebuffer: true,
    });
  });

  test('6.12 with it: safe', async () => {
    const { machines } = await simulate(
      ...at('gen2.asl'),
      '--kernel',
      '6.12.30',
      '--config',
      ...at('with.config'),
    );
    const [played] = machines[0]!.runs;
    expect(played).toMatchObject({ sysfb: true, hazard: 'none', reservation: { base: '0xf8000000' } });
    expect(played!.steps.map(({ onFramebuffer }) => onFramebuffer)).toEqual([false, false, false]);
  });

  test('side by side', async () => {
    const { machines } = await simulate(...at('gen2.asl'), '--kernel', '6.12.30', '--compare-sysfb');
    expect(machines[0]!.runs.map(({ sysfb, hazard }) => [sysfb, hazard])).toEqual([
      [false, 'boot-failure'],
      [true, 'none'],
    ]);
    const { stdout } = await run(['simulate', ...at('gen2.asl'), '--kernel', '6.12.30', '--compare-sysfb']);
    expect(stdout).toContain('without CONFIG_SYSFB');
    expect(stdout).toContain('ON THE FRAMEBUFFER');
  });

  test('OpenHCL in VTL2: nothing is reserved, and nothing can land on a framebuffer', async () => {
    const { machines } = await simulate(join(SAMPLES, 'openhcl-vtl2.dts'));
    expect(machines[0]).toMatchObject({
      boot: 'dt',
      pool: [{ base: '0xff0000000', last: '0xfffffffff' }],
      framebuffer: null,
    });
    expect(machines[0]!.runs[0]).toMatchObject({
      hazard: 'none',
      reservation: { base: null, why: 'vmbus_device_add() never calls vmbus_reserve_fb()' },
    });
  });
});

describe('firmware that is filled in when the machine starts', () => {
  test('the fields that are missing are named; with them it is played', async () => {
    const gen2 = join(SAMPLES, 'gen2-dsdt.aml');
    const { machines, open } = await simulate(gen2);
    expect(machines).toEqual([]);
    expect(open[0]!.fields.toSorted()).toEqual(['HMIB', 'HMIL', 'MG2B', 'MG2L']);
    // HMIB and HMIL are in MiB: 0xfe00 MiB is 0xfe0000000.
    const values = ['MG2B=0xf8000000', 'MG2L=0x8000000', 'HMIB=0xfe00', 'HMIL=0x200'];
    const played = await simulate(gen2, ...values.flatMap((value) => ['--set', value]));
    expect(played.machines[0]!.pool).toMatchObject([
      { base: '0xf8000000', last: '0xfed3ffff' },
      { base: '0xfe0000000', last: '0xfffffffff' },
    ]);
  });
});

describe('what else is among the inputs', () => {
  test("the kernel's own line agrees, or the difference is an error", async () => {
    const { machines } = await simulate(...at('gen2.asl', 'agrees.log'), '--boot', 'efi');
    expect(machines[0]!.checks.map(({ agrees }) => agrees)).toEqual([true, true]);
    const { status, stdout, stderr } = await run([
      'simulate',
      ...at('gen2.asl', 'differs.log'),
      '--boot',
      'efi',
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain('differs');
    expect(stderr).toContain('the kernel has (null), the model [mem 0xf8000000-0xfbffffff]');
  });

  test('busy ranges of /proc/iomem are kept off', async () => {
    const { machines } = await simulate(
      ...at('gen2.asl', 'busy.iomem'),
      '--kernel',
      '6.12.30',
      '--config',
      ...at('without.config'),
    );
    expect(machines[0]!.runs[0]!.steps[0]!.base).toBe('0xf9000000');
  });

  test('a scenario of one own; one that cannot be understood ends the command', async () => {
    const { scenario, machines } = await simulate(...at('gen2.asl'), '--scenario', ...at('graphics.yaml'));
    expect(scenario).toBe('graphics alone');
    expect(machines[0]!.runs[0]!.steps).toHaveLength(1);
    const { status, stderr } = await run(['simulate', ...at('gen2.asl'), '--scenario', ...at('wrong.yaml')]);
    expect(status).toBe(2);
    expect(stderr).toContain('step 1: "device" must be one of');
    const missing = await run(['simulate', ...at('gen2.asl'), '--scenario', 'nowhere.yaml']);
    expect([missing.status, missing.stderr]).toEqual([
      2,
      'fwmap: cannot read nowhere.yaml: No such file or directory\n',
    ]);
  });

  test.each(['text', 'mail', 'markdown'])('as %s', async (format) => {
    const { status, stdout } = await run(['simulate', ...at('gen2.asl'), '--format', format]);
    expect(status).toBe(0);
    expect(stdout).toContain('high bridge');
  });
});

test('a VMBus device without _CRS is one whose probe fails', async () => {
  const table = `DefinitionBlock ("", "SSDT", 2, "FWMAP", "NOCRS", 1)
{ Device (\\_SB.VMBS) { Name (_HID, "VMBUS") } }`;
  const { status, stdout } = await run(['simulate', '-'], { stdin: table });
  expect(status).toBe(0);
  expect(stdout).toContain('\\_SB.VMBS has no _CRS, so its probe fails');
  expect(stdout).not.toContain('no VMBus device');
});

describe('the framebuffer that a device tree describes', () => {
  /** The window of VMBus is [mem 0xf8000000-0xfed3ffff], the node's framebuffer [mem 0xf8000000-0xf82fffff]. */
  const sample = join(SAMPLES, 'low-window-framebuffer.dts');

  test('is where nothing is to land, and without a reservation something does', async () => {
    const { machines } = await simulate(sample);
    expect(machines.map(({ boot, framebuffer }) => [boot, framebuffer?.base])).toEqual([
      ['dt', '0xf8000000'],
    ]);
    const [first] = machines[0]!.runs[0]!.steps;
    expect([first!.base, first!.onFramebuffer]).toEqual(['0xf8000000', true]);
  });

  test('gives way to what somebody says, and is none where its node is disabled', async () => {
    const given = await simulate(sample, '--framebuffer', '0x80000000+0x300000');
    expect(given.machines.map(({ framebuffer }) => framebuffer?.base)).toEqual(['0x80000000']);
    const disabled = readFileSync(sample, 'utf8').replace(
      /(framebuffer@f8000000 \{)/,
      '$1\n\t\t\tstatus = "disabled";',
    );
    writeFileSync(join(folder, 'disabled.dts'), disabled);
    const { machines } = await simulate(join(folder, 'disabled.dts'));
    expect(machines.map(({ framebuffer }) => framebuffer)).toEqual([null]);
  });

  test('of several each is a case', async () => {
    const two = readFileSync(sample, 'utf8').replace(
      /(\n\t*framebuffer@f8000000 \{[\s\S]*?\n\t*\};)/,
      (node) => node + node.replaceAll('f8000000', 'f9000000'),
    );
    writeFileSync(join(folder, 'two.dts'), two);
    const { machines } = await simulate(join(folder, 'two.dts'));
    expect(machines.map(({ framebuffer }) => framebuffer?.base)).toEqual(['0xf8000000', '0xf9000000']);
  });
});
