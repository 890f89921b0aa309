/** What holds for every allocation, whatever the machine: vmbus_allocate_mmio, DOMAIN.md section 4 with 11. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileOf } from '../../../src/linux/profile.ts';
import { insertRegion, type Region, region, regionsOf } from '../../../src/linux/region-tree.ts';
import { parseRelease } from '../../../src/linux/release.ts';
import { buildAcpiPool } from '../../../src/linux/vmbus/acpi-pool.ts';
import { allocateMmio, freeMmio, type MmioRequest } from '../../../src/linux/vmbus/allocation.ts';
import { clonePool, type VmbusPool } from '../../../src/linux/vmbus/pool.ts';
import { reserveFramebuffer } from '../../../src/linux/vmbus/reservation.ts';

const PAGE = 0x1000n;
const release = fc.constantFrom('5.10.218', '5.10.262', '6.1.170', '6.12.94', '7.3.4');

/** Windows that do not overlap, each of some pages, with gaps. */
const windows = fc
  .array(fc.record({ gap: fc.bigInt(0n, 64n), pages: fc.bigInt(1n, 4096n) }), { minLength: 1, maxLength: 4 })
  .map((parts) => {
    let at = 0xe0000000n;
    return parts.map(({ gap, pages }) => {
      const min = at + gap * PAGE;
      at = min + pages * PAGE + PAGE;
      return { type: 'qword' as const, min, max: min + pages * PAGE - 1n };
    });
  });

const busy = fc.array(
  fc.record({ page: fc.bigInt(0n, 16000n), pages: fc.bigInt(1n, 512n), isBusy: fc.boolean() }),
  { maxLength: 6 },
);

const request: fc.Arbitrary<MmioRequest> = fc.record({
  name: fc.constant('device'),
  min: fc.constant(0n),
  max: fc.constant((1n << 64n) - 1n),
  size: fc.bigInt(1n, 0x400n).map((pages) => pages * PAGE),
  align: fc.bigInt(0n, 8n).map((shift) => PAGE << shift),
  framebufferOverlapOk: fc.boolean(),
});

interface Machine {
  release: string;
  windows: { type: 'qword'; min: bigint; max: bigint }[];
  busy: { page: bigint; pages: bigint; isBusy: boolean }[];
  lfb: { at: bigint; size: bigint } | null;
}
const machine: fc.Arbitrary<Machine> = fc.record({
  release,
  windows,
  busy,
  lfb: fc.option(fc.record({ at: fc.bigInt(0n, 4096n), size: fc.bigInt(0n, 0x2000000n) }), { nil: null }),
});

function poolOf({ release: text, windows: crs, busy: regions, lfb }: Machine): VmbusPool {
  const { behaviour } = profileOf(parseRelease(text)!);
  const pool = buildAcpiPool(behaviour, [
    { name: 'VMBS', crs: [] },
    { name: 'VMOD', crs },
  ]);
  reserveFramebuffer(behaviour, pool, {
    boot: 'efi',
    sysfb: true,
    screenInfo: { lfbBase: lfb === null ? 0n : 0xe0000000n + lfb.at * PAGE, lfbSize: lfb?.size ?? 0n },
    gen1Video: null,
  });
  for (const { page, pages, isBusy } of regions) {
    const start = 0xe0000000n + page * PAGE;
    insertRegion(pool.iomem, region(start, start + pages * PAGE - 1n, 'somebody', isBusy));
  }
  return pool;
}

const overlap = (a: { start: bigint; end: bigint }, b: { start: bigint; end: bigint }): boolean =>
  a.start <= b.end && b.start <= a.end;
const busyRegions = (root: Region): Region[] =>
  [...regionsOf(root)].map((each) => each.region).filter((each) => each.busy);
const rules = (text: string) => profileOf(parseRelease(text)!).behaviour;

describe('an allocation', () => {
  test('is in one window, aligned, as large as asked for, and on nothing that was busy', () => {
    fc.assert(
      fc.property(machine, request, (made, asked) => {
        const pool = poolOf(made);
        const before = busyRegions(pool.iomem);
        const got = allocateMmio(rules(made.release), pool, asked);
        if (got.kind !== 'placed') return;
        expect(got.end - got.start + 1n).toBe(asked.size);
        expect(got.start % asked.align).toBe(0n);
        expect(pool.windows.some((window) => window.start <= got.start && window.end >= got.end)).toBe(true);
        for (const other of before) expect(overlap(other, got)).toBe(false);
      }),
    );
  });

  test('never touches the reservation unless it may', () => {
    fc.assert(
      fc.property(machine, request, (made, asked) => {
        const pool = poolOf(made);
        const got = allocateMmio(rules(made.release), pool, { ...asked, framebufferOverlapOk: false });
        if (got.kind === 'placed' && pool.framebuffer !== null)
          expect(overlap(pool.framebuffer, got)).toBe(false);
      }),
    );
  });

  test('one that may have the framebuffer gets it first, when it fits and is free', () => {
    fc.assert(
      fc.property(machine, request, (made, asked) => {
        const pool = poolOf({ ...made, busy: [] });
        const got = allocateMmio(rules(made.release), pool, { ...asked, framebufferOverlapOk: true });
        const fb = pool.framebuffer;
        if (fb === null) return;
        const first = (fb.start + asked.align - 1n) & ~(asked.align - 1n);
        if (first + asked.size - 1n > fb.end) return;
        expect(got).toMatchObject({ kind: 'placed', start: first, fromReservation: true });
      }),
    );
  });

  test('is the first that fits: every earlier place is taken', () => {
    fc.assert(
      fc.property(machine, request, (made, asked) => {
        const pool = poolOf(made);
        const { framebuffer } = pool;
        const wanted = { ...asked, framebufferOverlapOk: false };
        const iomem = clonePool(pool).iomem;
        const got = allocateMmio(rules(made.release), pool, wanted);
        const free = (start: bigint): boolean => {
          const place = { start, end: start + wanted.size - 1n };
          if (framebuffer !== null && overlap(framebuffer, place)) return false;
          // A region that isn't busy may hold the place whole, but not in part.
          return [...regionsOf(iomem)].every(
            ({ region: each }) =>
              !overlap(each, place) || (!each.busy && each.start <= place.start && each.end >= place.end),
          );
        };
        for (const window of pool.windows) {
          let start = (window.start + wanted.align - 1n) & ~(wanted.align - 1n);
          for (; start + wanted.size - 1n <= window.end; start += wanted.align) {
            if (got.kind === 'placed' && start === got.start) return;
            expect(free(start)).toBe(false);
          }
        }
        expect(got.kind).toBe('failed');
      }),
      { numRuns: 50 },
    );
  });

  test('given back, leaves the trees as they were', () => {
    fc.assert(
      fc.property(machine, request, (made, asked) => {
        const pool = poolOf(made);
        const before = clonePool(pool);
        const got = allocateMmio(rules(made.release), pool, asked);
        if (got.kind !== 'placed' || got.fromReservation) return;
        expect(freeMmio(rules(made.release), pool, got.start, asked.size)).toEqual({
          log: [],
          framebufferFreed: false,
        });
        expect(pool.iomem).toEqual(before.iomem);
        expect(pool.windows).toEqual(before.windows);
      }),
    );
  });
});

describe('the reservation', () => {
  test('is in the first window, at the base that was told, and is at least 1 MiB', () => {
    fc.assert(
      fc.property(machine, (made) => {
        const pool = poolOf(made);
        const fb = pool.framebuffer;
        if (fb === null) return;
        const [first] = pool.windows;
        expect(first!.start <= fb.start && fb.end <= first!.end).toBe(true);
        expect(fb.end - fb.start + 1n >= 0x100000n).toBe(true);
        expect(fb.start).toBe(made.lfb === null ? first!.start : 0xe0000000n + made.lfb.at * PAGE);
      }),
    );
  });
});
