/**
 * The lexer of device tree source, as in dtc 1.8.1 (dtc-lexer.l): the longest match wins, and three modes decide what a run
 * of letters is: a node or property name after `{`, `;` and the `/delete-…/` keywords, pairs of hex digits inside `[…]`,
 * C integers elsewhere. `/include/` is processed here, so the parser sees one stream of tokens.
 */

import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Span } from '../../bytes/source.ts';
import { type ArgsOf, type Code, finding } from '../../findings/finding.ts';
import { limit, moreThan, overLimit } from '../../limits/limits.ts';
import { isFailure, openOnPath, type SourceLoader } from './source-loader.ts';
import { lineDirectiveAt, type SourceText, stringEnd, wholeSource } from './source-text.ts';

/** A token's kind; punctuation that is not listed is its own character. */
export type TokenKind =
  | 'end'
  | '/dts-v1/'
  | '/plugin/'
  | '/memreserve/'
  | '/bits/'
  | '/incbin/'
  | '/delete-property/'
  | '/delete-node/'
  | '/omit-if-no-ref/'
  | 'name'
  | 'label'
  | 'integer'
  | 'character'
  | 'byte'
  | 'string'
  | 'label-reference'
  | 'path-reference'
  | '<<'
  | '>>'
  | '<='
  | '>='
  | '=='
  | '!='
  | '&&'
  | '||'
  | (string & {});

const KEYWORDS = [
  '/dts-v1/',
  '/plugin/',
  '/memreserve/',
  '/bits/',
  '/delete-property/',
  '/delete-node/',
  '/omit-if-no-ref/',
] as const;

const SPACE = 1;
const NAME = 2;
const LABEL_START = 4;
const LABEL = 8;
const DIGIT = 16;
const HEX = 32;
const PATH = 64;

const CLASSES = characterClasses();

function characterClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  const add = (characters: string, flags: number): void => {
    for (let at = 0; at < characters.length; at += 1) classes[characters.charCodeAt(at)]! |= flags;
  };
  add(' \t\n\v\f\r', SPACE);
  add('0123456789', NAME | LABEL | DIGIT | HEX | PATH);
  add('abcdefABCDEF', HEX);
  add('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', NAME | LABEL | LABEL_START | PATH);
  add('_', NAME | LABEL | LABEL_START | PATH);
  add(',.+*#?@-', NAME | PATH);
  add('/', PATH);
  return classes;
}

type Mode = 'default' | 'name' | 'bytes';

/** An including file: its text and where to continue after the included file. */
interface OpenFile {
  readonly text: SourceText;
  readonly position: number;
  /** The `/include/` directive. */
  readonly directive: Span;
}

export interface LexerOptions {
  readonly loader?: SourceLoader | undefined;
  readonly includePaths?: readonly string[] | undefined;
  /** `name` to start inside a node's body, for a fragment. */
  readonly mode?: Mode;
}

export class Lexer {
  /** Kind of the current token. */
  kind: TokenKind = 'end';
  /** The text that the current token is in, which changes with `/include/`. */
  file: SourceText;
  /** The current token in that text, [start, end). */
  start = 0;
  end = 0;
  /**
   * The token's content: a name, a label without its colon, the target of a reference, a string or character literal without
   * its quotes, escapes not decoded.
   */
  text = '';
  /** Value of an `integer` or `byte` token below 2^32; else -1, and the value is in {@link Lexer.integer}. */
  small = -1;
  integer = 0n;

  #input: string;
  #position = 0;
  #mode: Mode;
  #atLineStart = true;
  /** Set while the parser recovers from an error, so that one fault is reported once. */
  quiet = false;
  /** The current token is a word where none is allowed; reported when the parser consumes it. */
  #unexpected = false;
  #included = 0;
  /** End of the last run of label characters, cached so that it isn't searched again at each of them inside `[…]`. */
  #labelEnd = -1;
  /** No quote before this offset begins a string; cached for the same reason. */
  #noStringBefore = -1;
  readonly #outer: OpenFile[] = [];
  readonly #options: LexerOptions;
  readonly #sink: DiagnosticSink;

  constructor(text: SourceText, options: LexerOptions, sink: DiagnosticSink) {
    this.file = text;
    this.#input = text.text;
    this.#options = options;
    this.#mode = options.mode ?? 'default';
    this.#sink = sink;
  }

  /** The current token's span. */
  get span(): Span {
    return this.file.spanOf(this.start, this.end);
  }

  /** Reports a fault, with the chain of includes that led to its file. */
  report<C extends Code>(code: C, args: ArgsOf<C>, span: Span): void {
    if (code === 'dt/syntax' && this.kind === 'end' && this.file.endsEarly) return;
    const directives = [
      ...(this.file.includeStack?.(this.start) ?? []),
      ...this.#outer.map(({ directive }) => directive).reverse(),
    ];
    const related = directives.map((directive) => ({ what: 'included-from' as const, span: directive }));
    this.#sink.add(finding(code, args, { span, ...(related.length === 0 ? {} : { related }) }));
  }

  #lexicalError(problem: string): void {
    if (!this.quiet) this.report('dt/lexical', { problem }, this.span);
  }

  /**
   * Lexes the current token again as the start of a property or node, for a parser that found the `;` before it missing. Its
   * error as a value is dropped.
   */
  rereadAsName(): void {
    this.#unexpected = false;
    this.#position = this.start;
    this.#mode = 'name';
    this.next();
  }

  /** True when the current token is the first of its line. */
  get beginsLine(): boolean {
    const { text } = this.file;
    let at = this.start - 1;
    while (at >= 0 && text.charCodeAt(at) !== 0x0a && CLASSES[text.charCodeAt(at)]! & SPACE) at -= 1;
    return at < 0 || text.charCodeAt(at) === 0x0a;
  }

  /** Steps to the next token. */
  next(): TokenKind {
    if (this.#unexpected) {
      this.#unexpected = false;
      this.#lexicalError(`Unexpected '${this.text}'`);
    }
    for (;;) {
      this.#skipBlanks();
      const at = this.#position;
      this.start = at;
      if (at >= this.#input.length) {
        this.end = at;
        if (this.#outer.length === 0) {
          this.kind = 'end';
          return this.kind;
        }
        this.#leave();
        continue;
      }
      const kind = this.#token(at);
      if (kind === undefined) continue;
      this.kind = kind;
      return kind;
    }
  }

  #leave(): void {
    const outer = this.#outer.pop()!;
    this.#continueIn(outer.text, outer.position);
    this.#atLineStart = false;
  }

  #continueIn(text: SourceText, position: number): void {
    this.file = text;
    this.#input = text.text;
    this.#position = position;
    this.#labelEnd = -1;
    this.#noStringBefore = -1;
  }

  /** Skips white space, comments and line directives. */
  #skipBlanks(): void {
    const input = this.#input;
    let at = this.#position;
    for (;;) {
      const code = input.charCodeAt(at);
      if (code === 0x0a) {
        at += 1;
        this.#atLineStart = true;
      } else if (code === 0x20 || CLASSES[code]! & SPACE) {
        at += 1;
        this.#atLineStart = false;
      } else if (code === 0x2f && input.charCodeAt(at + 1) === 0x2f) {
        const newline = input.indexOf('\n', at);
        at = newline < 0 ? input.length : newline + 1;
        this.#atLineStart = true;
      } else if (code === 0x2f && input.charCodeAt(at + 1) === 0x2a) {
        const close = input.indexOf('*/', at + 2);
        if (close < 0) {
          this.start = at;
          this.end = at + 2;
          this.#lexicalError('Unterminated comment');
          at = input.length;
        } else {
          at = close + 2;
        }
        this.#atLineStart = false;
      } else if (code === 0x23 && this.#atLineStart) {
        const directive = lineDirectiveAt(input, at);
        if (!directive) break;
        at = directive.end;
        this.#atLineStart = false;
      } else {
        break;
      }
    }
    this.#position = at;
  }

  #take(kind: TokenKind, end: number): TokenKind {
    this.end = end;
    this.#position = end;
    this.#atLineStart = false;
    return kind;
  }

  /** Lexes the token at `at`, which is not blank; undefined for an `/include/`. */
  #token(at: number): TokenKind | undefined {
    const input = this.#input;
    const code = input.charCodeAt(at);
    const flags = CLASSES[code]!;
    if (flags & LABEL_START) {
      const end = this.#endOfLabel(at);
      if (input.charCodeAt(end) === 0x3a) {
        this.text = input.slice(at, end);
        return this.#take('label', end + 1);
      }
      if (this.#mode === 'default') {
        this.text = input.slice(at, end);
        const kind = this.#take('integer', end);
        // Most often a macro of a source that was not preprocessed; dtc continues with 0.
        this.small = 0;
        this.integer = 0n;
        this.#unexpected = true;
        return kind;
      }
    }
    if (this.#mode === 'name' && (flags & NAME || code === 0x5c)) {
      const from = code === 0x5c ? at + 1 : at;
      let end = from;
      while (CLASSES[input.charCodeAt(end)]! & NAME) end += 1;
      if (end > from) {
        this.#mode = 'default';
        this.text = input.slice(from, end);
        return this.#take('name', end);
      }
    }
    if (this.#mode === 'bytes' && flags & HEX && CLASSES[input.charCodeAt(at + 1)]! & HEX) {
      this.small = Number.parseInt(input.slice(at, at + 2), 16);
      return this.#take('byte', at + 2);
    }
    if (this.#mode === 'default' && flags & DIGIT) return this.#integer(at);
    switch (code) {
      case 0x22: {
        const end = this.#endOfString(at);
        if (end < 0) break;
        this.text = input.slice(at + 1, end - 1);
        return this.#take('string', end);
      }
      case 0x27: {
        const end = characterLiteralEnd(input, at);
        if (end < 0) break;
        this.text = input.slice(at + 1, end - 1);
        return this.#take('character', end);
      }
      case 0x26:
        return this.#ampersand(at);
      case 0x2f:
        return this.#slash(at);
      case 0x3c:
      case 0x3e: {
        const second = input.charCodeAt(at + 1);
        if (second === code || second === 0x3d) return this.#take(input.slice(at, at + 2), at + 2);
        break;
      }
      case 0x3d:
      case 0x21:
        if (input.charCodeAt(at + 1) === 0x3d) return this.#take(code === 0x3d ? '==' : '!=', at + 2);
        break;
      case 0x7c:
        if (input.charCodeAt(at + 1) === code) return this.#take('||', at + 2);
        break;
      case 0x5b:
        this.#mode = 'bytes';
        break;
      case 0x5d:
        if (this.#mode === 'bytes') this.#mode = 'default';
        break;
      case 0x7b:
      case 0x3b:
        this.#mode = 'name';
        break;
    }
    return this.#take(input[at]!, at + 1);
  }

  #endOfLabel(at: number): number {
    if (at < this.#labelEnd) return this.#labelEnd;
    let end = at + 1;
    while (CLASSES[this.#input.charCodeAt(end)]! & LABEL) end += 1;
    this.#labelEnd = end;
    return end;
  }

  /** Exclusive end of the string that starts at a quote; negative when it is not terminated. */
  #endOfString(at: number): number {
    if (at < this.#noStringBefore) return -1;
    const end = stringEnd(this.#input, at);
    if (end < 0) this.#noStringBefore = ~end;
    return end;
  }

  #ampersand(at: number): TokenKind {
    const input = this.#input;
    const second = input.charCodeAt(at + 1);
    if (second === 0x26) return this.#take('&&', at + 2);
    let end = at + 2;
    if (CLASSES[second]! & LABEL_START) {
      while (CLASSES[input.charCodeAt(end)]! & LABEL) end += 1;
      this.text = input.slice(at + 1, end);
      return this.#take('label-reference', end);
    }
    if (second === 0x7b) {
      while (CLASSES[input.charCodeAt(end)]! & PATH) end += 1;
      if (input.charCodeAt(end) === 0x7d) {
        this.text = input.slice(at + 2, end);
        return this.#take('path-reference', end + 1);
      }
    }
    return this.#take('&', at + 1);
  }

  #slash(at: number): TokenKind | undefined {
    const input = this.#input;
    if (CLASSES[input.charCodeAt(at + 1)]! & LABEL_START) {
      for (const keyword of KEYWORDS) {
        if (!input.startsWith(keyword, at)) continue;
        if (keyword === '/dts-v1/' || keyword === '/memreserve/' || keyword === '/bits/')
          this.#mode = 'default';
        else if (keyword !== '/plugin/') this.#mode = 'name';
        return this.#take(keyword, at + keyword.length);
      }
      if (this.#mode === 'default' && input.startsWith('/incbin/', at)) return this.#take('/incbin/', at + 8);
      if (input.startsWith('/include/', at)) {
        let quote = at + 9;
        while (CLASSES[input.charCodeAt(quote)]! & SPACE) quote += 1;
        const end = input.charCodeAt(quote) === 0x22 ? this.#endOfString(quote) : -1;
        if (end >= 0) {
          this.#take('/include/', end);
          this.#include(input.slice(quote + 1, end - 1));
          return undefined;
        }
      }
    }
    return this.#take('/', at + 1);
  }

  /** Continues in an included file. One that can't be opened is reported and skipped; endless inclusion ends the input. */
  #include(name: string): void {
    const directive = this.span;
    const fail = (problem: string): void => this.report('dt/include', { problem }, directive);
    const { loader, includePaths } = this.#options;
    if (!loader) {
      fail(`Couldn't open "${name}": there is no access to other files here`);
      return;
    }
    const opened = openOnPath(name, directive.source.name, includePaths ?? [], (path) => loader.open(path));
    if (isFailure(opened)) {
      fail(`Couldn't open "${name}": ${opened.text}`);
      return;
    }
    this.#included += opened.bytes.length;
    const includers = [directive, ...this.#outer.map((outer) => outer.directive)];
    if (includers.some(({ source }) => source.bytes === opened.bytes)) {
      fail(`"${name}" includes itself`);
      this.abandon();
    } else if (this.#outer.length + 1 >= limit('include-depth')) {
      fail(`Includes nested ${moreThan('include-depth')}`);
      this.abandon();
    } else if (this.#included > limit('included-bytes')) {
      fail(overLimit('included-bytes', 'of included text'));
      this.abandon();
    } else {
      this.#outer.push({ text: this.file, position: this.#position, directive });
      this.#continueIn(wholeSource(opened), 0);
      this.#atLineStart = true;
    }
  }

  /** Ends the input here. */
  abandon(): void {
    this.#outer.length = 0;
    this.#position = this.#input.length;
  }

  #integer(at: number): TokenKind {
    const input = this.#input;
    let end = at + 1;
    const second = input.charCodeAt(end) | 0x20;
    const isHex =
      input.charCodeAt(at) === 0x30 && second === 0x78 && (CLASSES[input.charCodeAt(end + 1)]! & HEX) !== 0;
    if (isHex) end += 1;
    const digitClass = isHex ? HEX : DIGIT;
    while (CLASSES[input.charCodeAt(end)]! & digitClass) end += 1;
    const digitsEnd = end;
    if (input.charCodeAt(end) === 0x55) end += 1;
    if (input.charCodeAt(end) === 0x4c) end += input.charCodeAt(end + 1) === 0x4c ? 2 : 1;
    this.#take('integer', end);
    const digits = input.slice(at, digitsEnd);
    // As in C, a leading 0 makes the number octal.
    const isOctal = !isHex && digits.length > 1 && input.charCodeAt(at) === 0x30;
    if (isOctal && /[89]/.test(digits)) {
      this.#lexicalError(`Bad integer literal '${input.slice(at, end)}'`);
      this.integer = BigInt(`0o0${digits.slice(1).replace(/[89].*/s, '')}`);
      this.small = -1;
      return 'integer';
    }
    if (digits.length <= 8 || (isHex && digits.length <= 10)) {
      this.small = isOctal ? Number.parseInt(digits, 8) : Number(digits);
      return 'integer';
    }
    this.small = -1;
    this.integer = BigInt(isOctal ? `0o${digits}` : digits);
    if (this.integer > 0xffff_ffff_ffff_ffffn) {
      this.integer = 0xffff_ffff_ffff_ffffn;
      this.#lexicalError(`Integer literal '${input.slice(at, end)}' out of range`);
    }
    return 'integer';
  }
}

/**
 * Exclusive end of a character literal: dtc's pattern skips quotes after a backslash, and ends at the last of them when no
 * other quote follows. -1 when there is none.
 */
function characterLiteralEnd(input: string, at: number): number {
  let escaped = -1;
  for (let quote = input.indexOf("'", at + 1); quote >= 0; quote = input.indexOf("'", quote + 1)) {
    if (input.charCodeAt(quote - 1) !== 0x5c) return quote + 1;
    escaped = quote + 1;
  }
  return escaped;
}
