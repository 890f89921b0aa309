/** Tokens of ASL text, and the map from their positions back to the files they were read from. */
import type { Source, Span } from '../../../bytes/source.ts';

export type TokenKind =
  /** A word: keyword, operator name or a single name segment. Which one it is, the parser decides by where it stands. */
  | 'word'
  /** A name with prefixes or dots: `\`, `^^X`, `\_SB.PCI0`, `A.B`. */
  | 'path'
  | 'integer'
  | 'string'
  /** An operator or a bracket. */
  | 'punctuator'
  /** A whole preprocessor line; only between the lexer and the preprocessor. */
  | 'directive'
  /** What is no ASL; `fault` says why. Reported only when it isn't in a skipped `#if` block. */
  | 'bad'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of a string its value (one character a byte), of a directive the text after `#`. */
  readonly text: string;
  /** Of an integer. */
  readonly value?: bigint;
  /** Position range [start, end) in the {@link PositionMap} of the unit. */
  readonly start: number;
  readonly end: number;
  /** What is wrong with it. A string or an integer can be faulty and still usable. */
  readonly fault?: string;
  /** True when blank space follows a path: `A ^ B` is an exclusive or, `^B` a name in the parent's scope. */
  readonly spaced?: boolean;
}

/**
 * Positions in a text that may be spread over several files: the first file's bytes are the positions from 0 on, an
 * included file's bytes follow in the order of inclusion. So a term needs two numbers to say where it was written,
 * and `spanOf` finds the file.
 */
export class PositionMap {
  readonly #sources: { readonly source: Source; readonly base: number }[] = [];
  #next = 0;

  /** Makes room for a file; returns the position of its first byte. */
  add(source: Source): number {
    const base = this.#next;
    this.#sources.push({ source, base });
    // One position more than there are bytes, so that the end of a file is not the start of the next one.
    this.#next += source.bytes.length + 1;
    return base;
  }

  /** The file that holds the position; undefined before anything was added. */
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

  /** The bytes of a position range. One that runs over from one file into another ends with the first. */
  spanOf(start: number, end: number): Span {
    const { source, base } = this.sourceAt(start)!;
    const from = start - base;
    return { source, start: from, end: Math.max(from, Math.min(end - base, source.bytes.length)) };
  }
}
