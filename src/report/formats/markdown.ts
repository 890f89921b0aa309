/** Documents for GitHub: a comment, an issue, a job summary. */
import { escapeControls, escapeHtml } from '../../bytes/escape.ts';
import { type Block, type Document, type Item, phrasesOf, plainText, type Text } from '../document.ts';

/** Escapes everything in a word that Markdown or HTML could take for markup. */
function escapeWord(text: string): string {
  return text.replace(/[\\`*_{}[\]#|~$!<>&]/g, '\\$&');
}

/**
 * A word that is set as code: addresses, paths, symbols, and everything that GitHub makes links or mentions of (`@name`,
 * `#1`, `:emoji:`, URLs). A code span needs no entities, so that its text can be copied and searched for.
 */
const CODE_LIKE =
  /[\\@#_*`$~{}^]|0x[0-9a-f]|[<>&|][^<>&|=]|[^<>&|=][<>&|]|\(\)|^\/|\/.*\/|:\/\/|^:|[a-z]:\d|^www\.|\.(?:dtsi?|dtb|asl|aml|c|h|rs|txt|yaml)\b/i;

/** Ranges as %pR prints them, cells, lines of a configuration, then words. */
const PIECES = /\[(?:mem|io|bus) +[^\]]*\]|<0x[0-9a-f]+(?: 0x[0-9a-f]+)*>|# CONFIG_\w+ is not set\b|\s+|\S+/g;

/** Escapes running text; addresses, paths and symbols in it become code spans. */
export function escapeMarkdown(text: string): string {
  return escapeControls(text).replace(PIECES, (piece) => {
    if (/^\s/.test(piece)) return piece;
    if (/^\[(?:mem|io|bus) |^<0x|^# CONFIG_\w+ /.test(piece)) return codeSpan(piece);
    if (!CODE_LIKE.test(piece)) return escapeWord(piece);
    const [, before = '', word = '', after = ''] = /^([("']*)(.*?)([.,;:"')]*)$/s.exec(piece) ?? [];
    // A closing bracket belongs to the word if the word has the opening one: `vmbus_device_add()`.
    const opens = word.includes('(') && !word.includes(')');
    const closing = opens ? after.indexOf(')') + 1 : 0;
    const [name, rest] = [word + after.slice(0, closing), after.slice(closing)];
    return name === '' ? escapeWord(piece) : `${escapeWord(before)}${codeSpan(name)}${escapeWord(rest)}`;
  });
}

/** A code span, with a fence longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  const shown = escapeControls(text);
  if (shown.trim() === '') return '';
  const longest = (shown.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  // Markdown removes one space at both ends.
  const pad = longest > 0 || /^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

function inline(text: Text): string {
  return phrasesOf(text)
    .map((phrase) => {
      if (typeof phrase === 'string') return escapeMarkdown(phrase);
      if (phrase.tone === 'code') return codeSpan(phrase.text);
      const shown = escapeMarkdown(phrase.text);
      if (phrase.tone === 'faint' || phrase.text.trim() === '') return shown;
      return `**${shown}**`;
    })
    .join('');
}

/** A heading is strong by itself. */
function headingText(text: Text): string {
  return phrasesOf(text)
    .map((phrase) => (typeof phrase === 'string' ? phrase : phrase.text))
    .map((piece) => escapeMarkdown(piece))
    .join('');
}

/** Keeps a line of text from starting a list, a heading or a block of code. */
function atLineStart(text: string): string {
  return text.trimStart().replace(/^(\d*)([-+=.)])/, '$1\\$2');
}

function itemLines(items: readonly Item[], depth: number): string[] {
  const indent = '  '.repeat(depth);
  return items.flatMap((item) => [
    `${indent}- ${atLineStart(inline(item.text))}`,
    ...itemLines(item.below ?? [], depth + 1),
  ]);
}

/** In a table a bar ends the cell, also in a code span. */
function cell(text: Text): string {
  return inline(text).replace(/(?<!\\)\|/g, '\\|');
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'title':
      return [`## ${headingText(block.text)}`];
    case 'heading':
      return [`### ${escapeMarkdown(block.text)}`];
    case 'paragraph':
      return [atLineStart(inline(block.text))];
    case 'facts':
      return block.rows.map((row) => `- **${escapeMarkdown(row.label)}**: ${inline(row.text)}`);
    case 'list':
      return itemLines(block.items, 0);
    case 'table':
      // A column alone is a list.
      if (block.untitled && block.columns.length === 1)
        return itemLines(
          block.rows.map((row) => ({ text: row[0] ?? '' })),
          0,
        );
      return [
        `| ${block.columns.map((column) => escapeMarkdown(column.title)).join(' | ')} |`,
        `| ${block.columns.map((column) => (column.align === 'right' ? '---:' : '---')).join(' | ')} |`,
        ...block.rows.map((row) => `| ${block.columns.map((_, at) => cell(row[at] ?? '')).join(' | ')} |`),
      ];
    case 'groups': {
      const columns = [{ title: block.title }, ...block.columns];
      const rows = block.groups.flatMap(({ title, rows: own, note }) => [
        ...own.map((row, at) => [at === 0 ? title : '', ...row]),
        ...(note === undefined ? [] : [[own.length === 0 ? title : '', note]]),
        ...(own.length === 0 && note === undefined ? [[title]] : []),
      ]);
      return blockLines({ kind: 'table', columns, rows });
    }
    case 'drawing':
      return blockLines({ kind: 'lines', lines: block.lines.map((line) => plainText(line).trimEnd()) });
    case 'lines': {
      const lines = block.lines.map(escapeControls);
      const longest = lines.reduce(
        (length, line) => Math.max(length, ...(line.match(/`+/g) ?? []).map((run) => run.length)),
        2,
      );
      const fence = '`'.repeat(longest + 1);
      return [`${fence}text`, ...lines, fence];
    }
    case 'details':
      // Our own HTML: the summary is a constant, and after an empty line the content is Markdown.
      return [
        '<details>',
        `<summary>${escapeHtml(block.summary)}</summary>`,
        '',
        renderMarkdown(block.blocks),
        '</details>',
      ];
    case 'references':
      return block.items.map((item, at) => `${at + 1}. ${atLineStart(escapeMarkdown(item))}`);
  }
}

export function renderMarkdown(document: Document): string {
  return `${document.map((block) => blockLines(block).join('\n')).join('\n\n')}\n`;
}
