/**
 * Many short patterns looked for at once, anywhere. Every pattern of three bytes or more holds two that stand at an even
 * offset; all such pairs are marks in one table, so that a pass is a look-up for every other byte.
 */
import type { Access } from './access.ts';

/** Something to look for: at least three bytes. */
export interface Pattern {
  readonly bytes: readonly number[];
}

/** Where a pattern was met. */
export interface Hit<P extends Pattern> {
  readonly pattern: P;
  /** Of the pattern's first byte. */
  readonly offset: number;
}

/** How much is read at a time. */
const CHUNK_BYTES = 1 << 20;

interface Candidate<P extends Pattern> {
  readonly pattern: P;
  /** Where the pair stands in the pattern: 0 or 1. */
  readonly shift: number;
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A set of patterns, ready to be looked for. */
export class Search<P extends Pattern> {
  readonly #marks = new Uint16Array(65536);
  /** By pair; the place of a pair in the list is its mark. */
  readonly #candidates: Candidate<P>[][] = [[]];
  readonly #longest: number;

  constructor(patterns: readonly P[]) {
    for (const pattern of patterns)
      for (const shift of [1, 0]) {
        const [first, second] = [pattern.bytes[shift]!, pattern.bytes[shift + 1]!];
        const pair = LITTLE_ENDIAN ? first | (second << 8) : (first << 8) | second;
        if (this.#marks[pair] === 0) this.#marks[pair] = this.#candidates.push([]) - 1;
        this.#candidates[this.#marks[pair]!]!.push({ pattern, shift });
      }
    // An odd place comes before the even one behind it.
    for (const list of this.#candidates) list.sort((a, b) => b.shift - a.shift);
    this.#longest = Math.max(3, ...patterns.map(({ bytes }) => bytes.length));
  }

  /** Every place of every pattern, in the order of the places. Bytes are read in pieces; `access` may be as large as it likes. */
  *in(access: Access): Generator<Hit<P>, void> {
    const words = new Uint16Array((CHUNK_BYTES + this.#longest + 2) >> 1);
    const chunk = new Uint8Array(words.buffer);
    for (let start = 0; start < access.size; start += CHUNK_BYTES) {
      // Patterns that begin in this chunk may end in the next.
      const wanted = Math.min(CHUNK_BYTES + this.#longest, access.size - start);
      const read = fill(access, start, chunk.subarray(0, wanted));
      const length = Math.min(CHUNK_BYTES, read);
      chunk.fill(0, read, Math.min(read + 2, chunk.length));
      const end = (length + 2) >> 1;
      for (
        let at = nextMark(words, 0, end, this.#marks);
        at < end;
        at = nextMark(words, at + 1, end, this.#marks)
      )
        for (const { pattern, shift } of this.#candidates[this.#marks[words[at]!]!]!) {
          const offset = at * 2 - shift;
          if (offset < 0 || offset >= length || !matches(chunk, read, offset, pattern.bytes)) continue;
          yield { pattern, offset: start + offset };
        }
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

/** The next word that is marked, `end` where there is none. */
function nextMark(words: Uint16Array, from: number, end: number, marks: Uint16Array): number {
  let at = from;
  for (const last = end - 7; at < last; at += 8)
    if (
      (marks[words[at]!]! |
        marks[words[at + 1]!]! |
        marks[words[at + 2]!]! |
        marks[words[at + 3]!]! |
        marks[words[at + 4]!]! |
        marks[words[at + 5]!]! |
        marks[words[at + 6]!]! |
        marks[words[at + 7]!]!) !==
      0
    )
      break;
  while (at < end && marks[words[at]!] === 0) at += 1;
  return at;
}

function matches(chunk: Uint8Array, length: number, offset: number, bytes: readonly number[]): boolean {
  if (offset + bytes.length > length) return false;
  for (let at = 0; at < bytes.length; at += 1) if (chunk[offset + at] !== bytes[at]) return false;
  return true;
}
