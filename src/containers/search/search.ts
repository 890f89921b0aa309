/** Searches for many short patterns at once. */
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

/** A pattern of 3 to 64 bytes. */
export interface Pattern {
  readonly bytes: readonly number[];
}

/** An occurrence of a pattern. */
export interface Hit<P extends Pattern> {
  readonly pattern: P;
  /** Of the pattern's first byte. */
  readonly offset: number;
}

function firstThree(bytes: ArrayLike<number>, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}

/** A prepared set of patterns. */
export class Search<P extends Pattern> {
  readonly #beginnings: Beginnings;
  /** By their first three bytes. */
  readonly #patterns = new Map<number, P[]>();
  readonly #longest: number;
  /** Buffers that are not in use. Searches may be nested: a find may be searched before the search continues. */
  readonly #free: Places[] = [];
  readonly #make: (beginnings: Beginnings) => Places;

  /** @param make replaces the search function in tests */
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
   * All occurrences of all patterns, by offset. The bytes are read piece by piece, so `access` may be of any size.
   * @param shownFrom the first offset from the given one on that is searched; more may be excluded while the search runs
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

/** Reads into `target`. @returns the number of bytes read */
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
