/** Documents as HTML. Every string of an input goes through `escapeHtml`; none becomes an attribute. */
import { escapeHtml } from '../../../bytes/escape.ts';
import type { Span } from '../../../bytes/source.ts';
import {
  type Block,
  type Column,
  type Document,
  type Item,
  isAcross,
  phrasesOf,
  plainText,
  type Text,
} from '../../document.ts';

export interface BlockOptions {
  /** Id of the excerpt that shows a place. */
  readonly excerpt: (span: Span | undefined) => string | undefined;
  /** Level of the document's title. */
  readonly level: number;
  /** How many references there are to link to. */
  readonly references: number;
}

/** Allows line breaks in code where a path or a range may be broken. */
function breakable(html: string): string {
  return html.replace(/([./\\_-])(?=[^;\s]{4})/g, '$1<wbr>');
}

/** Code of more characters than this may be broken. */
const LONG = 34;

function inline(text: Text, { excerpt, references: count }: BlockOptions): string {
  return phrasesOf(text)
    .map((phrase) => {
      if (typeof phrase === 'string') return references(escapeHtml(phrase), count);
      const shown = escapeHtml(phrase.text);
      if (phrase.text === '') return '';
      if (phrase.tone === 'code') {
        const id = excerpt(phrase.span);
        const long = phrase.text.length > LONG ? breakable(shown) : shown;
        return id === undefined ? `<code>${long}</code>` : `<a href="#${id}"><code>${long}</code></a>`;
      }
      if (phrase.tone === 'strong') return `<strong>${shown}</strong>`;
      return `<span class="${phrase.tone}">${shown}</span>`;
    })
    .join('');
}

/** `[2]` as a link to the second of the references. */
function references(html: string, count: number): string {
  // `_CRS[2]` and `reg[0]` are not references.
  return html.replace(/(?<![\w)])\[(\d{1,3})\]/g, (all, number: string) =>
    Number(number) >= 1 && Number(number) <= count ? `<a class="ref" href="#ref-${number}">${all}</a>` : all,
  );
}

function list(items: readonly Item[], options: BlockOptions): string {
  const each = items.map(
    ({ text, below }) =>
      `<li>${inline(text, options)}${below === undefined || below.length === 0 ? '' : list(below, options)}</li>`,
  );
  return `<ul>${each.join('')}</ul>`;
}

function head(columns: readonly Column[], isHidden: boolean): string {
  const cells = columns.map(
    ({ title, align }) => `<th scope="col"${align === 'right' ? ' class="r"' : ''}>${escapeHtml(title)}</th>`,
  );
  return `<thead${isHidden ? ' class="vh"' : ''}><tr>${cells.join('')}</tr></thead>`;
}

function row(cells: readonly Text[], columns: readonly Column[], options: BlockOptions): string {
  if (isAcross(cells, columns.length))
    return `<tr><td colspan="${columns.length}">${inline(cells[0]!, options)}</td></tr>`;
  const shown = columns.map(
    ({ align }, at) => `<td${align === 'right' ? ' class="r"' : ''}>${inline(cells[at] ?? '', options)}</td>`,
  );
  return `<tr>${shown.join('')}</tr>`;
}

/** A group of rows, with its title and note. */
interface Body {
  readonly title?: Text;
  readonly rows: readonly (readonly Text[])[];
  readonly note?: string;
}

/** Larger tables are split into parts of this size; a browser lays out only the visible ones (style.ts has their height). */
const PART_ROWS = 100;
/** The largest share of the width that a column takes, in characters. */
const WIDEST = 60;

function bodyHtml({ title, rows, note }: Body, columns: readonly Column[], options: BlockOptions): string {
  const span = ` colspan="${columns.length}"`;
  const name =
    title === undefined
      ? ''
      : `<tr class="g"><th scope="rowgroup"${span}>${inline(title, options)}</th></tr>`;
  const more = note === undefined ? '' : `<tr><td${span}>${escapeHtml(note)}</td></tr>`;
  return `<tbody>${name}${rows.map((cells) => row(cells, columns, options)).join('\n')}${more}</tbody>`;
}

const rowsOf = ({ title, rows }: Body): number => rows.length + (title === undefined ? 0 : 1);

/** Splits bodies into parts of about {@link PART_ROWS} rows; a larger body is split too, its title on the first part. */
function partsOf(bodies: readonly Body[]): Body[][] {
  const parts: Body[][] = [[]];
  let count = 0;
  const add = (body: Body): void => {
    if (count >= PART_ROWS) {
      parts.push([]);
      count = 0;
    }
    parts.at(-1)!.push(body);
    count += rowsOf(body);
  };
  for (const { title, rows, note } of bodies) {
    let from = 0;
    do {
      const to = from + PART_ROWS;
      add({
        ...(from > 0 || title === undefined ? {} : { title }),
        rows: rows.slice(from, to),
        ...(to < rows.length || note === undefined ? {} : { note }),
      });
      from = to;
    } while (from < rows.length);
  }
  return parts;
}

/** Column widths by the longest cells, so that the columns of all parts are aligned. */
function widthsHtml(columns: readonly Column[], bodies: readonly Body[]): string {
  const widths = columns.map(({ title }, at) => {
    let widest = title.length;
    for (const { rows } of bodies)
      for (const cells of rows)
        if (!isAcross(cells, columns.length)) widest = Math.max(widest, plainText(cells[at] ?? '').length);
    return Math.min(widest, WIDEST) + 2;
  });
  const all = widths.reduce((sum, width) => sum + width, 0);
  return `<colgroup>${widths.map((width) => `<col width="${Math.round((width / all) * 1000) / 10}%">`).join('')}</colgroup>`;
}

function table(
  columns: readonly Column[],
  bodies: readonly Body[],
  isHidden: boolean,
  options: BlockOptions,
): string {
  const label = escapeHtml(columns.map(({ title }) => title).join(', '));
  const tables =
    bodies.reduce((count, body) => count + rowsOf(body), 0) <= 2 * PART_ROWS
      ? `<table class="rows">${head(columns, isHidden)}${bodies.map((body) => bodyHtml(body, columns, options)).join('')}</table>`
      : partTables(columns, bodies, isHidden, options);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}">${tables}</div>`;
}

function partTables(
  columns: readonly Column[],
  bodies: readonly Body[],
  isHidden: boolean,
  options: BlockOptions,
): string {
  const widths = widthsHtml(columns, bodies);
  return partsOf(bodies)
    .map((part, at) => {
      const inner = part.map((body) => bodyHtml(body, columns, options)).join('');
      return `<div class="part"><table class="rows fixed">${widths}${head(columns, isHidden || at > 0)}${inner}</table></div>`;
    })
    .join('\n');
}

function heading(level: number, html: string, id = ''): string {
  const at = Math.min(6, level);
  return `<h${at}${id === '' ? '' : ` id="${id}"`}>${html}</h${at}>`;
}

function block(each: Block, options: BlockOptions): string {
  switch (each.kind) {
    case 'title':
      return heading(options.level, inline(each.text, options));
    case 'heading':
      return heading(options.level + 1, escapeHtml(each.text));
    case 'paragraph':
      return `<p>${inline(each.text, options)}</p>`;
    case 'facts':
      return `<dl>${each.rows
        .map(({ label, text }) => `<dt>${escapeHtml(label.trim())}</dt><dd>${inline(text, options)}</dd>`)
        .join('')}</dl>`;
    case 'list':
      return list(each.items, options);
    case 'table':
      if (each.columns.length === 1)
        return list(
          each.rows.map(([text]) => ({ text: text ?? '' })),
          options,
        );
      return table(each.columns, [{ rows: each.rows }], each.untitled === true, options);
    case 'groups':
      return table(each.columns, each.groups, false, options);
    case 'lines':
      return `<pre tabindex="0">${each.lines.map(escapeHtml).join('\n')}</pre>`;
    case 'drawing':
      return `<pre tabindex="0">${each.lines.map((line) => escapeHtml(plainText(line))).join('\n')}</pre>`;
    case 'details':
      return `<details><summary>${escapeHtml(each.summary)}</summary>${blocksHtml(each.blocks, options)}</details>`;
    case 'references':
      return `<ol class="refs">${each.items.map((item, at) => `<li id="ref-${at + 1}">${escapeHtml(item)}</li>`).join('')}</ol>`;
  }
}

export function blocksHtml(document: Document, options: BlockOptions): string {
  return document.map((each) => block(each, options)).join('\n');
}
