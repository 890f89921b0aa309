/**
 * Interval algebra over half-open ranges [start, end) of `bigint`. An end may be 2^64, one past the last 64-bit
 * address. A set of intervals is kept normal: ascending, disjoint, and no two that touch.
 */

/** Half-open, `start < end`; there is no empty interval. */
export interface Interval {
  readonly start: bigint;
  readonly end: bigint;
}

/** The interval [base, base + size); undefined when `size` is 0 or negative. */
export function interval(base: bigint, size: bigint): Interval | undefined {
  return size > 0n ? { start: base, end: base + size } : undefined;
}

export function sizeOf(range: Interval): bigint {
  return range.end - range.start;
}

/** Whether the two share an address. */
export function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Whether one ends exactly where the other starts. */
export function adjacent(a: Interval, b: Interval): boolean {
  return a.end === b.start || b.end === a.start;
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: Interval, inner: Interval): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The addresses in both; undefined when there are none. */
export function intersection(a: Interval, b: Interval): Interval | undefined {
  const start = a.start > b.start ? a.start : b.start;
  const end = a.end < b.end ? a.end : b.end;
  return start < end ? { start, end } : undefined;
}

/** The same addresses as a normal set: sorted, with overlapping and adjacent intervals joined. */
export function union(ranges: readonly Interval[]): Interval[] {
  const sorted = ranges.filter((range) => range.start < range.end).sort((a, b) => compare(a.start, b.start));
  const joined: Interval[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || last.end < range.start) joined.push(range);
    else if (range.end > last.end) joined[joined.length - 1] = { start: last.start, end: range.end };
  }
  return joined;
}

/** The addresses of `a` that are in `b` too, as a normal set. */
export function intersectionOfSets(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const left = union(a);
  const right = union(b);
  const shared: Interval[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const both = intersection(left[i]!, right[j]!);
    if (both) shared.push(both);
    if (left[i]!.end < right[j]!.end) i += 1;
    else j += 1;
  }
  return shared;
}

/** The addresses of `a` that are not in `b`, as a normal set. */
export function subtract(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const holes = union(b);
  const left: Interval[] = [];
  for (const range of union(a)) {
    let from = range.start;
    for (const hole of holes) {
      if (hole.end <= from) continue;
      if (hole.start >= range.end) break;
      if (hole.start > from) left.push({ start: from, end: hole.start });
      from = hole.end;
    }
    if (from < range.end) left.push({ start: from, end: range.end });
  }
  return left;
}

/** Orders bigints for `sort`. */
export function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
