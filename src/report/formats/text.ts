/** Documents for a terminal. */
import { escapeControls } from '../../bytes/escape.ts';
import {
  type Block,
  type Column,
  type Document,
  headsNext,
  type Item,
  isAcross,
  type Phrase,
  phrasesOf,
  plainText,
  type Text,
  type Tone,
} from '../document.ts';
import { columnWidths, GAP } from './grid.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the screen. */
  readonly width: number;
  /** How many columns a text takes on the screen; by default one for each character. */
  readonly measure?: (text: string) => number;
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
/** Prose is wrapped at this many columns, also in wider terminals. */
const PROSE_WIDTH = 100;

function paint(text: string, tone: Tone, options: TextOptions): string {
  const [on, off] = SGR[tone];
  return options.color ? `\x1b[${on}m${text}\x1b[${off}m` : text;
}

function lengthOf(text: string, { measure }: TextOptions): number {
  return measure === undefined ? text.length : measure(text);
}

interface Word {
  readonly shown: string;
  readonly length: number;
  /** A space comes before it. */
  readonly apart: boolean;
}

/** Pieces that are not broken: a range in brackets, or what is between spaces. */
const PIECES = /\s+|\[(?:mem|io|bus) +[^\]\s]*(?: window)?\]|[^\s[]+|\[/g;

/** Whether it is a command line, which is quoted: it has spaces, so a reader has to see where it ends. */
function isCommand({ text, tone }: Exclude<Phrase, string>): boolean {
  return tone === 'code' && /^[a-z-]+ [^\s]/.test(text);
}

/** Words with their tones. */
function wordsOf(text: Text, options: TextOptions): Word[] {
  const words: Word[] = [];
  let apart = false;
  for (const phrase of phrasesOf(text)) {
    const raw = escapeControls(
      typeof phrase === 'string' ? phrase : isCommand(phrase) ? `\`${phrase.text}\`` : phrase.text,
    );
    for (const [piece] of raw.matchAll(PIECES)) {
      if (/^\s/.test(piece)) {
        apart = true;
        continue;
      }
      const shown = typeof phrase === 'string' ? piece : paint(piece, phrase.tone, options);
      words.push({ shown, length: lengthOf(piece, options), apart });
      apart = false;
    }
  }
  return words;
}

/** Joins words that have no space between them. */
function unbroken(words: readonly Word[]): Word[] {
  const joined: Word[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last === undefined || word.apart) joined.push(word);
    else
      joined[joined.length - 1] = {
        shown: last.shown + word.shown,
        length: last.length + word.length,
        apart: last.apart,
      };
  }
  return joined;
}

function wrapWords(words: readonly Word[], width: number, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let length = first.length;
  let empty = true;
  for (const word of words) {
    if (!empty && length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      length = rest.length;
      empty = true;
    }
    line += empty ? word.shown : ` ${word.shown}`;
    length += (empty ? 0 : 1) + word.length;
    empty = false;
  }
  lines.push(line);
  return lines;
}

function wrapped(
  text: Text,
  first: string,
  rest: string,
  options: TextOptions,
  width = Math.min(options.width, PROSE_WIDTH),
): string[] {
  return wrapWords(unbroken(wordsOf(text, options)), width, first, rest);
}

const BULLETS = ['*', '-', '-'];

function itemLines(items: readonly Item[], depth: number, options: TextOptions): string[] {
  const indent = '  '.repeat(depth + 1);
  return items.flatMap((item) => [
    ...wrapped(item.text, `${indent}${BULLETS[Math.min(depth, 2)]} `, `${indent}  `, options),
    ...itemLines(item.below ?? [], depth + 1, options),
  ]);
}

interface Cell {
  readonly words: readonly Word[];
  readonly whole: number;
  readonly word: number;
}

function cellOf(text: Text, options: TextOptions): Cell {
  const words = unbroken(wordsOf(text, options));
  return {
    words,
    whole: words.reduce((sum, { length }) => sum + length, Math.max(0, words.length - 1)),
    word: words.reduce((most, { length }) => Math.max(most, length), 0),
  };
}

/** A row, on as many lines as its longest cell takes. */
function rowLines(
  cells: readonly Cell[],
  widths: readonly number[],
  aligned: readonly ('right' | undefined)[],
  indent: string,
): string[] {
  const columns = cells.map(({ words }, at) => wrapWords(words, widths[at]!, '', ''));
  const lengths = columns.map((lines, at) =>
    lines.length === 1 ? [cells[at]!.whole] : lengthsOfLines(cells[at]!, widths[at]!),
  );
  const height = columns.reduce((most, lines) => Math.max(most, lines.length), 1);
  return Array.from({ length: height }, (_, line) => {
    let shown = indent;
    let pending = 0;
    for (const [at, lines] of columns.entries()) {
      if (widths[at] === 0) continue;
      const piece = lines[line] ?? '';
      const gap = Math.max(0, widths[at]! - (lengths[at]![line] ?? 0));
      shown += ' '.repeat(pending);
      shown += aligned[at] === 'right' ? ' '.repeat(gap) + piece : piece + ' '.repeat(gap);
      pending = GAP;
    }
    return shown.trimEnd();
  });
}

/** The lengths of the lines of a wrapped cell, broken as in `wrapWords`. */
function lengthsOfLines({ words }: Cell, width: number): number[] {
  const lengths: number[] = [];
  let length = 0;
  let empty = true;
  for (const word of words) {
    if (!empty && length + 1 + word.length > width) {
      lengths.push(length);
      length = 0;
      empty = true;
    }
    length += (empty ? 0 : 1) + word.length;
    empty = false;
  }
  lengths.push(length);
  return lengths;
}

/**
 * Rows as records, for tables that are too wide for columns. Cells without a title share lines where they fit; the others
 * are indented, each on a line of its own.
 */
function recordLines(block: Extract<Block, { kind: 'table' }>, indent: string, options: TextOptions) {
  const inner = `${indent}    `;
  return block.rows.flatMap((row) => {
    const lines: string[] = [];
    let room = 0;
    for (const [at, cell] of row.entries()) {
      if (plainText(cell) === '' && at > 0) continue;
      const title = block.untitled || at === 0 ? '' : block.columns[at]!.title;
      const { whole } = cellOf(cell, options);
      if (title === '' && whole + GAP <= room) {
        lines[lines.length - 1] += `${' '.repeat(GAP)}${painted(cell, options)}`;
        room -= whole + GAP;
        continue;
      }
      const [first, rest] = at === 0 ? [indent, `${indent}  `] : [inner, inner];
      const added = wrapped(title === '' ? cell : [`${title}: `, ...phrasesOf(cell)], first, rest, options);
      lines.push(...added);
      // Nothing follows a wrapped cell on its last line.
      room = added.length > 1 || title !== '' ? 0 : options.width - first.length - whole;
    }
    return lines;
  });
}

type Rows = readonly (readonly Text[])[];

/** The fewest columns that stay aligned where the others move below them. */
const LEAST_COLUMNS = 2;

/**
 * The layout of rows: spanning the columns, in columns, in columns with the last ones below, or (undefined) one cell below
 * the other.
 */
function rowPrinter(
  rows: readonly (readonly Cell[])[],
  aligned: readonly ('right' | undefined)[],
  indent: string,
  options: TextOptions,
): ((cells: readonly Cell[]) => string[]) | undefined {
  const inColumns = columnPrinter(
    rows.filter((row) => !isAcross(row, aligned.length)),
    aligned,
    indent,
    options,
  );
  return (
    inColumns &&
    ((row) =>
      isAcross(row, aligned.length)
        ? wrapWords(row[0]!.words, options.width, indent, `${indent}    `)
        : inColumns(row))
  );
}

function columnPrinter(
  rows: readonly (readonly Cell[])[],
  aligned: readonly ('right' | undefined)[],
  indent: string,
  options: TextOptions,
): ((cells: readonly Cell[]) => string[]) | undefined {
  const available = options.width - indent.length;
  const widths = columnWidths(rows, aligned.length, available);
  if (widths !== undefined) return (cells) => rowLines(cells, widths, aligned, indent);
  for (let kept = aligned.length - 1; kept >= Math.min(LEAST_COLUMNS, aligned.length - 1); kept -= 1) {
    const fewer = columnWidths(
      rows.map((cells) => cells.slice(0, kept)),
      kept,
      available,
    );
    if (fewer !== undefined) return (cells) => linesWithRest(cells, fewer, aligned, indent, options);
  }
  return undefined;
}

/** The first cells in columns; the next one after them where it fits; the others below. */
function linesWithRest(
  cells: readonly Cell[],
  widths: readonly number[],
  aligned: readonly ('right' | undefined)[],
  indent: string,
  options: TextOptions,
): string[] {
  const below = `${indent}    `;
  const before = widths.reduce((sum, width) => sum + (width > 0 ? width + GAP : 0), 0);
  const [next, ...others] = cells.slice(widths.length).filter(({ whole }) => whole > 0);
  const fits = next !== undefined && before + next.whole <= options.width - indent.length;
  const head = cells.slice(0, widths.length);
  const lines = fits
    ? rowLines([...head, next], [...widths, next.whole], aligned.slice(0, widths.length), indent)
    : rowLines(head, widths, aligned, indent);
  const left = fits || next === undefined ? others : [next, ...others];
  return [...lines, ...left.flatMap(({ words }) => wrapWords(words, options.width, below, below))];
}

function cellsOf(rows: Rows, options: TextOptions): Cell[][] {
  return rows.map((row) => row.map((cell) => cellOf(cell, options)));
}

function tableLines(block: Extract<Block, { kind: 'table' }>, options: TextOptions): string[] {
  const indent = block.untitled ? '  ' : '';
  const titles = block.untitled ? [] : [titleCells(block.columns, options)];
  const rows = [...titles, ...cellsOf(block.rows, options)];
  const aligned = block.columns.map(({ align }) => align);
  const print = rowPrinter(rows, aligned, indent, options);
  // The titles of what stands below are lost: then each cell has its own.
  if (print === undefined || (!block.untitled && !fits(rows, block.columns.length, options)))
    return recordLines(block, indent, options);
  return rows.flatMap(print);
}

function fits(rows: readonly (readonly Cell[])[], columns: number, options: TextOptions): boolean {
  return columnWidths(rows, columns, options.width) !== undefined;
}

/** A title, on one line where it fits. */
function titleLines(title: Text, options: TextOptions): string[] {
  const plain = escapeControls(plainText(title));
  if (lengthOf(plain, options) > options.width) return wrapped(title, '', '    ', options, options.width);
  return [painted(title, options)];
}

/** A text on one line, whatever its length. */
function painted(text: Text, options: TextOptions): string {
  return phrasesOf(text)
    .map((phrase) =>
      typeof phrase === 'string'
        ? escapeControls(phrase)
        : paint(escapeControls(phrase.text), phrase.tone, options),
    )
    .join('');
}

function titleCells(columns: readonly Column[], options: TextOptions): Cell[] {
  return columns.map(({ title }) => cellOf([{ text: title, tone: 'faint' }], options));
}

function groupLines(
  { columns, groups, titled }: Extract<Block, { kind: 'groups' }>,
  options: TextOptions,
): string[] {
  const indent = '  ';
  const cells = groups.map(({ rows }) => cellsOf(rows, options));
  const aligned = columns.map(({ align }) => align);
  const titles = titled ? [titleCells(columns, options)] : [];
  const print = rowPrinter([...titles, ...cells.flat()], aligned, indent, options);
  const groupsLines = groups.flatMap((group, at) => [
    ...titleLines(group.title, options),
    ...(print === undefined
      ? recordLines(
          { kind: 'table', columns, rows: group.rows, ...(titled ? {} : { untitled: true }) },
          indent,
          options,
        )
      : cells[at]!.flatMap(print)),
    ...(group.note === undefined ? [] : wrapped(group.note, indent, `${indent}  `, options)),
  ]);
  // Titles of columns that don't fit are left out.
  return [...(print === undefined ? [] : titles.flatMap(print).slice(0, 1)), ...groupsLines];
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
      const indent = block.inset ? '  ' : '';
      const labels = block.rows.map((row) => `${indent}${escapeControls(row.label)}`);
      const width = labels.reduce((widest, label) => Math.max(widest, label.length), 0) + 2;
      return block.rows.flatMap((row, at) => {
        const label = labels[at]!;
        const lines = wrapped(row.text, ' '.repeat(width), ' '.repeat(width), options);
        lines[0] = paint(label, 'faint', options) + lines[0]!.slice(label.length);
        return lines;
      });
    }
    case 'list':
      return itemLines(block.items, 0, options);
    case 'table':
      return tableLines(block, options);
    case 'groups':
      return groupLines(block, options);
    case 'lines':
      return block.lines.map((line) => `    ${escapeControls(line)}`.trimEnd());
    case 'drawing':
      return block.lines.map((line) => painted(line, options).trimEnd());
    case 'details':
      return [
        paint(escapeControls(block.summary), 'strong', options),
        ...renderText(block.blocks, options).trimEnd().split('\n'),
      ];
    case 'references':
      return block.items.flatMap((item, at) => {
        const number = `[${at + 1}] `;
        return wrapped(item, number, ' '.repeat(number.length), options);
      });
  }
}

/** The document as text, with an empty line between blocks, but not after a heading. */
export function renderText(document: Document, options: TextOptions): string {
  let text = '';
  for (const [index, block] of document.entries()) {
    if (index > 0 && !headsNext(document[index - 1])) text += '\n';
    text += `${blockLines(block, options).join('\n')}\n`;
  }
  return text;
}
