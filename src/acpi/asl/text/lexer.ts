/**
 * The ASL lexer (ACPI 6.5, 19.2.2). Like iasl it also accepts C operators and octal and hexadecimal escapes.
 */
import { type Source, textOf } from '../../../bytes/source.ts';
import type { Token } from './token.ts';

/** Longest first, so that the first match is the longest. */
const PUNCTUATORS = [
  ['<<=', '>>='],
  [
    '++',
    '--',
    '<<',
    '>>',
    '<=',
    '>=',
    '==',
    '!=',
    '&&',
    '||',
    '+=',
    '-=',
    '*=',
    '/=',
    '%=',
    '&=',
    '^=',
    '|=',
  ],
] as const;
const SINGLE = '~!*/%+-<>&|=[](){},;?:';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '"': '"',
  '\\': '\\',
};

const PATH = /(?:\\|\^+)?(?:[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)?/y;
const NUMBER = /[0-9][A-Za-z0-9]*/y;

/** Byte range for a lexer: from `start` (0), inclusive, to `end` (the end of the text), exclusive. */
export interface LexRange {
  readonly start?: number;
  readonly end?: number;
  /** False inside a directive, where `#` has no meaning. */
  readonly directives?: boolean;
  /** Position in the {@link PositionMap} of the text's first byte. */
  readonly base?: number;
}

/** Reads tokens; after the last it returns `end` tokens. */
export class AslLexer {
  readonly #text: string;
  readonly #end: number;
  readonly #directives: boolean;
  readonly #base: number;
  #at: number;
  /** Only white space and comments so far on this line. */
  #lineStart = true;

  constructor(source: Source, range: LexRange = {}) {
    this.#text = textOf(source);
    this.#at = range.start ?? 0;
    this.#end = Math.min(range.end ?? this.#text.length, this.#text.length);
    this.#directives = range.directives ?? true;
    this.#base = range.base ?? 0;
  }

  /** Continues at a byte offset, to read ASL embedded in other text. */
  seek(offset: number): void {
    this.#at = offset;
  }

  /** The next line that begins with `#`. What is skipped need not be ASL. */
  nextDirective(): Token {
    const rest = /^[ \t]*#/gm;
    rest.lastIndex = this.#at;
    const found = rest.exec(this.#text);
    this.#at = found === null ? this.#end : Math.min(rest.lastIndex - 1, this.#end);
    this.#lineStart = true;
    return this.next();
  }

  next(): Token {
    const fault = this.#skipBlanks();
    const start = this.#at;
    if (fault !== undefined) return this.#token('bad', '', fault.start, fault.message);
    if (start >= this.#end) return this.#token('end', '', start);
    const text = this.#text;
    const character = text[start]!;
    const first = this.#lineStart;
    this.#lineStart = false;
    if (character === '#' && first && this.#directives) return this.#directive(start);
    if (character === '"') return this.#string(start);
    if (character >= '0' && character <= '9') return this.#number(start);
    for (const group of PUNCTUATORS) {
      const length = group === PUNCTUATORS[0] ? 3 : 2;
      const candidate = text.slice(start, start + length);
      if ((group as readonly string[]).includes(candidate)) {
        this.#at = start + length;
        return this.#token('punctuator', candidate, start);
      }
    }
    if (SINGLE.includes(character)) {
      this.#at = start + 1;
      return this.#token('punctuator', character, start);
    }
    PATH.lastIndex = start;
    const path = PATH.exec(text)?.[0] ?? '';
    if (path !== '') {
      this.#at = Math.min(start + path.length, this.#end);
      const kind = /^[A-Za-z_]\w*$/.test(path) ? 'word' : 'path';
      return this.#token(kind, path, start);
    }
    this.#at = start + 1;
    return this.#token('bad', character, start, 'a character that is not part of ASL');
  }

  #token(kind: Token['kind'], text: string, start: number, fault?: string, value?: bigint): Token {
    const follower = this.#text.charCodeAt(this.#at);
    return {
      kind,
      text,
      start: this.#base + start,
      end: this.#base + this.#at,
      ...(value !== undefined && { value }),
      ...(fault !== undefined && { fault }),
      ...(kind === 'path' && { spaced: !(follower > 0x20) }),
    };
  }

  /** Skips white space and comments; an unterminated comment is an error. */
  #skipBlanks(): { start: number; message: string } | undefined {
    const text = this.#text;
    while (this.#at < this.#end) {
      const code = text.charCodeAt(this.#at);
      if (code === 0x0a) {
        this.#lineStart = true;
        this.#at += 1;
      } else if (code <= 0x20) {
        this.#at += 1;
      } else if (code === 0x2f && text[this.#at + 1] === '/') {
        const end = text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#end : Math.min(end, this.#end);
      } else if (code === 0x2f && text[this.#at + 1] === '*') {
        const start = this.#at;
        const end = text.indexOf('*/', start + 2);
        this.#at = end < 0 ? this.#end : Math.min(end + 2, this.#end);
        if (end < 0 || end + 2 > this.#end) return { start, message: 'an unterminated comment' };
      } else {
        return undefined;
      }
    }
    return undefined;
  }

  /** A `#` line with its continuation lines, without the `#`. */
  #directive(start: number): Token {
    let end = start;
    for (;;) {
      const newline = this.#text.indexOf('\n', end);
      end = newline < 0 ? this.#end : Math.min(newline, this.#end);
      const last = this.#text[end - 1] === '\r' ? end - 2 : end - 1;
      if (end >= this.#end || this.#text[last] !== '\\') break;
      end += 1;
    }
    this.#at = end;
    return this.#token('directive', this.#text.slice(start + 1, end), start);
  }

  #number(start: number): Token {
    NUMBER.lastIndex = start;
    const text = NUMBER.exec(this.#text)![0];
    this.#at = start + text.length;
    const octal = /^0[0-7]+$/.test(text);
    if (/^(0[xX][0-9a-fA-F]+|[1-9][0-9]*|0)$/.test(text) || octal) {
      const value = BigInt(octal ? `0o${text.slice(1)}` : text);
      if (value < 1n << 64n) return this.#token('integer', text, start, undefined, value);
      const fault = 'an integer of more than 64 bits; only the low 64 are kept';
      return this.#token('integer', text, start, fault, BigInt.asUintN(64, value));
    }
    return this.#token('integer', text, start, 'not a decimal, hexadecimal or octal integer', 0n);
  }

  #string(start: number): Token {
    const text = this.#text;
    let value = '';
    let fault: string | undefined;
    let at = start + 1;
    while (at < this.#end && text[at] !== '"') {
      if (text[at] !== '\\') {
        value += text[at]!;
        at += 1;
        continue;
      }
      const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0];
      const hex =
        text[at + 1] === 'x' ? /^[0-9A-Fa-f]{0,2}/.exec(text.slice(at + 2, at + 4))?.[0] : undefined;
      if (octal !== undefined || hex !== undefined) {
        const code = hex === undefined ? Number.parseInt(octal!, 8) : Number.parseInt(hex, 16);
        at += hex === undefined ? 1 + octal!.length : 2 + hex.length;
        // An AML string ends at its first NUL and cannot contain one. iasl drops an empty \x in the same way.
        if (!(code > 0)) fault = 'a NUL in a string; it is left out';
        else value += String.fromCharCode(code & 0xff);
        continue;
      }
      const escaped = text[at + 1];
      if (escaped === undefined) break;
      if (ESCAPES[escaped] === undefined) fault = `unknown escape sequence \\${escaped}`;
      value += ESCAPES[escaped] ?? escaped;
      at += 2;
    }
    if (at >= this.#end) {
      this.#at = this.#end;
      return this.#token('bad', value, start, 'an unterminated string');
    }
    this.#at = at + 1;
    return this.#token('string', value, start, fault);
  }
}
