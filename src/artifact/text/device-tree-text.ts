/**
 * Device tree text inside other text: the property lines of a mail, quoted with `> > ` or not, with prose around them.
 * What is found keeps its byte offsets; everything else is blanked, so that lines and columns stay those of the mail.
 */

import { limit } from '../../limits/limits.ts';
import { QUOTE, type QuotedLine, quotedLines } from './lines.ts';

/** A statement found in a text; byte offsets, end exclusive. Quote marks inside it are still there. */
export interface FoundText {
  readonly start: number;
  readonly end: number;
}

/** Properties without an end on one line, after which no more are tried there. */
const MAX_FAILED = 16;

const NAME = "[A-Za-z0-9,._+*#?@'-]{1,255}";
const LABELS = '(?:[A-Za-z_]\\w{0,255}[ \\t]*:[ \\t]*){0,8}';
/** `name =` and the first character of a value: cells, string, bytes, reference, `/bits/`, label. */
const PROPERTY = new RegExp(`^[ \\t]*${LABELS}${NAME}[ \\t]*=[ \\t]*(?:[<"[&/]|[A-Za-z_]\\w*:|$)`);
/** The same in the middle of a sentence, for the properties that people quote there. */
const INLINE = /\b(?:ranges|dma-ranges|reg)[ \t]*=[ \t]*</g;
/** Properties that have no value and are worth finding; any word could stand before a semicolon in prose. */
const EMPTY_PROPERTY = new RegExp(
  `^[ \\t]*${LABELS}(?:ranges|dma-ranges|dma-coherent|dma-noncoherent|interrupt-controller|big-endian|little-endian|no-map|reusable)[ \\t]*;[ \\t]*(?:/[*/].*)?$`,
);
const NODE_OPENS = new RegExp(`^[ \\t]*${LABELS}(?:/|&?${NAME})[ \\t]*\\{[ \\t]*(?:/[*/].*)?$`);
const NODE_CLOSES = /^[ \t]*\}[ \t]*;?[ \t]*(?:\/[*/].*)?$/;

/**
 * Follows a value from `at` to its semicolon. Undefined when it has none, or when what comes between the values shows
 * that this was prose.
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
    // A new statement before the old one ended: that one never was complete.
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
    // A string does not go over the end of a line.
    if (inside === '"') return undefined;
  }
  return undefined;
}

/** What of device tree source is in a text. */
export interface DeviceTreeText {
  /** Properties, and the nodes around them where those are whole, in the order of the text. */
  readonly found: readonly FoundText[];
  /** Where a property of addresses begins that has no end: what it says is not known. */
  readonly unfinished: readonly number[];
}

/** A property of addresses whose end was not found: no semicolon, or something between that belongs to no value. */
const ADDRESSES = new RegExp(`^[ \\t]*${LABELS}(?:ranges|dma-ranges|reg)[ \\t]*=[ \\t]*<`);
/** Reasons enough not to look for more. */
const MAX_UNFINISHED = 16;

/** Statements of device tree source in a text. */
export function findDeviceTreeText(text: string): DeviceTreeText {
  if (!text.includes('=') && !text.includes(';')) return { found: [], unfinished: [] };
  const unfinished: number[] = [];
  const lines = quotedLines(text);
  const found: FoundText[] = [];
  const open: { readonly at: FoundText; readonly before: number }[] = [];
  const braces: FoundText[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    const content = text.slice(line.content, line.end);
    if (PROPERTY.test(content)) {
      const equals = text.indexOf('=', line.content);
      const end = endOfStatement(text, lines, index, equals + 1);
      if (end !== undefined) {
        found.push({ start: line.content, end });
        while (index + 1 < lines.length && lines[index + 1]!.start < end) index += 1;
        continue;
      }
      if (unfinished.length < MAX_UNFINISHED && ADDRESSES.test(content)) unfinished.push(line.content);
    }
    if (EMPTY_PROPERTY.test(content)) {
      found.push({ start: line.content, end: text.indexOf(';', line.content) + 1 });
      continue;
    }
    if (NODE_OPENS.test(content)) {
      open.push({
        at: { start: line.content, end: text.indexOf('{', line.content) + 1 },
        before: found.length,
      });
      continue;
    }
    if (NODE_CLOSES.test(content)) {
      const opener = open.pop();
      const brace = line.content + content.indexOf('}');
      const semicolon = content.indexOf(';');
      if (opener && semicolon >= 0 && found.length > opener.before)
        braces.push(opener.at, { start: brace, end: line.content + semicolon + 1 });
      continue;
    }
    INLINE.lastIndex = 0;
    let failed = 0;
    for (let match = INLINE.exec(content); match && failed < MAX_FAILED; match = INLINE.exec(content)) {
      const start = line.content + match.index;
      const end = endOfStatement(text, lines, index, start + match[0].length - 1);
      if (end === undefined) {
        failed += 1;
        continue;
      }
      found.push({ start, end });
      if (end > line.end) break;
      INLINE.lastIndex = end - line.content;
    }
  }
  return { found: [...found, ...braces].sort((a, b) => a.start - b.start), unfinished };
}

/** True for a text that is nothing but property statements from its first character: not a quote, not prose around it. */
export function startsFragment(text: string): boolean {
  const stripped = text.replace(/^(?:\s+|\/\/[^\n]*\n|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/, '');
  const line = stripped.slice(0, Math.max(0, stripped.search(/\n|$/)));
  return PROPERTY.test(line) || EMPTY_PROPERTY.test(line);
}

const SPACE = 0x20;
const NEWLINE = 0x0a;
const QUOTED_LINE = /^[ \t]*[>|]/m;
const COMMENTS = /\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g;

/** A string, which may hold what looks like a comment, or a comment. */
const STRING_OR_COMMENT = new RegExp(`"(?:[^"\\\\\n]|\\\\.)*"|${COMMENTS.source}`, 'g');

/** In a source statements inside of comments are none; those of a mail may be all there is, and stay. */
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

/** What lies outside the statements, comments apart. */
function outside(text: string, found: readonly FoundText[]): string {
  let left = '';
  let at = 0;
  for (const { start, end } of found) {
    if (start > at) left += text.slice(at, start);
    at = Math.max(at, end);
  }
  return (left + text.slice(at)).replace(COMMENTS, '').trim();
}

/** Statements that belong together, in the order of the text. */
type Group = FoundText[];

/** `ranges`, of `here: ranges = <…>;`; undefined for the brace of a node. */
const PROPERTY_NAME = new RegExp(`^[ \\t]*${LABELS}(${NAME})[ \\t]*[=;]`);

/** A statement as it reads without quote marks and white space. */
function normal(text: string, { start, end }: FoundText): string {
  return text
    .slice(start, end)
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.replace(QUOTE, '')))
    .join('')
    .replace(/\s+/g, '');
}

/**
 * Statements sorted into fragments. A property or node that a fragment has already, said otherwise, is of another one:
 * two `ranges` that differ are two nodes, or one before and after. What is said twice alike counts once.
 */
function fragmentsOf(text: string, found: readonly FoundText[]): Group[] {
  const groups: Group[] = [];
  let group: Group = [];
  let said = new Map<string, string>();
  const everSaid = new Set<string>();
  for (let index = 0; index < found.length; ) {
    const first = found[index]!;
    // A node goes with everything to its closing brace.
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
    // The same line in a reply's quote, or the same cell counts of two nodes, start nothing new.
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

/** A fragment of device tree source in a text, its quote marks and everything between its statements blanked. */
export interface FragmentText {
  /** Offset of its first line. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Cuts fragments out: from the line on which each begins to its last statement. */
function cut(bytes: Uint8Array, text: string, group: Group): FragmentText {
  const start = text.lastIndexOf('\n', Math.max(0, group[0]!.start - 1)) + 1;
  const last = group.reduce((end, statement) => Math.max(end, statement.end), 0);
  const blanked = new Uint8Array(last - start + 1).fill(SPACE);
  blanked[last - start] = NEWLINE;
  for (let at = bytes.indexOf(NEWLINE, start); at >= 0 && at < last; at = bytes.indexOf(NEWLINE, at + 1))
    blanked[at - start] = NEWLINE;
  for (const statement of group) {
    blanked.set(bytes.subarray(statement.start, statement.end), statement.start - start);
    // Quote marks at the start of the statement's further lines are no part of it.
    for (let lineBreak = text.indexOf('\n', statement.start); lineBreak >= 0 && lineBreak < statement.end; ) {
      const next = text.indexOf('\n', lineBreak + 1);
      const line = text.slice(lineBreak + 1, Math.min(statement.end, next < 0 ? statement.end : next));
      const marks = QUOTE.exec(line)?.[0].length ?? 0;
      blanked.fill(SPACE, lineBreak + 1 - start, lineBreak + 1 - start + marks);
      lineBreak = next;
    }
  }
  return { start, bytes: blanked };
}

export interface Fragments {
  readonly fragments: readonly FragmentText[];
  /** Offsets of properties of addresses without an end. */
  readonly unfinished: readonly number[];
}

/**
 * The fragments of device tree source in a text. `whole` when there is nothing to take out: a file of property lines
 * keeps its comments, and its mistakes for the parser to report.
 * @param skip whether an offset is part of something else
 */
export function fragmentsIn(
  bytes: Uint8Array,
  text: string,
  skip?: (offset: number) => boolean,
): Fragments | 'whole' {
  const { found, unfinished } = findDeviceTreeText(text);
  if (skip === undefined && !QUOTED_LINE.test(text) && startsFragment(text)) {
    const said = withoutComments(text, found);
    const left = outside(text, said);
    // A statement with a mistake in it, not words around statements.
    const mistake = /[=<>{}]/.test(left);
    const groups = fragmentsOf(text, said);
    if (mistake || (left === '' && groups.length <= 1)) return 'whole';
    return { fragments: groups.map((group) => cut(bytes, text, group)), unfinished: [] };
  }
  const outsideSkipped = (offset: number): boolean => skip?.(offset) !== true;
  const own = found.filter(({ start }) => outsideSkipped(start));
  return {
    fragments: fragmentsOf(text, own).map((group) => cut(bytes, text, group)),
    unfinished: unfinished.filter(outsideSkipped),
  };
}
