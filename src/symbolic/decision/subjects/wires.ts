/** Numbers that are bits of variables, and the values of such bits at which a comparison changes. */
import type { Expr } from '../../quantity.ts';
import { type Bdd, type BddManager, FALSE, TRUE } from '../bdd.ts';
import type { Bits } from '../bits.ts';

/** A comparison that only one field decides is told by the values of that field when it changes no more often than this. */
const MAX_CHANGES = 4;

/** A number that is written as it is. */
export const SAME = (value: bigint): bigint => value;

/** A value that is bits of variables, side by side, and fixed ones: it grows with the number that the bits make. */
export interface Wires {
  /** Without the fixed ones, the lowest first. */
  readonly bits: readonly Bdd[];
  readonly valueOf: (value: bigint) => bigint;
}

/** Undefined when a bit is more than a bit of a variable, or there twice. */
export function wiresOf(bits: Bits, of: Expr): Wires | undefined {
  const { bdds } = bits;
  const found: Bdd[] = [];
  const places: number[] = [];
  let fixed = 0n;
  for (const [i, bit] of bits.vector(of).entries()) {
    if (bit === FALSE) continue;
    if (bit === TRUE) fixed |= 1n << BigInt(i);
    else if (bdds.low(bit) !== FALSE || bdds.high(bit) !== TRUE || found.includes(bit)) return undefined;
    else {
      found.push(bit);
      places.push(i);
    }
  }
  const [shift = 0] = places;
  // Bits that stand together are the rule.
  if (places.every((place, i) => place === shift + i)) {
    const by = BigInt(shift);
    return { bits: found, valueOf: by === 0n && fixed === 0n ? SAME : (value) => (value << by) | fixed };
  }
  return {
    bits: found,
    valueOf: (value) =>
      places.reduce((all, place, i) => all | (((value >> BigInt(i)) & 1n) << BigInt(place)), fixed),
  };
}

/** The values of some bits at which a function of them changes; undefined when those are many. The levels grow downwards. */
export function changesOf(bits: Bits, holds: Bdd, lowestFirst: readonly number[]): bigint[] | undefined {
  const { bdds } = bits;
  const changes: bigint[] = [];
  let last: Bdd | undefined;
  // Recurses no deeper than the field is wide, and ends when there are too many.
  const walk = (at: Bdd, bit: number, base: bigint): boolean => {
    if (at === TRUE || at === FALSE) {
      if (last !== undefined && last !== at) changes.push(base);
      last = at;
      return changes.length <= MAX_CHANGES;
    }
    if (bit < 0) return false;
    const isHere = bdds.levelOf(at) === lowestFirst[bit];
    return (
      walk(isHere ? bdds.low(at) : at, bit - 1, base) &&
      walk(isHere ? bdds.high(at) : at, bit - 1, base + (1n << BigInt(bit)))
    );
  };
  return walk(holds, lowestFirst.length - 1, 0n) ? changes : undefined;
}

/** Does a function of a number hold in one range of its values, or in all but one value? */
export function isOneRange(changes: readonly bigint[], holds: Bdd, bdds: BddManager): boolean {
  const [from, to, ...more] = changes;
  if (from === undefined || to === undefined) return true;
  return more.length === 0 && (!bdds.holdsFor(holds, new Map()) || to === from + 1n);
}
