/** Indices and lengths that must be known: an unknown one forks the path for each value, or the path is abandoned. */
import { compare, isKnown, type Quantity } from '../../../symbolic/index.ts';
import type { Deciding } from '../state/machine.ts';

/** Maximum number of elements for which an unknown index forks. */
export const MAX_INDEX_CASES = 64;

/** Greater than the length of any object. */
const MOST = 0x7fff_ffff;

/** An index as a number; `length` if it is out of range and was unknown. */
export function knownIndex(m: Deciding, index: Quantity, length: number): number {
  if (isKnown(index)) return index > BigInt(MOST) ? MOST : Number(index);
  if (length > MAX_INDEX_CASES) {
    if (!m.decide(compare('lt', index, BigInt(length)))) return length;
    return m.abandon('an unknown index');
  }
  for (let i = 0; i < length; i++) if (m.decide(compare('eq', index, BigInt(i)))) return i;
  return length;
}

/** A length as a number; the path is abandoned if it is unknown. */
export function knownLength(m: Deciding, length: Quantity): number {
  if (!isKnown(length)) return m.abandon('an unknown length');
  return length > BigInt(MOST) ? MOST : Number(length);
}
