/** E820 and new BARs (DOMAIN 13.14 to 13.19), and where BARs go (drivers/pci/setup-res.c, drivers/pci/bus.c). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemoryMapEntry } from '../../../src/evidence/values.ts';
import { type Bar, placeBars, type Surroundings } from '../../../src/linux/host-bridge/bars.ts';
import { usesCrs } from '../../../src/linux/host-bridge/crs-rule.ts';
import { ignoresE820ByDmi, isRemovedMmio, keptOut, usableGap } from '../../../src/linux/host-bridge/e820.ts';
import { earlyRegions } from '../../../src/linux/host-bridge/iomem.ts';
import { runs } from '../../runs.ts';
import { io, mem } from './made-windows.ts';

const reserved = (base: bigint, end: bigint, more: Partial<MemoryMapEntry> = {}): MemoryMapEntry => ({
  base,
  size: end - base,
  type: 'reserved',
  name: 'reserved',
  map: 'e820',
  ...more,
});

describe('resource_clip(): what of a gap is left', () => {
  const gap = { start: 0x80000000n, end: 0xbfffffffn };

  it('the larger part stays, of equal ones that above', () => {
    expect(usableGap(gap, [{ start: 0x90000000n, end: 0x9fffffffn }])).toEqual({
      start: 0xa0000000n,
      end: 0xbfffffffn,
    });
    expect(usableGap(gap, [{ start: 0xb0000000n, end: 0xb0000fffn }])).toEqual({
      start: 0x80000000n,
      end: 0xafffffffn,
    });
    // 0x10000000 below and above.
    expect(usableGap(gap, [{ start: 0x90000000n, end: 0xafffffffn }])).toEqual({
      start: 0xb0000000n,
      end: 0xbfffffffn,
    });
  });

  it('nothing is left of one that an entry covers', () => {
    expect(usableGap(gap, [{ start: 0n, end: 0xffffffffn }])).toBeUndefined();
  });

  it('the BIOS ROM is kept free even without E820', () => {
    expect(usableGap({ start: 0xff000000n, end: 0xffffffffn }, [])).toEqual({
      start: 0xff000000n,
      end: 0xffdfffffn,
    });
    expect(keptOut({ start: 0xff000000n, end: 0xffffffffn }, [])).toEqual([
      { start: 0xffe00000n, end: 0xffffffffn, by: 'bios-rom' },
    ]);
  });
});

it('EFI MMIO regions of 256 KiB and more come out of E820 from 6.2 on, smaller ones stay (07eab0901ede)', () => {
  const efi = [
    reserved(0xe0000000n, 0xf0000000n, { map: 'efi', type: 'mmio' }),
    reserved(0xfee00000n, 0xfee01000n, { map: 'efi', type: 'mmio' }),
  ];
  expect(isRemovedMmio(reserved(0xe0000000n, 0xf0000000n), efi)).toBe(true);
  expect(isRemovedMmio(reserved(0xfee00000n, 0xfee01000n), efi)).toBe(false);
  expect(isRemovedMmio(reserved(0xe0000000n, 0xf0000000n, { type: 'ram' }), efi)).toBe(false);
});

it('machines for which E820 is ignored (d341838d776a)', () => {
  expect(ignoresE820ByDmi('Acer Spin SP513-54N/Caboom_IL, BIOS V1.13 01/08/2021')).toBe(
    'Acer Spin SP513-54N',
  );
  expect(ignoresE820ByDmi('QEMU Standard PC, BIOS 1.16.2 04/01/2014')).toBeUndefined();
});

describe('pci_acpi_crs_quirks()', () => {
  const facts = { options: [], dmi: undefined, biosYear: undefined, lastAddress: (1n << 36n) - 1n } as const;

  it('options beat DMI, and DMI beats the year', () => {
    const dell = 'Dell Inc. Studio 1557/0CP549, BIOS A09 03/19/2010';
    expect(usesCrs(facts).uses).toBe(true);
    expect(usesCrs({ ...facts, options: ['nocrs'] }).uses).toBe(false);
    expect(usesCrs({ ...facts, dmi: dell }).uses).toBe(false);
    expect(usesCrs({ ...facts, dmi: dell, options: ['use_crs'] }).uses).toBe(true);
  });

  it('firmware of before 2008 only where nothing above 4 GiB can be addressed', () => {
    expect(usesCrs({ ...facts, biosYear: 2007 }).uses).toBe(true);
    expect(usesCrs({ ...facts, biosYear: 2007, lastAddress: 0xffffffffn }).uses).toBe(false);
    expect(usesCrs({ ...facts, biosYear: 2008, lastAddress: 0xffffffffn }).uses).toBe(true);
  });
});

describe('what is in the trees before PCI', () => {
  const fact = (value: MemoryMapEntry) =>
    ({ value, strength: 'observed', text: '', artifact: {} }) as unknown as Parameters<
      typeof earlyRegions
    >[0]['memoryMap'][number];

  it('RAM without the first page and the BIOS area; what is reserved above 1 MiB comes later (16.2, 16.4)', () => {
    const found = earlyRegions({
      iomem: [],
      memoryMap: [
        fact(reserved(0n, 0xa0000n, { type: 'ram' })),
        fact(reserved(0xf0000n, 0x100000n)),
        fact(reserved(0x100000n, 0x80000000n, { type: 'ram' })),
        fact(reserved(0xfeffc000n, 0xff000000n)),
      ],
    });
    expect(found?.regions.map(({ name, start, end }) => [name, start, end])).toEqual([
      ['System RAM', 0x1000n, 0x9ffffn],
      ['Reserved', 0xf0000n, 0xfffffn],
      ['System RAM', 0x100000n, 0x7fffffffn],
    ]);
  });
});

describe('BARs on a root bus', () => {
  const MIB = 1n << 20n;
  const bar = (size: bigint, more: Partial<Bar> = {}): Bar => ({
    name: '',
    space: 'memory',
    size,
    is64Bit: false,
    prefetchable: false,
    ...more,
  });
  const around = (more: Partial<Surroundings>): Surroundings => ({
    windows: [mem(0xc0000000n, 0xfebfffffn), mem(0x1000000000n, 0x1fffffffffn, 1)],
    taken: [],
    e820: [],
    isX86: true,
    ...more,
  });
  const starts = (bars: readonly Bar[], where: Surroundings) =>
    placeBars(bars, where).map(({ at }) => at?.start);

  it('a 64-bit BAR tries above 4 GiB first, a 32-bit one stays below', () => {
    expect(starts([bar(MIB, { is64Bit: true }), bar(MIB)], around({}))).toEqual([0x1000000000n, 0xc0000000n]);
    expect(
      starts([bar(MIB, { is64Bit: true })], around({ windows: [mem(0xc0000000n, 0xfebfffffn)] })),
    ).toEqual([0xc0000000n]);
    expect(starts([bar(MIB)], around({ windows: [mem(0x1000000000n, 0x1fffffffffn)] }))).toEqual([undefined]);
  });

  it('the largest goes first, each aligned to its size', () => {
    expect(starts([bar(MIB), bar(256n * MIB)], around({}))).toEqual([0xd0000000n, 0xc0000000n]);
    expect(starts([bar(256n * MIB)], around({ windows: [mem(0xc8000000n, 0xd7ffffffn)] }))).toEqual([
      undefined,
    ]);
  });

  it('a prefetchable window takes prefetchable BARs first, and no other', () => {
    const windows = [mem(0xc0000000n, 0xcfffffffn), mem(0xd0000000n, 0xdfffffffn, 1, { prefetchable: true })];
    expect(starts([bar(MIB, { prefetchable: true })], around({ windows }))).toEqual([0xd0000000n]);
    expect(starts([bar(512n * MIB)], around({ windows }))).toEqual([undefined]);
    expect(starts([bar(MIB)], around({ windows: windows.slice(1) }))).toEqual([undefined]);
  });

  it('E820 keeps a whole window free where an entry covers it', () => {
    const windows = [mem(0x65400000n, 0xbfffffffn)];
    const e820 = [{ start: 0x4bc50000n, end: 0xcfffffffn }];
    const [placed] = placeBars([bar(MIB)], around({ windows, e820 }));
    expect(placed?.at).toBeUndefined();
    expect(placed?.why[0]).toContain('E820');
    expect(starts([bar(MIB)], around({ windows, e820: undefined }))).toEqual([0x65400000n]);
  });

  it('what is taken stays taken, below 1 MiB nothing is put, ports avoid ISA aliases', () => {
    const taken = [{ space: 'memory', start: 0xc0000000n, end: 0xc00fffffn }] as const;
    expect(starts([bar(MIB)], around({ taken }))).toEqual([0xc0100000n]);
    expect(starts([bar(0x1000n)], around({ windows: [mem(0xa0000n, 0xbffffn)] }))).toEqual([undefined]);
    const ports = { windows: [io(0n, 0xcf7n), io(0xd00n, 0xffffn)] };
    expect(starts([bar(0x20n, { space: 'io' })], around(ports))).toEqual([0x1000n]);
    expect(
      starts(
        [bar(0x20n, { space: 'io' })],
        around({ ...ports, taken: [{ space: 'io', start: 0x1000n, end: 0x10ffn }] }),
      ),
    ).toEqual([0x1400n]);
  });

  it('bus addresses decide what a BAR can hold', () => {
    // CPU addresses above 4 GiB that are 0x80000000 on the bus.
    const windows = [mem(0x600000000n, 0x61fffffffn, 0, { offset: 0x580000000n })];
    expect(starts([bar(MIB)], around({ windows, isX86: false }))).toEqual([0x600000000n]);
  });
});

describe('where a BAR is put, compared with every possible place', () => {
  const BASE = 0x9000_0000n;
  const bar = (size: bigint, space: 'memory' | 'io'): Bar => ({
    name: 'BAR',
    space,
    size,
    is64Bit: false,
    prefetchable: false,
  });
  const spans = fc.array(
    fc.tuple(fc.integer({ min: -8, max: 70 }), fc.integer({ min: 1, max: 24 })).map(([at, length]) => ({
      start: BASE + BigInt(at),
      end: BASE + BigInt(at + length - 1),
    })),
    { maxLength: 6 },
  );

  it('is the lowest aligned one in the window that nothing taken overlaps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(1n, 2n, 4n, 8n, 16n),
        spans,
        fc.boolean(),
        (from, length, size, taken, isX86) => {
          const window = { start: BASE + BigInt(from), end: BASE + BigInt(from + length - 1) };
          const isFree = (at: bigint): boolean =>
            at >= window.start &&
            at + size - 1n <= window.end &&
            taken.every(({ start, end }) => end < at || start > at + size - 1n);
          let wanted: bigint | undefined;
          for (let at = BASE; at <= window.end; at += size) {
            if (!isFree(at)) continue;
            wanted = at;
            break;
          }
          const [placed] = placeBars([bar(size, 'memory')], {
            windows: [mem(window.start, window.end)],
            taken: taken.map((each) => ({ space: 'memory' as const, ...each })),
            e820: undefined,
            isX86,
          });
          expect(placed!.at?.start).toBe(wanted);
          if (wanted !== undefined) expect(placed!.at?.end).toBe(wanted + size - 1n);
          else expect(placed!.why.join()).not.toContain('E820');
        },
      ),
      { numRuns: runs(2000) },
    );
  });

  it('what E820 keeps free is reported where it matters, and nowhere else', () => {
    const why = (e820: readonly { start: bigint; end: bigint }[]): string =>
      placeBars([bar(0x10000n, 'memory')], {
        windows: [mem(BASE, BASE + 0xffffn)],
        taken: [{ space: 'memory', start: BASE, end: BASE + 0xfn }],
        e820,
        isX86: true,
      })[0]!.why.join();
    expect(why([])).not.toContain('E820');
    expect(why([{ start: BASE - 0x1000n, end: BASE - 1n }])).not.toContain('E820');
    expect(why([{ start: BASE + 0x10n, end: BASE + 0x1fn }])).toContain('E820');
    expect(why([{ start: BASE + 0xfff0n, end: BASE + 0x1ffffn }])).toContain('E820');
    expect(why([{ start: BASE, end: BASE + 0xffffn }])).toContain('E820');
  });

  it('ports begin at 0x1000 (PCIBIOS_MIN_IO), memory on x86 above 1 MiB (BIOS_END)', () => {
    const at = (space: 'memory' | 'io', start: bigint, end: bigint, isX86: boolean): bigint | undefined =>
      placeBars([bar(0x100n, space)], {
        windows: [space === 'io' ? io(start, end) : mem(start, end)],
        taken: [],
        e820: undefined,
        isX86,
      })[0]!.at?.start;
    expect(at('io', 0x500n, 0xffffn, false)).toBe(0x1000n);
    expect(at('io', 0x500n, 0xffffn, true)).toBe(0x1000n);
    expect(at('io', 0x1100n, 0xffffn, true)).toBe(0x1400n);
    expect(at('io', 0x1100n, 0xffffn, false)).toBe(0x1100n);
    expect(at('io', 0x2000n, 0xffffn, true)).toBe(0x2000n);
    expect(at('memory', 0xf0000n, 0x1fffffn, true)).toBe(0x100000n);
    expect(at('memory', 0xf0000n, 0x1fffffn, false)).toBe(0xf0000n);
    expect(at('memory', 0x100100n, 0x1fffffn, true)).toBe(0x100100n);
  });
});
