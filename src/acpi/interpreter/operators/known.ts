/** Indices and lengths that have to be known: what isn't is settled path by path, or given up. */
import { compare, isKnown, type Quantity } from '../../../symbolic/index.ts';
import type { Deciding } from '../state/machine.ts';

/** An index that isn't known is tried value by value, up to so many elements. */
export const MAX_INDEX_CASES = 64;

/** No object has so many bytes or elements. */
const MOST = 0x7fff_ffff;

/** An index as a number; one that isn't known is settled path by path. */
export function knownIndex(m: Deciding, index: Quantity, length: number): number {
  if (isKnown(index)) return index > BigInt(MOST) ? MOST : Number(index);
  if (length > MAX_INDEX_CASES) {
    if (!m.decide(compare('lt', index, BigInt(length)))) return length;
    return m.abandon('an index that is not known');
  }
  for (let i = 0; i < length; i++) if (m.decide(compare('eq', index, BigInt(i)))) return i;
  return length;
}

/** A length that isn't known can't be followed. */
export function knownLength(m: Deciding, length: Quantity): number {
  if (!isKnown(length)) return m.abandon('a length that is not known');
  return length > BigInt(MOST) ? MOST : Number(length);
}
