/** Widths of the columns of a table, so that it fits. */

/** Between two columns. */
export const GAP = 2;
/** No column is made narrower than this. */
const NARROWEST = 16;

/** The size of a cell, in columns of the screen. */
export interface CellSize {
  /** On one line. */
  readonly whole: number;
  /** Its longest piece that is not broken. */
  readonly word: number;
}

/**
 * Widths of the columns, the widest narrowed until a row fits; undefined where it can't fit, and each cell needs a line of
 * its own.
 * @param available columns of the screen for a row
 */
export function columnWidths(
  rows: readonly (readonly CellSize[])[],
  count: number,
  available: number,
): number[] | undefined {
  // A tree has tens of thousands of rows: no spread into Math.max.
  const widest = (column: number, size: keyof CellSize): number =>
    rows.reduce((most, row) => Math.max(most, row[column]?.[size] ?? 0), 0);
  const widths = Array.from({ length: count }, (_, column) => widest(column, 'whole'));
  const least = Array.from({ length: count }, (_, column) =>
    Math.min(widths[column]!, Math.max(NARROWEST, widest(column, 'word'))),
  );
  const gaps = GAP * (widths.filter((width) => width > 0).length - 1);
  for (;;) {
    const over = widths.reduce((sum, width) => sum + width, gaps) - available;
    if (over <= 0) return widths;
    const most = widths.reduce(
      (widest, width, at) => (width > least[at]! ? Math.max(widest, width) : widest),
      0,
    );
    const wide = widths.flatMap((width, at) => (width === most && width > least[at]! ? [at] : []));
    if (wide.length === 0) return undefined;
    // Down to the next widest, so that wide columns shrink alike.
    const next = widths.reduce((below, width) => (width < most ? Math.max(below, width) : below), 0);
    let left = over;
    for (const [index, at] of wide.entries()) {
      const share = Math.ceil(left / (wide.length - index));
      const by = Math.min(share, most - Math.max(next, least[at]!));
      widths[at] = most - by;
      left -= by;
    }
  }
}
