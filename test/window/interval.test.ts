import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADDRESS_SPACE_END } from '../../src/bytes/address.ts';
import {
  adjacent,
  contains,
  type Interval,
  intersection,
  intersectionOfSets,
  interval,
  overlaps,
  sizeOf,
  subtract,
  union,
} from '../../src/window/interval.ts';

// A small space makes collisions likely; the laws are held to a set of its points, the plainest model there is.
const SPACE = 24;
const small = fc
  .tuple(fc.integer({ min: 0, max: SPACE }), fc.integer({ min: 0, max: SPACE }))
  .map(([a, b]): Interval => ({ start: BigInt(Math.min(a, b)), end: BigInt(Math.max(a, b)) }));
const set = fc.array(small, { maxLength: 8 });
const points = (ranges: readonly Interval[]): number[] =>
  Array.from({ length: SPACE }, (_, point) => point).filter((point) =>
    ranges.some((range) => range.start <= BigInt(point) && BigInt(point) < range.end),
  );
const isNormal = (ranges: readonly Interval[]): boolean =>
  ranges.every((range, at) => range.start < range.end && (at === 0 || ranges[at - 1]!.end < range.start));

describe('interval algebra against sets of points', () => {
  it('union covers the same points and is normal', () => {
    fc.assert(
      fc.property(set, (ranges) => {
        expect(points(union(ranges))).toEqual(points(ranges));
        expect(isNormal(union(ranges))).toBe(true);
      }),
    );
  });

  it('intersection of sets has the points of both', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const both = new Set(points(b));
        expect(points(intersectionOfSets(a, b))).toEqual(points(a).filter((point) => both.has(point)));
        expect(isNormal(intersectionOfSets(a, b))).toBe(true);
      }),
    );
  });

  it('subtraction has the points of the first alone, and with the intersection gives the first back', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const taken = new Set(points(b));
        expect(points(subtract(a, b))).toEqual(points(a).filter((point) => !taken.has(point)));
        expect(isNormal(subtract(a, b))).toBe(true);
        expect(union([...subtract(a, b), ...intersectionOfSets(a, b)])).toEqual(union(a));
      }),
    );
  });

  it('overlap, containment and adjacency agree with points', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        fc.pre(a.start < a.end && b.start < b.end);
        const common = points([a]).filter((point) => points([b]).includes(point));
        expect(overlaps(a, b)).toBe(common.length > 0);
        expect(intersection(a, b) === undefined).toBe(common.length === 0);
        expect(contains(a, b)).toBe(common.length === points([b]).length);
        expect(adjacent(a, b)).toBe(common.length === 0 && union([a, b]).length === 1);
      }),
    );
  });

  it('reaches 2^64', () => {
    const all = interval(0n, ADDRESS_SPACE_END)!;
    expect(sizeOf(all)).toBe(1n << 64n);
    expect(subtract([all], [{ start: 0n, end: 1n }])).toEqual([{ start: 1n, end: 1n << 64n }]);
    expect(interval(5n, 0n)).toBeUndefined();
  });
});
