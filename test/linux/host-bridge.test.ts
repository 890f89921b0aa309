/** DOMAIN.md 9.4, and the E820 notes by release. */
import { describe, expect, test } from 'vitest';
import { clipsByE820, e820Notes, linuxBridgeWindows } from '../../src/linux/host-bridge.ts';
import { profileOf } from '../../src/linux/profile.ts';
import { parseRelease } from '../../src/linux/release.ts';

const behaviour = (release: string) => profileOf(parseRelease(release)!).behaviour;
const mem = (base: bigint, end: bigint) => ({ space: 'memory', base, size: end - base }) as const;
const io = (base: bigint, end: bigint) => ({ space: 'io', base, size: end - base }) as const;

describe('host bridge windows', () => {
  test('as they are, when nothing is odd', () => {
    const windows = [
      io(0n, 0xcf8n),
      io(0xd00n, 0x10000n),
      mem(0xa0000n, 0xc0000n),
      mem(0xc0000000n, 0xfec00000n),
    ];
    expect(linuxBridgeWindows(windows, 'x86_64')).toEqual({ windows, notes: [] });
  });

  test('configuration ports are no window on x86', () => {
    expect(linuxBridgeWindows([io(0xcf8n, 0xd00n)], 'x86_64').windows).toEqual([]);
    expect(linuxBridgeWindows([io(0xcf8n, 0xd00n)], 'arm64').windows).toHaveLength(1);
  });

  test('windows that overlap are united in the place of the later one', () => {
    const { windows, notes } = linuxBridgeWindows(
      [mem(0xc0000000n, 0xd0000000n), io(0n, 0x100n), mem(0xc8000000n, 0xe0000000n)],
      'x86_64',
    );
    expect(windows).toEqual([io(0n, 0x100n), mem(0xc0000000n, 0xe0000000n)]);
    expect(notes).toEqual([
      'host bridge window expanded to [mem 0xc0000000-0xdfffffff]; [mem 0xc0000000-0xcfffffff] ignored',
    ]);
  });

  test('what the CPU cannot address is trimmed or ignored', () => {
    const { windows, notes } = linuxBridgeWindows(
      [mem(0xff0000000n, 0x1010000000n), mem(0x2000000000n, 0x2010000000n)],
      'x86_64',
      36,
    );
    expect(windows).toEqual([mem(0xff0000000n, 0x1000000000n)]);
    expect(notes).toHaveLength(2);
  });
});

describe('E820 clipping', () => {
  const reserved = {
    base: 0xfed00000n,
    size: 0x1000n,
    type: 'reserved',
    name: 'reserved',
    map: 'e820',
  } as const;
  const ram = { ...reserved, type: 'ram' } as const;

  test('by the firmware date since 5.19, always before', () => {
    expect(clipsByE820(behaviour('5.10.218'), { memoryMap: [] })?.clips).toBe(true);
    expect(clipsByE820(behaviour('6.12.94'), { memoryMap: [], biosYear: 2014 })?.clips).toBe(true);
    expect(clipsByE820(behaviour('6.12.94'), { memoryMap: [], biosYear: 2023 })?.clips).toBe(false);
    expect(clipsByE820(behaviour('6.12.94'), { memoryMap: [] })).toBeUndefined();
  });

  test('the command line and the log say more than the date', () => {
    const facts = { memoryMap: [], biosYear: 2014 };
    expect(clipsByE820(behaviour('6.12.94'), { ...facts, commandLine: 'ro pci=noaer,no_e820' })?.clips).toBe(
      false,
    );
    expect(clipsByE820(behaviour('6.12.94'), { memoryMap: [], commandLine: 'pci=use_e820' })?.clips).toBe(
      true,
    );
    expect(clipsByE820(behaviour('6.12.94'), { ...facts, logged: false })?.clips).toBe(false);
  });

  test('a note for a reservation that overlaps a window, none for RAM or what lies beside it', () => {
    const windows = [mem(0xfe000000n, 0xff000000n), io(0n, 0x100n)];
    const facts = { memoryMap: [reserved, ram, { ...reserved, base: 0x1000n }], biosYear: 2014 };
    expect(e820Notes(behaviour('6.12.94'), windows, facts)).toEqual([
      'the host bridge window [mem 0xfe000000-0xfeffffff] overlaps the e820 entry [mem 0xfed00000-0xfed00fff] reserved; Linux clips it: the firmware is of 2014; windows are clipped for one of before 2023',
    ]);
  });
});
