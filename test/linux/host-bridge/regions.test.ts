/** What keeps BARs out, what is there before the first bridge, and where BARs go: by hand, and byte by byte. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MemoryMapEntry } from '../../../src/evidence/values.ts';
import { type Bar, placeBars } from '../../../src/linux/host-bridge/bars.ts';
import { type CrsFacts, usesCrs } from '../../../src/linux/host-bridge/crs-rule.ts';
import {
  ignoresE820ByDmi,
  isRemovedMmio,
  keptOut,
  spanOf,
  usableGap,
} from '../../../src/linux/host-bridge/e820.ts';
import { earlyRegions } from '../../../src/linux/host-bridge/iomem.ts';
import { PortNumbers } from '../../../src/linux/host-bridge/ports.ts';
import type { Span } from '../../../src/linux/host-bridge/window.ts';
import { artifactOf, read } from '../../evidence/artifacts.ts';
import { runs } from '../../runs.ts';
import { io, mem } from './made-windows.ts';

const KIB = 0x400n;
const MIB = 0x10_0000n;
const GIB = 1n << 30n;

describe('whether windows are taken from _CRS (pci_acpi_crs_quirks)', () => {
  const asked = (more: Partial<CrsFacts>): boolean =>
    usesCrs({ options: [], dmi: undefined, biosYear: undefined, lastAddress: (1n << 36n) - 1n, ...more })
      .uses;
  const OLD = { biosYear: 2007, lastAddress: 0xffff_ffffn };

  test.each<[string, Partial<CrsFacts>, boolean]>([
    ['nothing known', {}, true],
    ['pci=nocrs', { options: ['nocrs'] }, false],
    ['pci=use_crs', { ...OLD, options: ['use_crs'] }, true],
    ['both', { options: ['use_crs', 'nocrs'] }, false],
    ['another option', { ...OLD, options: ['no_e820'] }, false],
    ['firmware of 2007, a processor of 4 GiB', OLD, false],
    ['firmware of 2008', { ...OLD, biosYear: 2008 }, true],
    ['firmware of 2007, a processor of more', { ...OLD, lastAddress: 0x1_0000_0000n }, true],
    ['a machine that needs it', { ...OLD, dmi: 'IBM IBM x3800/x, BIOS' }, true],
    ['a machine of the same maker', { ...OLD, dmi: 'IBM eServer x3850/x, BIOS' }, false],
    ['ASUS M2V-MX SE', { ...OLD, dmi: 'System manufacturer/M2V-MX SE, BIOS 0304' }, true],
    ['a machine that must not', { dmi: 'Dell Inc. Studio 1557/0KM426, BIOS A09 07/28/2010' }, false],
    ['the same with other firmware', { dmi: 'Dell Inc. Studio 1557/0KM426, BIOS A08 07/28/2010' }, true],
    ['a machine that must not, told to', { options: ['use_crs'], dmi: 'x Studio 1557/y, BIOS A09' }, true],
    ['a machine that needs it, told not to', { options: ['nocrs'], dmi: 'x/MS-7253, BIOS' }, false],
  ])('%s', (_, facts, uses) => {
    expect(asked(facts)).toBe(uses);
  });

  test('says why', () => {
    expect(usesCrs({ options: [], dmi: 'x/MS-7253, BIOS', biosYear: 2000, lastAddress: 0n }).why).toBe(
      'the machine is a MSI MS-7253',
    );
    expect(usesCrs({ options: [], dmi: undefined, ...OLD }).why).toBe(
      'the firmware is of 2007 and the processor addresses 4 GiB',
    );
  });
});

describe('E820', () => {
  const entry = (start: bigint, end: bigint, more: Partial<MemoryMapEntry> = {}): MemoryMapEntry => ({
    ...{ base: start, size: end - start + 1n, type: 'reserved', name: 'reserved', map: 'e820' },
    ...more,
  });

  test.each<[string, Span, readonly Span[], Span | undefined]>([
    ['nothing', { start: 100n, end: 199n }, [], { start: 100n, end: 199n }],
    [
      'beside it',
      { start: 100n, end: 199n },
      [
        { start: 0n, end: 99n },
        { start: 200n, end: 300n },
      ],
      { start: 100n, end: 199n },
    ],
    ['its first byte', { start: 100n, end: 199n }, [{ start: 0n, end: 100n }], { start: 101n, end: 199n }],
    ['its last byte', { start: 100n, end: 199n }, [{ start: 199n, end: 300n }], { start: 100n, end: 198n }],
    [
      'more below than above',
      { start: 100n, end: 199n },
      [{ start: 160n, end: 170n }],
      { start: 100n, end: 159n },
    ],
    [
      'more above than below',
      { start: 100n, end: 199n },
      [{ start: 120n, end: 130n }],
      { start: 131n, end: 199n },
    ],
    [
      'as much below as above',
      { start: 100n, end: 199n },
      [{ start: 140n, end: 159n }],
      { start: 160n, end: 199n },
    ],
    ['all of it', { start: 100n, end: 199n }, [{ start: 100n, end: 199n }], undefined],
    ['more than all', { start: 100n, end: 199n }, [{ start: 0n, end: 999n }], undefined],
    ['one byte that is taken', { start: 100n, end: 100n }, [{ start: 100n, end: 100n }], undefined],
    [
      'all by two',
      { start: 100n, end: 199n },
      [
        { start: 0n, end: 149n },
        { start: 150n, end: 999n },
      ],
      undefined,
    ],
    [
      'the BIOS ROM',
      { start: 0xffd0_0000n, end: 0xffff_ffffn },
      [],
      { start: 0xffd0_0000n, end: 0xffdf_ffffn },
    ],
    ['the BIOS ROM alone', { start: 0xffe0_0000n, end: 0xffff_ffffn }, [], undefined],
  ])('leaves the larger part of a gap: %s', (_, gap, entries, left) => {
    expect(usableGap(gap, entries)).toEqual(left);
  });

  test('parts of a window that contain entries', () => {
    const [below, inside, above] = [entry(0n, 99n), entry(150n, 160n), entry(200n, 300n)];
    expect(keptOut({ start: 100n, end: 199n }, [below, inside, above])).toEqual([
      { start: 150n, end: 160n, by: inside },
    ]);
    const [first, last] = [entry(0n, 100n), entry(199n, 300n)];
    expect(keptOut({ start: 100n, end: 199n }, [first, last])).toEqual([
      { start: 100n, end: 100n, by: first },
      { start: 199n, end: 199n, by: last },
    ]);
    expect(keptOut({ start: 0xff00_0000n, end: 0x1_0fff_ffffn }, [])).toEqual([
      { start: 0xffe0_0000n, end: 0xffff_ffffn, by: 'bios-rom' },
    ]);
    expect(spanOf({ base: 5n, size: 10n })).toEqual({ start: 5n, end: 14n });
  });

  test('entries that EFI has as MMIO of 256 KiB and more are taken out (efi_remove_e820_mmio)', () => {
    const place = entry(4n * MIB, 4n * MIB + 256n * KIB - 1n);
    const efi = (base: bigint, size: bigint, more: Partial<MemoryMapEntry> = {}): MemoryMapEntry => ({
      ...{ base, size, type: 'mmio', name: 'MMIO', map: 'efi' },
      ...more,
    });
    const removed = (...map: MemoryMapEntry[]): boolean => isRemovedMmio(place, map);
    expect(removed(efi(4n * MIB, 256n * KIB))).toBe(true);
    expect(removed(efi(0n, GIB))).toBe(true);
    expect(removed()).toBe(false);
    expect(removed(efi(4n * MIB, 256n * KIB, { type: 'reserved' }))).toBe(false);
    expect(removed(efi(4n * MIB, 256n * KIB, { map: 'e820' }))).toBe(false);
    expect(removed(efi(4n * MIB + 1n, 256n * KIB))).toBe(false);
    expect(removed(efi(4n * MIB - 1n, 256n * KIB))).toBe(false);
    const small = entry(4n * MIB, 4n * MIB + 4095n);
    expect(isRemovedMmio(small, [efi(4n * MIB, 256n * KIB - 1n)])).toBe(false);
    expect(isRemovedMmio({ ...place, type: 'ram' }, [efi(0n, GIB)])).toBe(false);
  });

  test('machines for which it is ignored', () => {
    expect(ignoresE820ByDmi('Acer Spin SP513-54N/x, BIOS')).toBe('Acer Spin SP513-54N');
    expect(ignoresE820ByDmi('Notebook/X170KM-G, BIOS')).toBe('Clevo X170KM-G');
    expect(ignoresE820ByDmi('Notebook/X170SM-G, BIOS')).toBeUndefined();
    expect(ignoresE820ByDmi('LENOVO Spin SP513-54N/x, BIOS')).toBeUndefined();
  });
});

describe('what is there before the first bridge', () => {
  const map = (base: bigint, size: bigint, more: Partial<MemoryMapEntry> = {}) => ({
    value: { ...{ base, size, type: 'ram', name: 'usable', map: 'e820' }, ...more } as MemoryMapEntry,
    strength: 'observed' as const,
    text: 'a line',
    artifact: artifactOf('dmesg', ''),
  });
  const early = (...memoryMap: ReturnType<typeof map>[]) => {
    const found = earlyRegions({ iomem: [], memoryMap });
    return (
      found && [found.from, found.regions.map(({ start, end, name }) => [start, end, name]), found.knowsRoms]
    );
  };

  test('nothing known', () => {
    expect(early()).toBeUndefined();
  });

  test('of a PC the first page and the BIOS area are no RAM (trim_bios_range)', () => {
    expect(early(map(0n, GIB))).toEqual([
      'e820',
      [
        [0x1000n, 0x9_ffffn, 'System RAM'],
        [MIB, GIB - 1n, 'System RAM'],
      ],
      false,
    ]);
    expect(early(map(0n, 0x1000n))).toEqual(['e820', [], false]);
    expect(early(map(0n, 0x1001n))).toEqual(['e820', [[0x1000n, 0x1000n, 'System RAM']], false]);
    expect(early(map(0xa_0000n, 0x6_0000n))).toEqual(['e820', [], false]);
    expect(early(map(2n * MIB, MIB))).toEqual(['e820', [[2n * MIB, 3n * MIB - 1n, 'System RAM']], false]);
    // EFI's map of a machine that may be none.
    expect(early(map(0n, MIB, { map: 'efi' }))).toEqual(['efi', [[0n, MIB - 1n, 'System RAM']], false]);
  });

  test('tables and what is unusable, by the names of /proc/iomem; reserved entries only below 1 MiB', () => {
    const rows = early(
      map(MIB, MIB, { type: 'acpi-data' }),
      map(3n * MIB, MIB, { type: 'acpi-nvs' }),
      map(5n * MIB, MIB, { type: 'unusable' }),
      map(7n * MIB, MIB, { type: 'persistent' }),
      map(9n * MIB, MIB, { type: 'reserved' }),
      map(0xf_0000n, 0x1000n, { type: 'reserved' }),
    )![1] as unknown as (readonly [bigint, bigint, string])[];
    expect(rows.map(([start, , name]) => `${start / KIB} ${name}`).sort()).toEqual([
      '1024 ACPI Tables',
      '3072 ACPI Non-volatile Storage',
      '5120 Unusable memory',
      '7168 Persistent Memory',
      '960 Reserved',
    ]);
    expect(early(map(0xf_0000n, 0x1000n, { type: 'reserved', map: 'efi' }))).toEqual(['efi', [], false]);
  });

  test('the most direct source', () => {
    const [e820, sysfs, efi] = (['e820', 'sysfs', 'efi'] as const).map((name) =>
      map(MIB, MIB, { map: name }),
    );
    expect(early(efi!, sysfs!, e820!)![0]).toBe('e820');
    expect(early(efi!, sysfs!)![0]).toBe('memmap');
    expect(early(efi!)![0]).toBe('efi');
    const text =
      '00000000-00000fff : Reserved\n00001000-0009ffff : System RAM\n000c0000-000c7fff : Video ROM\n00100000-3fffffff : System RAM\n  01000000-01ffffff : Kernel code\n40000000-400fffff : Reserved\n';
    const { iomem } = read(artifactOf('iomem', text)).evidence;
    const found = earlyRegions({ iomem, memoryMap: [e820!] })!;
    expect([found.from, found.knowsRoms]).toEqual(['iomem', true]);
    expect(found.regions.map(({ start, name }) => [start, name])).toEqual([
      [0n, 'Reserved'],
      [0x1000n, 'System RAM'],
      [0xc_0000n, 'Video ROM'],
      [MIB, 'System RAM'],
    ]);
  });

  test('pieces of a map that touch are one', () => {
    expect(early(map(2n * MIB, MIB, { map: 'efi' }), map(MIB, MIB, { map: 'efi' }))).toEqual([
      'efi',
      [[MIB, 3n * MIB - 1n, 'System RAM']],
      false,
    ]);
    const apart = early(map(3n * MIB, MIB, { map: 'efi' }), map(MIB, MIB, { map: 'efi' }));
    expect(apart![1]).toHaveLength(2);
    const others = early(
      map(2n * MIB, MIB, { map: 'efi', type: 'acpi-data' }),
      map(MIB, MIB, { map: 'efi' }),
    );
    expect(others![1]).toHaveLength(2);
  });
});

test('port numbers: one stretch a bridge, as they come, up to the last one', () => {
  const numbers = new PortNumbers(0xffn);
  const of = (bridge: string, start: bigint, size: bigint) =>
    numbers.portOf(bridge, start, start + size - 1n);
  expect(of('a', 0x1000n, 0x80n)).toBe(0n);
  // Inside of its stretch, and past it.
  expect(of('a', 0x1010n, 0x10n)).toBe(0x10n);
  expect(of('a', 0x107fn, 1n)).toBe(0x7fn);
  expect(of('a', 0x1080n, 1n)).toBeUndefined();
  expect(of('a', 0xfffn, 1n)).toBeUndefined();
  // Another bridge's.
  expect(of('b', 0x1040n, 0x80n)).toBeUndefined();
  expect(of('b', 0x2000n, 0x81n)).toBeUndefined();
  expect(of('b', 0x2000n, 0x80n)).toBe(0x80n);
  expect(of('c', 0x3000n, 1n)).toBeUndefined();
});

describe('where BARs go', () => {
  const bar = (size: bigint, more: Partial<Bar> = {}): Bar => ({
    ...{ name: 'a', space: 'memory', size, is64Bit: false, prefetchable: false },
    ...more,
  });
  const unit = MIB;

  test('at the lowest place that is free and aligned, step by step', () => {
    const taken = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 40 }), size: fc.integer({ min: 1, max: 6 }) }),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(
        taken,
        fc.constantFrom(1, 2, 4, 8),
        fc.integer({ min: 0, max: 7 }),
        (others, size, shift) => {
          const [start, length] = [0xc000_0000n + BigInt(shift) * unit, 40n];
          const spans = others.map(({ at, size: wide }) => ({
            ...{ space: 'memory' as const, start: start + BigInt(at) * unit },
            end: start + BigInt(at + wide) * unit - 1n,
          }));
          const window = mem(start, start + length * unit - 1n);
          const at = placeBars([bar(BigInt(size) * unit)], {
            ...{ windows: [window], taken: spans, e820: undefined, isX86: true },
          })[0]!.at;
          let wanted: bigint | undefined;
          for (
            let place = start;
            wanted === undefined && place + BigInt(size) * unit - 1n <= window.end;
            place += unit
          ) {
            const end = place + BigInt(size) * unit - 1n;
            if (place % (BigInt(size) * unit) !== 0n) continue;
            if (!spans.some((span) => span.start <= end && span.end >= place)) wanted = place;
          }
          expect(at?.start).toBe(wanted);
        },
      ),
      { numRuns: runs(300) },
    );
  });

  const placed = (bars: readonly Bar[], windows: ReturnType<typeof mem>[], isX86 = true) =>
    placeBars(bars, { windows, taken: [], e820: undefined, isX86 }).map(
      ({ at, why }) => at?.start ?? why.join(),
    );

  test('ports from 0x1000 on, on x86 none whose alias ISA cards take', () => {
    const port = (size: bigint) => bar(size, { space: 'io' });
    expect(placed([port(0x20n)], [io(0n, 0xffffn)])).toEqual([0x1000n]);
    expect(placed([port(0x20n)], [io(0x1100n, 0xffffn)])).toEqual([0x1400n]);
    expect(placed([port(0x20n)], [io(0x1100n, 0xffffn)], false)).toEqual([0x1100n]);
    expect(placed([port(0x100n)], [io(0n, 0xfffn)])).toEqual(['no gap of 0x0-0xfff is large enough']);
    expect(placed([port(0x20n), port(0x20n)], [io(0x2000n, 0x2fffn)])).toEqual([0x2000n, 0x2020n]);
  });

  test('64-bit BARs above 4 GiB first, 32-bit ones never there', () => {
    const windows = [mem(0xe000_0000n, 0xefff_ffffn, 0), mem(0x1_0000_0000n, 0x1_0fff_ffffn, 1)];
    expect(placed([bar(MIB, { is64Bit: true })], windows)).toEqual([0x1_0000_0000n]);
    expect(placed([bar(MIB)], windows)).toEqual([0xe000_0000n]);
    expect(placed([bar(MIB)], windows.slice(1))).toEqual(['no window is in the range of a 32-bit BAR']);
    expect(placed([bar(MIB, { is64Bit: true })], windows.slice(0, 1))).toEqual([0xe000_0000n]);
    expect(
      placed([bar(MIB, { is64Bit: true })], [mem(0xe000_0000n, 0xe00f_ffffn, 0, { prefetchable: true })]),
    ).toEqual(['no window is suitable']);
    expect(placed([bar(2n * MIB)], [mem(0xe000_0000n, 0xe00f_ffffn)])).toEqual([
      'the windows that it can reach are smaller',
    ]);
    expect(placed([bar(MIB, { space: 'io' })], windows)).toEqual(['the bridge has no I/O window']);
  });

  test('on x86 nothing below 1 MiB', () => {
    expect(placed([bar(0x1000n)], [mem(0xa_0000n, 0x1f_ffffn)])).toEqual([MIB]);
    expect(placed([bar(0x1000n)], [mem(0xa_0000n, 0x1f_ffffn)], false)).toEqual([0xa_0000n]);
  });

  test('prefetchable BARs into prefetchable windows, else into others', () => {
    const windows = [
      mem(0xe000_0000n, 0xe00f_ffffn, 0),
      mem(0xd000_0000n, 0xd00f_ffffn, 1, { prefetchable: true }),
    ];
    const two = [bar(MIB, { prefetchable: true }), bar(MIB, { prefetchable: true })];
    expect(placed(two, windows)).toEqual([0xd000_0000n, 0xe000_0000n]);
    expect(placed([bar(MIB), bar(MIB)], windows)[1]).toMatch(
      /no gap of 0xe0000000-0xe00fffff is large enough/,
    );
  });
});
