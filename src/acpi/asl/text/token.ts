/** Tokens of ASL text, and the map from their positions to places in files. */
import type { Source, Span } from '../../../bytes/source.ts';

export type TokenKind =
  /** A keyword, operator name or single name segment; the parser decides by context. */
  | 'word'
  /** A name with prefixes or dots: `\`, `^^X`, `\_SB.PCI0`, `A.B`. */
  | 'path'
  | 'integer'
  | 'string'
  /** An operator or a bracket. */
  | 'punctuator'
  /** A whole preprocessor line; only between the lexer and the preprocessor. */
  | 'directive'
  /** Not ASL; `fault` says why. Reported unless it is in a skipped `#if` block. */
  | 'bad'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string its value (one character per byte), of a directive the text after `#`. */
  readonly text: string;
  /** Of an integer only. */
  readonly value?: bigint;
  /** Position range [start, end) in the {@link PositionMap} of the unit. */
  readonly start: number;
  readonly end: number;
  /** What is wrong with it. A string or an integer with a fault can still be used. */
  readonly fault?: string;
  /** Of a path: white space follows. `A ^ B` is an exclusive or, `^B` a name in the parent scope. */
  readonly spaced?: boolean;
}

/**
 * Positions in a text that consists of several files. The first file's bytes have the positions from 0 on, and those of
 * included files follow in the order of inclusion. So two numbers are enough for the place of a term, and `spanOf`
 * finds the file.
 */
export class PositionMap {
  readonly #sources: { readonly source: Source; readonly base: number }[] = [];
  #next = 0;

  /** Adds a file; returns the position of its first byte. */
  add(source: Source): number {
    const base = this.#next;
    this.#sources.push({ source, base });
    // One more than there are bytes, so that the end of a file differs from the start of the next one.
    this.#next += source.bytes.length + 1;
    return base;
  }

  /** The file of a position; `undefined` if there are no files. */
  sourceAt(position: number): { readonly source: Source; readonly base: number } | undefined {
    let low = 0;
    let high = this.#sources.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#sources[middle]!.base <= position) low = middle;
      else high = middle - 1;
    }
    return this.#sources[low];
  }

  /** The bytes of a position range. A range that extends into another file ends with the first one. */
  spanOf(start: number, end: number): Span {
    const { source, base } = this.sourceAt(start)!;
    const from = start - base;
    return { source, start: from, end: Math.max(from, Math.min(end - base, source.bytes.length)) };
  }
}
