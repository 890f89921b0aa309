/**
 * What is said of host bridges: presence, buses, configuration space, code that fails or isn't followed, bounds that stay
 * open, framebuffers, the log, and the sentence that sums it up. What is expected is pci_root.c, by hand.
 */
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/artifact/artifact.ts';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { LINUX_HOST_BRIDGES } from '../../../src/linux/host-bridge/descriptors.ts';
import { type Condition, formatCondition } from '../../../src/symbolic/index.ts';
import { answerBridges } from '../../../src/verdict/answer.ts';
import type { GivenFacts } from '../../../src/verdict/given.ts';
import type { BridgesVerdict, JudgedBridge } from '../../../src/verdict/host-bridge/result.ts';
import type { BridgeOptions } from '../../../src/verdict/host-bridge/situation.ts';
import { littleEndian, table } from '../../acpi/tables/made-tables.ts';
import { artifactOf } from '../../evidence/artifacts.ts';
import { whole } from '../whole.ts';

const asl = (body: string): Artifact =>
  artifactOf('asl', `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { ${body} }`, 'a.asl');
const bridge = (body: string, name = 'PCI0'): string =>
  `Scope (\\_SB) { Device (${name}) { Name (_HID, EisaId ("PNP0A08")) Name (_CID, EisaId ("PNP0A03")) ${body} } }`;
const crs = (...list: string[]): string => `Name (_CRS, ResourceTemplate () { ${list.join('\n')} })`;
const memory = (min: string, max: string, length: string): string =>
  `QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, ${min}, ${max}, 0, ${length})`;
const buses = (min: number, length: number): string =>
  `WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, ${min}, ${Math.max(min, min + length - 1)}, 0, ${length})`;
const LOW = memory('0xC0000000', '0xCFFFFFFF', '0x10000000');
const FIELD = `OperationRegion (REGS, SystemMemory, 0xF7FD9000, 16) Field (REGS, AnyAcc, NoLock, Preserve) { AAAA, 8, BBBB, 8, Offset (4), BASE, 32, SIZE, 32 }`;
const GTDT = artifactOf('acpi-table', table('GTDT', littleEndian(0, 60)), 'gtdt.dat');
const mcfg = (
  ...regions: readonly (readonly [base: bigint, segment: number, first: number, last: number])[]
): Artifact =>
  artifactOf(
    'acpi-table',
    table('MCFG', [
      ...littleEndian(0, 8),
      ...regions.flatMap(([base, segment, first, last]) => [
        ...[...littleEndian(base, 8), ...littleEndian(segment, 2), first, last],
        ...littleEndian(0, 4),
      ]),
    ]),
    'mcfg.dat',
  );

async function judge(
  inputs: Artifact | readonly Artifact[],
  kernel: GivenFacts = { release: '6.12.30' },
  bridges: BridgeOptions = { addressBits: 39 },
): Promise<BridgesVerdict> {
  const options = { describe: { hostBridges: LINUX_HOST_BRIDGES }, kernel, bridges };
  return whole(await answerBridges([inputs].flat(), options, new DiagnosticList()));
}
const only = async (...parameters: Parameters<typeof judge>): Promise<JudgedBridge> =>
  (await judge(...parameters)).bridges[0]!;
const text = (condition: Condition): unknown =>
  typeof condition === 'bigint' ? condition : formatCondition(condition);
const windows = ({ windows: list }: JudgedBridge): unknown[] =>
  list.map((window) => [
    window.space,
    typeof window.base === 'object' && window.base !== null ? 'open' : window.base,
    typeof window.size === 'object' && window.size !== null ? 'open' : window.size,
    window.certainty === 'conditional' ? text(window.when as Condition) : window.certainty,
  ]);
const M = ['memory', 0xc000_0000n, 0x1000_0000n, 'certain'];

describe('whether it is there', () => {
  test.each<[string, string, unknown, number]>([
    ['no _STA', '', 1n, 1],
    ['all bits', 'Name (_STA, 0xF)', 1n, 1],
    ['present', 'Name (_STA, 1)', 1n, 1],
    ['functioning', 'Name (_STA, 8)', 1n, 1],
    ['neither', 'Name (_STA, 6)', 0n, 0],
    ['by a field', `${FIELD} Method (_STA) { Return (AAAA) }`, '(AAAA & 9) != 0', 1],
  ])('%s', async (_, sta, when, count) => {
    const found = await only(asl(bridge(`${sta} ${crs(buses(0, 256), LOW)}`)));
    expect([text(found.when), found.windows.length]).toEqual([when, count]);
  });
});

describe('its buses', () => {
  test.each<[string, string, JudgedBridge['bus'], string | undefined]>([
    [
      'of _CRS',
      crs(buses(0, 0x80), LOW),
      { domain: 0, first: 0, last: 0x7f },
      'root bus resource [bus 00-7f]',
    ],
    [
      'the last that is not empty',
      crs(buses(0, 0x80), buses(0x40, 8), buses(1, 0)),
      { domain: 0, first: 0x40, last: 0x47 },
      'root bus resource [bus 40-47]',
    ],
    [
      'by _BBN',
      `Name (_BBN, 0x20) ${crs(LOW)}`,
      { domain: 0, first: 0x20, last: 0xff },
      'root bus resource [bus 20-ff]',
    ],
    ['nothing said', crs(LOW), { domain: 0, first: 0, last: 0xff }, 'root bus resource [bus 00-ff]'],
    [
      'by _SEG',
      `Name (_SEG, 3) ${crs(buses(0, 1))}`,
      { domain: 3, first: 0, last: 0 },
      'root bus resource [bus 00]',
    ],
    [
      'by a field',
      `${FIELD} Method (_BBN) { Return (AAAA) } ${crs(LOW)}`,
      { domain: 0, first: null, last: 0xff },
      undefined,
    ],
    [
      'segment by a field',
      `${FIELD} Method (_SEG) { Return (AAAA) } ${crs(LOW)}`,
      { domain: null, first: 0, last: 0xff },
      'root bus resource [bus 00-ff]',
    ],
  ])('%s', async (_, body, bus, printed) => {
    const found = await only(asl(bridge(body)));
    expect(found.bus).toEqual(bus);
    expect(found.prints.find((line) => line.includes('[bus'))).toBe(printed);
  });

  test('of _CRS by a field, and what stands behind that', async () => {
    const made = (more: string) => `${FIELD} Name (BUF, ResourceTemplate () {
      WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xff, 0, 0x100, , , BUS0) ${more} })
      Method (_CRS) { CreateWordField (BUF, \\_SB.PCI0.BUS0._MIN, MIN) MIN = AAAA Return (BUF) }`;
    expect((await only(asl(bridge(made(''))))).bus).toEqual({ domain: 0, first: null, last: null });
    expect((await only(asl(bridge(made(buses(0x10, 4)))))).bus).toEqual({
      domain: 0,
      first: 0x10,
      last: 0x13,
    });
  });
});

describe('configuration space, which others than x86 need', () => {
  const device = (more = '') => asl(bridge(`${more} ${crs(buses(0, 0x40), LOW)}`));
  const noted = async (...inputs: Artifact[]) => {
    const found = await only([...inputs]);
    return [text(found.when), found.windows.length, found.notes.map(({ line }) => line ?? '')];
  };
  const LINE = 'ECAM region not found';

  test.each<[string, readonly Artifact[], unknown]>([
    ['on x86 it does not', [device()], [1n, 1, []]],
    ['no table', [device(), GTDT], [1n, 1, [LINE]]],
    ['by _CBA', [device('Name (_CBA, 0xE0000000)'), GTDT], [1n, 1, []]],
    ['all of its buses', [device(), GTDT, mcfg([0xe000_0000n, 0, 0, 0x3f])], [1n, 1, []]],
    ['more', [device(), GTDT, mcfg([0xe000_0000n, 0, 0, 0xff])], [1n, 1, []]],
    ['one bus less at the end', [device(), GTDT, mcfg([0xe000_0000n, 0, 0, 0x3e])], [0n, 0, [LINE]]],
    ['one bus less at the start', [device(), GTDT, mcfg([0xe000_0000n, 0, 1, 0x3f])], [0n, 0, [LINE]]],
    ['another segment', [device(), GTDT, mcfg([0xe000_0000n, 1, 0, 0xff])], [0n, 0, [LINE]]],
    [
      'by two entries',
      [device(), GTDT, mcfg([0xe000_0000n, 0, 0, 0x1f], [0xe000_0000n, 0, 0x20, 0x3f])],
      [0n, 0, [LINE]],
    ],
    [
      'the second entry',
      [device(), GTDT, mcfg([0xe000_0000n, 1, 0, 0x3f], [0xe000_0000n, 0, 0, 0x3f])],
      [1n, 1, []],
    ],
    ['a segment that is not known', [device(`${FIELD} Method (_SEG) { Return (AAAA) }`), GTDT], [1n, 1, []]],
  ])('%s', async (_, inputs, expected) => {
    expect(await noted(...inputs)).toEqual(expected);
  });

  test('is busy when the windows come: one across its edge goes', async () => {
    // 0x40 buses of 1 MiB from 0xC8000000 on lie in the window; from 0xCF000000 on they reach out of it.
    const at = async (base: bigint) =>
      (await only([device(), GTDT, mcfg([base, 0, 0, 0x3f])])).changed.map(({ line }) => line);
    expect(await at(0xc800_0000n)).toEqual([]);
    expect(await at(0xcf00_0000n)).toEqual([
      'ignoring host bridge window [mem 0xc0000000-0xcfffffff window] (conflicts with PCI ECAM [mem 0xcf000000-0xd2ffffff])',
    ]);
    expect(await at(0xcffffff0n & ~0xfffffn)).toHaveLength(1);
    expect(await at(0xd000_0000n)).toEqual([]);
    // On x86 it comes later.
    expect((await only([device(), mcfg([0xcf00_0000n, 0, 0, 0x3f])])).changed).toEqual([]);
  });
});

describe('code of _CRS', () => {
  test('that fails: no bus', async () => {
    const found = await only(
      asl(
        bridge(
          `${FIELD} Method (_CRS) { If (AAAA == 1) { Local0 = 5 / 0 } Return (ResourceTemplate () { ${LOW} }) }`,
        ),
      ),
    );
    expect(text(found.when)).toBe('AAAA != 1');
    expect(found.notes.map(({ when, line }) => [text(when), line])).toEqual([
      ['AAAA == 1', 'failed to parse _CRS method, error code'],
    ]);
    expect(windows(found)).toEqual([M]);
  });

  test('that never fails has no note', async () => {
    expect((await only(asl(bridge(crs(buses(0, 256), LOW))))).notes).toEqual([]);
  });

  test('that is not followed to its end: there may be any window more', async () => {
    const loop = `${FIELD} Method (_CRS) { If (AAAA == 1) { Local0 = 0 While (BBBB == 3) { Local0++ Stall (1) } } Return (ResourceTemplate () { ${LOW} }) }`;
    const found = await only(asl(bridge(loop)));
    const last = found.windows.at(-1)!;
    if (last.certainty === 'unknown')
      expect([last.base, last.size, last.why.startsWith('there may be further windows: ')]).toEqual([
        null,
        null,
        true,
      ]);
    else expect(found.windows).toHaveLength(1);
  });

  test('of which the bounds stay open: the window is there, by an authority', async () => {
    const made = (more: string) => `${FIELD} Name (BUF, ResourceTemplate () { ${LOW}
      QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0, 0, 0, 0, , , M64) ${more} })
      Method (_CRS, 0, Serialized) { CreateQWordField (BUF, \\_SB.PCI0.M64._MIN, MIN) CreateQWordField (BUF, \\_SB.PCI0.M64._MAX, MAX) CreateQWordField (BUF, \\_SB.PCI0.M64._LEN, LEN)
        MIN = BASE LEN = SIZE MAX = BASE + SIZE - 1 Return (BUF) }`;
    const verdict = await judge(asl(bridge(made(memory('0xE0000000', '0xE00FFFFF', '0x100000')))));
    expect(windows(verdict.bridges[0]!).map((window) => (window as unknown[]).slice(1, 3))).toEqual([
      [0xc000_0000n, 0x1000_0000n],
      ['open', 'open'],
      [0xe000_0000n, 0x10_0000n],
    ]);
    expect(verdict.authorities.map(({ id }) => id)).toEqual(['windows-distinct']);
    expect(verdict.summary).toMatch(/^1 host bridge with 3 windows, 1 of them uncertain; no changes\.$/);
    expect(verdict.toSettle.map(({ what }) => what)).toEqual(expect.arrayContaining(['BASE', 'SIZE']));
  });

  test('one window between two that continue each other keeps them apart', async () => {
    const list = (middle: string) => [
      memory('0xC0000000', '0xC00FFFFF', '0x100000'),
      middle,
      memory('0xC0100000', '0xC01FFFFF', '0x100000'),
    ];
    const port =
      'DWordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange, 0, 0x1000, 0x1FFF, 0, 0x1000)';
    expect((await only(asl(bridge(crs(...list(port)))))).windows).toHaveLength(3);
    expect((await only(asl(bridge(crs(...list('')))))).windows).toHaveLength(1);
    // Nothing that is empty stands between.
    expect(
      (await only(asl(bridge(crs(...list(memory('0xD0000000', '0xD0000000', '0'))))))).windows,
    ).toHaveLength(1);
  });
});

describe('two that are there or not', () => {
  const body = `${FIELD} Name (RT01, ResourceTemplate () { ${LOW} }) Name (RT02, ResourceTemplate () { ${LOW} ${memory('0xD0000000', '0xD00FFFFF', '0x100000')} })
    Method (_CRS) { If (AAAA == 1) { Return (RT01) } Return (RT02) }`;

  test('would be one where both are there, by release', async () => {
    const recent = await only(asl(bridge(body)));
    expect(recent.changed.map(({ did, when, into }) => [did, text(when), into])).toEqual([
      ['coalesced', 'AAAA != 1', '[mem 0xc0000000-0xd00fffff window]'],
    ]);
    const old = await only(asl(bridge(body)), { release: '5.10.218' });
    expect([old.changed, windows(old)]).toEqual([[], [M, ['memory', 0xd000_0000n, 0x10_0000n, 'AAAA != 1']]]);
  });
});

describe('a boot framebuffer', () => {
  const noted = async (base: bigint | null, size: bigint | null) => {
    const found = await only(asl(bridge(crs(buses(0, 256), LOW))), {
      release: '6.12.30',
      framebuffer: { base, size, from: 'given', text: 'given' },
    });
    return found.notes.map(({ text: said }) => /^the boot framebuffer (.*?) is in a window/.exec(said)?.[1]);
  };
  test.each<[bigint | null, bigint | null, readonly string[]]>([
    [0xc000_0000n, 0x1000n, ['[mem 0xc0000000-0xc0000fff]']],
    [0xcfff_ffffn, null, ['at 0xcfffffff']],
    [0xbfff_ffffn, 0x1000n, []],
    [0xd000_0000n, 0x1000n, []],
    [null, null, []],
  ])('at %d', async (base, size, expected) => {
    expect(await noted(base, size)).toEqual(expected);
  });
});

describe('the sentence', () => {
  const summary = async (...parameters: Parameters<typeof judge>) => (await judge(...parameters)).summary;
  const log = (...lines: string[]): Artifact =>
    artifactOf(
      'dmesg',
      `[    0.000000] Linux version 6.12.30 (x@y) (gcc) #1 SMP\n${lines.map((line) => `[    0.500000] ${line}\n`).join('')}`,
      'log.txt',
    );
  const root = (range: string, bus = '0000:00') => `pci_bus ${bus}: root bus resource [mem ${range} window]`;

  test('counts bridges, windows and changes', async () => {
    expect(await summary(asl(''))).toBe('The inputs describe no PCI host bridge.');
    expect(await summary(asl(bridge(crs(buses(0, 256), LOW))))).toBe(
      '1 host bridge with 1 window; no changes.',
    );
    expect(await summary(asl(bridge(crs())))).toBe('1 host bridge with 0 windows; no changes.');
    expect(
      await summary(
        asl(bridge(crs(LOW, LOW)) + bridge(crs(memory('0xD0000000', '0xD00FFFFF', '0x100000')), 'PCI1')),
      ),
    ).toBe('2 host bridges with 2 windows; 1 change.');
    expect(await summary(asl(bridge(crs(LOW, LOW, LOW))))).toBe('1 host bridge with 1 window; 2 changes.');
  });

  test('and whether the log agrees', async () => {
    const one = asl(bridge(crs(buses(0, 256), LOW)));
    expect(await summary([one, log(root('0xc0000000-0xcfffffff'))])).toBe(
      '1 host bridge with 1 window; no changes. The log agrees.',
    );
    const other = await judge([one, log(root('0xc0000000-0xcffffffe'))]);
    expect(other.summary).toBe('1 host bridge with 1 window; no changes. The log contradicts this.');
    expect(other.rules.find(({ id }) => id === 'log-contradicts')!.evidence).toHaveLength(1);
    const two = [one, log(root('0xc0000000-0xcffffffe'), root('0xd0000000-0xdfffffff', '0001:00'))];
    expect(await summary(two)).toBe(
      '2 host bridges with 2 windows; no changes. The log contradicts 1 of them.',
    );
  });
});

test('nothing of _CRS counts with pci=nocrs', async () => {
  const command = artifactOf(
    'dmesg',
    '[    0.000000] Linux version 6.12.30 (x@y)\n[    0.000000] Command line: root=/dev/vda pci=nocrs\n',
  );
  const found = await only([asl(bridge(crs(buses(0, 256), LOW))), command], {});
  expect([found.windows, found.changed.map(({ did }) => did)]).toEqual([[], ['refused']]);
  expect(found.notes.map(({ text: said, line }) => [said.slice(0, 26), line?.slice(0, 41)])).toEqual([
    ['the windows of _CRS are ig', 'PCI: Ignoring host bridge windows from AC'],
  ]);
});

describe('gaps', () => {
  test('that hide a window of a bridge are reported; those of another device are not', async () => {
    const of = async (device: string) => {
      const diagnostics = new DiagnosticList();
      const body = `${bridge(crs(buses(0, 256), LOW))} ${device}`;
      const verdict = await answerBridges(
        [asl(body)],
        { describe: { hostBridges: LINUX_HOST_BRIDGES }, kernel: { release: '6.12.30' } },
        diagnostics,
      );
      return verdict.gaps.length;
    };
    expect(await of('')).toBe(0);
  });
});
