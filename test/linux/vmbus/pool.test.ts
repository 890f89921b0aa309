/** What the driver collects. Expectations are DOMAIN.md's facts about vmbus_walk_resources and vmbus_device_add. */
import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../src/linux/profile.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { type AcpiDescriptor, type AcpiLevel, buildAcpiPool } from '../../../src/linux/vmbus/acpi-pool.ts';
import { buildDeviceTreePool } from '../../../src/linux/vmbus/device-tree-pool.ts';
import { clonePool, printResource, type VmbusPool } from '../../../src/linux/vmbus/pool.ts';

const behaviour = (release: string) => profileOf(parseRelease(release)!).behaviour;
const dword = (min: bigint, max: bigint): AcpiDescriptor => ({ type: 'dword', min, max });
const qword = (min: bigint, max: bigint): AcpiDescriptor => ({ type: 'qword', min, max });
const below = (...crs: AcpiDescriptor[]): AcpiLevel[] => [
  { name: '\\_SB.VMOD.VMBS', crs: [] },
  { name: '\\_SB.VMOD', crs },
  { name: '\\_SB', crs: null },
];
const list = (pool: VmbusPool): string[] => pool.windows.map(printResource);
const walk = (release: string, ...crs: AcpiDescriptor[]): string[] =>
  list(buildAcpiPool(behaviour(release), below(...crs)));

describe('from ACPI', () => {
  test('Generation 2: the low window is cut at the virtual TPM, one byte too late in old releases', () => {
    const gen2 = [dword(0xf8000000n, 0xffffffffn), qword(0xfe0000000n, 0xfffffffffn)];
    expect(walk('6.12.94', ...gen2)).toEqual([
      '[mem 0xf8000000-0xfed40000]',
      '[mem 0xfe0000000-0xfffffffff]',
    ]);
    // The line that a Generation 1 machine of Azure printed has the new cut.
    expect(walk('7.3.4', ...gen2)).toEqual(['[mem 0xf8000000-0xfed3ffff]', '[mem 0xfe0000000-0xfffffffff]']);
  });

  test('a range at or above the TPM is kept, one that ends just below it is not cut', () => {
    expect(walk('7.3.4', dword(0xfed40000n, 0xffffffffn))).toEqual(['[mem 0xfed40000-0xffffffff]']);
    expect(walk('6.12.94', dword(0xf8000000n, 0xfed40000n))).toEqual(['[mem 0xf8000000-0xfed40000]']);
    expect(walk('7.3.4', dword(0xf8000000n, 0xfed40000n))).toEqual(['[mem 0xf8000000-0xfed3ffff]']);
  });

  test('the floor looks at the end alone', () => {
    expect(walk('7.3.4', dword(0n, 0n), dword(0xa0000n, 0xbffffn))).toEqual([]);
    expect(walk('7.3.4', dword(0xa0000n, 0x100000n))).toEqual(['[mem 0x000a0000-0x00100000]']);
  });

  test('touching ranges join, once a range: one that closes a gap joins only the first', () => {
    expect(walk('7.3.4', dword(0x80000000n, 0x8fffffffn), dword(0x90000000n, 0x9fffffffn))).toEqual([
      '[mem 0x80000000-0x9fffffff]',
    ]);
    expect(
      walk(
        '7.3.4',
        dword(0x80000000n, 0x8fffffffn),
        dword(0xa0000000n, 0xafffffffn),
        dword(0x90000000n, 0x9fffffffn),
      ),
    ).toEqual(['[mem 0x80000000-0x9fffffff]', '[mem 0xa0000000-0xafffffff]']);
    // Linux 4.4 has no merging yet.
    expect(walk('4.4', dword(0x80000000n, 0x8fffffffn), dword(0x90000000n, 0x9fffffffn))).toHaveLength(2);
  });

  test('ascending since 4.7, descending before', () => {
    const two = [dword(0xc0000000n, 0xcfffffffn), qword(0xfe0000000n, 0xfffffffffn)];
    expect(walk('4.6', ...two)).toEqual(['[mem 0xfe0000000-0xfffffffff]', '[mem 0xc0000000-0xcfffffff]']);
    expect(walk('4.7', ...two.toReversed())).toEqual([
      '[mem 0xc0000000-0xcfffffff]',
      '[mem 0xfe0000000-0xfffffffff]',
    ]);
  });

  test('a lower range that overlaps an earlier one is listed after it', () => {
    expect(walk('7.3.4', dword(0x90000000n, 0x9fffffffn), dword(0x80000000n, 0x97ffffffn))).toEqual([
      '[mem 0x90000000-0x9fffffff]',
      '[mem 0x80000000-0x97ffffff]',
    ]);
  });

  test('only DWord and QWord address descriptors count; the others are named as left out', () => {
    const pool = buildAcpiPool(
      behaviour('7.3.4'),
      below({ type: 'other', name: 'memory32-fixed', min: 0xf8000000n, max: 0xf8ffffffn }),
    );
    expect(pool.windows).toEqual([]);
    expect(pool.leftOut).toEqual([
      { level: 1, index: 0, why: 'memory32-fixed: not read by the VMBus driver' },
    ]);
  });

  test('the nearest ancestor with windows wins, higher ones are not read', () => {
    const pool = buildAcpiPool(behaviour('7.3.4'), [
      { name: 'VMBS', crs: [] },
      { name: 'DEV0', crs: [] },
      { name: 'VMOD', crs: [dword(0xf8000000n, 0xfbffffffn)] },
      { name: 'PCI0', crs: [dword(0x80000000n, 0x8fffffffn)] },
    ]);
    expect(pool.levelsWalked).toEqual([0, 1, 2]);
    expect(list(pool)).toEqual(['[mem 0xf8000000-0xfbffffff]']);
    expect(pool.reserveCalled).toBe(true);
  });

  test('windows of VMBus itself are collected, but nothing reserves without an ancestor that has a _CRS', () => {
    const pool = buildAcpiPool(behaviour('7.3.4'), [
      { name: 'VMBS', crs: [dword(0xf8000000n, 0xfbffffffn)] },
      { name: '_SB', crs: null },
    ]);
    expect(list(pool)).toEqual(['[mem 0xf8000000-0xfbffffff]']);
    expect(pool.reserveCalled).toBe(false);
    expect(pool.reservation.why).toContain('no ancestor');
  });

  test('no _CRS, or an interrupt descriptor without interrupts, in VMBus itself fails the probe', () => {
    expect(buildAcpiPool(behaviour('7.3.4'), [{ name: 'VMBS', crs: null }]).probe).toBe(-19);
    const pool = buildAcpiPool(behaviour('7.3.4'), [
      {
        name: 'VMBS',
        crs: [dword(0xf8000000n, 0xfbffffffn), { type: 'extended-irq', min: 0n, max: 0n, interrupts: 0 }],
      },
    ]);
    expect(pool).toMatchObject({ probe: -19, dangling: true, windows: [] });
  });

  test('the namespace root is asked in 5.10 and not any more in 6.1', () => {
    const levels = [
      { name: 'VMBS', crs: [] },
      { name: '\\', crs: [dword(0xf8000000n, 0xfbffffffn)], namespaceRoot: true },
    ];
    expect(buildAcpiPool(behaviour('5.10.262'), levels).windows).toHaveLength(1);
    expect(buildAcpiPool(behaviour('6.1.192'), levels).windows).toHaveLength(0);
  });
});

describe('from a device tree', () => {
  const entry = (cpu: bigint, size: bigint, bus = cpu) => ({ bus, cpu, size });
  const build = (release: string, ...ranges: { bus: bigint; cpu: bigint | null; size: bigint }[]) =>
    buildDeviceTreePool(behaviour(release), { ranges }, 'x86_64');

  test('the end is one too far, order is kept, nothing is cut or reserved', () => {
    const pool = build('6.12.94', entry(0xff0000000n, 0x10000000n), entry(0xf8000000n, 0x8000000n));
    expect(list(pool)).toEqual(['[mem 0xff0000000-0x1000000000]', '[mem 0xf8000000-0x100000000]']);
    expect(pool.reserveCalled).toBe(false);
    expect(pool.reservation.why).toBe('vmbus_device_add() never calls vmbus_reserve_fb()');
  });

  test('neighbours fuse when both their addresses go on', () => {
    expect(list(build('7.3.4', entry(0xfe0000000n, 0x10000000n), entry(0xff0000000n, 0x10000000n)))).toEqual([
      '[mem 0xfe0000000-0x1000000000]',
    ]);
    expect(
      list(
        build('7.3.4', entry(0xfe0000000n, 0x10000000n, 0n), entry(0xff0000000n, 0x10000000n, 0x20000000n)),
      ),
    ).toHaveLength(2);
  });

  test('what cannot be translated is all ones, a size of zero is one byte', () => {
    expect(list(build('7.3.4', { bus: 0n, cpu: null, size: 0x10000000n }))).toEqual([
      '[mem 0xffffffffffffffff-0x0fffffff]',
    ]);
    expect(list(build('7.3.4', entry(0xff0000000n, 0n)))).toEqual(['[mem 0xff0000000]']);
  });

  test('no ranges fails the probe, empty ranges do not; nor is there a device tree before 6.4', () => {
    expect(buildDeviceTreePool(behaviour('7.3.4'), { ranges: null }, 'x86_64').probe).toBe(-2);
    expect(build('7.3.4')).toMatchObject({ probe: 0, windows: [] });
    expect(build('6.1.192', entry(0xff0000000n, 0x10000000n)).windows).toEqual([]);
  });

  test('arm64 of 7.x wants the interrupt first', () => {
    const node = { ranges: [entry(0xff0000000n, 0x10000000n)], interrupt: false };
    expect(buildDeviceTreePool(behaviour('7.3.4'), node, 'arm64')).toMatchObject({ probe: -6, windows: [] });
    expect(buildDeviceTreePool(behaviour('7.3.4'), node, 'x86_64').windows).toHaveLength(1);
    expect(buildDeviceTreePool(behaviour('6.12.117'), node, 'arm64').windows).toHaveLength(1);
  });

  test('impossible cell counts: newer parsers refuse them', () => {
    const node = { ranges: [], addressCells: 5, sizeCells: 2 };
    expect(buildDeviceTreePool(behaviour('7.3.4'), node, 'x86_64').probe).toBe(-22);
    expect(buildDeviceTreePool(behaviour('6.12.117'), node, 'x86_64').probe).toBe(0);
  });

  // of_range_parser_init wants 1 to OF_MAX_ADDR_CELLS (4) and at least one size cell.
  test.each([
    [0, 2, -22],
    [1, 2, 0],
    [4, 2, 0],
    [5, 2, -22],
    [2, 0, -22],
    [2, 1, 0],
    [undefined, 0, -22],
    [0, undefined, -22],
    [undefined, 1, 0],
    [undefined, undefined, 0],
  ])('#address-cells %j, #size-cells %j: %i', (addressCells, sizeCells, probe) => {
    const node = {
      ranges: [],
      ...(addressCells === undefined ? {} : { addressCells }),
      ...(sizeCells === undefined ? {} : { sizeCells }),
    };
    expect(buildDeviceTreePool(behaviour('7.3.4'), node, 'x86_64').probe).toBe(probe);
  });
});

test('a copy of a pool shares nothing with it', () => {
  const pool = buildAcpiPool(behaviour('7.3.4'), below(dword(0xf8000000n, 0xfbffffffn)));
  const copy = clonePool(pool);
  copy.windows[0]!.end = 0n;
  copy.iomem.children.push(copy.windows[0]!);
  expect(pool.windows[0]!.end).toBe(0xfbffffffn);
  expect(pool.iomem.children).toEqual([]);
});
