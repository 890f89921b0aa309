/**
 * Requests from windows that may overlap each other, with a reservation in the first: the loop of vmbus_allocate_mmio()
 * written out, one start after the other, over lists of claims. Addresses are small, so that everything meets.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { insertRegion, iomemRoot, region } from '../../../src/linux/region-tree.ts';
import { allocateMmio } from '../../../src/linux/vmbus/allocation.ts';
import type { VmbusPool, VmbusWindow } from '../../../src/linux/vmbus/pool.ts';
import { runs } from '../../runs.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}
const span = (max: number, longest: number): fc.Arbitrary<Span> =>
  fc
    .tuple(fc.integer({ min: 8, max }), fc.integer({ min: 1, max: longest }))
    .map(([start, size]) => ({ start, end: start + size - 1 }));

const made = fc.record({
  windows: fc.array(span(40, 24), { minLength: 1, maxLength: 3 }),
  /** Within the first window, as shares of it. */
  reserved: fc.option(fc.tuple(fc.nat({ max: 23 }), fc.integer({ min: 1, max: 10 })), { nil: undefined }),
  busy: fc.array(span(60, 6), { maxLength: 3 }),
  size: fc.integer({ min: 1, max: 9 }),
  align: fc.constantFrom(1, 2, 4),
  min: fc.constantFrom(0, 0, 12, 24),
  max: fc.constantFrom(1000, 1000, 48, 30),
  mayOverlap: fc.boolean(),
  tests: fc.boolean(),
});

const overlap = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end;

test('the first start that the driver tries and gets', () => {
  fc.assert(
    fc.property(made, ({ windows, reserved, busy, size, align, min, max, mayOverlap, tests }) => {
      const [first] = windows as [Span, ...Span[]];
      const length = first.end - first.start + 1;
      const at = reserved === undefined ? 0 : first.start + (reserved[0] % length);
      const fb: Span | undefined =
        reserved === undefined ? undefined : { start: at, end: Math.min(first.end, at + reserved[1] - 1) };
      const inside = busy.filter((each, i) => !busy.slice(0, i).some((other) => overlap(each, other)));

      const iomem = iomemRoot();
      for (const { start, end } of inside)
        insertRegion(iomem, region(BigInt(start), BigInt(end), 'busy', true));
      const framebuffer = fb && region(BigInt(fb.start), BigInt(fb.end), 'fb', true);
      const pool = {
        ...{ path: 'acpi', probe: 0, dangling: false, levelsWalked: [], leftOut: [], log: [], iomem },
        framebuffer: framebuffer ?? null,
        windows: windows.map(
          ({ start, end }, i): VmbusWindow => ({
            ...region(BigInt(start), BigInt(end), 'window'),
            children: i === 0 && framebuffer ? [framebuffer] : [],
            parts: [],
            cutAtVtpm: false,
          }),
        ),
      } as unknown as VmbusPool;

      const tried = (
        from: Span,
        claims: readonly Span[],
        isKept: (place: Span) => boolean,
      ): number | undefined => {
        for (
          let start = Math.ceil(from.start / align) * align;
          start + size - 1 <= from.end;
          start += align
        ) {
          const place = { start, end: start + size - 1 };
          if (!isKept(place) && ![...claims, ...inside].some((other) => overlap(other, place))) return start;
        }
        return undefined;
      };
      const expected = (): number | undefined => {
        // The reservation itself: there only what stands in the memory tree is in the way.
        if (mayOverlap && fb !== undefined && min <= fb.end && max >= fb.start) {
          const own = tried(fb, [], () => false);
          if (own !== undefined) return own;
        }
        for (const [i, window] of windows.entries()) {
          if (window.start >= max || window.end <= min) continue;
          const starts = tried(window, i === 0 && fb ? [fb] : [], (place) => {
            if (!tests || mayOverlap || fb === undefined) return false;
            // Where it starts or where it ends in the reservation; around it, it gets past.
            return (
              (place.start >= fb.start && place.start <= fb.end) ||
              (place.end >= fb.start && place.end <= fb.end)
            );
          });
          if (starts !== undefined) return starts;
        }
        return undefined;
      };

      const got = allocateMmio({ framebufferTest: tests }, pool, {
        ...{ name: 'device', size: BigInt(size), align: BigInt(align) },
        ...{ min: BigInt(min), max: BigInt(max), framebufferOverlapOk: mayOverlap },
      });
      expect(got.kind === 'placed' ? Number(got.start) : got.kind).toBe(expected() ?? 'failed');
    }),
    { numRuns: runs(1500) },
  );
});
