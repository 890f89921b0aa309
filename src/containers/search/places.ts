/** Where may a pattern begin? By the three bytes that stand at a place, as fast as the machine can look. */
import { SEARCH_CODE } from './code.ts';

/** Bytes that are looked at together: what fits into a processor's own memory. */
export const WINDOW_BYTES = 256 * 1024;
/** Bytes behind a window's own: patterns that begin in it may end there. */
export const BEHIND_BYTES = 64;

/** Bytes to look at, and who looks. */
export interface Places {
  /** To be filled: {@link WINDOW_BYTES} and {@link BEHIND_BYTES}. */
  readonly bytes: Uint8Array;
  /** The first place from `at` on and before `end` where a pattern may begin; `end` where there is none. */
  next(at: number, end: number): number;
}

/** What tells that a pattern may begin: its first three bytes. */
export interface Beginnings {
  /** By the first two bytes, the first the lower one: bits of the groups of patterns that begin so. */
  readonly firstPair: Uint8Array;
  /** The same of the second byte and the third. */
  readonly secondPair: Uint8Array;
  /** By the lower and the upper half of each byte. */
  readonly halves: Uint8Array;
}

const GROUPS = 8;
const HALVES = 16;
/** Half bytes of the first three bytes: two of each. */
const PARTS = 6;

/** Sets of the halves that a group's patterns have, a bit for each. */
type Sets = readonly number[];

function setsOf(bytes: readonly number[]): Sets {
  return Array.from({ length: PARTS }, (_, part) => {
    const byte = bytes[part >> 1]!;
    return 1 << (part % 2 === 0 ? byte & 15 : byte >> 4);
  });
}

function joined(a: Sets, b: Sets): Sets {
  return a.map((set, part) => set | b[part]!);
}

/** How many beginnings look like one of a group's. */
function breadth(sets: Sets): number {
  let product = 1;
  for (const set of sets) {
    let count = 0;
    for (let rest = set; rest !== 0; rest &= rest - 1) count += 1;
    product *= count;
  }
  return product;
}

/** Puts what is alike into one group, so that little else looks like it. */
export function beginningsOf(patterns: readonly (readonly number[])[]): Beginnings {
  const groups: Sets[] = [];
  const halves = new Uint8Array(PARTS * HALVES);
  const firstPair = new Uint8Array(65536);
  const secondPair = new Uint8Array(65536);
  const sorted = [...new Map(patterns.map((bytes) => [bytes.slice(0, 3).join(), bytes])).values()].sort(
    (a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!,
  );
  for (const bytes of sorted) {
    const sets = setsOf(bytes);
    let [best, least] = [groups.length, groups.length < GROUPS ? 1 : Number.POSITIVE_INFINITY];
    for (const [group, before] of groups.entries()) {
      const more = breadth(joined(before, sets)) - breadth(before);
      // An empty group is for what is like nothing else.
      if (more < least || (groups.length < GROUPS && more <= HALVES)) [best, least] = [group, more];
    }
    const before = groups[best];
    groups[best] = before === undefined ? sets : joined(before, sets);
    const bit = 1 << best;
    for (const [part, set] of sets.entries()) halves[part * HALVES + (31 - Math.clz32(set))]! |= bit;
    firstPair[bytes[0]! | (bytes[1]! << 8)]! |= bit;
    secondPair[bytes[1]! | (bytes[2]! << 8)]! |= bit;
  }
  return { firstPair, secondPair, halves };
}

/** Looks at one place after the other. */
export function plainPlaces({ firstPair, secondPair }: Beginnings): Places {
  const bytes = new Uint8Array(WINDOW_BYTES + BEHIND_BYTES);
  return {
    bytes,
    next(from, end) {
      for (let at = from; at < end; at += 1) {
        const second = bytes[at + 1]!;
        const groups = firstPair[bytes[at]! | (second << 8)]!;
        if (groups !== 0 && (groups & secondPair[second | (bytes[at + 2]! << 8)]!) !== 0) return at;
      }
      return end;
    },
  };
}

/** As far as it is used here; the types of Node and of browsers each have their own. */
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
const WINDOW = 0x30000;

let compiled: { readonly assembly: Assembly; readonly module: object } | 'none' | undefined;

/** Looks at sixteen places at once; undefined where the machine or the page doesn't let it. */
export function vectorPlaces({ firstPair, secondPair, halves }: Beginnings): Places | undefined {
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
    return {
      bytes: all.subarray(WINDOW, WINDOW + WINDOW_BYTES + BEHIND_BYTES),
      next: (at, end) => next(WINDOW + at, WINDOW + end) - WINDOW,
    };
  } catch {
    // No vectors, no room for its memory, or a page that forbids it: it goes without, and slower.
    compiled = 'none';
    return undefined;
  }
}
