/** Tables by release: neighbouring releases with the same content share a row. */
import { RELEASE } from '../../linux/release-choice.ts';
import { type Condition, chosen } from '../../symbolic/index.ts';

/** Constraints that such a table varies. */
export const OF_RELEASE: ReadonlySet<string> = new Set(['release', 'release-modelled']);

/** Calls `cellOf` for each range of releases, in order. */
export function eachRelease<T>(cellOf: (release: Condition) => T): T[] {
  return RELEASE.values.map((value) => cellOf(chosen(RELEASE, value) as Condition));
}

/** Rows of cells, as {@link eachRelease} gives them; where a cell is undefined there is no row. */
export function stretches<T>(
  cells: readonly (T | undefined)[],
  same: (a: T, b: T) => boolean,
): { readonly releases: string; readonly cell: T }[] {
  const rows: { releases: string; cell: T }[] = [];
  for (let from = 0; from < cells.length; ) {
    const cell = cells[from];
    let to = from + 1;
    while (
      to < cells.length &&
      (cell === undefined ? cells[to] === undefined : isSame(cells[to], cell, same))
    )
      to += 1;
    if (cell !== undefined) rows.push({ releases: releasesText(from, to), cell });
    from = to;
  }
  return rows;
}

function isSame<T>(a: T | undefined, b: T, same: (a: T, b: T) => boolean): boolean {
  return a !== undefined && same(a, b);
}

function releasesText(from: number, to: number): string {
  const first = RELEASE.values[from]!;
  const next = RELEASE.values[to];
  if (next === undefined) return `${first} and newer`;
  return to - from === 1 && /\.\d+\./.test(first) ? `${first} up to ${next}` : `${first} - before ${next}`;
}
