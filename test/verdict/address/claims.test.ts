/** Who claims an address, of made windows and facts: each kind, what it shares with what is asked about, and the order. */
import { describe, expect, test } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { textSource } from '../../../src/bytes/source.ts';
import type { MachineFacts } from '../../../src/evidence/facts.ts';
import { type Condition, compare, formatCondition } from '../../../src/symbolic/index.ts';
import { type Asked, type Claim, claimsAt } from '../../../src/verdict/address/claims.ts';
import type { Machine } from '../../../src/window/describe.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import { littleEndian, table } from '../../acpi/tables/made-tables.ts';
import { artifactOf, observedFact as fact, read } from '../../evidence/artifacts.ts';
import { fieldOf } from '../../symbolic/fields.ts';

const none = read().evidence;
const artifact = artifactOf('asl', '');
const place = { role: 'register', flags: {}, derivation: [] } as const;
const window = (more: Partial<AddressWindow>, path = '\\_SB.DEVA'): AddressWindow =>
  ({
    ...{ ...place, space: 'memory', certainty: 'certain', base: 0x1000n, size: 0x100n },
    origin: { artifact, path, item: '_CRS', index: 2 },
    ...more,
  }) as AddressWindow;
const machine = (windows: readonly AddressWindow[], more: Partial<Machine> = {}): Machine => ({
  ...{ artifacts: [artifact], trees: [], acpi: undefined, windows, ...more },
});
const memory = (start: bigint, last = start): Asked => ({ space: 'memory', start, last });
const at = (asked: Asked, of: Machine, facts: Partial<MachineFacts> = {}) =>
  claimsAt(asked, of, {}, { ...none, ...facts }, new DiagnosticList());
const short = ({ kind, who, whole, when, why, note }: Claim): unknown[] => [
  kind,
  who,
  whole,
  typeof when === 'bigint' ? when : formatCondition(when),
  ...(why === undefined ? [] : [why]),
  ...(note === undefined ? [] : [note]),
];
const claims = (...parameters: Parameters<typeof at>): unknown[][] => at(...parameters).claims.map(short);

describe('a window', () => {
  const one = machine([window({})]);
  const WHO = '\\_SB.DEVA _CRS[2]';

  test.each<[string, Asked, boolean | undefined]>([
    ['its first byte', memory(0x1000n), true],
    ['its last byte', memory(0x10ffn), true],
    ['the byte before it', memory(0xfffn), undefined],
    ['the byte behind it', memory(0x1100n), undefined],
    ['all of it', memory(0x1000n, 0x10ffn), true],
    ['one byte more at its start', memory(0xfffn, 0x10ffn), false],
    ['one byte more at its end', memory(0x1000n, 0x1100n), false],
    ['up to its first byte', memory(0n, 0x1000n), false],
    ['from its last byte on', memory(0x10ffn, 0x2000n), false],
    ['up to it', memory(0n, 0xfffn), undefined],
    ['a port of that number', { space: 'io', start: 0x1000n, last: 0x1000n }, undefined],
  ])('%s', (_, asked, whole) => {
    expect(claims(asked, one)).toEqual(whole === undefined ? [] : [['register', WHO, whole, 1n]]);
  });

  test('without a byte has none', () => {
    expect(claims(memory(0x1000n), machine([window({ size: 0n })]))).toEqual([]);
  });

  test('that is off, or that Linux takes nothing from, says why', () => {
    const note = (more: Partial<AddressWindow>) =>
      at(memory(0x1000n), machine([window(more)])).claims[0]!.note;
    expect(note({})).toBeUndefined();
    expect(note({ flags: { available: true } })).toBeUndefined();
    expect(note({ flags: { available: false } })).toBe('disabled');
    expect(note({ flags: { available: false }, ignored: 'it is skipped' })).toBe('it is skipped');
  });

  const FIELD = fieldOf('BASE');
  const ON = compare('eq', fieldOf('ISON', { bits: 8 }), 1n) as Condition;

  test('under a condition, with known bounds and with open ones', () => {
    const maybe = window({ certainty: 'conditional', when: ON } as never);
    expect(claims(memory(0x1000n), machine([maybe]))).toEqual([['register', WHO, true, 'ISON == 1']]);
    expect(claims(memory(0x1100n), machine([maybe]))).toEqual([]);
    const open = window({ certainty: 'conditional', when: ON, base: FIELD, size: 0x100n } as never);
    expect(claims(memory(0x1000n), machine([open]))[0]!.slice(0, 3)).toEqual(['register', WHO, true]);
    const text = String(claims(memory(0x1000n), machine([open]))[0]![3]);
    // BASE <= 0x1000 and 0x1000 <= BASE + 0xff.
    for (const part of ['ISON == 1', 'BASE']) expect(text).toContain(part);
    expect(claims(memory(0x1000n, 0x1001n), machine([open]))[0]![2]).toBe(false);
    // A field of 32 bits reaches no farther.
    expect(claims(memory(0x2_0000_0000n), machine([open]))).toEqual([]);
  });

  test('of which a bound is not known at all', () => {
    const of = (more: object) =>
      claims(memory(0x1000n), machine([window({ certainty: 'unknown', why: 'a field', ...more } as never)]));
    expect(of({ base: null, size: null })).toEqual([['register', WHO, false, 1n, 'a field']]);
    expect(of({ base: null, size: 0x100n })).toEqual([['register', WHO, false, 1n, 'a field']]);
    expect(of({ base: 0x1000n, size: null })).toEqual([['register', WHO, false, 1n, 'a field']]);
    expect(of({ base: 0x1001n, size: null })).toEqual([]);
    expect(of({ base: FIELD, size: 0x10n })[0]!.slice(0, 3)).toEqual(['register', WHO, true]);
    const maybe = window({ certainty: 'conditional', when: ON, base: null, size: null } as never);
    expect(claims(memory(0x1000n), machine([maybe]))).toEqual([
      ['register', WHO, false, 'ISON == 1', 'a bound is unknown'],
    ]);
  });
});

test('what surely has it first, of that the smallest, and what may last', () => {
  const ON = compare('eq', fieldOf('ISON', { bits: 8 }), 1n) as Condition;
  const of = machine([
    window({ certainty: 'unknown', base: null, size: null, why: 'a field' } as never, 'U'),
    window({ certainty: 'conditional', when: ON, size: 0x10n } as never, 'C'),
    window({ size: 0x400n }, 'L'),
    window({ size: 0x40n }, 'S'),
    window({ base: 0xf00n, size: 0x1000n }, 'XL'),
  ]);
  const { claims: found, summary } = at(memory(0x1000n), of);
  expect(found.map(({ who }) => who.split(' ')[0])).toEqual(['S', 'L', 'XL', 'C', 'U']);
  expect(summary).toBe(
    '0x1000 is claimed by S _CRS[2] and 2 more; 2 more claims are conditional or unknown.',
  );
  expect(at(memory(0x1000n), machine(of.windows.slice(0, 2))).summary).toBe(
    'Nothing claims 0x1000 for certain; 2 claims are conditional or unknown.',
  );
  expect(at({ space: 'io', start: 0x60n, last: 0x60n }, of).summary).toBe(
    'Nothing in the inputs claims port 0x60.',
  );
  expect(at({ space: 'io', start: 0x60n, last: 0x6fn }, of).summary).toMatch(
    /claims \[io {2}0x0*60-0x0*6f\]\.$/,
  );
});

describe('evidence', () => {
  const none = machine([]);
  const entry = { base: 0x1000n, size: 0x1000n, type: 'reserved', name: 'reserved', map: 'e820' } as const;
  const node = (name: string, depth: number) => ({
    start: 0x1000n,
    last: 0x1fffn,
    name,
    depth,
    children: [],
    fact: fact(''),
  });

  test.each<[string, Partial<MachineFacts>, readonly unknown[]]>([
    ['the memory map', { memoryMap: [fact(entry)] }, ['memory-map', 'e820: reserved', true, 1n]],
    [
      'what Linux takes out',
      { e820Removals: [fact({ start: 0x1000n, last: 0x1fffn })] },
      ['memory-map', 'removed from E820 by Linux', true, 1n],
    ],
    [
      'memory of SRAT',
      { srat: [fact({ start: 0x1000n, last: 0x1fffn, hotplug: false })] },
      ['ram', 'SRAT: memory', true, 1n],
    ],
    [
      'room of SRAT',
      { srat: [fact({ start: 0x1000n, last: 0x1fffn, hotplug: true })] },
      ['ram', 'SRAT: memory that can be hot-added', true, 1n],
    ],
    ['/proc/iomem', { iomem: [node('System RAM', 0)] }, ['iomem', 'System RAM', true, 1n]],
    [
      'deeper in it',
      { iomem: [node('Kernel code', 2)] },
      ['iomem', 'Kernel code', true, 1n, 'level 2 of /proc/iomem'],
    ],
    [
      'a framebuffer',
      { framebuffers: [fact({ base: 0x1000n, size: 0x1000n, by: 'efifb' })] },
      ['framebuffer', 'framebuffer, by dmesg', true, 1n],
    ],
    [
      'a BAR',
      {
        pciDevices: [
          fact({
            address: '0000:00:02.0',
            bars: [{ index: 3, space: 'memory', base: 0x1000n, size: 0x1000n }],
          }),
        ],
      },
      ['bar', '0000:00:02.0 BAR 3', true, 1n],
    ],
  ])('%s', (_, facts, expected) => {
    for (const address of [0x1000n, 0x1fffn])
      expect(claims(memory(address), none, facts)).toEqual([expected]);
    for (const address of [0xfffn, 0x2000n]) expect(claims(memory(address), none, facts)).toEqual([]);
    expect(claims({ space: 'io', start: 0x1000n, last: 0x1000n }, none, facts)).toEqual([]);
    const [claim] = at(memory(0x1800n), none, facts).claims;
    expect([claim!.base, claim!.size]).toEqual([0x1000n, 0x1000n]);
    expect(claim!.evidence).toBeDefined();
  });

  test('a framebuffer of which only the base is known, and one at 0', () => {
    const at1000 = { framebuffers: [fact({ base: 0x1000n, size: null, by: 'efifb' } as const)] };
    expect(claims(memory(0x1000n), none, at1000)).toEqual([
      ['framebuffer', 'framebuffer, by dmesg', true, 1n, 'only its base is known'],
    ]);
    expect(claims(memory(0x1001n), none, at1000)).toEqual([]);
    expect(
      claims(memory(0n), none, { framebuffers: [fact({ base: 0n, size: 0x1000n, by: 'efifb' } as const)] }),
    ).toEqual([]);
  });

  test('a BAR of ports', () => {
    const pciDevices = [
      fact({
        address: '0000:00:02.0',
        bars: [{ index: 4, space: 'io', base: 0xc000n, size: 0x20n } as const],
      }),
    ];
    expect(claims({ space: 'io', start: 0xc01fn, last: 0xc01fn }, none, { pciDevices })).toEqual([
      ['bar', '0000:00:02.0 BAR 4', true, 1n],
    ]);
  });
});

describe('tables', () => {
  const bytes = table('APIC', [...littleEndian(0xfee00000, 4), ...littleEndian(1, 4)]);
  const source = { ...textSource('madt.dat', ''), bytes };
  const madt = { signature: 'APIC', name: 'APIC', bytes, source };
  const from = { ...artifact, source };
  const of = machine([], {
    artifacts: [artifact, from],
    acpi: { tables: [madt], architecture: 'x86', crs: [], withoutCrs: [], above: [], windows: [] } as never,
  });

  test('name registers', () => {
    const [claim] = at(memory(0xfee0_0020n), of).claims;
    expect([claim!.kind, claim!.who]).toEqual(['register', 'MADT: local APIC']);
    // Where the table's place is known it is that of its own file.
    if (claim!.evidence?.origin !== undefined) expect(claim!.evidence.origin.artifact).toBe(from);
    expect(at(memory(0xfee0_0020n), machine([], { acpi: undefined })).claims).toEqual([]);
    expect(at({ space: 'io', start: 0xfee0_0020n, last: 0xfee0_0020n }, of).claims).toEqual([]);
  });

  test('tell of memory, which are no ports', () => {
    // One enabled range of SRAT, 16 MiB from 0 on.
    const entry = [
      1,
      40,
      ...littleEndian(0, 14),
      ...littleEndian(0x100_0000, 8),
      ...littleEndian(0, 4),
      ...littleEndian(1, 4),
    ];
    const ranges = table('SRAT', [
      ...littleEndian(1, 4),
      ...littleEndian(0, 8),
      ...entry,
      ...littleEndian(0, 8),
    ]);
    const srat = { signature: 'SRAT', name: 'SRAT', bytes: ranges, source: { ...source, bytes: ranges } };
    const known = machine([], { acpi: { ...of.acpi!, tables: [srat] } as never });
    expect(at(memory(0x60n), known).claims.map(({ kind }) => kind)).toContain('ram');
    expect(at(memory(0x100_0000n), known).claims).toEqual([]);
    expect(at({ space: 'io', start: 0x60n, last: 0x60n }, known).claims).toEqual([]);
  });
});

describe('a host bridge', () => {
  const log = {
    pciWindows: [
      fact(
        { bus: '0000:00', space: 'memory', start: 0xe000_0000n, last: 0xefff_ffffn } as const,
        'root bus resource',
      ),
    ],
  };

  test('of a log has the windows that were printed', () => {
    expect(claims(memory(0xe000_0000n), machine([]), log)).toEqual([
      ['pci-bridge', 'PCI host bridge pci_bus 0000:00', true, 1n, 'a window in the log'],
    ]);
    expect(claims(memory(0xf000_0000n), machine([]), log)).toEqual([]);
    expect(claims({ space: 'io', start: 0xe000_0000n, last: 0xe000_0000n }, machine([]), log)).toEqual([]);
  });

  test('keeps free what E820 has, for new BARs', () => {
    const facts = {
      ...log,
      memoryMap: [
        fact({ base: 0xe800_0000n, size: 0x1000n, type: 'reserved', name: 'reserved', map: 'e820' } as const),
      ],
      pciRules: [fact('use_e820' as const)],
      architectures: [fact('x86_64' as const)],
    };
    const kinds = claims(memory(0xe800_0fffn), machine([]), facts).map(([kind, , , , note]) => [kind, note]);
    expect(kinds).toContainEqual(['kept-free', 'no new BAR is put there']);
    expect(claims(memory(0xe800_1000n), machine([]), facts).map(([kind]) => kind)).not.toContain('kept-free');
    expect(claims({ space: 'io', start: 0xe800_0000n, last: 0xe800_0000n }, machine([]), facts)).toEqual([]);
  });
});
