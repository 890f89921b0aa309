/** What is said of VMBus below ACPI: each rule with its evidence, windows as the driver has them, and the table by release. */
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { formatCondition } from '../../../src/symbolic/index.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import type { GivenFacts } from '../../../src/verdict/given.ts';
import type { Verdict } from '../../../src/verdict/sysfb/verdict.ts';
import { artifactOf } from '../../evidence/artifacts.ts';
import { whole } from '../whole.ts';

const dword = (min: string, max: string, length: string): string =>
  `DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, ${min}, ${max}, 0, ${length})`;
const qword = (min: string, max: string, length: string): string =>
  `QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, ${min}, ${max}, 0, ${length})`;
const LOW = dword('0xF8000000', '0xFEBFFFFF', '0x6C00000');
const HIGH = qword('0xFE0000000', '0xFFFFFFFFF', '0x20000000');
const vmbus = (more = 'Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })'): string =>
  `Device (VMBS) { Name (_HID, "VMBus") ${more} }`;
const table = (body: string): Artifact =>
  artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "FWMAP", "TEST", 1) { Scope (\\_SB) { ${body} } }`,
    'dsdt.asl',
  );
const below = (hid: string, descriptors: readonly string[], more = ''): Artifact =>
  table(
    `Device (PARN) { Name (_HID, ${hid}) ${more} Name (_CRS, ResourceTemplate () { ${descriptors.join('\n')} }) ${vmbus()} }`,
  );
const gen2 = (...descriptors: string[]): Artifact => below('"ACPI0004"', descriptors);
const gen1 = (...descriptors: string[]): Artifact => below('EisaId ("PNP0A03")', descriptors);
const ask = async (input: Artifact | readonly Artifact[], kernel: GivenFacts) =>
  whole(await answerSysfb([input].flat(), { describe: {}, kernel }, new DiagnosticList()));
const rule = ({ rules }: Verdict, id: string) => rules.find((each) => each.id === id);
const texts = (verdict: Verdict, id: string): string[] => rule(verdict, id)!.evidence.map(({ text }) => text);
const pool = ({ pool: windows }: Verdict) =>
  windows.map(({ base, size, origin }) => [base, size, `${origin.path} ${origin.item}[${origin.index}]`]);
const framebuffer = (base: bigint, size: bigint | null, more: GivenFacts = {}): GivenFacts => ({
  ...{ release: '6.12.60', framebuffer: { base, size, from: 'given', text: 'given' } },
  ...more,
});

describe('where the framebuffer is', () => {
  test('outside every window', async () => {
    const verdict = await ask(gen2(LOW, HIGH), framebuffer(0xf000_0000n, 0x1000n));
    expect([verdict.answer, verdict.reason]).toEqual([
      'not-needed',
      'the framebuffer [mem 0xf0000000-0xf0000fff] is outside every window',
    ]);
    expect(rule(verdict, 'acpi-framebuffer-outside')!.says).toBe(
      'The framebuffer [mem 0xf0000000-0xf0000fff] is outside every window that VMBus gets ([mem 0xf8000000-0xfebfffff] and [mem 0xfe0000000-0xfffffffff]).',
    );
    expect(texts(verdict, 'acpi-framebuffer-outside')[0]).toBe('given');
    expect(verdict.framebuffer).toMatchObject({ base: 0xf000_0000n });
    expect(pool(verdict)).toEqual([
      [0xf800_0000n, 0x6c0_0000n, '\\_SB.PARN _CRS[0]'],
      [0xf_e000_0000n, 0x2000_0000n, '\\_SB.PARN _CRS[1]'],
    ]);
  });

  test.each<[string, bigint, bigint | null, string]>([
    ['just below the window', 0xf7ff_f000n, 0x1000n, 'not-needed'],
    ['with its last byte in it', 0xf7ff_f000n, 0x1001n, 'needed'],
    ['with its first byte in it', 0xfebf_ffffn, 0x1000n, 'needed'],
    ['just above it', 0xfec0_0000n, 0x1000n, 'not-needed'],
    // Generation 2 firmware takes 8 MiB.
    ['of unknown size, reaching into it', 0xf7c0_0000n, null, 'needed'],
    ['of unknown size, ending before it', 0xf780_0000n, null, 'not-needed'],
  ])('%s', async (_, base, size, answer) => {
    expect((await ask(gen2(LOW), framebuffer(base, size))).answer).toBe(answer);
  });

  test('no window is below 4 GiB', async () => {
    const verdict = await ask(gen2(HIGH), { release: '6.12.60' });
    expect([verdict.answer, verdict.reason]).toEqual([
      'not-needed',
      'VMBus gets [mem 0xfe0000000-0xfffffffff], and the framebuffer is not in it',
    ]);
    expect(texts(verdict, 'acpi-no-low-window')[0]).toBe(
      'the framebuffer of a Hyper-V machine is in low MMIO',
    );
    expect(verdict.framebuffer).toBeNull();
  });

  test('of Generation 1 in BAR 0 of its video device', async () => {
    const verdict = await ask(gen1(LOW), { release: '5.15.100' });
    expect(verdict.framebuffer).toMatchObject({ base: 0xf800_0000n, size: 0x400_0000n, from: 'presumed' });
    expect(rule(verdict, 'gen1-screen-info')!.says).toBe(
      'Without EFI the driver takes the framebuffer from screen_info, whatever CONFIG_SYSFB is.',
    );
    const recent = await ask(gen1(LOW), { release: '6.1.100' });
    expect([recent.answer, recent.reason]).toEqual([
      'not-needed',
      'the driver reserves the framebuffer [mem 0xf8000000-0xfbffffff] without CONFIG_SYSFB (BAR 0 of PCI 1414:5353)',
    ]);
    expect(rule(recent, 'gen1-pci-bar')!.evidence[0]!.text).toContain('no test of CONFIG_SYSFB');
    expect(texts(recent, 'reserved-without-sysfb')[0]).toBe(
      'reserved [mem 0xf8000000-0xfbffffff], found by BAR 0 of PCI 1414:5353',
    );
  });

  test('of Generation 2 at the base of the lowest window with room', async () => {
    const places = async (...descriptors: string[]) =>
      (await ask(gen2(...descriptors), { release: '6.12.60' })).framebuffer?.base;
    expect(await places(LOW, HIGH)).toBe(0xf800_0000n);
    expect(await places(LOW, dword('0xE0000000', '0xE0FFFFFF', '0x1000000'))).toBe(0xe000_0000n);
    // 8 MiB less one byte is no room.
    expect(await places(LOW, dword('0xE0000000', '0xE07FFFFE', '0x7FFFFF'))).toBe(0xf800_0000n);
    expect(await places(LOW, dword('0xE0000000', '0xE07FFFFF', '0x800000'))).toBe(0xe000_0000n);
  });
});

describe('what reserves it', () => {
  test('CONFIG_SYSFB, from 6.7 on', async () => {
    const verdict = await ask(gen2(LOW), { release: '6.12.60' });
    expect([verdict.answer, verdict.effective]).toEqual(['needed', true]);
    expect(verdict.reason).toBe(
      'the framebuffer [mem 0xf8000000-0xf87fffff] is inside what VMBus gets, and the driver reserves it only with CONFIG_SYSFB',
    );
    expect(texts(verdict, 'reserved-with-sysfb')[0]).toMatch(
      /^reserved \[mem 0xf8000000-0x[0-9a-f]+\], found by lfb_base of screen_info$/,
    );
    expect(texts(verdict, 'efi-gated')[0]).toBe('IS_ENABLED(CONFIG_SYSFB) in vmbus_reserve_fb()');
    expect(texts(verdict, 'window-holds-framebuffer')[0]).toBe(
      'at the base of the low window, as Generation 2 firmware puts it',
    );
    expect(rule(verdict, 'efi-ungated')).toBeUndefined();
  });

  test('nothing more than that the driver runs, before', async () => {
    const verdict = await ask(gen2(LOW), { release: '6.6.20' });
    expect([verdict.answer, verdict.reason]).toEqual([
      'not-needed',
      'the driver reserves the framebuffer [mem 0xf8000000-0xf87fffff] without CONFIG_SYSFB (lfb_base of screen_info)',
    ]);
    expect(texts(verdict, 'efi-ungated')[0]).toBe('the test of CONFIG_SYSFB came with v6.7');
    expect(rule(verdict, 'efi-gated')).toBeUndefined();
  });

  test('nothing, where lfb_base is 0 and the driver falls back to nothing', async () => {
    const dump = artifactOf(
      'dmesg',
      '[    0.000000] Linux version 6.12.60 (x@y)\n[    0.000000] Command line: root=/dev/vda elfcorehdr=0x1000000\n[    0.000000] efi: EFI v2.7 by Microsoft\n',
      'log.txt',
    );
    const verdict = await ask([gen2(LOW), dump], { release: '6.12.60' });
    const none = verdict.conditions.find(
      ({ answer, effective }) => answer === 'needed' && effective === false,
    );
    if (none !== undefined)
      expect(none.because).toContain('nothing reserves it, with CONFIG_SYSFB or without');
    expect(verdict.answer).not.toBe('not-needed');
  });

  test('the table by release', async () => {
    const verdict = await ask(gen2(LOW), { matrix: true });
    const cell = (release: string, when: string) =>
      verdict.matrix!.find(({ releases, when: is }) => releases.startsWith(release) && is === when);
    expect(verdict.matrix!.map(({ when }) => when)).toEqual(
      expect.arrayContaining(['SYSFB=n', 'SYSFB=y', 'HYPERV_VTL_MODE=y', 'EFI=n']),
    );
    expect(cell('5.10 ', 'SYSFB=n')?.answer).toBe('not-needed');
    expect(cell('6.7', 'SYSFB=n')).toMatchObject({ answer: 'needed', effective: true });
    expect(
      verdict.matrix!.filter(({ when }) => when === 'SYSFB=y').every(({ answer }) => answer === 'not-needed'),
    ).toBe(true);
    expect(verdict.matrix!.some(({ because }) => because.includes('Hyper-V support selects it here'))).toBe(
      true,
    );
    const tree = artifactOf(
      'dts',
      '/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; vmbus { compatible = "microsoft,vmbus"; #address-cells = <1>; #size-cells = <1>; ranges = <0 0xf8000000 0x1000000>; }; };',
      'a.dts',
    );
    const oftree = await ask(tree, {
      matrix: true,
      framebuffer: framebuffer(0xf800_0000n, 0x1000n).framebuffer!,
    });
    expect([...new Set(oftree.matrix!.map(({ when }) => when))]).toEqual(['SYSFB=n', 'SYSFB=y']);
  });
});

describe('what the driver does not get', () => {
  test('a device that is not there, or stands in one that is not', async () => {
    const own = await ask(
      table(
        `Device (PARN) { Name (_HID, "ACPI0004") Name (_CRS, ResourceTemplate () { ${LOW} }) ${vmbus('Name (_STA, 0) Name (_CRS, ResourceTemplate () { IRQ (Edge, ActiveHigh, Exclusive) {5} })')} }`,
      ),
      { release: '6.12.60' },
    );
    expect([own.answer, own.reason]).toEqual([
      'not-needed',
      '_STA of \\_SB.PARN.VMBS reports it absent, so the driver does not probe it',
    ]);
    const parent = await ask(below('"ACPI0004"', [LOW], 'Name (_STA, 0)'), { release: '6.12.60' });
    expect(parent.reason).toBe(
      '_STA of \\_SB.PARN, which contains \\_SB.PARN.VMBS, reports it absent, so the driver does not probe \\_SB.PARN.VMBS',
    );
    expect(texts(parent, 'acpi-not-present')).toEqual(['bits 0 and 3 of _STA are 0']);
    // Functioning is enough.
    expect((await ask(below('"ACPI0004"', [LOW], 'Name (_STA, 8)'), { release: '6.12.60' })).answer).toBe(
      'needed',
    );
  });

  test('without _CRS its probe fails', async () => {
    const verdict = await ask(
      table(
        `Device (PARN) { Name (_HID, "ACPI0004") Name (_CRS, ResourceTemplate () { ${LOW} }) ${vmbus('')} }`,
      ),
      { release: '6.12.60' },
    );
    expect([verdict.answer, verdict.reason]).toEqual([
      'not-needed',
      '\\_SB.PARN.VMBS has no _CRS, so its probe fails',
    ]);
  });

  test('what counts as no window, with how often', async () => {
    const verdict = await ask(
      gen2(dword('0x1000', '0x1FFF', '0x1000'), dword('0x2000', '0x2FFF', '0x1000')),
      { release: '6.12.60' },
    );
    expect(verdict.answer).toBe('not-needed');
    expect(verdict.reason).toMatch(
      /^the VMBus driver collects no MMIO window, so every vmbus_allocate_mmio\(\) fails/,
    );
    expect(texts(verdict, 'acpi-no-window')[0]).toMatch(/\(2\)$/);
    const none = await ask(gen2(), { release: '6.12.60' });
    expect(texts(none, 'acpi-no-window')).toEqual([expect.stringMatching(/^irq: /)]);
  });

  test('up to 6.5 a walk without windows continues to the root', async () => {
    const ids = async (release: string, ...descriptors: string[]) =>
      (await ask(gen2(...descriptors), { release })).rules.map(({ id }) => id);
    expect(await ids('6.1.20')).toContain('acpi-root-oops');
    expect(await ids('6.6')).not.toContain('acpi-root-oops');
    expect(await ids('6.1.20', LOW)).not.toContain('acpi-root-oops');
  });

  test('windows that touch are one, and the last page before the TPM is cut', async () => {
    const joined = await ask(gen2(dword('0xF0000000', '0xF7FFFFFF', '0x8000000'), LOW), {
      release: '6.12.60',
    });
    expect(joined.pool.map(({ base, size }) => [base, size])).toEqual([[0xf000_0000n, 0xec0_0000n]]);
    const cut = await ask(gen2(dword('0xF8000000', '0xFFFFFFFF', '0x8000000')), { release: '6.12.60' });
    // The inclusive end becomes VTPM_BASE_ADDRESS, 0xfed40000.
    expect(cut.pool.map(({ base, size }) => [base, size])).toEqual([[0xf800_0000n, 0x6d4_0001n]]);
    const notes = (verdict: Verdict) =>
      verdict.pool[0]!.derivation as readonly { what: string; text: string }[];
    expect(notes(cut).map(({ what }) => what)).toEqual(['cut']);
    expect(notes(joined).map(({ text }) => text)).toEqual([
      '2 descriptors that touch, as the driver joins them',
    ]);
  });
});

describe('what would settle it', () => {
  const OPEN =
    table(`OperationRegion (REGS, SystemMemory, 0x1000, 16) Field (REGS, DWordAcc, NoLock, Preserve) { MG2B, 32, MG2L, 32 }
    Device (PARN) { Name (_HID, "ACPI0004") Name (BUF, ResourceTemplate () { DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0, 0, 0, 0, , , LOWW) })
      Method (_CRS, 0, Serialized) { CreateDWordField (BUF, \\_SB.PARN.LOWW._MIN, MINI) CreateDWordField (BUF, \\_SB.PARN.LOWW._MAX, MAXI) CreateDWordField (BUF, \\_SB.PARN.LOWW._LEN, LENG)
        MINI = MG2B LENG = MG2L MAXI = MG2B + MG2L - 1 Return (BUF) } ${vmbus()} }`);

  test('open bounds: needed where there is a low gap, from 6.7 on', async () => {
    const verdict = await ask(OPEN, {});
    expect(verdict.answer).toBe('depends');
    expect(verdict.toSettle.map(({ what, how }) => [what, how])).toEqual(
      expect.arrayContaining([
        ['release', '--kernel RELEASE, or dmesg, uname -r or the .config of the machine'],
        ['MG2L', '--set MG2L=VALUE or --memory DUMP@0x1004'],
      ]),
    );
    const ranks = verdict.toSettle.map(({ decides }) => decides.rows);
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
    expect(verdict.toSettle.every(({ decides }) => decides.of === verdict.conditions.length)).toBe(true);
    const whens = verdict.conditions.map(({ when }) => formatCondition(when)).join();
    for (const name of ['release', 'MG2L']) expect(whens).toContain(name);
  });
});

test('commits that are no rows of the table are reported, each', async () => {
  const commits = { withCommits: ['123456789abc', 'a07b50d80ab6'], withoutCommits: ['cba987654321'] };
  const { diagnostics } = await ask(gen2(LOW), { release: '6.12.60', ...commits });
  expect(diagnostics.map(({ code, args }) => [code, args])).toEqual([
    ['linux/unknown-commit', { commit: '123456789abc' }],
    ['linux/unknown-commit', { commit: 'cba987654321' }],
  ]);
});

test('a log in which the driver printed its windows does not show that it went on to the root', async () => {
  const log = artifactOf(
    'dmesg',
    '[    0.000000] Linux version 6.1.20 (x@y)\n[    0.9] hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],(null) fb=(null)\n',
    'log.txt',
  );
  const verdict = await ask([gen2(), log], { release: '6.1.20' });
  expect(verdict.rules.map(({ id }) => id)).not.toContain('acpi-root-oops');
  expect(pool(verdict)).toEqual([[0xf800_0000n, 0x6d4_0000n, expect.any(String)]]);
});

test('only what bears on VMBus is read where that is asked for, and all of it where something is wrong', async () => {
  const other = `Device (OTHR) { Name (_HID, "TEST0001") Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadWrite, 0xE0000000, 0x1000) }) }`;
  const input = (broken = '') =>
    table(
      `${other} Device (PARN) { Name (_HID, "ACPI0004") Name (_CRS, ResourceTemplate () { ${LOW} }) ${vmbus()} } ${broken}`,
    );
  const paths = async (artifact: Artifact, judgedOnly: boolean) => {
    const options = { describe: {}, kernel: { release: '6.12.60' }, judgedOnly };
    const { windows, answer } = await answerSysfb([artifact], options, new DiagnosticList());
    return [answer, windows.some(({ origin }) => origin.path === '\\_SB.OTHR')];
  };
  expect(await paths(input(), true)).toEqual(['needed', false]);
  expect(await paths(input(), false)).toEqual(['needed', true]);
});
