/** Parses a property's value, from after `=` to the `;`. */

import type { Span } from '../../bytes/source.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import { integerOf, parseInteger } from './expression.ts';
import type { Lexer } from './lexer.ts';
import { literalBytes, literalText } from './literals.ts';
import { isFailure, openOnPath, type SourceLoader } from './source-loader.ts';
import type { CellBits, ValueBuilder } from './value-builder.ts';

export interface FileAccess {
  readonly loader?: SourceLoader | undefined;
  readonly includePaths?: readonly string[] | undefined;
}

/** Reports a syntax error at the current token: dtc's text, with what was expected as the hint. */
export function syntaxError(lexer: Lexer, expected: string): void {
  lexer.report('dt/syntax', { advice: `expected ${expected}, found ${foundToken(lexer)}` }, lexer.span);
}

function foundToken({ kind, text, file, start, end }: Lexer): string {
  if (kind === 'end') return 'the end of the file';
  if (kind === 'name' || kind === 'label') return `${kind === 'label' ? 'the label' : 'the name'} "${text}"`;
  const written = file.text.slice(start, Math.min(end, start + 40));
  return kind === 'string' ? `the string ${written}` : `"${written}"`;
}

export class ValueParser {
  readonly #lexer: Lexer;
  readonly #builder: ValueBuilder;
  readonly #files: FileAccess;
  #total = 0;

  constructor(lexer: Lexer, builder: ValueBuilder, files: FileAccess) {
    this.#lexer = lexer;
    this.#builder = builder;
    this.#files = files;
  }

  /**
   * Parses a value into the builder, up to the token after it. False, reported, at a token that can't be in a value.
   */
  parse(): boolean {
    const lexer = this.#lexer;
    for (;;) {
      this.#labels();
      if (!this.#part()) return false;
      this.#labels();
      if (lexer.kind !== ',') break;
      lexer.next();
    }
    this.#total += this.#builder.length;
    return true;
  }

  #labels(): void {
    const lexer = this.#lexer;
    while (lexer.kind === 'label') {
      this.#builder.label(lexer.text);
      lexer.next();
    }
  }

  #part(): boolean {
    const lexer = this.#lexer;
    switch (lexer.kind) {
      case 'string':
        this.#string();
        return true;
      case '<':
        lexer.next();
        return this.#cells(32);
      case '/bits/':
        return this.#sizedCells();
      case '[':
        return this.#byteString();
      case 'label-reference':
      case 'path-reference':
        this.#builder.pathReference(lexer.text, lexer.span);
        lexer.next();
        return true;
      case '/incbin/':
        return this.#binaryFile();
      default:
        syntaxError(lexer, 'a value: a string, <cells>, [bytes], a reference or /incbin/');
        return false;
    }
  }

  #string(): void {
    const lexer = this.#lexer;
    this.#builder.mark('string');
    if (lexer.text.includes('\\')) this.#escapedString();
    else this.#builder.text(lexer.text);
    this.#builder.byte(0);
    lexer.next();
  }

  #escapedString(): void {
    const lexer = this.#lexer;
    const { bytes, badEscape } = literalBytes(lexer.text);
    if (badEscape)
      lexer.report('dt/lexical', { problem: '\\x used with no following hex digits' }, lexer.span);
    this.#builder.bytes(bytes);
  }

  #sizedCells(): boolean {
    const lexer = this.#lexer;
    lexer.next();
    if (lexer.kind !== 'integer') {
      syntaxError(lexer, 'the number of bits after /bits/');
      return false;
    }
    const bits = Number(integerOf(lexer));
    const known = bits === 8 || bits === 16 || bits === 32 || bits === 64;
    if (!known) lexer.report('dt/bits', {}, lexer.span);
    lexer.next();
    if (lexer.kind !== '<') {
      syntaxError(lexer, '"<" after /bits/');
      return false;
    }
    lexer.next();
    return this.#cells(known ? bits : 32);
  }

  /** Parses cells from after the `<` through the `>`. */
  #cells(bits: CellBits): boolean {
    const lexer = this.#lexer;
    const builder = this.#builder;
    builder.markCells(bits);
    for (;;) {
      switch (lexer.kind) {
        case 'integer':
          // The common case.
          if (bits === 32 && lexer.small >= 0) {
            builder.word(lexer.small);
            lexer.next();
            break;
          }
          if (!this.#cell(bits)) return false;
          break;
        case 'character':
        case '(':
          if (!this.#cell(bits)) return false;
          break;
        case 'label-reference':
        case 'path-reference':
          if (bits === 32) {
            builder.phandleReference(lexer.text, lexer.span);
          } else {
            lexer.report('dt/reference-bits', {}, lexer.span);
            builder.cell((1n << BigInt(bits)) - 1n, bits);
          }
          lexer.next();
          break;
        case 'label':
          builder.label(lexer.text);
          lexer.next();
          break;
        case '>':
          lexer.next();
          return true;
        default:
          syntaxError(lexer, 'a cell or ">"; an expression must be in parentheses');
          return false;
      }
    }
  }

  #cell(bits: CellBits): boolean {
    const lexer = this.#lexer;
    const { file, start } = lexer;
    let end = lexer.end;
    const value = parseInteger(lexer, (at) => {
      end = at;
    });
    if (value === undefined) {
      syntaxError(lexer, 'an integer expression');
      return false;
    }
    this.#warnTruncation(value, bits, () => file.spanOf(start, end));
    this.#builder.cell(value, bits);
    return true;
  }

  /** Warns of a value that loses bits: those above the cell are neither all 0 nor, as in a negative number, all 1. */
  #warnTruncation(value: bigint, bits: CellBits, span: () => Span): void {
    if (bits === 64) return;
    const mask = (1n << BigInt(bits)) - 1n;
    if (value <= mask || (value | mask) === 0xffff_ffff_ffff_ffffn) return;
    const padded = (number: bigint, digits: number): string =>
      `0x${number.toString(16).padStart(digits, '0')}`;
    const args = { value: padded(value, 16), cut: padded(value & mask, bits / 4) };
    this.#lexer.report('dt/value-truncated', args, span());
  }

  #byteString(): boolean {
    const lexer = this.#lexer;
    this.#builder.markCells(8);
    for (lexer.next(); ; lexer.next()) {
      if (lexer.kind === 'byte') {
        this.#builder.byte(lexer.small);
      } else if (lexer.kind === 'label') {
        this.#builder.label(lexer.text);
      } else if (lexer.kind === ']') {
        lexer.next();
        return true;
      } else {
        syntaxError(lexer, 'two hex digits or "]"');
        return false;
      }
    }
  }

  /** `/incbin/("file")` or `/incbin/("file", offset, length)`. */
  #binaryFile(): boolean {
    const lexer = this.#lexer;
    const directive = lexer.span;
    const expect = (kind: string, expected: string): boolean => {
      if (lexer.kind !== kind) {
        syntaxError(lexer, expected);
        return false;
      }
      lexer.next();
      return true;
    };
    const number = (): bigint | undefined => {
      const value = parseInteger(lexer);
      if (value === undefined) syntaxError(lexer, 'an integer');
      return value;
    };
    lexer.next();
    if (!expect('(', '"(" after /incbin/')) return false;
    const name = lexer.text;
    if (!expect('string', 'the name of a file')) return false;
    let offset: bigint | undefined = 0n;
    let length: bigint | undefined;
    if (lexer.kind === ',') {
      lexer.next();
      offset = number();
      if (offset === undefined || !expect(',', '"," and a length')) return false;
      length = number();
      if (length === undefined) return false;
    }
    if (!expect(')', '")"')) return false;
    this.#builder.mark('none');
    this.#readFile(literalText(name), offset, length, directive);
    return true;
  }

  #readFile(name: string, offset: bigint, length: bigint | undefined, span: Span): void {
    const { loader, includePaths } = this.#files;
    const fail = (why: string): void => this.#lexer.report('dt/incbin', { name, why }, span);
    if (!loader) {
      fail('there is no access to other files here');
      return;
    }
    const read = openOnPath(name, span.source.name, includePaths ?? [], (path) =>
      loader.read(path, offset, length),
    );
    if (isFailure(read)) fail(read.text);
    else if (this.#total + this.#builder.length + read.length > limit('value-bytes'))
      fail(`the values of the tree together have ${moreThan('value-bytes')}`);
    else this.#builder.bytes(read);
  }
}
