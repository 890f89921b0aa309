/** Many short patterns looked for at once, anywhere. */
import type { Access } from '../access.ts';
import {
  BEHIND_BYTES,
  type Beginnings,
  beginningsOf,
  type Places,
  plainPlaces,
  vectorPlaces,
  WINDOW_BYTES,
} from './places.ts';

/** Something to look for: at least three bytes, and not more than 64. */
export interface Pattern {
  readonly bytes: readonly number[];
}

/** Where a pattern was met. */
export interface Hit<P extends Pattern> {
  readonly pattern: P;
  /** Of the pattern's first byte. */
  readonly offset: number;
}

function firstThree(bytes: ArrayLike<number>, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}

/** A set of patterns, ready to be looked for. */
export class Search<P extends Pattern> {
  readonly #beginnings: Beginnings;
  /** By their first three bytes. */
  readonly #patterns = new Map<number, P[]>();
  readonly #longest: number;
  /** Those that nobody uses: what is found in one may be searched while the search goes on. */
  readonly #free: Places[] = [];
  readonly #make: (beginnings: Beginnings) => Places;

  /** @param make gives who looks at places, for a test */
  constructor(
    patterns: readonly P[],
    make: (beginnings: Beginnings) => Places = (beginnings) =>
      vectorPlaces(beginnings) ?? plainPlaces(beginnings),
  ) {
    this.#make = make;
    this.#beginnings = beginningsOf(patterns.map(({ bytes }) => bytes));
    for (const pattern of patterns) {
      const key = firstThree(pattern.bytes, 0);
      const others = this.#patterns.get(key);
      if (others === undefined) this.#patterns.set(key, [pattern]);
      else others.push(pattern);
    }
    this.#longest = Math.max(3, ...patterns.map(({ bytes }) => bytes.length));
  }

  /**
   * Every place of every pattern, in the order of the places. Bytes are read in pieces; `access` may be as large as it likes.
   * @param shownFrom gives the first place from one on that is looked at; what is hidden may grow while the search goes on
   */
  *in(access: Access, shownFrom: (offset: number) => number = (offset) => offset): Generator<Hit<P>, void> {
    const places = this.#free.pop() ?? this.#make(this.#beginnings);
    const { bytes } = places;
    try {
      for (let start = shownFrom(0); start < access.size; ) {
        // Patterns that begin in this piece may end in the next.
        const wanted = Math.min(WINDOW_BYTES + this.#longest, access.size - start);
        const read = fill(access, start, bytes.subarray(0, wanted));
        const end = Math.min(WINDOW_BYTES, read);
        bytes.fill(0, read, Math.min(read + BEHIND_BYTES, bytes.length));
        let at = places.next(0, end);
        while (at < end) {
          for (const pattern of this.#patterns.get(firstThree(bytes, at)) ?? []) {
            if (shownFrom(start + at) !== start + at) break;
            if (matches(bytes, read, at, pattern.bytes)) yield { pattern, offset: start + at };
          }
          const next = shownFrom(start + at + 1) - start;
          at = next < end ? places.next(next, end) : next;
        }
        start = shownFrom(start + Math.max(at, WINDOW_BYTES));
      }
    } finally {
      this.#free.push(places);
    }
  }
}

/** Reads into memory that is there. @returns how many bytes that were */
function fill(access: Access, start: number, target: Uint8Array): number {
  if (access.readInto !== undefined) return access.readInto(start, target);
  const read = access.read(start, target.length);
  target.set(read);
  return read.length;
}

function matches(bytes: Uint8Array, length: number, offset: number, pattern: readonly number[]): boolean {
  if (offset + pattern.length > length) return false;
  for (let at = 3; at < pattern.length; at += 1) if (bytes[offset + at] !== pattern[at]) return false;
  return true;
}
