/** Charts of result sets, as parts of a page without scripts. */
import { escapeHtml } from '../../bytes/escape.ts';
import type { Cell, ResultSet } from './database.ts';
import type { AddressChart } from './questions.ts';

/** The style of {@link histogram} and {@link bar}. */
export const CHART_STYLE = `
.bar { width: 12rem; height: .9rem; vertical-align: middle; }
.bar rect, .histogram rect { fill: #3b6ea5; }
.histogram { display: block; width: 100%; max-width: 44rem; height: auto; }
.histogram line { stroke: currentColor; stroke-width: 1; }
.histogram text { fill: currentColor; font-size: 12px; }
@media (prefers-color-scheme: dark) { .bar rect, .histogram rect { fill: #7fb2e5; } }
@media print { .bar rect, .histogram rect { print-color-adjust: exact; } }`;

/** The column with counts: the last one that has a number in each row; undefined where there is none. */
export function countedColumn({ columns, rows }: ResultSet): number | undefined {
  if (rows.length === 0) return undefined;
  const counts = columns.findLastIndex((_, at) => rows.every((row) => isCount(row[at])));
  // A number without a name is the whole answer.
  return counts > 0 ? counts : undefined;
}

function isCount(cell: Cell | undefined): boolean {
  return typeof cell === 'number' && cell >= 0;
}

/** The bar of a row. It is hidden from screen readers, which read the number beside it. */
export function bar(value: number, most: number): string {
  const width = most > 0 ? ((100 * value) / most).toFixed(2) : '0';
  return `<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="10"/></svg>`;
}

const WIDTH = 700;
const HEIGHT = 190;
const LEFT = 46;
const TOP = 14;
const FLOOR = 160;

/** A histogram over addresses from 0, of rows with the first address of a slot and a count. */
export function histogram({ columns, rows }: ResultSet, { slot: size, slots, ticks }: AddressChart): string {
  const counts = rows.flatMap(([from, count]) =>
    typeof from === 'string' && typeof count === 'number'
      ? [{ slot: Number(BigInt(from) / size), count }]
      : [],
  );
  const most = Math.max(1, ...counts.map(({ count }) => count));
  const step = (WIDTH - LEFT) / slots;
  const x = (slot: number): string => (LEFT + slot * step).toFixed(1);
  const columnsOfIt = counts.map(({ slot, count }) => {
    const height = ((FLOOR - TOP) * count) / most;
    return `<rect x="${(LEFT + slot * step + 1).toFixed(1)}" y="${(FLOOR - height).toFixed(1)}" width="${(step - 2).toFixed(1)}" height="${height.toFixed(1)}"><title>${count}</title></rect>`;
  });
  const below = [...ticks].map(([address, text]) => {
    const slot = Number(address / size);
    return `<line x1="${x(slot)}" x2="${x(slot)}" y1="${FLOOR}" y2="${FLOOR + 5}"/><text x="${x(slot)}" y="${FLOOR + 20}" text-anchor="${slot === slots ? 'end' : 'middle'}">${escapeHtml(text)}</text>`;
  });
  return `<svg class="histogram" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${columns[1] ?? ''} by address; the table below has the numbers`)}">
<line x1="${LEFT}" x2="${WIDTH}" y1="${FLOOR}" y2="${FLOOR}"/><line x1="${LEFT}" x2="${LEFT}" y1="${TOP}" y2="${FLOOR}"/>
<text x="${LEFT - 6}" y="${TOP + 4}" text-anchor="end">${most}</text><text x="${LEFT - 6}" y="${FLOOR}" text-anchor="end">0</text>
${[...columnsOfIt, ...below].join('\n')}
</svg>`;
}
