/** Making expressions, and telling whether two are the same. */

import { InnerLimit, limitHint } from '../limits/limits.ts';
import { maskOf } from './known-bits.ts';
import {
  type ChoiceVariable,
  type Expr,
  type ExprBase,
  type ExprOf,
  type FieldSymbol,
  fieldsOf,
  isKnown,
  MAX_OPAQUE_INPUTS,
  type Quantity,
} from './quantity.ts';

const EXPRESSION_SIZE = new InnerLimit('expression-size');
const CONDITION_SIZE = new InnerLimit('condition-size');

/** What an expression may not grow past, and a condition that windows and reports gather: not in loops, and they are simplified. */
export type SizeLimit = 'expression-size' | 'condition-size';

function mix(hash: number, next: number): number {
  return (Math.imul(hash, 0x01000193) ^ next) | 0;
}

function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  return hash;
}

function hashOf(value: Quantity): number {
  if (!isKnown(value)) return value.hash;
  const low = Number(BigInt.asIntN(32, value));
  return value >> 32n === 0n ? low : low ^ Number(BigInt.asIntN(32, value >> 32n));
}

function sizeOf(value: Quantity): number {
  return isKnown(value) ? 1 : value.size;
}

/**
 * Numbers the values of one machine of which nothing is known. What is made of them hashes as it would in a process of its
 * own, so that orders and limits that follow from hashes are the same whatever other machines do before or in between.
 */
export class OpaqueNumbers {
  #count = 0;

  next(): number {
    this.#count = (this.#count + 1) | 0;
    return this.#count;
  }
}

/** Those of the machine that works. */
let numbers = new OpaqueNumbers();

/** From here on it is this machine that works. */
export function numberOpaques(own: OpaqueNumbers): void {
  numbers = own;
}

/** A value of which nothing is known. Each one is equal only to itself. */
export function opaque(bits: number, reason: string, inputs: readonly FieldSymbol[] = []): Expr {
  return {
    kind: 'opaque',
    bits,
    reason,
    inputs: inputs.slice(0, MAX_OPAQUE_INPUTS),
    ones: 0n,
    zeros: 0n,
    size: 1,
    hash: mix(7, numbers.next()),
    opposite: undefined,
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
    opposite: undefined,
  };
}

/** The value of a choice, as its index among the choice's values. */
export function choiceValue(choice: ChoiceVariable): Expr {
  const bits = (choice.values.length - 1).toString(2).length;
  return {
    kind: 'choice',
    choice,
    bits,
    ones: 0n,
    zeros: 0n,
    size: 1,
    hash: mix(hashOfText(choice.id), bits),
    opposite: undefined,
  };
}

/** Same value for certain. False only means that it isn't seen to be. */
export function sameQuantity(a: Quantity, b: Quantity): boolean {
  if (a === b) return true;
  if (isKnown(a) || isKnown(b)) return false;
  return sameExpr(a, b);
}

// Recurses no deeper than the limit expression-size.
export function sameExpr(a: Expr, b: Expr): boolean {
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
    case 'choice':
      return a.choice.id === (b as ExprOf<'choice'>).choice.id;
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

/** An expression without what {@link make} adds. Fields and opaque values have functions of their own. */
export type Shape = Expr extends infer E
  ? E extends ExprBase & { kind: 'field' | 'choice' | 'opaque' }
    ? never
    : E extends ExprBase
      ? Omit<E, keyof ExprBase>
      : never
  : never;

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

/** How many expressions and conditions were cut so far, at which limit. */
export type Cuts = Readonly<Record<SizeLimit, number>>;

let cuts: Cuts = { 'expression-size': 0, 'condition-size': 0 };

/**
 * What was cut so far. Something that is cut is unknown, and its reason need not be seen in a result: whoever makes one reads
 * this before and after, and reports the difference.
 */
export function cutsSoFar(): Cuts {
  return cuts;
}

/** What grew past a limit: only the fields it depends on are kept. */
function tooLarge(bits: number, shape: Shape, name: SizeLimit = 'expression-size'): Expr {
  cuts = { ...cuts, [name]: cuts[name] + 1 };
  // Of an expression only its kind and parts are looked at.
  const inputs = fieldsOf(shape as Expr, MAX_OPAQUE_INPUTS);
  return opaque(bits, `the expression is too large ${limitHint(name)}`, inputs);
}

/**
 * An expression of a shape, with its size and hash; a plain number when all of its bits are known.
 *
 * Kind by kind, since nothing is made more often: a literal of its own for each is made several times faster than a copy
 * of whatever comes.
 *
 * @param name the limit to how large conditions that are gathered may become
 */
export function make(
  bits: number,
  shape: Shape,
  ones: bigint,
  zeros: bigint,
  name: SizeLimit = 'expression-size',
): Quantity {
  const all = maskOf(bits);
  if (((ones | zeros) & all) === all) return ones & all;
  const clear = zeros & all;
  const start = hashOfWord(shape.kind) ^ bits;
  switch (shape.kind) {
    case 'choose': {
      const { kind, when, yes, no } = shape;
      const size = 1 + when.size + sizeOf(yes) + sizeOf(no);
      if (size > EXPRESSION_SIZE.now) return tooLarge(bits, shape);
      const hash = mix(mix(mix(start, when.hash), hashOf(yes)), hashOf(no));
      return { kind, when, yes, no, bits, ones, zeros: clear, size, hash, opposite: undefined };
    }
    case 'compare':
    case 'bitwise':
    case 'arithmetic': {
      const { kind, op, left, right } = shape;
      const size = 1 + sizeOf(left) + sizeOf(right);
      if (size > EXPRESSION_SIZE.now) return tooLarge(bits, shape);
      const hash = mix(mix(mix(start, hashOf(left)), hashOf(right)), hashOfWord(op));
      return { kind, op, left, right, bits, ones, zeros: clear, size, hash, opposite: undefined } as Expr;
    }
    case 'slice': {
      const { kind, of, low } = shape;
      const size = 1 + of.size;
      if (size > EXPRESSION_SIZE.now) return tooLarge(bits, shape);
      return {
        kind,
        of,
        low,
        bits,
        ones,
        zeros: clear,
        size,
        hash: mix(mix(start, of.hash), low),
        opposite: undefined,
      };
    }
    case 'not': {
      const { kind, of } = shape;
      const size = 1 + of.size;
      if (size > EXPRESSION_SIZE.now) return tooLarge(bits, shape);
      return { kind, of, bits, ones, zeros: clear, size, hash: mix(start, of.hash), opposite: undefined };
    }
    case 'all':
    case 'any': {
      const { kind, of } = shape;
      let size = 1;
      let hash = start;
      for (const part of of) {
        size += part.size;
        hash = mix(hash, part.hash);
      }
      if (size > (name === 'condition-size' ? CONDITION_SIZE : EXPRESSION_SIZE).now)
        return tooLarge(bits, shape, name);
      return { kind, of, bits, ones, zeros: clear, size, hash, opposite: undefined };
    }
    case 'sum': {
      const { kind, constant, terms } = shape;
      let size = 1;
      let hash = mix(start, hashOf(constant));
      for (const { coefficient, of } of terms) {
        size += of.size;
        hash = mix(mix(hash, hashOf(coefficient)), of.hash);
      }
      if (size > EXPRESSION_SIZE.now) return tooLarge(bits, shape);
      return { kind, constant, terms, bits, ones, zeros: clear, size, hash, opposite: undefined };
    }
    case 'join': {
      const { kind, parts } = shape;
      let size = 1;
      let hash = start;
      for (const { value } of parts) {
        size += sizeOf(value);
        hash = mix(hash, hashOf(value));
      }
      if (size > EXPRESSION_SIZE.now) return tooLarge(bits, shape);
      return { kind, parts, bits, ones, zeros: clear, size, hash, opposite: undefined };
    }
  }
}
