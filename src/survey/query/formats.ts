/** Result sets as text, CSV, JSON and a page. */
import { escapeCommands, escapeCsv, escapeHtml, toJsonText } from '../../bytes/escape.ts';
import type { Document } from '../../report/document.ts';
import { renderText } from '../../report/formats/text.ts';
import type { CellJson, QueryJson } from '../../report/json/query.ts';
import { bar, CHART_STYLE, countedColumn, histogram } from './chart.ts';
import type { Cell, ResultSet } from './database.ts';
import type { AddressChart } from './questions.ts';

export interface NamedResult extends ResultSet {
  readonly title: string;
  readonly addresses?: AddressChart;
}

/** CSV (RFC 4180). Several results are separated by an empty line. */
function resultsCsv(results: readonly NamedResult[]): string {
  const line = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;
  return results.map(({ columns, rows }) => [columns, ...rows].map(line).join('')).join('\r\n');
}

function csvCell(cell: Cell): string {
  return cell === null ? '' : escapeCsv(String(cell));
}

/** JSON; integers above 2^53 are strings. */
function resultsJson(results: readonly NamedResult[]): string {
  const value = (cell: Cell): CellJson => (typeof cell === 'bigint' ? cell.toString() : cell);
  const json: QueryJson = {
    schema: 'fwmap/query@1',
    results: results.map(({ title, columns, rows }) => ({
      title,
      columns,
      rows: rows.map((row) => row.map(value)),
    })),
  };
  return `${toJsonText(json, 2)}\n`;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .15rem .8rem .15rem 0; vertical-align: top; overflow-wrap: break-word; }
th { border-bottom: 1px solid; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }${CHART_STYLE}`;

/** A page: tables, with a bar for each row of a column with counts, and histograms over addresses. */
function resultsHtml(results: readonly NamedResult[], heading: string): string {
  const sections = results.map((result) => {
    const { title, columns, rows, addresses } = result;
    const counted = addresses ? undefined : countedColumn(result);
    // Not as arguments of one call: a result may have more rows than a call can have arguments.
    const most =
      counted === undefined ? 0 : rows.reduce((all, row) => Math.max(all, Number(row[counted])), 0);
    const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
    const body = rows.map((row) => {
      const cells = row.map((cell) =>
        typeof cell === 'number' || typeof cell === 'bigint'
          ? `<td class="number">${cell}</td>`
          : `<td>${cell === null ? '' : escapeHtml(String(cell))}</td>`,
      );
      const chart = counted === undefined ? '' : `<td>${bar(Number(row[counted]), most)}</td>`;
      return `<tr>${cells.join('')}${chart}</tr>`;
    });
    return `<section><h2>${escapeHtml(title)}</h2>
${addresses === undefined || rows.length === 0 ? '' : `${histogram(result, addresses)}\n`}<table><thead><tr>${head}${counted === undefined ? '' : '<td></td>'}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></section>`;
  });
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(heading)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(heading)}</h1>
${sections.join('\n')}
</body></html>
`;
}

/** Formats of {@link renderResults}. */
export const QUERY_FORMATS = ['text', 'csv', 'json', 'html'] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

/**
 * Renders results.
 * @param laidOut `heading` of a page, and `width` of text in columns
 */
export function renderResults(
  results: readonly NamedResult[],
  format: QueryFormat,
  laidOut: { readonly heading: string; readonly width: number },
): string {
  switch (format) {
    case 'csv':
      return resultsCsv(results);
    case 'json':
      return resultsJson(results);
    case 'html':
      return resultsHtml(results, laidOut.heading);
    case 'text':
      return escapeCommands(
        renderText(
          results.length === 1
            ? [tableOf(results[0]!)]
            : results.flatMap((result) => [
                { kind: 'heading' as const, text: result.title },
                tableOf(result),
              ]),
          { color: false, width: laidOut.width },
        ),
      );
  }
}

function tableOf({ columns, rows }: ResultSet): Document[number] {
  const isCount = (index: number): boolean =>
    rows.length > 0 && rows.every((row) => typeof row[index] === 'number' || typeof row[index] === 'bigint');
  return {
    kind: 'table',
    columns: columns.map((title, index) => ({
      title,
      ...(isCount(index) ? { align: 'right' as const } : {}),
    })),
    rows: rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
  };
}
