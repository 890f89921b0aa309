/** Whether BARs fit into a bridge's windows. Places are calculated by hand: naturally aligned, the largest first. */
import { describe, expect, test } from 'vitest';
import type { MemoryMapEntry, PciBar } from '../../../src/evidence/values.ts';
import { bridgeArchitecture } from '../../../src/linux/host-bridge/architecture.ts';
import type { Bar } from '../../../src/linux/host-bridge/bars.ts';
import type { Condition } from '../../../src/symbolic/index.ts';
import { fitsOf, keptFree } from '../../../src/verdict/host-bridge/allocation.ts';
import type { JudgedBridge } from '../../../src/verdict/host-bridge/result.ts';
import type { BridgeSituation } from '../../../src/verdict/host-bridge/situation.ts';
import type { AddressWindow } from '../../../src/window/window.ts';
import { artifactOf, read } from '../../evidence/artifacts.ts';
import { bridge, certain, maybe, OPEN, unknown } from './made-bridges.ts';

const MIB = 0x10_0000n;
const entryOf = (base: bigint, size: bigint): MemoryMapEntry => ({
  ...{ base, size, type: 'reserved', name: 'reserved', map: 'e820' },
});
const situation = (
  counts: Condition = 0n,
  entries: readonly { base: bigint; size: bigint; when?: Condition }[] = [],
  name: 'x86' | 'arm64' = 'x86',
): BridgeSituation =>
  ({
    architecture: bridgeArchitecture(name),
    e820: {
      entries: entries.map(({ base, size, when = 1n }) => ({
        entry: entryOf(base, size),
        when,
        evidence: { text: 'a line' },
      })),
      counts,
      why: '',
      evidence: [],
    },
  }) as unknown as BridgeSituation;
const bar = (size: bigint, more: Partial<Bar> = {}): Bar => ({
  ...{ name: `${size / MIB} MiB`, space: 'memory', size, is64Bit: false, prefetchable: false },
  ...more,
});
const noFacts = read().evidence;
const withDevice = (address: string, ...bars: readonly PciBar[]) => ({
  ...noFacts,
  pciDevices: [
    {
      value: { address, bars },
      strength: 'observed' as const,
      text: address,
      artifact: artifactOf('lspci', ''),
    },
  ],
});
const memoryBar = (base: bigint, size: bigint): PciBar => ({ index: 0, space: 'memory', base, size });

describe('BARs that are asked about', () => {
  const fits = (
    bars: readonly Bar[],
    windows: readonly AddressWindow[],
    about = situation(),
    facts = noFacts,
  ) => fitsOf(bars, [bridge(windows)], about, facts)!.map(({ fits: is, at, why }) => [is, at?.start, why]);
  const LOW = 0xe000_0000n;

  test('nothing asked, nothing listed: nothing said', () => {
    expect(fitsOf([], [bridge([certain(LOW, MIB)])], situation(), noFacts)).toBeUndefined();
  });

  test('are placed together, the largest first', () => {
    expect(fits([bar(MIB), bar(4n * MIB)], [certain(LOW, 8n * MIB)])).toEqual([
      ['fits', LOW + 4n * MIB, []],
      ['fits', LOW, []],
    ]);
    const [one, two] = fits([bar(4n * MIB), bar(8n * MIB)], [certain(LOW, 8n * MIB)]);
    expect([one![0], two![0]]).toEqual(['no', 'fits']);
  });

  test('a window of another kind is none', () => {
    expect(fits([bar(MIB)], [certain(0x1000n, 0x1000n, { space: 'io' })])).toEqual([
      ['no', undefined, ['the bridge has no memory window']],
    ]);
    expect(fits([bar(MIB)], [])).toEqual([['no', undefined, ['the bridge has no memory window']]]);
  });

  test('a window that may be there may hold them', () => {
    const [only] = fits([bar(MIB)], [maybe(LOW, MIB)]);
    expect(only!.slice(0, 2)).toEqual(['open', LOW]);
    expect(only![2]).toContain('this depends on the conditions of windows and of E820');
    // Both ways it fits, at another place each.
    expect(fits([bar(MIB)], [maybe(LOW, MIB), certain(LOW + MIB, MIB)])).toEqual([
      ['fits', LOW + MIB, ['or at 0xe0000000, depending on unknown values']],
    ]);
    expect(fits([bar(MIB)], [certain(LOW, MIB), maybe(LOW + MIB, MIB)])).toEqual([['fits', LOW, []]]);
  });

  test('a window whose bounds are not known leaves it open; bus numbers do not', () => {
    const big = [bar(2n * MIB)];
    expect(fits(big, [certain(LOW, MIB)])[0]![0]).toBe('no');
    expect(fits(big, [certain(LOW, MIB), unknown()])[0]![0]).toBe('open');
    expect(fits(big, [certain(LOW, MIB), unknown('bus')])[0]![0]).toBe('no');
    expect(fits(big, [certain(LOW, MIB), certain(0n, 256n, { space: 'bus' })])[0]![0]).toBe('no');
  });

  test('prefetchable windows take prefetchable BARs', () => {
    const windows = [certain(LOW, MIB), certain(LOW + 2n * MIB, MIB, { flags: { prefetchable: true } })];
    expect(fits([bar(MIB, { prefetchable: true })], windows)[0]!.slice(0, 2)).toEqual([
      'fits',
      LOW + 2n * MIB,
    ]);
    expect(fits([bar(MIB)], windows)[0]!.slice(0, 2)).toEqual(['fits', LOW]);
  });

  test('where the bus address is low a 32-bit BAR reaches, wherever the processor sees it', () => {
    const high = certain(0x80_0000_0000n, 4n * MIB);
    expect(fits([bar(MIB)], [high])[0]![0]).toBe('no');
    const translated = certain(0x80_0000_0000n, 4n * MIB, { bus: { base: 0x4000_0000n } });
    expect(fits([bar(MIB)], [translated])[0]!.slice(0, 2)).toEqual(['fits', 0x80_0000_0000n]);
    expect(fits([bar(MIB, { is64Bit: true })], [high])[0]!.slice(0, 2)).toEqual(['fits', 0x80_0000_0000n]);
  });

  test('what the firmware placed in a window is taken, elsewhere it is not', () => {
    const placed = withDevice('0000:00:02.0', memoryBar(LOW, MIB));
    const rows = fits([bar(MIB)], [certain(LOW, 2n * MIB)], situation(), placed);
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ['placed', LOW],
      ['fits', LOW + MIB],
    ]);
    const elsewhere = withDevice('0000:00:02.0', memoryBar(0xd000_0000n, MIB));
    expect(fits([bar(MIB)], [certain(LOW, 2n * MIB)], situation(), elsewhere)[1]!.slice(0, 2)).toEqual([
      'fits',
      LOW,
    ]);
    // The same numbers as ports take no memory.
    const ports = withDevice('0000:00:02.0', { index: 0, space: 'io', base: LOW, size: MIB });
    expect(fits([bar(MIB)], [certain(LOW, 2n * MIB)], situation(), ports)[1]!.slice(0, 2)).toEqual([
      'fits',
      LOW,
    ]);
  });

  test('E820 keeps them out where it counts', () => {
    const windows = [certain(LOW, 2n * MIB)];
    // It reaches out of the window: in the resource tree it is above it, so only clipping keeps it free.
    const reserved = [{ base: LOW - MIB, size: 2n * MIB }];
    expect(fits([bar(MIB)], windows, situation(1n, reserved))[0]!.slice(0, 2)).toEqual(['fits', LOW + MIB]);
    expect(fits([bar(MIB)], windows, situation(0n, reserved))[0]!.slice(0, 2)).toEqual(['fits', LOW]);
    expect(fits([bar(MIB)], windows, situation(OPEN, reserved))).toEqual([
      ['fits', LOW + MIB, ['or at 0xe0000000, depending on unknown values']],
    ]);
    // An entry that may be taken out again.
    expect(fits([bar(MIB)], windows, situation(1n, [{ ...reserved[0]!, when: OPEN }]))).toEqual([
      ['fits', LOW + MIB, ['or at 0xe0000000, depending on unknown values']],
    ]);
    expect(fits([bar(MIB)], windows, situation(1n, [{ ...reserved[0]!, when: 0n }]))[0]!.slice(0, 2)).toEqual(
      ['fits', LOW],
    );
    // Inside of the window it is below it in the tree, whether it counts or not: at the start, at the end, in the middle.
    const inside = (base: bigint, size: bigint) =>
      fits([bar(MIB)], [certain(LOW, 4n * MIB)], situation(0n, [{ base, size }]))[0]!.slice(0, 2);
    expect(inside(LOW, 3n * MIB)).toEqual(['fits', LOW + 3n * MIB]);
    expect(inside(LOW + MIB, 3n * MIB)).toEqual(['fits', LOW]);
    expect(inside(LOW + MIB / 2n, MIB)).toEqual(['fits', LOW + 2n * MIB]);
    expect(inside(LOW, 4n * MIB)).toEqual(['fits', LOW]);
    expect(inside(LOW - MIB, 3n * MIB)).toEqual(['fits', LOW]);
    const last = fits(
      [bar(MIB), bar(MIB)],
      [certain(LOW, 2n * MIB)],
      situation(0n, [{ base: LOW + MIB, size: MIB }]),
    );
    expect(last.map(([does]) => does)).toEqual(['fits', 'no']);
    const all = [{ base: LOW, size: 2n * MIB }];
    expect(fits([bar(MIB)], windows, situation(OPEN, all))[0]!.slice(0, 2)).toEqual(['open', LOW]);
    expect(fits([bar(MIB)], windows, situation(1n, all))[0]![0]).toBe('no');
    expect(fits([bar(MIB)], windows, situation(1n, all, 'arm64'))[0]!.slice(0, 2)).toEqual(['fits', LOW]);
  });
});

describe('BARs of the machine', () => {
  const LOW = 0xe000_0000n;
  const listed = (
    windows: readonly AddressWindow[],
    placed = memoryBar(LOW, MIB),
    address = '0000:00:02.0',
  ) =>
    fitsOf([], [bridge(windows)], situation(), withDevice(address, placed))!.map(
      ({ bar: name, fits, at, why }) => [name, fits, at, why],
    );

  test.each<[string, readonly AddressWindow[], string, readonly string[]]>([
    ['in a window', [certain(LOW, MIB)], 'placed', []],
    ['in the middle of one', [certain(LOW - MIB, 3n * MIB)], 'placed', []],
    [
      'past its end',
      [certain(LOW, MIB - 1n)],
      'no',
      ["can't claim; no compatible bridge window: Linux looks for another place"],
    ],
    [
      'before its base',
      [certain(LOW + 1n, 2n * MIB)],
      'no',
      ["can't claim; no compatible bridge window: Linux looks for another place"],
    ],
    [
      'in a window of another kind',
      [certain(LOW, MIB, { space: 'io' })],
      'no',
      ["can't claim; no compatible bridge window: Linux looks for another place"],
    ],
    [
      'in a window that may be there',
      [maybe(LOW, MIB)],
      'open',
      ['the window that contains it is conditional'],
    ],
    ['in one of each', [maybe(LOW, MIB), certain(LOW, MIB)], 'placed', []],
    ['in what may be a window', [unknown()], 'open', ['a window with unknown bounds may contain it']],
    [
      'beside unknown buses',
      [unknown('bus')],
      'no',
      ["can't claim; no compatible bridge window: Linux looks for another place"],
    ],
  ])('%s', (_, windows, fits, why) => {
    const at = { start: LOW, end: LOW + MIB - 1n };
    expect(listed(windows)).toEqual([['0000:00:02.0 BAR 0', fits, at, why]]);
  });

  test('are asked of the bridge that their bus is behind', () => {
    const on = (address: string, bus: Partial<JudgedBridge['bus']>) =>
      fitsOf([], [bridge([certain(LOW, MIB)], bus)], situation(), withDevice(address, memoryBar(LOW, MIB)))!
        .length;
    expect(on('0000:10:02.0', {})).toBe(1);
    expect(on('0000:10:02.0', { first: 0x10, last: 0x1f })).toBe(1);
    expect(on('0000:1f:02.0', { first: 0x10, last: 0x1f })).toBe(1);
    expect(on('0000:0f:02.0', { first: 0x10, last: 0x1f })).toBe(0);
    expect(on('0000:20:02.0', { first: 0x10, last: 0x1f })).toBe(0);
    expect(on('0001:10:02.0', { first: 0x10, last: 0x1f })).toBe(0);
    expect(on('000a:10:02.0', { domain: 10, first: 0x10, last: 0x1f })).toBe(1);
    expect(on('0000:10:02.0', { domain: 10, first: 0x10, last: 0x1f })).toBe(0);
  });
});

describe('what is kept free of new BARs', () => {
  const simplify = (condition: Condition): Condition => condition;
  const free = (window: AddressWindow, about: BridgeSituation) =>
    keptFree(bridge([window]), about, simplify).map(({ start, end, by, when }) => [start, end, by, when]);
  const reserved = [{ base: 0xe000_0000n, size: MIB }];
  const by = 'E820: [mem 0xe0000000-0xe00fffff] reserved';

  test('the part of a window that an entry lies on, as far as it counts', () => {
    const window = certain(0xe000_0000n, 4n * MIB);
    expect(free(window, situation(1n, reserved))).toEqual([[0xe000_0000n, 0xe00f_ffffn, by, 1n]]);
    expect(free(window, situation(OPEN, reserved))).toEqual([[0xe000_0000n, 0xe00f_ffffn, by, OPEN]]);
    expect(free(window, situation(0n, reserved))).toEqual([]);
    expect(free(window, situation(1n, [{ ...reserved[0]!, when: 0n }]))).toEqual([]);
    expect(free(window, situation(1n, reserved, 'arm64'))).toEqual([]);
  });

  test('nothing of ports, or of what has no bounds', () => {
    expect(free(certain(0xe000_0000n, MIB, { space: 'io' }), situation(1n, reserved))).toEqual([]);
    expect(free(unknown(), situation(1n, reserved))).toEqual([]);
  });

  test('the BIOS ROM, always (BIOS_ROM_BASE, BIOS_ROM_END)', () => {
    const [rom] = free(certain(0xffe0_0000n, 2n * MIB), situation(0n));
    expect(rom).toEqual([0xffe0_0000n, 0xffff_ffffn, 'the BIOS ROM, always kept free', 1n]);
  });
});
