/**
 * The first pass over a file: its directives, and the names in the text between them. The result depends on the file alone,
 * so it is cached and shared by all boards that include the file.
 */
import { type Source, textOf } from '../../bytes/source.ts';
import type { Macro } from './macros.ts';
import {
  EDGE_FREE,
  type Edge,
  edgeOf,
  identifierEnd,
  isBlank,
  isDigit,
  isIdentifierStart,
  literalEnd,
  type NameTable,
  numberEnd,
  punctuatorLength,
  skipBlanks,
} from './tokens.ts';

/** Text without directives. It ends after a newline, or at the end of the file. */
export interface TextRun {
  readonly kind: 'text';
  readonly start: number;
  readonly end: number;
  /** Three numbers for each name: its number in the name table, its offset, and the edge of the token right before it. */
  readonly names: Int32Array;
  /** The distinct name numbers. */
  readonly distinct: Int32Array;
}

export interface Directive {
  readonly kind: 'directive';
  readonly name: string;
  /** Offset of the `#`. */
  readonly start: number;
  /** The text after the directive's name, without the newline: [bodyStart, bodyEnd). */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Of a conditional: index of the next `#elif`, `#else` or `#endif` of the same group; -1 when the file ends first. */
  next: number;
  /** `#elif`, `#else`, `#endif` without an `#if`. */
  stray: boolean;
  /** The macro of a `#define`, read on first use; null when it is malformed. */
  macro?: Macro | null;
}

export interface ScannedFile {
  readonly source: Source;
  /** The file's text with spliced lines joined. */
  readonly text: string;
  readonly items: readonly (TextRun | Directive)[];
  /** Offset into the file's bytes of an offset into {@link text}. */
  originalOffset(offset: number): number;
}

const OPENS = new Set(['if', 'ifdef', 'ifndef']);
const CONTINUES = new Set(['elif', 'elifdef', 'elifndef', 'else']);
export const INCLUDES: ReadonlySet<string> = new Set(['include', 'include_next', 'import']);
/** The directives GNU cpp 12 knows. Any other `#word` in assembler sources is text: `#address-cells`. */
export const DIRECTIVES: ReadonlySet<string> = new Set([
  ...OPENS,
  ...CONTINUES,
  'endif',
  'define',
  'undef',
  ...INCLUDES,
  'line',
  'error',
  'warning',
  'pragma',
  'ident',
  'sccs',
  'assert',
  'unassert',
]);

/** Joins lines that end in a backslash (C translation phase 2); GNU cpp allows blanks after the backslash. */
function joinLines(original: string): { text: string; originalOffset: (offset: number) => number } {
  if (!/\\[ \t\f\v\r]*\n/.test(original)) return { text: original, originalOffset: (offset) => offset };
  const parts: string[] = [];
  /** From offset `at` of the joined text on, `removed` characters are missing in total. */
  const joints: { at: number; removed: number }[] = [];
  let from = 0;
  let length = 0;
  for (const match of original.matchAll(/\\[ \t\f\v\r]*\n/g)) {
    parts.push(original.slice(from, match.index));
    length += match.index - from;
    from = match.index + match[0].length;
    joints.push({ at: length, removed: from - length });
  }
  parts.push(original.slice(from));
  const originalOffset = (offset: number): number => {
    let low = 0;
    let high = joints.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (joints[middle]!.at <= offset) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? offset : offset + joints[low - 1]!.removed;
  };
  return { text: parts.join(''), originalOffset };
}

/** End of a directive's line: the next newline outside of comments. */
function directiveEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === 0x0a) return end;
    if (code === 0x22 || code === 0x27) {
      end = literalEnd(text, end).end;
    } else if (code === 0x2f && text.charCodeAt(end + 1) === 0x2a) {
      const close = text.indexOf('*/', end + 2);
      end = close < 0 ? text.length : close + 2;
    } else if (code === 0x2f && text.charCodeAt(end + 1) === 0x2f) {
      const newline = text.indexOf('\n', end);
      return newline < 0 ? text.length : newline;
    } else {
      end += 1;
    }
  }
  return end;
}

const NO_NAMES = new Int32Array(0);

class RunBuilder {
  readonly #names: number[] = [];
  readonly #distinct = new Set<number>();

  add(name: number, start: number, before: Edge): void {
    this.#names.push(name, start, before);
    this.#distinct.add(name);
  }

  take(start: number, end: number): TextRun {
    // The common case: only a newline between two directives.
    if (this.#names.length === 0) return { kind: 'text', start, end, names: NO_NAMES, distinct: NO_NAMES };
    const run: TextRun = {
      kind: 'text',
      start,
      end,
      names: Int32Array.from(this.#names),
      distinct: Int32Array.from(this.#distinct),
    };
    this.#names.length = 0;
    this.#distinct.clear();
    return run;
  }
}

/** The directive whose `#` is at `at`; undefined when the line is text. */
function directiveAt(text: string, at: number): Directive | undefined {
  const nameStart = skipBlanks(text, at + 1, text.length, false);
  const code = text.charCodeAt(nameStart);
  const nothing = nameStart >= text.length || code === 0x0a;
  if (!nothing && !isIdentifierStart(code)) return undefined;
  const nameEnd = nothing ? nameStart : identifierEnd(text, nameStart);
  const name = text.slice(nameStart, nameEnd);
  if (!nothing && !DIRECTIVES.has(name)) return undefined;
  const bodyEnd = directiveEnd(text, nameEnd);
  return { kind: 'directive', name, start: at, bodyStart: nameEnd, bodyEnd, next: -1, stray: false };
}

function linkConditionals(items: readonly (TextRun | Directive)[]): void {
  const open: Directive[] = [];
  items.forEach((item, index) => {
    if (item.kind === 'text') return;
    if (OPENS.has(item.name)) {
      open.push(item);
    } else if (CONTINUES.has(item.name) || item.name === 'endif') {
      const before = open.pop();
      if (!before) {
        item.stray = true;
        return;
      }
      before.next = index;
      if (item.name !== 'endif') open.push(item);
    }
  });
}

/** Scans a file. @param names assigns the name numbers */
export function scanFile(source: Source, names: NameTable): ScannedFile {
  const { text, originalOffset } = joinLines(textOf(source));
  const items: (TextRun | Directive)[] = [];
  const run = new RunBuilder();
  let runStart = 0;
  let lineStart = true;
  let before: Edge = EDGE_FREE;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isIdentifierStart(code)) {
      const end = identifierEnd(text, at);
      run.add(names.numberOf(text.slice(at, end)), at, before);
      before = edgeOf('name', '');
      lineStart = false;
      at = end;
    } else if (code === 0x0a) {
      lineStart = true;
      before = EDGE_FREE;
      at += 1;
    } else if (isBlank(code)) {
      before = EDGE_FREE;
      at += 1;
    } else if (isDigit(code) || (code === 0x2e && isDigit(text.charCodeAt(at + 1)))) {
      at = numberEnd(text, at);
      before = edgeOf('number', '');
      lineStart = false;
    } else if (code === 0x22 || code === 0x27) {
      const literal = literalEnd(text, at);
      before = edgeOf(literal.closed ? 'string' : 'other', '');
      lineStart = false;
      at = literal.end;
    } else if (code === 0x2f && (text.charCodeAt(at + 1) === 0x2a || text.charCodeAt(at + 1) === 0x2f)) {
      at = skipBlanks(text, at, text.length, false);
      before = EDGE_FREE;
    } else {
      const directive = lineStart && code === 0x23 ? directiveAt(text, at) : undefined;
      if (directive) {
        if (at > runStart) items.push(run.take(runStart, at));
        items.push(directive);
        at = directive.bodyEnd;
        runStart = at;
        continue;
      }
      const length = punctuatorLength(text, at);
      before = edgeOf(length > 0 ? 'punctuator' : 'other', text.slice(at, at + Math.max(1, length)));
      lineStart = false;
      at += Math.max(1, length);
    }
  }
  if (text.length > runStart) items.push(run.take(runStart, text.length));
  linkConditionals(items);
  return { source, text, items, originalOffset };
}
