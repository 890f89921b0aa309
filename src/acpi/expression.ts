/**
 * Integers that the inputs don't settle: expressions over firmware fields whose content only the running machine has.
 *
 * An expression of `bits` bits stands for a non-negative number below 2^bits; a narrower one stands wherever a wider
 * number may, without conversion. `ones` and `zeros` are the bits known to be set and clear, whatever the fields hold;
 * when all are known the constructors give a plain bigint instead. Expressions are immutable and bounded in size:
 * what grows past {@link MAX_EXPRESSION_SIZE} becomes opaque and keeps only the fields it hangs on.
 */

/** A field of firmware, by the name it has there. One symbol is one value: two reads of it give the same. */
export interface FieldSymbol {
  /** Last segment, as a person says it: `MG2B`. */
  readonly name: string;
  /** Absolute path, `\MG2B`; what `--set` may name too. */
  readonly path: string;
  /** Address space: `SystemMemory`, `PCI_Config`, … */
  readonly space: string;
  /** First byte in that space; undefined when the region's own address is not known. */
  readonly address: bigint | undefined;
  /** First bit of the field, counted from `address`. */
  readonly bitOffset: number;
  /** Width in bits. */
  readonly bits: number;
  /** Which writing of the underlying bytes this is the value after; 0 is what the machine started with. */
  readonly epoch: number;
}

export type BitOperator = 'and' | 'or' | 'xor';
export type ArithmeticOperator = 'multiply' | 'divide' | 'modulo' | 'shift-left' | 'shift-right';
export type Comparison = 'eq' | 'ne' | 'lt' | 'le';

interface ExprBase {
  /** Width: the value is below 2^bits. Conditions have 1. */
  readonly bits: number;
  /** Bits known to be 1. */
  readonly ones: bigint;
  /** Bits, below `bits`, known to be 0. */
  readonly zeros: bigint;
  /** Number of nodes, counted as a tree. */
  readonly size: number;
  readonly hash: number;
}

export type Expr = ExprBase &
  (
    | { readonly kind: 'field'; readonly field: FieldSymbol }
    /** constant + sum of coefficient * of, modulo 2^bits. Coefficients are signed and not 0. */
    | {
        readonly kind: 'sum';
        readonly constant: bigint;
        readonly terms: readonly { readonly coefficient: bigint; readonly of: Expr }[];
      }
    | {
        readonly kind: 'bitwise';
        readonly op: BitOperator;
        readonly left: Quantity;
        readonly right: Quantity;
      }
    | {
        readonly kind: 'arithmetic';
        readonly op: ArithmeticOperator;
        readonly left: Quantity;
        readonly right: Quantity;
      }
    /** Bits [low, low + bits) of `of`. */
    | { readonly kind: 'slice'; readonly of: Expr; readonly low: number }
    /** Parts side by side, the lowest first. */
    | {
        readonly kind: 'join';
        readonly parts: readonly { readonly bits: number; readonly value: Quantity }[];
      }
    | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Quantity; readonly right: Quantity }
    /** All or any of several conditions. */
    | { readonly kind: 'all' | 'any'; readonly of: readonly Expr[] }
    | { readonly kind: 'not'; readonly of: Expr }
    | { readonly kind: 'choose'; readonly when: Expr; readonly yes: Quantity; readonly no: Quantity }
    /** Not known, and not expressed: `reason` says why. Equal only to itself. */
    | { readonly kind: 'opaque'; readonly reason: string; readonly inputs: readonly FieldSymbol[] }
  );

type ExprOf<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** An AML integer or a part of one: a number, or an expression when only the running machine knows. */
export type Quantity = bigint | Expr;

/** A byte that isn't known: byte `index` of an expression, the lowest first. */
export interface UnknownByte {
  readonly of: Expr;
  readonly index: number;
}

export type ByteValue = number | UnknownByte;

/** An expression of more nodes than this becomes opaque: nobody can read it, and work on it must stay bounded. */
export const MAX_EXPRESSION_SIZE = 160;
/** Fields that an opaque value still names. */
export const MAX_OPAQUE_INPUTS = 12;
/** A choice among constants is calculated through up to this many leaves. */
const MAX_CONSTANT_LEAVES = 24;

/** Masks of the widths that come up all the time. */
const masks: readonly bigint[] = Array.from({ length: 129 }, (_, bits) => (1n << BigInt(bits)) - 1n);

export function maskOf(bits: number): bigint {
  return masks[bits] ?? (1n << BigInt(bits)) - 1n;
}

export function isKnown(value: Quantity): value is bigint {
  return typeof value === 'bigint';
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

function mix(hash: number, next: number): number {
  return (Math.imul(hash, 0x01000193) ^ next) | 0;
}

function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  return hash;
}

function hashOf(value: Quantity): number {
  return isKnown(value) ? Number(BigInt.asIntN(32, value ^ (value >> 32n))) : value.hash;
}

function sizeOf(value: Quantity): number {
  return isKnown(value) ? 1 : value.size;
}

let opaqueCount = 0;

/** A value of which nothing is known. Each one is equal only to itself. */
export function opaque(bits: number, reason: string, inputs: readonly FieldSymbol[] = []): Expr {
  opaqueCount = (opaqueCount + 1) | 0;
  return {
    kind: 'opaque',
    bits,
    reason,
    inputs: inputs.slice(0, MAX_OPAQUE_INPUTS),
    ones: 0n,
    zeros: 0n,
    size: 1,
    hash: mix(7, opaqueCount),
  };
}

export function fieldValue(field: FieldSymbol): Expr {
  return {
    kind: 'field',
    field,
    bits: field.bits,
    ones: 0n,
    zeros: 0n,
    size: 1,
    hash: mix(hashOfText(field.path), field.epoch),
  };
}

/** Same value for certain. False only means that it isn't seen to be. */
export function sameQuantity(a: Quantity, b: Quantity): boolean {
  if (a === b) return true;
  if (isKnown(a) || isKnown(b)) return false;
  return sameExpr(a, b);
}

// Recurses no deeper than MAX_EXPRESSION_SIZE.
function sameExpr(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.hash !== b.hash || a.kind !== b.kind || a.bits !== b.bits || a.size !== b.size) return false;
  switch (a.kind) {
    case 'field': {
      const other = (b as ExprOf<'field'>).field;
      const { field } = a;
      return (
        field === other ||
        (field.path === other.path &&
          field.epoch === other.epoch &&
          field.address === other.address &&
          field.bitOffset === other.bitOffset)
      );
    }
    case 'sum': {
      const other = b as ExprOf<'sum'>;
      return (
        a.constant === other.constant &&
        a.terms.length === other.terms.length &&
        a.terms.every(
          (term, i) =>
            term.coefficient === other.terms[i]!.coefficient && sameExpr(term.of, other.terms[i]!.of),
        )
      );
    }
    case 'bitwise':
    case 'arithmetic':
    case 'compare': {
      const other = b as typeof a;
      return a.op === other.op && sameQuantity(a.left, other.left) && sameQuantity(a.right, other.right);
    }
    case 'slice': {
      const other = b as ExprOf<'slice'>;
      return a.low === other.low && sameExpr(a.of, other.of);
    }
    case 'join': {
      const other = b as ExprOf<'join'>;
      return (
        a.parts.length === other.parts.length &&
        a.parts.every(
          (part, i) => part.bits === other.parts[i]!.bits && sameQuantity(part.value, other.parts[i]!.value),
        )
      );
    }
    case 'all':
    case 'any': {
      const other = b as ExprOf<'all' | 'any'>;
      return a.of.length === other.of.length && a.of.every((part, i) => sameExpr(part, other.of[i]!));
    }
    case 'not':
      return sameExpr(a.of, (b as ExprOf<'not'>).of);
    case 'choose': {
      const other = b as ExprOf<'choose'>;
      return sameExpr(a.when, other.when) && sameQuantity(a.yes, other.yes) && sameQuantity(a.no, other.no);
    }
    case 'opaque':
      return false;
  }
}

/** The expressions an expression is made of. */
export function partsOf(expr: Expr): readonly Quantity[] {
  switch (expr.kind) {
    case 'field':
    case 'opaque':
      return [];
    case 'sum':
      return expr.terms.map((term) => term.of);
    case 'bitwise':
    case 'arithmetic':
    case 'compare':
      return [expr.left, expr.right];
    case 'slice':
    case 'not':
      return [expr.of];
    case 'join':
      return expr.parts.map((part) => part.value);
    case 'all':
    case 'any':
      return expr.of;
    case 'choose':
      return [expr.when, expr.yes, expr.no];
  }
}

/** The firmware fields an expression hangs on, each once, in the order of reading; about `limit` of them. */
export function fieldsOf(value: Quantity, limit = Number.POSITIVE_INFINITY): FieldSymbol[] {
  const found = new Map<string, FieldSymbol>();
  const note = (field: FieldSymbol): void => {
    const key = `${field.path}#${field.epoch}`;
    if (!found.has(key)) found.set(key, field);
  };
  const pending: Quantity[] = [value];
  while (pending.length > 0 && found.size < limit) {
    const next = pending.pop()!;
    if (isKnown(next)) continue;
    if (next.kind === 'field') note(next.field);
    else if (next.kind === 'opaque') next.inputs.forEach(note);
    else pending.push(...[...partsOf(next)].reverse());
  }
  return [...found.values()];
}

/** Why a value isn't expressed: the reasons of the opaque parts of an expression. */
export function opaqueReasons(value: Quantity): string[] {
  const found = new Set<string>();
  const pending: Quantity[] = [value];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (isKnown(next)) continue;
    if (next.kind === 'opaque') found.add(next.reason);
    else pending.push(...partsOf(next));
  }
  return [...found];
}

type Shape = Expr extends infer E ? (E extends ExprBase ? Omit<E, keyof ExprBase> : never) : never;

/** Hashes of the kinds and operators: short words, hashed once. */
const wordHashes = new Map<string, number>();

function hashOfWord(word: string): number {
  let hash = wordHashes.get(word);
  if (hash === undefined) {
    hash = hashOfText(word);
    wordHashes.set(word, hash);
  }
  return hash;
}

function make(bits: number, shape: Shape, ones: bigint, zeros: bigint): Quantity {
  const all = maskOf(bits);
  if (((ones | zeros) & all) === all) return ones & all;
  let size = 1;
  let hash = hashOfWord(shape.kind) ^ bits;
  for (const part of partsOf(shape as Expr)) {
    size += sizeOf(part);
    hash = mix(hash, hashOf(part));
  }
  if (size > MAX_EXPRESSION_SIZE)
    return opaque(
      bits,
      'the expression is too large',
      fieldsOf({ ...shape, bits } as Expr, MAX_OPAQUE_INPUTS),
    );
  switch (shape.kind) {
    case 'sum':
      hash = mix(hash, hashOf(shape.constant));
      for (const term of shape.terms) hash = mix(hash, hashOf(term.coefficient));
      break;
    case 'bitwise':
    case 'arithmetic':
    case 'compare':
      hash = mix(hash, hashOfWord(shape.op));
      break;
    case 'slice':
      hash = mix(hash, shape.low);
      break;
    default:
  }
  return { ...shape, bits, ones, zeros: zeros & all, size, hash } as Expr;
}

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
  const only = kept[0]!;
  if (kept.length === 1 && total === 0n && only.coefficient === 1n)
    return only.of.bits > bits ? bitsOf(only.of, 0, bits) : only.of;
  // Known bits: what the largest value leaves clear, and the zeros that all terms end in.
  let maximum: bigint | undefined = total;
  let trailing = total === 0n ? bits : trailingZeros(total);
  for (const term of kept) {
    if (maximum !== undefined)
      maximum = term.coefficient > 0n ? maximum + term.coefficient * maximumOf(term.of) : undefined;
    trailing = Math.min(trailing, trailingZeros(term.coefficient) + trailingKnownZeros(term.of));
  }
  let zeros = maskOf(Math.min(trailing, bits));
  if (maximum !== undefined && maximum <= all) zeros |= all & ~maskOf(bitLength(maximum));
  let ones = 0n;
  if (kept.length === 1 && total === 0n && isPowerOfTwo(only.coefficient)) {
    ones = (only.of.ones * only.coefficient) & all;
    zeros |= (only.of.zeros * only.coefficient) & all;
  }
  return make(bits, { kind: 'sum', constant: total, terms: kept } as Shape, ones, zeros);
}

/** Without wrapping for any content: no negative coefficient, and the largest value fits. */
function isExactSum(expr: ExprOf<'sum'>): boolean {
  let maximum = expr.constant;
  for (const term of expr.terms) {
    if (term.coefficient < 0n) return false;
    maximum += term.coefficient * maximumOf(term.of);
  }
  return maximum <= maskOf(expr.bits);
}

function isPowerOfTwo(value: bigint): boolean {
  return value > 0n && (value & (value - 1n)) === 0n;
}

function trailingZeros(value: bigint): number {
  const lowest = value & -value;
  return value === 0n ? 64 : bitLength(lowest) - 1;
}

function trailingKnownZeros(expr: Expr): number {
  return Math.min(expr.bits, trailingZeros(~expr.zeros));
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

/** A choice among constants, calculated leaf by leaf; undefined when it isn't one. */
export function mapConstantLeaves(value: Expr, map: (leaf: bigint) => Quantity): Quantity | undefined {
  if (value.kind !== 'choose' || value.size > MAX_EXPRESSION_SIZE / 2) return undefined;
  let leaves = 0;
  const constant = (part: Quantity): boolean => {
    if (isKnown(part)) return ++leaves <= MAX_CONSTANT_LEAVES;
    return part.kind === 'choose' && constant(part.yes) && constant(part.no);
  };
  if (!constant(value)) return undefined;
  const walk = (part: Quantity): Quantity =>
    isKnown(part)
      ? map(part)
      : part.kind === 'choose'
        ? choose(part.when, walk(part.yes), walk(part.no))
        : part;
  return walk(value);
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

/** A comparison, as a condition: 1n, 0n or an expression of one bit. */
export function compare(op: Comparison, left: Quantity, right: Quantity): Quantity {
  if (isKnown(left) && isKnown(right)) {
    const holds =
      op === 'eq'
        ? left === right
        : op === 'ne'
          ? left !== right
          : op === 'lt'
            ? left < right
            : left <= right;
    return holds ? 1n : 0n;
  }
  if (sameQuantity(left, right)) return op === 'eq' || op === 'le' ? 1n : 0n;
  if (op === 'ne') return not(compare('eq', left, right));
  if (op === 'eq') {
    const all = maskOf(Math.max(widthOf(left), widthOf(right)));
    const conflict = (onesOf(left) & all & ~maximumOf(right)) | (onesOf(right) & all & ~maximumOf(left));
    if (conflict !== 0n) return 0n;
    if (isKnown(left)) return compare('eq', right, left);
    // A shifted value is 0 when the value is, if no bit was shifted out.
    if (
      right === 0n &&
      !isKnown(left) &&
      left.kind === 'sum' &&
      left.terms.length === 1 &&
      left.constant === 0n &&
      isExactSum(left)
    )
      return compare('eq', left.terms[0]!.of, 0n);
  } else {
    if (maximumOf(left) < minimumOf(right)) return 1n;
    if (minimumOf(left) > maximumOf(right)) return 0n;
    if (op === 'lt' && minimumOf(left) >= maximumOf(right)) return 0n;
    if (op === 'le' && maximumOf(left) <= minimumOf(right)) return 1n;
    // Below 1 is 0; above 0 is not 0, which `MG2L > 0` keeps as it is written.
    if (op === 'lt' && right === 1n) return compare('eq', left, 0n);
  }
  if (!isKnown(left) && isKnown(right)) {
    const mapped = mapConstantLeaves(left, (leaf) => compare(op, leaf, right));
    if (mapped !== undefined) return mapped;
    if (op === 'eq' && left.bits === 1) return right === 1n ? asCondition(left) : not(asCondition(left));
  }
  if (isKnown(left) && !isKnown(right)) {
    const mapped = mapConstantLeaves(right, (leaf) => compare(op, left, leaf));
    if (mapped !== undefined) return mapped;
  }
  return make(1, { kind: 'compare', op, left, right } as Shape, 0n, 0n);
}

function widthOf(value: Quantity): number {
  return isKnown(value) ? bitLength(value) : value.bits;
}

function isCondition(expr: Expr): boolean {
  return (
    expr.kind === 'compare' ||
    expr.kind === 'all' ||
    expr.kind === 'any' ||
    expr.kind === 'not' ||
    expr.bits === 1
  );
}

function asCondition(expr: Expr): Quantity {
  return isCondition(expr) ? expr : truth(expr);
}

/** Is the value other than zero? */
export function truth(value: Quantity): Quantity {
  if (isKnown(value)) return value === 0n ? 0n : 1n;
  if (value.ones !== 0n) return 1n;
  if (value.bits === 1) return value;
  if (value.kind === 'choose') return choose(value.when, truth(value.yes), truth(value.no));
  return not(compare('eq', value, 0n));
}

/** Opposites that were made before: the same few conditions are asked for again and again. */
const opposites = new WeakMap<Expr, Quantity>();

/** The opposite of a condition. */
export function not(condition: Quantity): Quantity {
  if (isKnown(condition)) return condition === 0n ? 1n : 0n;
  let opposite = opposites.get(condition);
  if (opposite === undefined) {
    opposite = negate(condition);
    opposites.set(condition, opposite);
  }
  return opposite;
}

function negate(condition: Expr): Quantity {
  switch (condition.kind) {
    case 'not':
      return condition.of;
    case 'compare': {
      const { op, left, right } = condition;
      if (op === 'eq' || op === 'ne')
        return make(1, { kind: 'compare', op: op === 'eq' ? 'ne' : 'eq', left, right } as Shape, 0n, 0n);
      // Not above 0 is 0.
      if (op === 'lt' && left === 0n) return compare('eq', right, 0n);
      return make(
        1,
        { kind: 'compare', op: op === 'lt' ? 'le' : 'lt', left: right, right: left } as Shape,
        0n,
        0n,
      );
    }
    case 'all':
    case 'any':
      return gather(condition.kind === 'all' ? 'any' : 'all', condition.of.map(not));
    case 'choose':
      if (isKnown(condition.yes) || isKnown(condition.no))
        return choose(condition.when, not(condition.yes), not(condition.no));
      break;
    default:
  }
  return make(1, { kind: 'not', of: condition } as Shape, 0n, 0n);
}

/** All (or any) of several conditions. */
export function gather(kind: 'all' | 'any', conditions: readonly Quantity[]): Quantity {
  const decided = kind === 'all' ? 0n : 1n;
  const kept: Expr[] = [];
  const pending = [...conditions].reverse();
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (isKnown(next)) {
      if ((next === 0n ? 0n : 1n) === decided) return decided;
      continue;
    }
    if (next.kind === kind) {
      pending.push(...[...next.of].reverse());
      continue;
    }
    if (kept.some((other) => sameExpr(other, next))) continue;
    const opposite = not(next);
    if (kept.some((other) => sameQuantity(other, opposite))) return decided;
    kept.push(next);
  }
  if (kept.length === 0) return kind === 'all' ? 1n : 0n;
  if (kept.length === 1) return kept[0]!;
  return make(1, { kind, of: kept } as Shape, 0n, 0n);
}

/** `then` where the condition holds, else `else`. */
export function choose(when: Quantity, then: Quantity, otherwise: Quantity): Quantity {
  if (isKnown(when)) return when === 0n ? otherwise : then;
  if (sameQuantity(then, otherwise)) return then;
  if (when.kind === 'not') return choose(when.of, otherwise, then);
  if (when.kind === 'compare' && when.op === 'ne') return choose(not(when), otherwise, then);
  let [yes, no] = [then, otherwise];
  if (!isKnown(yes) && yes.kind === 'choose' && sameExpr(yes.when, when)) yes = yes.yes;
  if (!isKnown(no) && no.kind === 'choose' && sameExpr(no.when, when)) no = no.no;
  if (sameQuantity(yes, no)) return yes;
  const bits = Math.max(widthOf(yes), widthOf(no), 1);
  if (bits === 1 && when.bits === 1) {
    if (yes === 1n && no === 0n) return when;
    if (yes === 0n && no === 1n) return not(when);
    if (yes === 1n) return gather('any', [when, no]);
    if (no === 0n) return gather('all', [when, yes]);
    if (yes === 0n) return gather('all', [not(when), no]);
    if (no === 1n) return gather('any', [not(when), yes]);
  }
  const all = maskOf(bits);
  return make(
    bits,
    { kind: 'choose', when, yes, no } as Shape,
    onesOf(yes) & onesOf(no),
    all & ~maximumOf(yes) & ~maximumOf(no),
  );
}

/** What a byte is, as a number of 8 bits. */
export function quantityOfByte(byte: ByteValue): Quantity {
  return typeof byte === 'number' ? BigInt(byte) : bitsOf(byte.of, byte.index * 8, 8);
}

/** The expression that all bytes are of, one after the other, where its known bytes are plain numbers. */
function wholeOf(bytes: readonly ByteValue[]): Quantity | undefined {
  const at = bytes.findIndex((byte) => typeof byte !== 'number');
  const first = bytes[at];
  if (first === undefined || typeof first === 'number') return undefined;
  const { of } = first;
  const base = first.index - at;
  if (base < 0) return undefined;
  const fits = bytes.every((byte, i) => {
    if (typeof byte !== 'number') return byte.index === base + i && sameExpr(byte.of, of);
    const shift = BigInt(8 * (base + i));
    return Number((of.ones >> shift) & 0xffn) === byte && Number((maximumOf(of) >> shift) & 0xffn) === byte;
  });
  return fits ? bitsOf(of, 8 * base, 8 * bytes.length) : undefined;
}

/** The number that bytes make, the lowest first. */
export function quantityOfBytes(bytes: readonly ByteValue[]): Quantity {
  let known = true;
  for (const byte of bytes) if (typeof byte !== 'number') known = false;
  if (known) {
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
    return value;
  }
  const whole = wholeOf(bytes);
  if (whole !== undefined) return whole;
  const parts: { bits: number; value: Quantity }[] = [];
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i]!;
    let run = 1;
    if (typeof byte !== 'number') {
      // Bytes in a row of one expression: one slice.
      for (; i + run < bytes.length; run++) {
        const next = bytes[i + run]!;
        if (typeof next === 'number' || next.index !== byte.index + run || !sameExpr(next.of, byte.of)) break;
      }
      parts.push({ bits: run * 8, value: bitsOf(byte.of, byte.index * 8, run * 8) });
    } else parts.push({ bits: 8, value: BigInt(byte) });
    i += run;
  }
  return join(parts);
}

/** The bytes of a number, the lowest first: known where its bits are. */
export function bytesOfQuantity(value: Quantity, length: number): ByteValue[] {
  const bytes: ByteValue[] = [];
  for (let index = 0; index < length; index++) {
    if (isKnown(value)) bytes.push(Number((value >> BigInt(8 * index)) & 0xffn));
    else {
      const at = BigInt(8 * index);
      const ones = Number((value.ones >> at) & 0xffn);
      const possible = Number((maximumOf(value) >> at) & 0xffn);
      bytes.push(ones === possible ? ones : { of: value, index });
    }
  }
  return bytes;
}

export function sameByte(a: ByteValue, b: ByteValue): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.index === b.index && sameExpr(a.of, b.of);
}

export { formatExpr, formatQuantity } from './expression-text.ts';
