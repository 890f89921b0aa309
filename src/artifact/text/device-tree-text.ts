/**
 * Finds device tree source inside other text: property lines in a mail, quoted or not, surrounded by prose. What is found
 * keeps its byte offsets and everything else is blanked, so that lines and columns are those of the mail.
 */

import { limit } from '../../limits/limits.ts';
import { QUOTE, type QuotedLine, quotedLines } from './lines.ts';

/** A statement found in a text, by byte offsets, the end exclusive. It may have quote marks in it. */
export interface FoundText {
  readonly start: number;
  readonly end: number;
}

/** Unterminated properties on one line after which the search there ends. */
const MAX_FAILED = 16;

const NAME = "[A-Za-z0-9,._+*#?@'-]{1,255}";
const LABELS = '(?:[A-Za-z_]\\w{0,255}[ \\t]*:[ \\t]*){0,8}';
/** `name =` and the first character of a value: cells, string, bytes, reference, `/bits/`, label. */
const PROPERTY = new RegExp(`^[ \\t]*${LABELS}${NAME}[ \\t]*=[ \\t]*(?:[<"[&/]|[A-Za-z_]\\w*:|$)`);
/** The same in the middle of a sentence, for properties that are often quoted there. */
const INLINE = /\b(?:ranges|dma-ranges|reg)[ \t]*=[ \t]*</g;
/** What ends a line of source besides a statement: nothing, or a comment. */
const LINE_ENDS = /^[ \t]*(?:$|\/[*/])/;
/** Empty properties of interest; in prose any word may precede a semicolon. */
const EMPTY_PROPERTY = new RegExp(
  `^[ \\t]*${LABELS}(?:ranges|dma-ranges|dma-coherent|dma-noncoherent|interrupt-controller|big-endian|little-endian|no-map|reusable)[ \\t]*;`,
);
const NODE_OPENS = new RegExp(`^[ \\t]*${LABELS}(?:/|&?${NAME})[ \\t]*\\{`);
/** The same with the brace on a line of its own. */
const NODE_NAMED = new RegExp(`^[ \\t]*${LABELS}(?:/|&?${NAME})[ \\t]*$`);
const NODE_CLOSES = /^[ \t]*\}[ \t]*;?/;

/**
 * The exclusive end of the statement whose value starts at `at`. Undefined when it is not terminated, or when characters
 * between the values show that it is prose.
 */
function endOfStatement(
  text: string,
  lines: readonly QuotedLine[],
  lineIndex: number,
  at: number,
): number | undefined {
  let inside: '<' | '"' | '[' | undefined;
  for (
    let index = lineIndex;
    index < lines.length && index < lineIndex + limit('statement-lines');
    index += 1
  ) {
    const line = lines[index]!;
    const content = text.slice(line.content, line.end);
    // A new statement begins: this one is incomplete.
    if (index > lineIndex && (PROPERTY.test(content) || content.trim() === '')) return undefined;
    for (let position = index === lineIndex ? at : line.content; position < line.end; position += 1) {
      const character = text[position]!;
      if (inside === '"') {
        if (character === '\\') position += 1;
        else if (character === '"') inside = undefined;
      } else if (inside === '<') {
        if (character === '>') inside = undefined;
        else if (character === ';') return undefined;
      } else if (inside === '[') {
        if (character === ']') inside = undefined;
      } else if (character === ';') return position + 1;
      else if (character === '<' || character === '"' || character === '[') inside = character;
      else if (!/[\s,&\w/:{}@.+*#?-]/.test(character)) return undefined;
    }
    // Strings don't span lines.
    if (inside === '"') return undefined;
  }
  return undefined;
}

/** The device tree source found in a text. */
export interface DeviceTreeText {
  /** Properties, and the braces of complete nodes around them, in text order. */
  readonly found: readonly FoundText[];
  /** Offsets of unterminated properties with addresses. */
  readonly unfinished: readonly number[];
}

/**
 * The beginning of a property with addresses, given as cells or by a macro. A macro has no value here, so such a property is
 * reported like an unterminated one.
 */
const ADDRESSES = new RegExp(
  `^([ \\t]*${LABELS})(?:(?:ranges|dma-ranges|reg)[ \\t]*=[ \\t]*<|(?:dma-)?ranges[ \\t]*=[ \\t]*[A-Z][A-Z0-9_]*\\b)`,
);
/** The most unterminated properties reported. */
const MAX_UNFINISHED = 16;

/** Statements of device tree source in a text. */
export function findDeviceTreeText(text: string): DeviceTreeText {
  if (!text.includes('=') && !text.includes(';')) return { found: [], unfinished: [] };
  const search = new StatementSearch(text);
  search.run();
  const unread = unreadRanges(text, search.found, search.unfinished);
  return {
    found: [...search.found, ...search.braces].sort((a, b) => a.start - b.start),
    unfinished: [...search.unfinished.values(), ...unread].sort((a, b) => a - b),
  };
}

/** `ranges =`, then what is no C expression, then a number: `<0x0f …`, also in another bracket or with marks between. */
const RANGES_MENTIONED =
  /(?<![\w,.+-])(?:dma-)?ranges[ \t]*=[ \t]*(?:[^\w\s(~!+*"'=;&-][ \t]*){1,8}(?=0[xX][0-9a-fA-F]|\d)/g;
/** Cells by which two lists are taken for the same. */
const COMPARED_CELLS = 32;

/**
 * Where a text speaks of `ranges` with cells that no statement found has: its end is missing, or its brackets are not
 * those of a source. A sentence that repeats a line's first cells says nothing new.
 */
function unreadRanges(
  text: string,
  found: readonly FoundText[],
  told: ReadonlyMap<number, number>,
): number[] {
  const unread: number[] = [];
  let prefixes: Set<string> | undefined;
  let next = 0;
  for (const match of text.matchAll(RANGES_MENTIONED)) {
    if (unread.length + told.size >= MAX_UNFINISHED) break;
    if (told.has(match.index)) continue;
    while (next < found.length && found[next]!.end <= match.index) next += 1;
    if (next < found.length && found[next]!.start <= match.index) continue;
    prefixes ??= new Set(
      found.flatMap((statement) => prefixesOf(cellsFrom(text, text.indexOf('=', statement.start) + 1))),
    );
    const cells = cellsFrom(text, match.index + match[0].length);
    if (!prefixes.has(cells.join(' '))) unread.push(match.index);
  }
  return unread;
}

/** The numbers from a place on, up to what belongs to no list of cells. */
function cellsFrom(text: string, at: number): number[] {
  const list = /[\s<>,]*((?:(?:0[xX][0-9a-fA-F]{1,16}|\d{1,20})(?![\w.])[\s<>,]*){0,32})/y;
  list.lastIndex = at;
  const numbers = list.exec(text)?.[1]?.match(/\w+/g) ?? [];
  return numbers.slice(0, COMPARED_CELLS).map(Number);
}

function prefixesOf(cells: readonly number[]): string[] {
  return cells.map((_, index) => cells.slice(0, index + 1).join(' '));
}

/** One pass over a text, statement by statement: a line may have several, and a statement may span lines. */
class StatementSearch {
  readonly found: FoundText[] = [];
  /** Braces of complete nodes that aren't empty, with the names before the opening ones. */
  readonly braces: FoundText[] = [];
  /** Where unterminated properties with addresses begin, labels included, by the offset of their name. */
  readonly unfinished = new Map<number, number>();
  readonly #text: string;
  readonly #lines: readonly QuotedLine[];
  readonly #open: { readonly at: FoundText; readonly before: number }[] = [];
  /** The line being read, and where on it. */
  #index = 0;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#lines = quotedLines(text);
  }

  run(): void {
    for (this.#index = 0; this.#index < this.#lines.length; this.#index += 1) {
      this.#at = this.#lines[this.#index]!.content;
      while (this.#at < this.#lineEnd && this.#step());
    }
  }

  get #lineEnd(): number {
    return this.#lines[this.#index]!.end;
  }

  /** Reads the statement or brace at the current place and moves past it; false when the rest of the line has none. */
  #step(): boolean {
    const rest = this.#text.slice(this.#at, this.#lineEnd);
    if (PROPERTY.test(rest)) {
      const equals = this.#text.indexOf('=', this.#at);
      if (this.#take(this.#at, equals + 1)) return true;
      this.#sayUnfinished(this.#at, rest);
      return this.#inSentence(equals + 1);
    }
    this.#sayUnfinished(this.#at, rest);
    const empty = EMPTY_PROPERTY.exec(rest)?.[0].length;
    if (empty !== undefined && isCode(rest.slice(empty))) {
      this.found.push({ start: this.#at, end: this.#at + empty });
      this.#at += empty;
      return true;
    }
    return this.#brace(rest) || this.#inSentence(this.#at);
  }

  /** Reads a statement whose value begins at `value`, through its semicolon; false when it is not terminated. */
  #take(start: number, value: number): boolean {
    const end = endOfStatement(this.#text, this.#lines, this.#index, value);
    if (end === undefined) return false;
    this.found.push({ start, end });
    while (end > this.#lineEnd) this.#index += 1;
    this.#at = end;
    return true;
  }

  #sayUnfinished(at: number, rest: string): void {
    const before = this.unfinished.size < MAX_UNFINISHED ? ADDRESSES.exec(rest)?.[1] : undefined;
    if (before !== undefined) this.unfinished.set(at + before.length, at);
  }

  /** A node's opening or closing brace, if it stands where source has one. */
  #brace(rest: string): boolean {
    const start = this.#at;
    const opens = NODE_OPENS.exec(rest)?.[0].length ?? this.#braceBelow(rest);
    if (opens !== undefined && isCode(this.#text.slice(start + opens, this.#lineEnd))) {
      this.#at = start + opens;
      this.#open.push({ at: { start, end: this.#at }, before: this.found.length });
      return true;
    }
    const closes = NODE_CLOSES.exec(rest)?.[0].length;
    if (closes === undefined || !isCode(rest.slice(closes))) return false;
    this.#at = start + closes;
    const opener = this.#open.pop();
    if (opener && this.#text[this.#at - 1] === ';' && this.found.length > opener.before)
      this.braces.push(opener.at, { start: start + rest.indexOf('}'), end: this.#at });
    return true;
  }

  /** For a line with only a node's name: moves to the next line and returns the length through its leading `{`. */
  #braceBelow(rest: string): number | undefined {
    const next = this.#lines[this.#index + 1];
    if (next === undefined || !NODE_NAMED.test(rest)) return undefined;
    const brace = this.#text.slice(next.content, next.end).search(/\S/);
    if (brace < 0 || this.#text[next.content + brace] !== '{') return undefined;
    this.#index += 1;
    return next.content + brace + 1 - this.#at;
  }

  /** Moves past the next property with addresses inside of a sentence on the line; false when there is none. */
  #inSentence(from: number): boolean {
    const rest = this.#text.slice(from, this.#lineEnd);
    INLINE.lastIndex = 0;
    for (let failed = 0; failed < MAX_FAILED; failed += 1) {
      const match = INLINE.exec(rest);
      if (match === null) return false;
      const start = from + match.index;
      if (this.#take(start, start + match[0].length - 1)) return true;
    }
    return false;
  }
}

/** Whether the text after a statement or brace on its line is source rather than prose. */
function isCode(rest: string): boolean {
  return [LINE_ENDS, PROPERTY, EMPTY_PROPERTY, NODE_OPENS, NODE_CLOSES].some((test) => test.test(rest));
}

/** True for text whose first line, comments apart, is a property statement. */
export function startsFragment(text: string): boolean {
  const stripped = text.replace(/^(?:\s+|\/\/[^\n]*\n|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/, '');
  const line = stripped.slice(0, Math.max(0, stripped.search(/\n|$/)));
  const empty = EMPTY_PROPERTY.exec(line)?.[0].length;
  return PROPERTY.test(line) || (empty !== undefined && isCode(line.slice(empty)));
}

const SPACE = 0x20;
const NEWLINE = 0x0a;
const QUOTED_LINE = /^[ \t]*[>|]/m;
const COMMENTS = /\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g;

/** A string, which may look like a comment inside, or a comment. */
const STRING_OR_COMMENT = new RegExp(`"(?:[^"\\\\\n]|\\\\.)*"|${COMMENTS.source}`, 'g');

/** Drops statements inside of comments. Only for source files: in a mail they may be all that there is. */
function withoutComments(text: string, found: readonly FoundText[]): FoundText[] {
  const comments = [...text.matchAll(STRING_OR_COMMENT)]
    .filter(([match]) => match.startsWith('/'))
    .map((match) => ({ start: match.index, end: match.index + match[0].length }));
  let at = 0;
  return found.filter(({ start }) => {
    while (at < comments.length && comments[at]!.end <= start) at += 1;
    return !(at < comments.length && comments[at]!.start <= start);
  });
}

/** The text outside of the statements, without comments. */
function outside(text: string, found: readonly FoundText[]): string {
  let left = '';
  let at = 0;
  for (const { start, end } of found) {
    if (start > at) left += text.slice(at, start);
    at = Math.max(at, end);
  }
  return (left + text.slice(at)).replace(COMMENTS, '').trim();
}

/** Statements of one fragment, in text order. */
type Group = FoundText[];

/** `ranges`, of `here: ranges = <…>;`; undefined for the brace of a node. */
const PROPERTY_NAME = new RegExp(`^[ \\t]*${LABELS}(${NAME})[ \\t]*[=;]`);

/** A statement as it reads without quote marks, and white space only where it parts two words. */
function normal(text: string, { start, end }: FoundText): string {
  return text
    .slice(start, end)
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.replace(QUOTE, '')))
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(/(?<!\w) | (?!\w)/g, '');
}

/**
 * Groups statements into fragments. A property or node that is repeated with another value starts a new fragment: two
 * different `ranges` are two nodes, or one before and after a change. Identical repetitions are dropped.
 */
function fragmentsOf(text: string, found: readonly FoundText[]): Group[] {
  const groups: Group[] = [];
  let group: Group = [];
  let said = new Map<string, string>();
  const everSaid = new Set<string>();
  for (let index = 0; index < found.length; ) {
    const first = found[index]!;
    // A node includes everything up to its closing brace.
    let end = index + 1;
    const opens = text[first.end - 1] === '{';
    for (let depth = opens ? 1 : 0; depth > 0 && end < found.length; end += 1) {
      const piece = found[end]!;
      if (text[piece.end - 1] === '{') depth += 1;
      else if (text[piece.start] === '}') depth -= 1;
    }
    const unit = found.slice(index, end);
    index = end;
    const whole = unit.map((piece) => normal(text, piece)).join('');
    const name = opens
      ? normal(text, first)
      : (PROPERTY_NAME.exec(text.slice(first.start, first.end))?.[1] ?? whole);
    const before = said.get(name);
    // Repetitions: a line quoted again in a reply, or equal cell counts of two nodes.
    if (before === whole) continue;
    if (before !== undefined) {
      if (everSaid.has(`${name} ${whole}`)) continue;
      groups.push(group);
      group = [];
      said = new Map();
    }
    said.set(name, whole);
    everSaid.add(`${name} ${whole}`);
    group.push(...unit);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** A fragment of device tree source in a text, with quote marks and everything between its statements blanked. */
export interface FragmentText {
  /** Offset of its first line. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Extracts a fragment, from the beginning of its first line to the end of its last statement. */
function cut(bytes: Uint8Array, text: string, group: Group): FragmentText {
  const start = text.lastIndexOf('\n', Math.max(0, group[0]!.start - 1)) + 1;
  const last = group.reduce((end, statement) => Math.max(end, statement.end), 0);
  const blanked = new Uint8Array(last - start + 1).fill(SPACE);
  blanked[last - start] = NEWLINE;
  for (let at = bytes.indexOf(NEWLINE, start); at >= 0 && at < last; at = bytes.indexOf(NEWLINE, at + 1))
    blanked[at - start] = NEWLINE;
  for (const statement of group) {
    blanked.set(bytes.subarray(statement.start, statement.end), statement.start - start);
    // Blanks the quote marks at the start of the statement's further lines.
    for (let lineBreak = text.indexOf('\n', statement.start); lineBreak >= 0 && lineBreak < statement.end; ) {
      const next = text.indexOf('\n', lineBreak + 1);
      const line = text.slice(lineBreak + 1, next === -1 ? statement.end : Math.min(statement.end, next));
      const marks = QUOTE.exec(line)?.[0].length ?? 0;
      blanked.fill(SPACE, lineBreak + 1 - start, lineBreak + 1 - start + marks);
      lineBreak = next;
    }
  }
  return { start, bytes: blanked };
}

export interface Fragments {
  readonly fragments: readonly FragmentText[];
  /** Offsets of unterminated properties with addresses. */
  readonly unfinished: readonly number[];
}

/**
 * The fragments of device tree source in a text; `whole` for a file that consists of property lines, which keeps its
 * comments, and its mistakes for the parser to report.
 * @param skip whether an offset belongs to another block
 */
export function fragmentsIn(
  bytes: Uint8Array,
  text: string,
  skip?: (offset: number) => boolean,
): Fragments | 'whole' {
  const { found, unfinished } = findDeviceTreeText(text);
  if (skip === undefined && !QUOTED_LINE.test(text)) {
    const said = withoutComments(text, found);
    const left = outside(text, said);
    const groups = fragmentsOf(text, said);
    if (groups.length <= 1 && left === '' && found.length > 0) return 'whole';
    if (startsFragment(text)) {
      // A malformed statement rather than words around statements.
      if (/[=<>{}]/.test(left)) return 'whole';
      return { fragments: groups.map((group) => cut(bytes, text, group)), unfinished: [] };
    }
  }
  const outsideSkipped = (offset: number): boolean => skip?.(offset) !== true;
  const own = found.filter(({ start }) => outsideSkipped(start));
  return {
    fragments: fragmentsOf(text, own).map((group) => cut(bytes, text, group)),
    unfinished: unfinished.filter(outsideSkipped),
  };
}
