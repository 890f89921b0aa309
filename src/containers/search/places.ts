/** Finds the offsets at which a pattern may begin, by the first four bytes. */
import { SEARCH_CODE } from './code.ts';

/** Bytes that are searched together: they fit into a processor's cache. */
export const WINDOW_BYTES = 256 * 1024;
/** Bytes after a window, in which patterns that begin in it may end. */
export const BEHIND_BYTES = 64;

/** The bytes to search and the search function. */
export interface Places {
  /** To be filled by the caller: {@link WINDOW_BYTES} and {@link BEHIND_BYTES}. */
  readonly bytes: Uint8Array;
  /** The first offset from `at` on and before `end` at which a pattern may begin; `end` if there is none. */
  next(at: number, end: number): number;
}

/** The first four bytes of the patterns, as tables of bits, one per group of patterns. */
export interface Beginnings {
  /** By the first two bytes, the first one as the lower: the groups with such a pattern. */
  readonly firstPair: Uint8Array;
  /** Likewise for the second and the third byte. */
  readonly secondPair: Uint8Array;
  /** Likewise for the third and the fourth byte, which is any byte for patterns of three. */
  readonly thirdPair: Uint8Array;
  /** Likewise for the lower and the upper half of each of the four bytes. */
  readonly halves: Uint8Array;
}

const GROUPS = 8;
const HALVES = 16;
/** Half bytes in four bytes. */
const PARTS = 8;

/** The set of all half bytes, for a byte that a pattern does not have. */
const ANY_HALF = 0xffff;

/** For each half byte, the set of values that a group's patterns have, as bits. */
type Sets = readonly number[];

function setsOf(bytes: readonly number[]): Sets {
  return Array.from({ length: PARTS }, (_, part) => {
    const byte = bytes[part >> 1];
    if (byte === undefined) return ANY_HALF;
    return 1 << (part % 2 === 0 ? byte & 15 : byte >> 4);
  });
}

function joined(a: Sets, b: Sets): Sets {
  return a.map((set, part) => set | b[part]!);
}

/** How many sequences of four bytes match the sets. */
function breadth(sets: Sets): number {
  let product = 1;
  for (const set of sets) {
    let count = 0;
    for (let rest = set; rest !== 0; rest &= rest - 1) count += 1;
    product *= count;
  }
  return product;
}

/** Sort key that puts similar bytes together: upper halves first, so that letters are next to letters. */
function likeness(bytes: readonly number[]): number {
  const [upper, lower] = [4, 0].map((shift) =>
    bytes.slice(0, 4).reduce((key, byte) => key * 16 + ((byte >> shift) & 15), 0),
  );
  return upper! * 65536 + lower!;
}

interface Group {
  readonly sets: Sets;
  readonly members: readonly (readonly number[])[];
}

/** Divides the patterns into eight groups of similar ones, so that few other bytes match a group's sets. */
function groupsOf(patterns: readonly (readonly number[])[]): Group[] {
  const distinct = [...new Map(patterns.map((bytes) => [bytes.slice(0, 4).join(), bytes])).values()];
  const groups: Group[] = distinct
    .sort((a, b) => likeness(a) - likeness(b))
    .map((bytes) => ({ sets: setsOf(bytes), members: [bytes] }));
  while (groups.length > GROUPS) {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let at = 0; at + 1 < groups.length; at += 1) {
      const [a, b] = [groups[at]!.sets, groups[at + 1]!.sets];
      const more = breadth(joined(a, b)) - breadth(a) - breadth(b);
      if (more < least) [best, least] = [at, more];
    }
    const [a, b] = [groups[best]!, groups[best + 1]!];
    groups.splice(best, 2, { sets: joined(a.sets, b.sets), members: [...a.members, ...b.members] });
  }
  return groups;
}

export function beginningsOf(patterns: readonly (readonly number[])[]): Beginnings {
  const halves = new Uint8Array(PARTS * HALVES);
  const [firstPair, secondPair, thirdPair] = [0, 0, 0].map(() => new Uint8Array(65536));
  for (const [group, { members }] of groupsOf(patterns).entries()) {
    const bit = 1 << group;
    for (const bytes of members) {
      for (const [part, set] of setsOf(bytes).entries())
        for (let half = 0; half < HALVES; half += 1)
          if ((set >> half) & 1) halves[part * HALVES + half]! |= bit;
      const [first, second, third, fourth] = bytes;
      firstPair![first! | (second! << 8)]! |= bit;
      secondPair![second! | (third! << 8)]! |= bit;
      if (fourth === undefined)
        for (let any = 0; any < 256; any += 1) thirdPair![third! | (any << 8)]! |= bit;
      else thirdPair![third! | (fourth << 8)]! |= bit;
    }
  }
  return { firstPair: firstPair!, secondPair: secondPair!, thirdPair: thirdPair!, halves };
}

/** Searches one offset after the other. */
export function plainPlaces({ firstPair, secondPair, thirdPair }: Beginnings): Places {
  const bytes = new Uint8Array(WINDOW_BYTES + BEHIND_BYTES);
  return {
    bytes,
    next(from, end) {
      for (let at = from; at < end; at += 1) {
        const second = bytes[at + 1]!;
        const groups = firstPair[bytes[at]! | (second << 8)]!;
        if (groups === 0) continue;
        const third = bytes[at + 2]!;
        const both = groups & secondPair[second | (third << 8)]!;
        if ((both & thirdPair[third | (bytes[at + 3]! << 8)]!) !== 0) return at;
      }
      return end;
    },
  };
}

/** The part of WebAssembly's interface that is used here; Node and browsers each have their own types. */
interface Assembly {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly next: (at: number, end: number) => number;
    };
  };
}

const FIRST_PAIRS = 0x10000;
const SECOND_PAIRS = 0x20000;
const THIRD_PAIRS = 0x30000;
const WINDOW = 0x40000;

let compiled: { readonly assembly: Assembly; readonly module: object } | 'none' | undefined;

/** Searches sixteen offsets at once; undefined if the engine has no vector instructions or a page's policy forbids it. */
export function vectorPlaces({ firstPair, secondPair, thirdPair, halves }: Beginnings): Places | undefined {
  if (compiled === 'none') return undefined;
  try {
    if (compiled === undefined) {
      const { WebAssembly: assembly } = globalThis as unknown as { readonly WebAssembly: Assembly };
      const code = Uint8Array.from(atob(SEARCH_CODE), (character) => character.charCodeAt(0));
      compiled = { assembly, module: new assembly.Module(code) };
    }
    const { memory, next } = new compiled.assembly.Instance(compiled.module).exports;
    const all = new Uint8Array(memory.buffer);
    all.set(halves);
    all.set(firstPair, FIRST_PAIRS);
    all.set(secondPair, SECOND_PAIRS);
    all.set(thirdPair, THIRD_PAIRS);
    return {
      bytes: all.subarray(WINDOW, WINDOW + WINDOW_BYTES + BEHIND_BYTES),
      next: (at, end) => next(WINDOW + at, WINDOW + end) - WINDOW,
    };
  } catch {
    // No vector instructions, too little memory, or forbidden by a page's policy: the plain search is used.
    compiled = 'none';
    return undefined;
  }
}
