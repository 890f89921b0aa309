/** `ranges` of host bridges: of_pci_range_parser_one(), devm_of_pci_get_host_bridge_resources() (DOMAIN 13.28 to 13.32). */
import { describe, expect, it } from 'vitest';
import {
  fuse,
  type RangeEntry,
  rangeLine,
  rangeWarnings,
  windowsOfRanges,
  windowWarnings,
} from '../../../src/linux/host-bridge/device-tree.ts';
import { PortNumbers } from '../../../src/linux/host-bridge/ports.ts';
import { printed } from './made-windows.ts';

const entry = (
  index: number,
  bus: bigint,
  cpu: bigint | null,
  size: bigint,
  more: Partial<RangeEntry> = {},
): RangeEntry => ({
  index,
  space: 'mem32',
  prefetchable: false,
  bus,
  cpu,
  size,
  ...more,
});
const windows = (entries: readonly RangeEntry[]) =>
  windowsOfRanges(fuse(entries), '/pcie@0', new PortNumbers(0xffffffn));

describe('entries that continue each other are one', () => {
  it('on the bus and on the CPU side, any number of them, of 32 and 64 bits alike', () => {
    const fused = fuse([
      entry(0, 0x40000000n, 0x40000000n, 0x1000000n),
      entry(1, 0x41000000n, 0x41000000n, 0x1000000n),
      entry(2, 0x42000000n, 0x42000000n, 0x1000000n, { space: 'mem64' }),
    ]);
    expect(fused.map(({ size, from }) => [size, from])).toEqual([[0x3000000n, [0, 1, 2]]]);
  });

  it('not with other flags, nor where one side leaves a gap', () => {
    const first = entry(0, 0n, 0x80000000n, 0x1000n);
    for (const second of [
      entry(1, 0x1000n, 0x80001000n, 0x1000n, { prefetchable: true }),
      entry(1, 0x1000n, 0x80001000n, 0x1000n, { space: 'io' }),
      entry(1, 0x2000n, 0x80001000n, 0x1000n),
      entry(1, 0x1000n, 0x80002000n, 0x1000n),
    ])
      expect(fuse([first, second])).toHaveLength(2);
  });
});

describe('windows of ranges', () => {
  it('are printed as QEMU virt has them', () => {
    // The lines of a Linux 6.1 on QEMU virt: "IO 0x003eff0000..0x003effffff -> 0x0000000000".
    const list = [
      entry(0, 0n, 0x3eff0000n, 0x10000n, { space: 'io' }),
      entry(1, 0x10000000n, 0x10000000n, 0x2eff0000n),
    ];
    expect(fuse(list).map(rangeLine)).toEqual([
      '      IO 0x003eff0000..0x003effffff -> 0x0000000000',
      '     MEM 0x0010000000..0x003efeffff -> 0x0010000000',
    ]);
    expect(printed(windows(list).windows)).toEqual(['[io  0x0000-0xffff]', '[mem 0x10000000-0x3efeffff]']);
  });

  it.each([
    ['cannot be translated', entry(0, 0n, null, 0x1000n)],
    ['its size is 0', entry(0, 0n, 0x1000n, 0n)],
    ['configuration space', entry(0, 0n, 0x1000n, 0x1000n, { space: 'config' })],
    ['beyond 2^64', entry(0, 0n, 0xfffffffffffff000n, 0x2000n)],
  ])('is skipped: %s', (why, skipped) => {
    const { windows: left, changes } = windows([skipped]);
    expect(left).toEqual([]);
    expect(changes[0]!.why).toContain(why);
  });

  it('two I/O windows: the second gets no numbers', () => {
    const { windows: left } = windows([
      entry(0, 0n, 0x3eff0000n, 0x10000n, { space: 'io' }),
      entry(1, 0x10000n, 0x4eff0000n, 0x10000n, { space: 'io' }),
    ]);
    expect(printed(left)).toEqual(['[io  0x0000-0xffff]']);
  });
});

describe('warnings', () => {
  const warn = (entries: readonly RangeEntry[], large = true) =>
    windowWarnings(windows(entries).windows, large).map(({ line }) => line);

  it('of two I/O windows the last is mapped', () => {
    const io = { space: 'io' } as const;
    const of = (entries: readonly RangeEntry[]) =>
      rangeWarnings(windows(entries).windows, '/pcie@0').map(({ line }) => line);
    expect(of([entry(0, 0n, 0x3eff0000n, 0x10000n, io)])).toEqual([]);
    // The second lies in the stretch of ports that the first has.
    expect(of([entry(0, 0n, 0x3eff0000n, 0x10000n, io), entry(1, 0n, 0x3eff0000n, 0x1000n, io)])).toEqual([
      'More than one I/O resource converted for /pcie@0. CPU base address for old range lost!',
    ]);
  });

  it('no window at all is no non-prefetchable one either', () => {
    expect(warn([])).toEqual(['non-prefetchable memory resource required']);
  });

  it('a non-prefetchable window of 4 GiB and more, wherever it lies (fede8526cc48)', () => {
    const line = 'Memory resource size exceeds max for 32 bits';
    expect(warn([entry(0, 0x8000000000n, 0x8000000000n, 1n << 32n)])).toEqual([line]);
    expect(warn([entry(0, 0x8000000000n, 0x8000000000n, (1n << 32n) - 0x1000n)])).toEqual([]);
    // Over 4 GiB with a 32-bit space code, but small: no line.
    expect(warn([entry(0, 0x1_8000_0000n, 0x1_8000_0000n, 0x1000n)])).toEqual([]);
    expect(warn([entry(0, 0x8000000000n, 0x8000000000n, 1n << 32n)], false)).toEqual([]);
  });

  it('no non-prefetchable memory', () => {
    expect(warn([entry(0, 0n, 0x1000n, 0x1000n, { prefetchable: true })])).toEqual([
      'non-prefetchable memory resource required',
    ]);
  });
});
