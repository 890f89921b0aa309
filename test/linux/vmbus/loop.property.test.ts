/** Handing MMIO out against the driver's loops taken literally, start by start, over windows of some hundred bytes. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  insertRegion,
  isRefusal,
  type Region,
  region,
  regionsOf,
  releaseRegion,
  requestRegion,
} from '../../../src/linux/region-tree.ts';
import { allocateMmio, type MmioRequest } from '../../../src/linux/vmbus/allocation.ts';
import { clonePool, emptyPool, type VmbusPool, windowOf } from '../../../src/linux/vmbus/pool.ts';
import { runs } from '../../runs.ts';

/** vmbus_allocate_mmio() as it is written: every start, none stepped over. */
function byTheLoop(pool: VmbusPool, request: MmioRequest, framebufferTest: boolean): Region | undefined {
  const { min, max, size, align, name, framebufferOverlapOk } = request;
  const fb = pool.framebuffer;
  const firstOf = (least: bigint): bigint => (least + align - 1n) & ~(align - 1n);
  if (framebufferOverlapOk && fb !== null && min <= fb.end && max >= fb.start) {
    for (let start = firstOf(fb.start); start + size - 1n <= fb.end; start += align) {
      const got = requestRegion(pool.iomem, start, size, name);
      if (!isRefusal(got)) return got;
    }
  }
  for (const window of pool.windows) {
    if (window.start >= max || window.end <= min) continue;
    for (let start = firstOf(window.start); start + size - 1n <= window.end; start += align) {
      const end = start + size - 1n;
      const isIn = (at: bigint): boolean => fb !== null && at >= fb.start && at <= fb.end;
      if (framebufferTest && !framebufferOverlapOk && (isIn(start) || isIn(end))) continue;
      if (isRefusal(requestRegion(window, start, size, 'claim'))) continue;
      const got = requestRegion(pool.iomem, start, size, name);
      if (!isRefusal(got)) return got;
      releaseRegion(window, start, size);
    }
  }
  return undefined;
}

const place = fc.bigInt(0x100n, 0x2ffn);
const range = fc.tuple(place, fc.bigInt(0n, 0xffn)).map(([start, more]) => ({ start, end: start + more }));
const pool = fc
  .record({
    windows: fc.array(range, { minLength: 1, maxLength: 3 }),
    reservation: fc.option(range, { nil: undefined }),
    inMemory: fc.array(fc.record({ at: range, busy: fc.boolean() }), { maxLength: 5 }),
    inWindow: fc.array(range, { maxLength: 3 }),
  })
  .map(({ windows, reservation, inMemory, inWindow }) => {
    const made = emptyPool('acpi');
    for (const { start, end } of windows) made.windows.push(windowOf(start, end, { level: 0, index: 0 }));
    for (const { at, busy } of inMemory) insertRegion(made.iomem, region(at.start, at.end, 'there', busy));
    if (reservation !== undefined) {
      const { start, end } = reservation;
      const got = requestRegion(made.windows[0]!, start, end - start + 1n, 'fb_range');
      if (!isRefusal(got)) made.framebuffer = got;
    }
    for (const { start, end } of inWindow)
      for (const window of made.windows) requestRegion(window, start, end - start + 1n, 'claim');
    return made;
  });
const request: fc.Arbitrary<MmioRequest> = fc.record({
  name: fc.constant('device'),
  min: fc.oneof(fc.constant(0n), place),
  max: fc.oneof(fc.constant((1n << 64n) - 1n), place),
  size: fc.bigInt(1n, 0x60n),
  align: fc.bigInt(0n, 6n).map((shift) => 1n << shift),
  framebufferOverlapOk: fc.boolean(),
});

const claims = ({ windows, iomem }: VmbusPool): string[] =>
  [...windows, iomem].map((root) =>
    [...regionsOf(root)].map(({ region: { start, end, name } }) => `${start}-${end} ${name}`).join(', '),
  );

test('the same place, or none, and the same claims afterwards', () => {
  let placed = 0;
  fc.assert(
    fc.property(pool, request, fc.boolean(), (given, wanted, framebufferTest) => {
      const [by, ours] = [clonePool(given), clonePool(given)];
      const found = byTheLoop(by, wanted, framebufferTest);
      const outcome = allocateMmio({ framebufferTest }, ours, wanted);
      if (found === undefined) expect(outcome).toEqual({ kind: 'failed', ret: -6 });
      else {
        placed += 1;
        expect(outcome).toMatchObject({ kind: 'placed', start: found.start, end: found.end });
      }
      expect(claims(ours)).toEqual(claims(by));
    }),
    { numRuns: runs(1500) },
  );
  expect(placed).toBeGreaterThan(runs(300));
});

test('an alignment so large that the first start wraps to 0', () => {
  const alone = (start: bigint, end: bigint): VmbusPool => {
    const made = emptyPool('acpi');
    made.windows.push(windowOf(start, end, { level: 0, index: 0 }));
    return made;
  };
  const asked = (made: VmbusPool, size: bigint, align: bigint) =>
    allocateMmio({ framebufferTest: true }, made, {
      ...{ name: 'device', min: 0n, max: (1n << 64n) - 1n, framebufferOverlapOk: false },
      ...{ size, align },
    });
  const half = 1n << 63n;
  // 0 + 0x1ffff is below the end, and outside of the window; the next start, 2^63, ends past it.
  expect(asked(alone(half + 1n, half + 0x10000n), 0x20000n, half)).toEqual({ kind: 'failed', ret: -6 });
  // 2^48 - 1 steps of 64 KiB, the last of which ends below 2^64.
  expect(asked(alone((1n << 64n) - 0x8000n, (1n << 64n) - 0x7000n), 0xa000n, 0x10000n)).toEqual({
    kind: 'endless',
  });
  // From 0 up by 64 KiB to the window's end just below 2^64: 2^48 steps, more than a kernel takes in days.
  expect(asked(alone((1n << 64n) - 0x1000n, (1n << 64n) - 2n), 0x1000n, 0x10000n)).toEqual({
    kind: 'endless',
  });
});
