/** Documents for a terminal. */
import { escapeControls } from '../../bytes/escape.ts';
import {
  type Block,
  type Document,
  type Item,
  phrasesOf,
  plainText,
  type Text,
  type Tone,
} from '../document.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Columns to wrap prose at. Tables are as wide as they have to be: a line each, for grep. */
  readonly width: number;
}

/** Select Graphic Rendition codes (ECMA-48): on, off. */
const SGR: Record<Tone, readonly [number, number]> = {
  strong: [1, 22],
  code: [36, 39],
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  faint: [2, 22],
};

function paint(text: string, tone: Tone, options: TextOptions): string {
  const [on, off] = SGR[tone];
  return options.color ? `\x1b[${on}m${text}\x1b[${off}m` : text;
}

function render(text: Text, options: TextOptions): string {
  return phrasesOf(text)
    .map((phrase) =>
      typeof phrase === 'string'
        ? escapeControls(phrase)
        : paint(escapeControls(phrase.text), phrase.tone, options),
    )
    .join('');
}

interface Word {
  readonly shown: string;
  readonly length: number;
  /** A space stands before it. */
  readonly apart: boolean;
}

/** Words with their tones; a range in brackets is one word. */
function wordsOf(text: Text, options: TextOptions): Word[] {
  const words: Word[] = [];
  let apart = false;
  for (const phrase of phrasesOf(text)) {
    const raw = escapeControls(typeof phrase === 'string' ? phrase : phrase.text);
    for (const [piece] of raw.matchAll(/\s+|\[(?:mem|io|bus) [^\]\s]*(?: window)?\]|[^\s[]+|\[/g)) {
      if (/^\s/.test(piece)) {
        apart = true;
        continue;
      }
      const shown = typeof phrase === 'string' ? piece : paint(piece, phrase.tone, options);
      words.push({ shown, length: piece.length, apart });
      apart = false;
    }
  }
  return words;
}

function wrapped(text: Text, first: string, rest: string, options: TextOptions): string[] {
  const lines: string[] = [];
  let line = first;
  let length = first.length;
  let empty = true;
  const words = wordsOf(text, options);
  for (let index = 0; index < words.length; ) {
    // Pieces without a space between them go together.
    let next = index + 1;
    let size = words[index]!.length;
    while (next < words.length && !words[next]!.apart) {
      size += words[next]!.length;
      next += 1;
    }
    if (!empty && length + 1 + size > options.width) {
      lines.push(line);
      line = rest;
      length = rest.length;
      empty = true;
    }
    const shown = words
      .slice(index, next)
      .map((word) => word.shown)
      .join('');
    line += empty ? shown : ` ${shown}`;
    length += (empty ? 0 : 1) + size;
    empty = false;
    index = next;
  }
  lines.push(line);
  return lines;
}

const BULLETS = ['*', '-', '-'];

function itemLines(items: readonly Item[], depth: number, options: TextOptions): string[] {
  const indent = '  '.repeat(depth + 1);
  return items.flatMap((item) => [
    ...wrapped(item.text, `${indent}${BULLETS[Math.min(depth, 2)]} `, `${indent}  `, options),
    ...itemLines(item.below ?? [], depth + 1, options),
  ]);
}

function tableLines(block: Extract<Block, { kind: 'table' }>, options: TextOptions): string[] {
  const titles = block.columns.map((column) => column.title);
  const cells = block.rows.map((row) => row.map((cell) => escapeControls(plainText(cell))));
  // `reduce`, not a spread: a tree has tens of thousands of rows.
  const widths = titles.map((title, column) =>
    cells.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), title.length),
  );
  const line = (shown: readonly string[], lengths: readonly number[]): string =>
    shown
      .map((cell, column) => {
        const gap = ' '.repeat(Math.max(0, widths[column]! - lengths[column]!));
        return block.columns[column]?.align === 'right' ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [
    line(
      titles.map((title) => paint(title, 'faint', options)),
      titles.map((title) => title.length),
    ),
    ...block.rows.map((row, index) =>
      line(
        row.map((cell) => render(cell, options)),
        cells[index]!.map((cell) => cell.length),
      ),
    ),
  ];
}

function blockLines(block: Block, options: TextOptions): string[] {
  switch (block.kind) {
    case 'title':
      return wrapped(block.text, '', '', options);
    case 'heading':
      return [paint(escapeControls(block.text), 'strong', options)];
    case 'paragraph':
      return wrapped(block.text, '', '', options);
    case 'facts': {
      const width = block.rows.reduce((widest, row) => Math.max(widest, row.label.length), 0) + 2;
      return block.rows.flatMap((row) => {
        const lines = wrapped(row.text, ' '.repeat(width), ' '.repeat(width), options);
        lines[0] = paint(row.label, 'faint', options) + lines[0]!.slice(row.label.length);
        return lines;
      });
    }
    case 'list':
      return itemLines(block.items, 0, options);
    case 'table':
      return tableLines(block, options);
    case 'lines':
      return block.lines.map((line) => `    ${escapeControls(line)}`.trimEnd());
  }
}

/** The document as text, blocks apart by an empty line, a heading close to what it heads. */
export function renderText(document: Document, options: TextOptions): string {
  let text = '';
  for (const [index, block] of document.entries()) {
    if (index > 0 && document[index - 1]!.kind !== 'heading') text += '\n';
    text += `${blockLines(block, options).join('\n')}\n`;
  }
  return text;
}
