/** Documents for GitHub: a comment, an issue, a job summary. */
import { escapeControls } from '../../bytes/escape.ts';
import { type Block, type Document, type Item, phrasesOf, type Text } from '../document.ts';

/** Everything that Markdown, HTML in it or GitHub's own additions (@names, #numbers, :emoji:) could take for markup. */
export function escapeMarkdown(text: string): string {
  return (
    escapeControls(text)
      .replace(/[\\`*_{}[\]#|~$!]/g, '\\$&')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      // GitHub looks for names to call and numbers to link in what is left after all this: something invisible between.
      .replace(/@|#(?=\d)/g, '$&&#8203;')
      // Nor is a bare address a link.
      .replace(/(https?|ftp|www)([:.])/gi, '$1&#8203;$2')
  );
}

/** A code span, with a fence longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  const shown = escapeControls(text);
  if (shown.trim() === '') return '';
  const longest = (shown.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  // One space at both ends is no part of the code.
  const pad = longest > 0 || /^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

function inline(text: Text): string {
  return phrasesOf(text)
    .map((phrase) => {
      if (typeof phrase === 'string') return escapeMarkdown(phrase);
      if (phrase.tone === 'code') return codeSpan(phrase.text);
      if (phrase.tone === 'faint') return escapeMarkdown(phrase.text);
      return phrase.text.trim() === '' ? phrase.text : `**${escapeMarkdown(phrase.text)}**`;
    })
    .join('');
}

/** A line of text must not start a list, a line or a block of code. */
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

/** In a table cell a bar ends the cell, in code too. */
function cell(text: Text): string {
  return inline(text).replace(/(?<!\\)\|/g, '\\|');
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'title':
      return [`## ${inline(block.text)}`];
    case 'heading':
      return [`### ${escapeMarkdown(block.text)}`];
    case 'paragraph':
      return [atLineStart(inline(block.text))];
    case 'facts':
      return block.rows.map((row) => `- **${escapeMarkdown(row.label)}**: ${inline(row.text)}`);
    case 'list':
      return itemLines(block.items, 0);
    case 'table':
      return [
        `| ${block.columns.map((column) => escapeMarkdown(column.title)).join(' | ')} |`,
        `| ${block.columns.map((column) => (column.align === 'right' ? '---:' : '---')).join(' | ')} |`,
        ...block.rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
      ];
    case 'lines': {
      const lines = block.lines.map(escapeControls);
      const longest = lines.reduce(
        (length, line) => Math.max(length, ...(line.match(/`+/g) ?? []).map((run) => run.length)),
        2,
      );
      const fence = '`'.repeat(longest + 1);
      return [`${fence}text`, ...lines, fence];
    }
  }
}

export function renderMarkdown(document: Document): string {
  return `${document.map((block) => blockLines(block).join('\n')).join('\n\n')}\n`;
}
