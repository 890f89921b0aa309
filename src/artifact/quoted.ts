/**
 * Device tree text inside other text: the property lines of a mail, quoted with `> > ` or not, with prose around them.
 * What is found keeps its byte offsets; everything else is blanked, so that lines and columns stay those of the mail.
 */

/** A statement found in a text; byte offsets, end exclusive. Quote marks inside it are still there. */
export interface FoundText {
  readonly start: number;
  readonly end: number;
}

/** A statement that is longer is no property somebody quoted. */
const MAX_STATEMENT = 64 * 1024;
/** Longest run of lines without a semicolon that is still taken for one statement: mail programs wrap long ones. */
const MAX_STATEMENT_LINES = 400;

const QUOTE = /^(?:[ \t]*[>|])+[ \t]?/;
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

interface Line {
  readonly start: number;
  /** Where the text behind the quote marks starts. */
  readonly content: number;
  /** Exclusive, without the line break. */
  readonly end: number;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start <= text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end);
    lines.push({ start, content: start + (QUOTE.exec(line)?.[0].length ?? 0), end });
    start = end + 1;
  }
  return lines;
}

/**
 * Follows a value from `at` to its semicolon. Undefined when it has none, or when what comes between the values shows
 * that this was prose.
 */
function endOfStatement(
  text: string,
  lines: readonly Line[],
  lineIndex: number,
  at: number,
): number | undefined {
  let inside: '<' | '"' | '[' | undefined;
  const first = lines[lineIndex]!;
  for (let index = lineIndex; index < lines.length && index < lineIndex + MAX_STATEMENT_LINES; index += 1) {
    const line = lines[index]!;
    if (line.start > first.start + MAX_STATEMENT) return undefined;
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

/** Statements of device tree source in a text, in order: properties, and the nodes around them where those are whole. */
export function findDeviceTreeText(text: string): FoundText[] {
  if (!text.includes(';')) return [];
  const lines = linesOf(text);
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
      const brace = text.indexOf('}', line.content);
      const semicolon = text.indexOf(';', brace);
      const closes = semicolon >= 0 && semicolon < line.end;
      if (opener && closes && found.length > opener.before)
        braces.push(opener.at, { start: brace, end: semicolon + 1 });
      continue;
    }
    INLINE.lastIndex = 0;
    for (let match = INLINE.exec(content); match; match = INLINE.exec(content)) {
      const start = line.content + match.index;
      const end = endOfStatement(text, lines, index, start + match[0].length - 1);
      if (end === undefined) continue;
      found.push({ start, end });
      if (end > line.end) break;
      INLINE.lastIndex = end - line.content;
    }
  }
  return [...found, ...braces].sort((a, b) => a.start - b.start);
}

/** True for a text that is nothing but property statements from its first character: not a quote, not prose around it. */
export function startsFragment(text: string): boolean {
  const stripped = text.replace(/^(?:\s+|\/\/[^\n]*\n|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/, '');
  const line = stripped.slice(0, Math.max(0, stripped.search(/\n|$/)));
  return PROPERTY.test(line) || EMPTY_PROPERTY.test(line);
}

const SPACE = 0x20;
const QUOTED_LINE = /^[ \t]*[>|]/m;
const COMMENTS = /\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g;

/** True when what lies outside the statements is prose, not a comment or a statement with a mistake in it. */
function hasProse(text: string, found: readonly FoundText[]): boolean {
  if (QUOTED_LINE.test(text) || !startsFragment(text)) return true;
  let outside = '';
  let at = 0;
  for (const { start, end } of found) {
    if (start > at) outside += text.slice(at, start);
    at = Math.max(at, end);
  }
  const left = (outside + text.slice(at)).replace(COMMENTS, '');
  return left.trim() !== '' && !/[=<>{}]/.test(left);
}

/**
 * The bytes with everything but the device tree text blanked; undefined when there is nothing to blank: a file of
 * property lines keeps its comments, and its mistakes for the parser to report.
 */
export function blankAround(bytes: Uint8Array, text: string): Uint8Array | undefined {
  const found = findDeviceTreeText(text);
  if (!hasProse(text, found)) return undefined;
  const blanked = new Uint8Array(bytes.length).fill(SPACE);
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) blanked[at] = 0x0a;
  for (const { start, end } of found) {
    blanked.set(bytes.subarray(start, end), start);
    // Quote marks at the start of the statement's further lines are no part of it.
    for (let lineBreak = text.indexOf('\n', start); lineBreak >= 0 && lineBreak < end; ) {
      const next = text.indexOf('\n', lineBreak + 1);
      const line = text.slice(lineBreak + 1, Math.min(end, next < 0 ? end : next));
      const marks = QUOTE.exec(line)?.[0].length ?? 0;
      blanked.fill(SPACE, lineBreak + 1, lineBreak + 1 + marks);
      lineBreak = next;
    }
  }
  return blanked;
}
