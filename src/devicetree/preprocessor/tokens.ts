/**
 * Preprocessing tokens (C 6.4) as GNU cpp reads them in assembler sources: an unterminated literal is a token up to the end
 * of the line, any unknown character is a token of its own.
 */

export type TokenKind =
  | 'name'
  | 'number'
  | 'string'
  | 'punctuator'
  | 'other'
  | 'parameter'
  | 'padding'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Of a name: its number in the {@link NameTable}; else -1. */
  readonly name: number;
  /** White space or a comment precedes it. */
  readonly white: boolean;
  /** A name that occurred inside its own expansion: never expanded again (C 6.10.3.4). */
  painted?: boolean;
  /** `##` follows it in a macro's body. */
  readonly pasteNext?: boolean;
  /** `#` precedes this parameter. */
  readonly stringify?: boolean;
  /** Of a parameter: its index in the list. */
  readonly parameter?: number;
  /** Of padding: the token whose white space counts for what follows; undefined when there is none. */
  readonly origin?: Token | undefined;
  /** Offsets into the lexed text; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Assigns numbers to names, so that looking up a macro is an array access. */
export class NameTable {
  readonly #numbers = new Map<string, number>();

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

export function isIdentifierStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Space, tab, vertical tab, form feed, carriage return; not the newline. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0b || code === 0x0c || code === 0x0d;
}

export function identifierEnd(text: string, at: number): number {
  let end = at + 1;
  for (;;) {
    const code = text.charCodeAt(end);
    if (isIdentifierStart(code) || isDigit(code)) end += 1;
    else return end;
  }
}

/** End of the preprocessing number that starts at `at`: digits, letters, dots, and signs after e, E, p, P. */
export function numberEnd(text: string, at: number): number {
  let end = at + 1;
  for (;;) {
    const code = text.charCodeAt(end);
    if (isIdentifierStart(code) || isDigit(code) || code === 0x2e) {
      end += 1;
    } else if (code === 0x2b || code === 0x2d) {
      const before = text.charCodeAt(end - 1) | 0x20;
      if (before !== 0x65 && before !== 0x70) return end;
      end += 1;
    } else {
      return end;
    }
  }
}

/** Exclusive end of the literal whose quote is at `at`; the end of the line when it isn't closed. */
export function literalEnd(text: string, at: number): { end: number; closed: boolean } {
  const quote = text.charCodeAt(at);
  let end = at + 1;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === quote) return { end: end + 1, closed: true };
    if (code === 0x0a) break;
    if (code === 0x5c && end + 1 < text.length && text.charCodeAt(end + 1) !== 0x0a) end += 1;
  }
  return { end, closed: false };
}

const THREE: ReadonlySet<string> = new Set(['<<=', '>>=', '...']);
const TWO: ReadonlySet<string> = new Set(
  '-> ++ -- << >> <= >= == != && || += -= *= /= %= &= |= ^= ##'.split(' '),
);
/** By character code: 1 for punctuators of one character only, 2 where a longer one may begin. */
const PUNCTUATORS = new Uint8Array(128);
for (const character of '(),;:?[]{}~') PUNCTUATORS[character.charCodeAt(0)] = 1;
for (const character of '!%&*+-./<=>^|#') PUNCTUATORS[character.charCodeAt(0)] = 2;

/** Length of the punctuator at `at`; 0 when there is none. */
export function punctuatorLength(text: string, at: number): number {
  const kind = PUNCTUATORS[text.charCodeAt(at)] ?? 0;
  if (kind < 2) return kind;
  // The common case: no punctuator follows.
  if ((PUNCTUATORS[text.charCodeAt(at + 1)] ?? 0) < 2) return 1;
  if (THREE.has(text.slice(at, at + 3))) return 3;
  return TWO.has(text.slice(at, at + 2)) ? 2 : 1;
}

/** Offset of the first character at or after `at` that is neither blank nor comment; with `newlines` these are skipped, too. */
export function skipBlanks(text: string, at: number, end: number, newlines: boolean): number {
  let position = at;
  while (position < end) {
    const code = text.charCodeAt(position);
    if (isBlank(code) || (newlines && code === 0x0a)) {
      position += 1;
    } else if (code === 0x2f && text.charCodeAt(position + 1) === 0x2a) {
      const close = text.indexOf('*/', position + 2);
      position = close < 0 ? end : close + 2;
    } else if (code === 0x2f && text.charCodeAt(position + 1) === 0x2f) {
      const newline = text.indexOf('\n', position);
      position = newline < 0 ? end : newline;
    } else {
      break;
    }
  }
  return Math.min(position, end);
}

/** The next token in [at, end); kind `end` when only blanks and comments are left. */
export function lexToken(text: string, at: number, end: number, names: NameTable, newlines: boolean): Token {
  const start = skipBlanks(text, at, end, newlines);
  const white = start > at;
  if (start >= end || text.charCodeAt(start) === 0x0a) {
    return { kind: 'end', text: '', name: -1, white, start, end: start };
  }
  const code = text.charCodeAt(start);
  let kind: TokenKind = 'other';
  let stop = start + 1;
  if (isIdentifierStart(code)) {
    kind = 'name';
    stop = identifierEnd(text, start);
  } else if (isDigit(code) || (code === 0x2e && isDigit(text.charCodeAt(start + 1)))) {
    kind = 'number';
    stop = numberEnd(text, start);
  } else if (code === 0x22 || code === 0x27) {
    const literal = literalEnd(text, start);
    kind = literal.closed ? 'string' : 'other';
    stop = literal.end;
  } else {
    const length = punctuatorLength(text, start);
    if (length > 0) {
      kind = 'punctuator';
      stop = start + length;
    }
  }
  const spelling = text.slice(start, Math.min(stop, end));
  return {
    kind,
    text: spelling,
    name: kind === 'name' ? names.numberOf(spelling) : -1,
    white,
    start,
    end: stop,
  };
}

/** All tokens of one logical line or macro body. */
export function lexLine(text: string, start: number, end: number, names: NameTable): Token[] {
  const tokens: Token[] = [];
  for (let at = start; ; ) {
    const token = lexToken(text, at, end, names, false);
    if (token.kind === 'end') return tokens;
    tokens.push(token);
    at = token.end;
  }
}

/**
 * The end of a token, as far as it matters for the next token printed right after it. 0 when there is white space or
 * nothing, so that nothing can be pasted by accident; else a class, or the character code of a one-character punctuator.
 */
export type Edge = number;
export const EDGE_FREE: Edge = 0;
const EDGE_NAME: Edge = 1;
const EDGE_NUMBER: Edge = 2;
const EDGE_LITERAL: Edge = 3;
const EDGE_SHIFT: Edge = 4;
const EDGE_ARROW: Edge = 5;
const EDGE_INERT: Edge = 6;
const EDGE_BACKSLASH: Edge = 7;

export function edgeOf(kind: TokenKind, text: string): Edge {
  switch (kind) {
    case 'name':
      return EDGE_NAME;
    case 'number':
      return EDGE_NUMBER;
    case 'string':
      return EDGE_LITERAL;
    case 'punctuator':
      if (text.length === 1) return text.charCodeAt(0);
      return text === '<<' || text === '>>' ? EDGE_SHIFT : text === '->' ? EDGE_ARROW : EDGE_INERT;
    default:
      return text.startsWith('\\') ? EDGE_BACKSLASH : EDGE_INERT;
  }
}

const CAN_TAKE_EQUALS = '=!><+-*/%&|^';
/** For a one-character punctuator: first characters of a following punctuator that would make another token. */
const PASTES: Readonly<Record<string, string>> = {
  '>': '>',
  '<': '<%:',
  '+': '+',
  '-': '->',
  '/': '/*',
  '%': ':%',
  '&': '&',
  '|': '|',
  ':': ':>',
  '.': '.%',
  '#': '#%',
};

/** Whether printing `text` right after `before` would read as another token, as libcpp's cpp_avoid_paste() decides it. */
export function wouldPaste(before: Edge, kind: TokenKind, text: string): boolean {
  if (before === EDGE_FREE) return false;
  const first = kind === 'punctuator' ? text[0]! : '';
  switch (before) {
    case EDGE_NAME:
      return kind === 'name' || kind === 'string';
    case EDGE_NUMBER:
      return (
        kind === 'number' ||
        kind === 'name' ||
        (kind === 'string' && text.startsWith("'")) ||
        (first !== '' && '.+-'.includes(first))
      );
    case EDGE_SHIFT:
      return first === '=';
    case EDGE_ARROW:
      return first === '*';
    case EDGE_BACKSLASH:
      return kind === 'name';
    case EDGE_LITERAL:
    case EDGE_INERT:
      return false;
    default: {
      const punctuator = String.fromCharCode(before);
      if (first === '=' && CAN_TAKE_EQUALS.includes(punctuator)) return true;
      if (punctuator === '.' && kind === 'number') return true;
      return first !== '' && (PASTES[punctuator]?.includes(first) ?? false);
    }
  }
}
