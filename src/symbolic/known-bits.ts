/** What is known of a number whatever the fields hold: bits, width, largest and smallest value. */
import { type Expr, type ExprOf, isKnown, type Quantity } from './quantity.ts';

/** Masks of the widths that come up all the time. */
const masks: readonly bigint[] = Array.from({ length: 129 }, (_, bits) => (1n << BigInt(bits)) - 1n);

export function maskOf(bits: number): bigint {
  return masks[bits] ?? (1n << BigInt(bits)) - 1n;
}

/** Bits of a number known to be 1; of a bigint the number itself. */
export function onesOf(value: Quantity): bigint {
  return isKnown(value) ? value : value.ones;
}

/** Largest value that the known bits allow. */
export function maximumOf(value: Quantity): bigint {
  return isKnown(value) ? value : maskOf(value.bits) & ~value.zeros;
}

/** Smallest value that the known bits allow. */
export function minimumOf(value: Quantity): bigint {
  return onesOf(value);
}

/** How many bits the value can take up. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

export function widthOf(value: Quantity): number {
  return isKnown(value) ? bitLength(value) : value.bits;
}

/** Without wrapping for any content: no negative coefficient, and the largest value fits. */
export function isExactSum(expr: ExprOf<'sum'>): boolean {
  let maximum = expr.constant;
  for (const term of expr.terms) {
    if (term.coefficient < 0n) return false;
    maximum += term.coefficient * maximumOf(term.of);
  }
  return maximum <= maskOf(expr.bits);
}

export function isPowerOfTwo(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}

export function trailingZeros(value: bigint): number {
  const lowest = value & -value;
  return value === 0n ? 64 : bitLength(lowest) - 1;
}

export function trailingKnownZeros(expr: Expr): number {
  return Math.min(expr.bits, trailingZeros(~expr.zeros));
}
