/** Single facts of DOMAIN.md sections 4 and 11 about handing MMIO out. */
import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../src/linux/profile.ts';
import { insertRegion, region, releaseRegion, requestRegion } from '../../../src/linux/region-tree.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { buildAcpiPool } from '../../../src/linux/vmbus/acpi-pool.ts';
import { allocateMmio, freeMmio, type MmioRequest } from '../../../src/linux/vmbus/allocation.ts';
import { buildDeviceTreePool } from '../../../src/linux/vmbus/device-tree-pool.ts';
import type { VmbusPool } from '../../../src/linux/vmbus/pool.ts';
import { type FramebufferFacts, reserveFramebuffer } from '../../../src/linux/vmbus/reservation.ts';

const ANY = (1n << 64n) - 1n;
const behaviour = (release: string) => profileOf(parseRelease(release)!).behaviour;
const config: MmioRequest = {
  name: 'cfg',
  min: 0n,
  max: ANY,
  size: 0x2000n,
  align: 0x1000n,
  framebufferOverlapOk: false,
};
function gen2(
  release: string,
  {
    lfbBase = 0xf8000000n,
    lfbSize = 0x300000n,
    sysfb = true,
    low = 0xf8000000n,
  }: Partial<{ lfbBase: bigint; lfbSize: bigint; sysfb: boolean; low: bigint }> = {},
): VmbusPool {
  const pool = buildAcpiPool(behaviour(release), [
    { name: 'VMBS', crs: [] },
    {
      name: 'VMOD',
      crs: [
        { type: 'dword', min: low, max: 0xffffffffn },
        { type: 'qword', min: 0xfe0000000n, max: 0xfffffffffn },
      ],
    },
  ]);
  reserveFramebuffer(behaviour(release), pool, {
    boot: 'efi',
    sysfb,
    screenInfo: { lfbBase, lfbSize },
    gen1Video: null,
  });
  return pool;
}
const size = (pool: VmbusPool): bigint | null =>
  pool.framebuffer && pool.framebuffer.end - pool.framebuffer.start + 1n;

describe('the reservation', () => {
  test('a local Generation 2 machine: 8 MiB before 016a25e4b0df, 64 MiB with it', () => {
    expect(size(gen2('6.12.94'))).toBe(0x800000n);
    expect(size(gen2('7.3.4'))).toBe(0x4000000n);
    expect(gen2('7.3.4').log).toEqual([
      {
        level: 'info',
        text: 'hv_vmbus: hv_mmio=[mem 0xf8000000-0xfed3ffff],[mem 0xfe0000000-0xfffffffff] fb=[mem 0xf8000000-0xfbffffff]',
      },
    ]);
  });

  test('Azure (3 GiB of low MMIO) and a confidential VM (1 GiB): 128 MiB', () => {
    expect(size(gen2('7.3.4', { low: 0x40000000n, lfbBase: 0x40000000n }))).toBe(0x8000000n);
    expect(size(gen2('7.3.4', { low: 0xc0000000n, lfbBase: 0n }))).toBe(0x8000000n);
  });

  test('lfb_base 0: nothing before the fallback, the base of the first window with it', () => {
    expect(gen2('6.12.94', { lfbBase: 0n }).framebuffer).toBeNull();
    expect(gen2('6.12.117', { lfbBase: 0n }).framebuffer).toMatchObject({ start: 0xf8000000n });
  });

  test('without CONFIG_SYSFB: nothing, silently up to 6.15, with a warning since the fallback; ungated up to 6.6', () => {
    expect(gen2('6.12.94', { sysfb: false })).toMatchObject({ framebuffer: null, log: [] });
    expect(gen2('6.12.117', { sysfb: false })).toMatchObject({
      framebuffer: null,
      log: [{ level: 'warn', text: 'hv_vmbus: Unexpected framebuffer mmio base of zero' }],
    });
    expect(size(gen2('6.6.10', { sysfb: false }))).toBe(0x800000n);
  });

  test('the sizes that halving ends at are no powers of two (DOMAIN 11.11)', () => {
    // (4 GiB - 0xfa000000) / 2 = 48 MiB
    expect(size(gen2('7.3.4', { lfbBase: 0xfa000000n }))).toBe(0x3000000n);
    // 10 MiB -> 5 -> 2.5 -> 1.25 MiB: the window ends at 0xfed3ffff.
    expect(size(gen2('7.3.4', { lfbBase: 0xfec00000n }))).toBe(0x140000n);
  });

  test('a base outside the first window is not reserved, and 7.x says that it is odd when it is below', () => {
    expect(gen2('6.12.94', { lfbBase: 0xe0000000n }).framebuffer).toBeNull();
    const pool = gen2('7.3.4', { lfbBase: 0xe0000000n });
    expect(pool.framebuffer).toBeNull();
    expect(pool.log[0]!.text).toBe('hv_vmbus: Unexpected low mmio base 0x00000000f8000000');
  });

  test('5.10: an lfb_size of 2 GiB is negative there', () => {
    expect(gen2('5.10.218', { lfbSize: 0x80000000n }).framebuffer).toBeNull();
    expect(gen2('6.1.170', { lfbSize: 0x80000000n }).framebuffer).not.toBeNull();
  });

  test.each<
    [string, Partial<FramebufferFacts>, { base?: string | undefined; why?: string; called?: boolean }]
  >([
    ['6.12.94', {}, { base: 'screen_info' }],
    ['7.3.4', {}, { base: 'screen_info' }],
    ['7.3.4', { screenInfo: { lfbBase: 0n, lfbSize: 0n } }, { base: 'low-window-base' }],
    [
      '7.3.4',
      { boot: 'bios', gen1Video: { kind: 'mem', start: 0xf8000000n, size: 0x4000000n } },
      { base: 'pci-bar' },
    ],
    ['7.3.4', { boot: 'bios' }, { base: undefined, why: 'there is no PCI device 1414:5353' }],
    [
      '7.3.4',
      { boot: 'bios', gen1Video: { kind: 'io', start: 0xf8000000n, size: 0x4000000n } },
      { base: undefined, why: 'BAR 0 of PCI 1414:5353 is not a memory BAR with an address' },
    ],
    [
      '7.3.4',
      { boot: 'bios', gen1Video: { kind: 'mem', start: 0n, size: 0x4000000n } },
      { base: undefined, why: 'BAR 0 of PCI 1414:5353 is not a memory BAR with an address' },
    ],
    ['5.10.218', { boot: 'bios' }, { base: 'screen_info' }],
    [
      '5.10.218',
      { boot: 'bios', screenInfo: { lfbBase: 0n, lfbSize: 0n } },
      { base: undefined, why: 'screen_info has no framebuffer (lfb_base is 0)' },
    ],
    [
      '6.12.94',
      { screenInfo: { lfbBase: 0xe0000000n, lfbSize: 0n } },
      {
        base: 'screen_info',
        why: 'no size down to 1 MiB fits there into the first window: 0x00000000e0000000, [mem 0xf8000000-0xfed40000]',
      },
    ],
    [
      '6.12.94',
      { sysfb: false },
      { base: undefined, why: 'CONFIG_SYSFB is off, so screen_info is not looked at' },
    ],
    ['4.4', {}, { called: false, why: 'this release does not reserve the framebuffer at all' }],
  ])('%s tells where its base is from, or why there is none', (release, facts, expected) => {
    const pool = buildAcpiPool(behaviour(release), [
      { name: 'VMBS', crs: [] },
      { name: 'VMOD', crs: [{ type: 'dword', min: 0xf8000000n, max: 0xffffffffn }] },
    ]);
    pool.reserveCalled = true;
    reserveFramebuffer(behaviour(release), pool, {
      ...{ boot: 'efi', sysfb: true, gen1Video: null },
      ...{ screenInfo: { lfbBase: 0xf8000000n, lfbSize: 0x300000n } },
      ...facts,
    });
    const { base, why, called } = pool.reservation;
    expect({ base, why, called }).toEqual({ base: undefined, why: undefined, called: true, ...expected });
  });

  test('a reservation is busy: no claim nests in it, in any release', () => {
    for (const release of ['5.10.218', '6.1.170', '7.3.4']) {
      const pool = gen2(release);
      expect(pool.framebuffer!.busy).toBe(true);
      expect(requestRegion(pool.windows[0]!, pool.framebuffer!.start, 0x1000n, 'x')).toMatchObject({
        why: 'busy',
      });
    }
  });
});

describe('allocation', () => {
  test('the configuration window is placed at the bottom of the low window, which is the framebuffer', () => {
    expect(allocateMmio(behaviour('6.12.94'), gen2('6.12.94', { sysfb: false }), config)).toMatchObject({
      kind: 'placed',
      start: 0xf8000000n,
    });
    expect(allocateMmio(behaviour('6.12.94'), gen2('6.12.94'), config)).toMatchObject({ start: 0xf8800000n });
  });

  test('min and max choose windows but do not bound the search in one', () => {
    const pool = buildDeviceTreePool(
      behaviour('7.3.4'),
      { ranges: [{ bus: 0xf8000000n, cpu: 0xf8000000n, size: 0x10000000n }] },
      'x86_64',
    );
    // The window straddles 4 GiB: a "high" request is placed below it.
    const got = allocateMmio(behaviour('7.3.4'), pool, { ...config, min: 1n << 32n });
    expect(got).toMatchObject({ kind: 'placed', start: 0xf8000000n });
  });

  test('what is not busy holds a claim, what is busy or would be cut across does not', () => {
    const open = gen2('6.12.94', { sysfb: false });
    insertRegion(open.iomem, region(0xf8000000n, 0xf8ffffffn, 'Reserved'));
    expect(allocateMmio(behaviour('6.12.94'), open, config)).toMatchObject({ start: 0xf8000000n });
    const taken = gen2('6.12.94', { sysfb: false });
    insertRegion(taken.iomem, region(0xf8000000n, 0xf8ffffffn, 'ACPI Tables', true));
    expect(allocateMmio(behaviour('6.12.94'), taken, config)).toMatchObject({ start: 0xf9000000n });
    const edge = gen2('6.12.94', { sysfb: false });
    insertRegion(edge.iomem, region(0xf8000000n, 0xf8000fffn, 'Reserved'));
    expect(allocateMmio(behaviour('6.12.94'), edge, config)).toMatchObject({ start: 0xf8001000n });
  });

  test('a window that ends at 2^64-1 and is full: the search never ends', () => {
    const pool = buildAcpiPool(behaviour('7.3.4'), [
      { name: 'VMBS', crs: [] },
      { name: 'VMOD', crs: [{ type: 'qword', min: ANY - 0xfffn, max: ANY }] },
    ]);
    expect(allocateMmio(behaviour('7.3.4'), pool, config)).toEqual({ kind: 'endless' });
  });

  test('the end one too far of a device tree window holds a byte more (DOMAIN 11.9c)', () => {
    const pool = buildDeviceTreePool(
      behaviour('7.3.4'),
      { ranges: [{ bus: 0xff0000000n, cpu: 0xff0000000n, size: 0x1000n }] },
      'x86_64',
    );
    expect(allocateMmio(behaviour('7.3.4'), pool, { ...config, size: 0x1001n }).kind).toBe('placed');
  });
});

describe('freeing', () => {
  const drm: MmioRequest = { ...config, size: 0x800000n, align: 0x100000n, framebufferOverlapOk: true };

  test('a claim of exactly the reservation frees the reservation itself, until that was mended', () => {
    const old = gen2('5.10.218');
    allocateMmio(behaviour('5.10.218'), old, drm);
    expect(freeMmio(behaviour('5.10.218'), old, 0xf8000000n, 0x800000n).framebufferFreed).toBe(true);
    const mended = gen2('6.12.94');
    allocateMmio(behaviour('6.12.94'), mended, drm);
    expect(freeMmio(behaviour('6.12.94'), mended, 0xf8000000n, 0x800000n)).toEqual({
      framebufferFreed: false,
      log: [],
    });
  });

  test('what is not there is complained of, in the words of the release', () => {
    const complaint = (release: string): string =>
      freeMmio(behaviour(release), gen2(release), 0xe0000000n, 0x1000n).log[0]!.text;
    expect(complaint('5.10.262')).toBe(
      'Trying to free nonexistent resource <00000000e0000000-00000000e0000fff>',
    );
    expect(complaint('6.1.170')).toBe(
      'resource: Trying to free nonexistent resource <0x00000000e0000000-0x00000000e0000fff>',
    );
  });
});

describe('the resource tree', () => {
  test('insert takes in what it encloses and refuses what it cuts across', () => {
    const root = region(0n, 0xffffn, 'root');
    expect(insertRegion(root, region(0x1000n, 0x1fffn, 'a'))).toBe(true);
    expect(insertRegion(root, region(0x3000n, 0x3fffn, 'b'))).toBe(true);
    expect(insertRegion(root, region(0x1000n, 0x3fffn, 'both'))).toBe(true);
    expect(root.children.map(({ name }) => name)).toEqual(['both']);
    expect(root.children[0]!.children.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(insertRegion(root, region(0x2000n, 0x4fffn, 'across'))).toBe(false);
    expect(insertRegion(root, region(0x10n, 0x20000n, 'outside'))).toBe(false);
  });

  test('of two with the same bounds the new one is the parent', () => {
    const root = region(0n, 0xffffn, 'root');
    insertRegion(root, region(0x1000n, 0x1fffn, 'first'));
    expect(insertRegion(root, region(0x1000n, 0x1fffn, 'second'))).toBe(true);
    expect(root.children.map(({ name }) => name)).toEqual(['second']);
    expect(root.children[0]!.children.map(({ name }) => name)).toEqual(['first']);
    // One that lies in the first goes below both.
    expect(insertRegion(root, region(0x1000n, 0x10ffn, 'third'))).toBe(true);
    expect(root.children[0]!.children[0]!.children.map(({ name }) => name)).toEqual(['third']);
  });

  test('release wants the very bounds', () => {
    const root = region(0n, 0xffffn, 'root');
    requestRegion(root, 0x1000n, 0x1000n, 'claim');
    expect(releaseRegion(root, 0x1000n, 0x800n)).toBeUndefined();
    expect(releaseRegion(root, 0x1000n, 0x1000n)).toMatchObject({ name: 'claim' });
    expect(root.children).toEqual([]);
  });
});

describe('odd requests', () => {
  const odd = (request: Partial<MmioRequest>) =>
    allocateMmio(behaviour('6.12.94'), gen2('6.12.94'), { ...config, ...request });

  test('nothing asked for is nothing got', () => {
    expect(odd({ size: 0n })).toEqual({ kind: 'failed', ret: -6 });
  });

  test('an alignment of 1 steps byte by byte, past the reservation', () => {
    // The reservation is [0xf8000000, 0xf87fffff].
    expect(odd({ align: 1n, size: 0x123456n })).toMatchObject({ start: 0xf8800000n });
  });

  test('an alignment of 0 never moves on from 0', () => {
    expect(odd({ align: 0n })).toEqual({ kind: 'endless' });
  });

  test('minimum above maximum chooses no window', () => {
    expect(odd({ min: 2n << 40n, max: 0n })).toEqual({ kind: 'failed', ret: -6 });
  });
});
