/** Making expressions, and telling whether two are the same. */

import { maskOf } from './known-bits.ts';
import {
  type Expr,
  type ExprBase,
  type ExprOf,
  type FieldSymbol,
  fieldsOf,
  isKnown,
  MAX_EXPRESSION_SIZE,
  MAX_OPAQUE_INPUTS,
  partsOf,
  type Quantity,
} from './quantity.ts';

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

export type Shape = Expr extends infer E ? (E extends ExprBase ? Omit<E, keyof ExprBase> : never) : never;

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

export function make(bits: number, shape: Shape, ones: bigint, zeros: bigint): Quantity {
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
