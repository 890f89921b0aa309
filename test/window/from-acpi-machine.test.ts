/** Windows of a whole machine's tables and lists: which stand once, whose they are, what Linux takes nothing from. */
import { describe, expect, test } from 'vitest';
import type { CrsEntry } from '../../src/acpi/crs/crs.ts';
import type { FieldValues } from '../../src/acpi/resources/descriptor.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { textSource } from '../../src/bytes/source.ts';
import { LINUX_HOST_BRIDGES } from '../../src/linux/host-bridge/descriptors.ts';
import { type Condition, compare, not, type Quantity } from '../../src/symbolic/index.ts';
import { derivationOf } from '../../src/window/derivation.ts';
import { describe as describeMachine } from '../../src/window/describe.ts';
import { type NormaliseContext, windowsOfCrs } from '../../src/window/from-acpi.ts';
import { artifactOf } from '../evidence/artifacts.ts';
import { fieldOf } from '../symbolic/fields.ts';
import { entry, type Given, memoryOf } from './crs-entries.ts';

const INPUT = artifactOf('crs-hex', '');
const memory = (min: Quantity, max: Quantity, length: Quantity, more: FieldValues = {}): Given =>
  memoryOf('qword-address', min, max, length, more);
const ports = (min: bigint, length: bigint, more: FieldValues = {}): Given => [
  'dword-address',
  { space: 'io', producer: true, min, max: min + length - 1n, length, ...more },
];
const buses: Given = ['word-address', { space: 'bus', producer: true, min: 0n, max: 0xffn, length: 0x100n }];
const BRIDGE = { hid: 'PNP0A08' } as const;
const on = (architecture: NormaliseContext['architecture']): NormaliseContext => ({
  ...{ architecture, hostBridges: LINUX_HOST_BRIDGES, occupied: [] },
});
const said = (of: CrsEntry, context: NormaliseContext = on('x86')) =>
  windowsOfCrs(INPUT, of, context).map(({ space, role, base, size, flags, ignored, origin }) => [
    `${origin.index} ${space} ${role}`,
    base,
    size,
    flags.producer,
    flags.available,
    ignored,
  ]);

describe('a host bridge', () => {
  test('on x86: what it consumes is a window, buses are buses, empty ranges are nothing', () => {
    const list = [
      buses,
      memory(0xe000_0000n, 0xe000_0fffn, 0x1000n, { producer: false }),
      memory(0xf000_0000n, 0xf000_0fffn, 0n),
      ports(0xcf8n, 8n),
      ports(0xd00n, 0x100n),
    ];
    expect(said(entry(list, BRIDGE))).toEqual([
      ['0 bus window', 0n, 0x100n, true, undefined, undefined],
      ['1 memory window', 0xe000_0000n, 0x1000n, false, undefined, undefined],
      ['3 io register', 0xcf8n, 8n, true, undefined, undefined],
      ['4 io window', 0xd00n, 0x100n, true, undefined, undefined],
    ]);
  });

  test('on arm64: what it consumes is its own, ports are numbered from 0, and of one stretch', () => {
    const list = [
      memory(0xe000_0000n, 0xe000_0fffn, 0x1000n, { producer: false }),
      memory(0xf000_0000n, 0xf000_0fffn, 0x1000n),
      ports(0x3eff_0000n, 0x1_0000n),
      ports(0x5000_0000n, 0x100n),
    ];
    expect(said(entry(list, BRIDGE), on('arm64'))).toEqual([
      ['0 memory register', 0xe000_0000n, 0x1000n, false, undefined, undefined],
      ['1 memory window', 0xf000_0000n, 0x1000n, true, undefined, undefined],
      ['2 io window', 0n, 0x1_0000n, true, undefined, undefined],
      ['3 io window', 0x5000_0000n, 0x100n, true, false, 'a bridge has one stretch of port numbers'],
    ]);
    const [own, , , ignored] = windowsOfCrs(INPUT, entry(list, BRIDGE), on('arm64'));
    expect(derivationOf(own!).at(-1)!.text).toMatch(/; the bridge uses it itself \(ResourceConsumer\)$/);
    expect(derivationOf(ignored!).at(-1)!.text).toMatch(/; a bridge has one stretch of port numbers$/);
  });

  test('by _CID, too; another device has what it produces and what it uses', () => {
    const list = [memory(0xe000_0000n, 0xe000_0fffn, 0x1000n, { producer: false })];
    const roles = (more: Partial<CrsEntry>, context?: NormaliseContext) =>
      said(entry(list, more), context).map(([what]) => what);
    expect(roles({ hid: 'ACPI0016', cid: ['PNP0A08'] })).toEqual(['0 memory window']);
    expect(roles({ hid: 'TEST0001' })).toEqual(['0 memory register']);
    expect(roles(BRIDGE, { architecture: 'x86', occupied: [] })).toEqual(['0 memory register']);
    expect(roles({ hid: 'TEST0001', cid: ['PNP0C80'] })).toEqual(['0 memory ram']);
  });
});

test('ports above 64 KiB are none on x86, and memory elsewhere', () => {
  const list = [ports(0x3eff_0000n, 0x100n)];
  expect(said(entry(list))).toEqual([]);
  expect(said(entry(list), on('arm64')).map(([what, base]) => [what, base])).toEqual([
    ['0 io window', 0x3eff_0000n],
  ]);
});

test('a device that is off by _STA, one that is on, and one of which it is not known', () => {
  const list = [memory(0xe000_0000n, 0xe000_0fffn, 0x1000n)];
  const available = (more: Partial<CrsEntry>) => said(entry(list, more))[0]![4];
  expect(available({})).toBeUndefined();
  expect(available({ sta: null })).toBeUndefined();
  expect(available({ sta: 0xfn })).toBe(true);
  expect(available({ sta: 1n })).toBe(true);
  expect(available({ sta: 0xen })).toBe(false);
  expect(available({ sta: 0n })).toBe(false);
});

test('what a window is derived from', () => {
  const [steps] = [[{ text: 'Store (1, A)' }]];
  const list = [memory(0x8000_0000n, 0x8fff_ffffn, 0x1000_0000n, { translation: 0x10_0000_0000n })];
  const [moved] = windowsOfCrs(INPUT, entry(list, { steps } as never));
  expect(derivationOf(moved!).map(({ what, text }) => `${what}: ${text}`)).toEqual([
    'evaluate: Store (1, A)',
    'qword-address: _MIN 0x80000000, _MAX 0x8fffffff, _LEN 0x10000000, _TRA 0x1000000000',
  ]);
  expect(moved!.bus).toEqual({ base: 0x8000_0000n });
  const small: Given = ['memory24', { min: 0xa0000n, max: 0xa0000n, alignment: 0n, length: 0x100n }];
  const [old] = windowsOfCrs(INPUT, entry([small]));
  expect(derivationOf(old!)[0]!.text).toMatch(/, in units of 256 bytes$/);
  const span = { source: textSource('a', 'xxxx'), start: 1, end: 2 };
  const made = entry(list);
  const placed = { ...made, resources: made.resources.map((each) => ({ ...each, span })) };
  const [there] = windowsOfCrs(INPUT, { ...placed, span: { ...span, end: 3 } });
  expect(there!.origin.span).toEqual(span);
  expect(derivationOf(there!)[0]!.span).toEqual(span);
});

describe('of several outcomes', () => {
  const A = compare('eq', fieldOf('SELA', { bits: 8 }), 1n) as Condition;
  const low = memory(0xe000_0000n, 0xe000_0fffn, 0x1000n);
  const outcomes = (...ways: readonly (readonly [Condition, readonly Given[]])[]) =>
    windowsOfCrs(INPUT, {
      ...{ device: '\\_SB.TEST', object: '_CRS', status: 'alternatives', resources: [] },
      alternatives: ways.map(([condition, list]) => {
        const { bytes, resources } = entry(list);
        return { condition, outcome: 'template', bytes, resources };
      }),
    } as never).map(({ origin, role, base, size, certainty }) => [origin.index, role, base, size, certainty]);
  const other = not(A) as Condition;

  test('what each has stands once, and is certain', () => {
    expect(outcomes([A, [low]], [other, [low]])).toEqual([[0, 'window', 0xe000_0000n, 0x1000n, 'certain']]);
  });

  test.each<[string, Given, unknown]>([
    ['another base', memory(0xe100_0000n, 0xe100_0fffn, 0x1000n), [0xe100_0000n, 0x1000n]],
    ['another size', memory(0xe000_0000n, 0xe000_1fffn, 0x2000n), [0xe000_0000n, 0x2000n]],
    [
      'another role',
      memory(0xe000_0000n, 0xe000_0fffn, 0x1000n, { producer: false }),
      [0xe000_0000n, 0x1000n],
    ],
  ])('%s is another window', (_, second, place) => {
    const found = outcomes([A, [low]], [other, [second]]);
    expect(found.map(([index, , , , certainty]) => [index, certainty])).toEqual([
      [0, 'conditional'],
      [0, 'conditional'],
    ]);
    expect(found[1]!.slice(2, 4)).toEqual(place);
  });

  test('another space is another window, and the order is that of the descriptors', () => {
    const io = ports(0x1000n, 0x1000n);
    const high = memory(0x1_0000_0000n, 0x1_0000_0fffn, 0x1000n);
    expect(
      outcomes([A, [io, high]], [other, [memory(0x1000n, 0x1fffn, 0x1000n), high]]).map(([index, , base]) => [
        index,
        base,
      ]),
    ).toEqual([
      [0, 0x1000n],
      [0, 0x1000n],
      [1, 0x1_0000_0000n],
    ]);
    expect(outcomes([A, [low]], [other, [io, high]]).map(([index]) => index)).toEqual([0, 0, 1]);
  });

  test('an outcome that is never is none', () => {
    expect(outcomes([0n, [low]], [1n, [memory(0xe100_0000n, 0xe100_0fffn, 0x1000n)]])).toEqual([
      [0, 'window', 0xe100_0000n, 0x1000n, 'certain'],
    ]);
  });
});

describe('lists beside tables', () => {
  const dsdt = artifactOf(
    'asl',
    `DefinitionBlock ("", "DSDT", 2, "TEST", "TEST", 1) { Scope (\\_SB) {
      Device (PCI0) { Name (_HID, EisaId ("PNP0A08")) Name (_CRS, ResourceTemplate () {
        QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xC0000000, 0xCFFFFFFF, 0, 0x10000000)
        QWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite, 0, 0xE0000000, 0xE00FFFFF, 0, 0x100000) }) }
      Device (DEV0) { Name (_HID, "TEST0001") Name (_CRS, ResourceTemplate () {
        Memory32Fixed (ReadWrite, 0xFED00000, 0x1000) }) } } }`,
    'a.asl',
  );
  const pnp = (...lines: string[]) =>
    artifactOf(
      'crs-text',
      lines.map((line) => `/sys/bus/pnp/devices/00:01/resources:${line}\n`).join(''),
      'list.txt',
    );
  const bus = (...ranges: string[]) =>
    artifactOf(
      'crs-text',
      ranges.map((range) => `pci_bus 0000:00: root bus resource [${range} window]\n`).join(''),
      'bus.txt',
    );
  const windows = async (...inputs: ReturnType<typeof pnp>[]): Promise<string[]> => {
    const options = { hostBridges: LINUX_HOST_BRIDGES };
    const machine = await describeMachine(inputs, options, new DiagnosticList());
    return machine.windows.map(({ origin: { artifact, path } }) => `${artifact.kind} ${path}`);
  };
  const TABLES = ['asl \\_SB.PCI0', 'asl \\_SB.PCI0', 'asl \\_SB.DEV0'];
  const [FIRST, SECOND] = ['mem 0xc0000000-0xcfffffff', 'mem 0xe0000000-0xe00fffff'];

  test('the same device printed again stands once, of whatever name', async () => {
    expect(await windows(dsdt)).toEqual(TABLES);
    expect(await windows(dsdt, bus(FIRST, SECOND))).toEqual(TABLES);
    expect(await windows(dsdt, bus(SECOND))).toEqual(TABLES);
    expect(await windows(dsdt, pnp('mem 0xfed00000-0xfed00fff'))).toEqual(TABLES);
    // The list names no range at all.
    expect(await windows(dsdt, pnp('state = active', 'irq 1'))).toEqual(TABLES);
  });

  test('another device is one more', async () => {
    const more = (found: readonly string[]) => found.filter((each) => !TABLES.includes(each)).length;
    expect(more(await windows(dsdt, bus(FIRST, 'mem 0xd0000000-0xdfffffff')))).toBe(2);
    expect(more(await windows(dsdt, bus('mem 0xc0000000-0xcffffffe')))).toBe(1);
    // Its ranges are those of two devices.
    expect(more(await windows(dsdt, bus(FIRST, 'mem 0xfed00000-0xfed00fff')))).toBe(2);
    expect(await windows(dsdt, bus('mem 0xd0000000-0xdfffffff'))).toHaveLength(4);
  });

  test('a value that is given for no field is reported', async () => {
    const told = async (name: string) => {
      const sink = new DiagnosticList();
      await describeMachine([dsdt], { set: new Map([[name, 1n]]) }, sink);
      return sink.all.length;
    };
    expect(await told('NOPE')).toBe(1);
    const sink = new DiagnosticList();
    await describeMachine([dsdt], {}, sink);
    expect(sink.all).toEqual([]);
  });

  test('lists alone stand as they are', async () => {
    expect(await windows(bus(FIRST, SECOND))).toHaveLength(2);
    expect(await windows(bus(FIRST), pnp('mem 0xfed00000-0xfed00fff'))).toHaveLength(2);
  });
});
