/** Documents as HTML. Every string of an input goes through `escapeHtml`; there are no attributes made of them. */
import { escapeHtml } from '../../../bytes/escape.ts';
import type { Span } from '../../../bytes/source.ts';
import {
  type Block,
  type Column,
  type Document,
  type Item,
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

/** `code` may be broken where a path or a range may. */
function breakable(html: string): string {
  return html.replace(/([./\\_-])(?=[^;\s]{4})/g, '$1<wbr>');
}

/** A piece of code of more characters may be broken. */
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
  // `_CRS[2]` and `reg[0]` are none.
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
  const shown = columns.map(({ align, title }, at) => {
    const cell = cells[at] ?? '';
    const attributes = align === 'right' ? ' class="r"' : '';
    return `<td${attributes} data-c="${escapeHtml(title)}">${inline(cell, options)}</td>`;
  });
  return `<tr>${shown.join('')}</tr>`;
}

/** Tables of this many rows and more are worth a filter of their own. */
const MANY_ROWS = 1;

function table(columns: readonly Column[], bodies: readonly string[], isHidden: boolean): string {
  const kind = bodies.length >= MANY_ROWS ? ' class="rows"' : '';
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(columns.map(({ title }) => title).join(', '))}"><table${kind}>${head(columns, isHidden)}${bodies.join('')}</table></div>`;
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
      return table(
        each.columns,
        [`<tbody>${each.rows.map((cells) => row(cells, each.columns, options)).join('\n')}</tbody>`],
        each.untitled === true,
      );
    case 'groups': {
      const { columns } = each;
      const bodies = each.groups.map(({ title, rows, note }) => {
        const name = `<tr class="g"><th scope="rowgroup" colspan="${columns.length}">${inline(title, options)}</th></tr>`;
        const more =
          note === undefined ? '' : `<tr><td colspan="${columns.length}">${escapeHtml(note)}</td></tr>`;
        return `<tbody>${name}${rows.map((cells) => row(cells, columns, options)).join('\n')}${more}</tbody>`;
      });
      return table(columns, bodies, false);
    }
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
