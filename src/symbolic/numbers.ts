/** Calculating with numbers that aren't known: sums, bits cut out and put together, logic by bits. */

import { choose, mapConstantLeaves } from './conditions.ts';
import { make, type Shape, sameExpr } from './identity.ts';
import {
  bitLength,
  isExactSum,
  isPowerOfTwo,
  maskOf,
  maximumOf,
  minimumOf,
  onesOf,
  trailingKnownZeros,
  trailingZeros,
} from './known-bits.ts';
import {
  type ArithmeticOperator,
  type BitOperator,
  type Expr,
  type ExprOf,
  isKnown,
  type Quantity,
} from './quantity.ts';

/** constant + sum of coefficient * of, modulo 2^bits. Sums inside that can't have wrapped are flattened. */
export function sum(
  bits: number,
  constant: bigint,
  parts: readonly { readonly coefficient: bigint; readonly of: Quantity }[],
): Quantity {
  const all = maskOf(bits);
  let total = constant;
  const terms: { coefficient: bigint; of: Expr }[] = [];
  const addTerm = (coefficient: bigint, of: Quantity): void => {
    if (isKnown(of)) {
      total += coefficient * of;
      return;
    }
    if (of.kind === 'sum' && (of.bits >= bits || isExactSum(of))) {
      total += coefficient * of.constant;
      for (const term of of.terms) addTerm(coefficient * term.coefficient, term.of);
      return;
    }
    const same = terms.find((term) => sameExpr(term.of, of));
    if (same) same.coefficient += coefficient;
    else terms.push({ coefficient, of });
  };
  for (const part of parts) addTerm(part.coefficient, part.of);
  for (const term of terms) term.coefficient = BigInt.asIntN(bits, term.coefficient);
  const kept = terms.filter((term) => term.coefficient !== 0n);
  total &= all;
  if (kept.length === 0) return total;
  preferPositive(kept, total, all);
  const only = kept[0]!;
  if (kept.length === 1 && total === 0n && only.coefficient === 1n)
    return only.of.bits > bits ? bitsOf(only.of, 0, bits) : only.of;
  // Known bits: what the largest value leaves clear, and the constant's own below the zeros that all terms end in.
  let maximum: bigint | undefined = total;
  let trailing = bits;
  for (const term of kept) {
    if (maximum !== undefined)
      maximum = term.coefficient > 0n ? maximum + term.coefficient * maximumOf(term.of) : undefined;
    trailing = Math.min(trailing, trailingZeros(term.coefficient) + trailingKnownZeros(term.of));
  }
  let zeros = maskOf(trailing) & ~total;
  if (maximum !== undefined && maximum <= all) zeros |= all & ~maskOf(bitLength(maximum));
  let ones = maskOf(trailing) & total;
  if (kept.length === 1 && total === 0n && isPowerOfTwo(only.coefficient)) {
    ones = (only.of.ones * only.coefficient) & all;
    zeros |= (only.of.zeros * only.coefficient) & all;
  }
  return make(bits, { kind: 'sum', constant: total, terms: kept } as Shape, ones, zeros);
}

/**
 * Makes all coefficients positive, where the sum then never wraps: bit 7 of a byte in its place is `FLAG & 0x80`, which
 * minus 0x80 times the bit is too, but nobody would write so.
 */
function preferPositive(
  terms: readonly { coefficient: bigint; readonly of: Expr }[],
  constant: bigint,
  all: bigint,
): void {
  if (terms.every(({ coefficient }) => coefficient > 0n)) return;
  let maximum = constant;
  for (const { coefficient, of } of terms) maximum += (coefficient & all) * maximumOf(of);
  if (maximum <= all) for (const term of terms) term.coefficient &= all;
}

/** Bits [low, low + bits) of a value. */
export function bitsOf(value: Quantity, low: number, bits: number): Quantity {
  if (bits <= 0) return 0n;
  if (isKnown(value)) return (value >> BigInt(low)) & maskOf(bits);
  if (low >= value.bits) return 0n;
  if (low === 0 && bits >= value.bits) return value;
  const width = Math.min(bits, value.bits - low);
  switch (value.kind) {
    case 'slice':
      return bitsOf(value.of, value.low + low, width);
    case 'join':
      return sliceOfJoin(value, low, width);
    case 'choose':
      return choose(value.when, bitsOf(value.yes, low, width), bitsOf(value.no, low, width));
    case 'bitwise':
      return bitwise(value.op, bitsOf(value.left, low, width), bitsOf(value.right, low, width));
    case 'sum':
      if (low === 0) return sum(width, value.constant, value.terms);
      if (divisible(value, low)) {
        const shift = BigInt(low);
        return sum(
          width,
          value.constant >> shift,
          value.terms.map(({ coefficient, of }) => ({ coefficient: coefficient >> shift, of })),
        );
      }
      if (value.terms.length === 1 && value.constant === 0n && isPowerOfTwo(value.terms[0]!.coefficient))
        return bitsOf(value.terms[0]!.of, low - trailingZeros(value.terms[0]!.coefficient), width);
      break;
    default:
  }
  // Leading bits known to be clear need not be cut out.
  const top = bitLength(maximumOf(value) >> BigInt(low));
  const kept = Math.min(width, top);
  if (kept === 0) return 0n;
  if (low === 0 && kept === top) return value;
  const shift = BigInt(low);
  const mask = maskOf(kept);
  return make(
    kept,
    { kind: 'slice', of: value, low } as Shape,
    (value.ones >> shift) & mask,
    (value.zeros >> shift) & mask,
  );
}

/** Are the constant and all coefficients multiples of 2^shift? */
function divisible(value: ExprOf<'sum'>, shift: number): boolean {
  const mask = maskOf(shift);
  return (value.constant & mask) === 0n && value.terms.every((term) => (term.coefficient & mask) === 0n);
}

function sliceOfJoin(value: ExprOf<'join'>, low: number, bits: number): Quantity {
  const parts: { bits: number; value: Quantity }[] = [];
  let at = 0;
  for (const part of value.parts) {
    const from = Math.max(low, at);
    const to = Math.min(low + bits, at + part.bits);
    if (from < to) parts.push({ bits: to - from, value: bitsOf(part.value, from - at, to - from) });
    at += part.bits;
  }
  return join(parts);
}

/** Values side by side, the lowest first, each in as many bits as given. */
export function join(given: readonly { readonly bits: number; readonly value: Quantity }[]): Quantity {
  const parts: { bits: number; value: Quantity }[] = [];
  const append = (bits: number, value: Quantity): void => {
    if (bits === 0) return;
    if (!isKnown(value) && value.kind === 'join') {
      let rest = bits;
      for (const part of value.parts) {
        append(Math.min(part.bits, rest), part.value);
        rest -= Math.min(part.bits, rest);
      }
      append(rest, 0n);
      return;
    }
    const last = parts.at(-1);
    const merged = last && mergeParts(last, { bits, value });
    if (merged) parts[parts.length - 1] = merged;
    else parts.push({ bits, value });
  };
  for (const part of given) append(part.bits, part.value);
  while (parts.length > 1 && parts.at(-1)!.value === 0n) parts.pop();
  if (parts.length === 0) return 0n;
  if (parts.length === 1) return parts[0]!.value;
  // All parts chosen by one condition: the choice comes out first.
  const condition = commonCondition(parts);
  if (condition) {
    const side = (taken: boolean) =>
      join(
        parts.map(({ bits, value }) => ({
          bits,
          value: !isKnown(value) && value.kind === 'choose' ? (taken ? value.yes : value.no) : value,
        })),
      );
    return choose(condition, side(true), side(false));
  }
  let ones = 0n;
  let zeros = 0n;
  let bits = 0;
  for (const part of parts) {
    const at = BigInt(bits);
    const mask = maskOf(part.bits);
    ones |= (onesOf(part.value) & mask) << at;
    zeros |= (mask & ~maximumOf(part.value)) << at;
    bits += part.bits;
  }
  // Low zero bits below one value: a shift, which people read more easily.
  if (parts.length === 2 && parts[0]!.value === 0n)
    return sum(bits, 0n, [{ coefficient: 1n << BigInt(parts[0]!.bits), of: parts[1]!.value }]);
  return make(bits, { kind: 'join', parts } as Shape, ones, zeros);
}

function mergeParts(
  low: { bits: number; value: Quantity },
  high: { bits: number; value: Quantity },
): { bits: number; value: Quantity } | undefined {
  const bits = low.bits + high.bits;
  if (isKnown(low.value)) {
    return isKnown(high.value) ? { bits, value: low.value | (high.value << BigInt(low.bits)) } : undefined;
  }
  if (isKnown(high.value)) return undefined;
  const lowOf = low.value.kind === 'slice' ? low.value.of : low.value;
  const lowAt = low.value.kind === 'slice' ? low.value.low : 0;
  if (low.value.bits !== low.bits) return undefined;
  if (high.value.kind !== 'slice' || high.value.low !== lowAt + low.bits) return undefined;
  if (!sameExpr(lowOf, high.value.of)) return undefined;
  // A slice that lost its known zeros on top may only grow by zeros.
  if (high.value.bits !== high.bits && maximumOf(lowOf) >> BigInt(high.value.low + high.value.bits) !== 0n)
    return undefined;
  return { bits, value: bitsOf(lowOf, lowAt, bits) };
}

function commonCondition(parts: readonly { value: Quantity }[]): Expr | undefined {
  let condition: Expr | undefined;
  for (const { value } of parts) {
    if (isKnown(value)) continue;
    if (value.kind !== 'choose') return undefined;
    if (condition === undefined) condition = value.when;
    else if (!sameExpr(condition, value.when)) return undefined;
  }
  return condition;
}

/** The low `bits` bits of `value` put over bits [low, low + bits) of `whole`, which has `wholeBits`. */
export function insertBits(
  whole: Quantity,
  wholeBits: number,
  low: number,
  bits: number,
  value: Quantity,
): Quantity {
  return join([
    { bits: low, value: bitsOf(whole, 0, low) },
    { bits, value: bitsOf(value, 0, bits) },
    { bits: wholeBits - low - bits, value: bitsOf(whole, low + bits, wholeBits - low - bits) },
  ]);
}

/** And, or, exclusive or of two values. */
export function bitwise(op: BitOperator, left: Quantity, right: Quantity): Quantity {
  if (isKnown(left)) {
    if (isKnown(right)) return op === 'and' ? left & right : op === 'or' ? left | right : left ^ right;
    return bitwise(op, right, left);
  }
  if (isKnown(right)) {
    const leaves = mapConstantLeaves(left, (leaf) => bitwise(op, leaf, right));
    if (leaves !== undefined) return leaves;
    if (right === 0n) return op === 'and' ? 0n : left;
    if (op === 'and') {
      const masked = maskAnd(left, right);
      if (masked !== undefined) return masked;
    }
  } else if (sameExpr(left, right)) return op === 'xor' ? 0n : left;
  const rightBits = isKnown(right) ? bitLength(right) : right.bits;
  const bits = op === 'and' ? Math.min(left.bits, rightBits) : Math.max(left.bits, rightBits);
  const all = maskOf(bits);
  const leftZeros = all & ~maximumOf(left);
  const rightZeros = all & ~maximumOf(right);
  const [leftOnes, rightOnes] = [onesOf(left), onesOf(right)];
  let ones: bigint;
  let zeros: bigint;
  if (op === 'and') {
    ones = leftOnes & rightOnes;
    zeros = leftZeros | rightZeros;
    if ((maximumOf(left) & ~rightOnes) === 0n) return left;
    if ((maximumOf(right) & ~leftOnes) === 0n) return right;
  } else if (op === 'or') {
    ones = leftOnes | rightOnes;
    zeros = leftZeros & rightZeros;
    if ((maximumOf(right) & ~leftOnes) === 0n) return left;
    if ((maximumOf(left) & ~rightOnes) === 0n) return right;
    // No bit can be set in both: the parts of a sum, which shows better what is made.
    if ((maximumOf(left) & maximumOf(right)) === 0n && !(left.kind === 'compare'))
      return sum(bits, 0n, [
        { coefficient: 1n, of: left },
        { coefficient: 1n, of: right },
      ]);
  } else {
    ones = (leftOnes & rightZeros) | (leftZeros & rightOnes);
    zeros = (leftOnes & rightOnes) | (leftZeros & rightZeros);
  }
  return make(bits, { kind: 'bitwise', op, left, right } as Shape, ones & all, zeros & all);
}

/** `value & mask` for a mask without holes: a slice, put back in its place. */
function maskAnd(value: Expr, mask: bigint): Quantity | undefined {
  const low = trailingZeros(mask);
  const run = mask >> BigInt(low);
  if ((run & (run + 1n)) !== 0n) {
    // And of an and: one mask.
    if (value.kind === 'bitwise' && value.op === 'and' && isKnown(value.right))
      return bitwise('and', value.left, value.right & mask);
    return undefined;
  }
  const part = bitsOf(value, low, bitLength(run));
  if (low === 0) return part;
  return join([
    { bits: low, value: 0n },
    { bits: isKnown(part) ? bitLength(part) : part.bits, value: part },
  ]);
}

/** The operations that have no better form: see the callers in the interpreter for the rules of AML. */
export function arithmetic(op: ArithmeticOperator, bits: number, left: Quantity, right: Quantity): Quantity {
  let zeros = 0n;
  const all = maskOf(bits);
  if (op === 'divide' || op === 'shift-right') {
    const least = op === 'divide' ? minimumOf(right) || 1n : 1n << (minimumOf(right) & 0x7fn);
    zeros = all & ~maskOf(bitLength(maximumOf(left) / least));
  } else if (op === 'modulo') {
    const limit = maximumOf(right) > 0n ? maximumOf(right) - 1n : 0n;
    const most = limit < maximumOf(left) ? limit : maximumOf(left);
    zeros = all & ~maskOf(bitLength(most));
  }
  return make(bits, { kind: 'arithmetic', op, left, right } as Shape, 0n, zeros);
}
