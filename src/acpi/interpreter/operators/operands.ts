/** What operators share: operands of a kind, and results put in their targets. */
import { compare, isKnown, type Quantity } from '../../../symbolic/index.ts';
import { fault } from '../state/fault.ts';
import type { Machine } from '../state/machine.ts';
import type { Resolved } from '../state/objects.ts';
import {
  type AmlValue,
  ForeignObject,
  integer,
  NamespaceNode,
  type Operand,
  TYPE,
  typeOf,
} from '../state/objects.ts';
import { type Storing, store } from '../values/store.ts';
import { nameOfType, resolve, toInteger } from '../values/values.ts';

/** An index that isn't known is tried value by value, up to so many elements. */
export const MAX_INDEX_CASES = 64;

/** Stores an operator's result in its target; the result is also its value. */
export function deliver(m: Machine, value: Resolved, target: Operand, storing: Storing): Resolved {
  if (target === undefined) return value;
  return store(m, value, target, storing) ?? value;
}

/** An operand that must be an integer, string or buffer. */
export function dataOperand(m: Machine, operand: Operand): AmlValue {
  const value = resolve(m, operand);
  if (value instanceof ForeignObject) return integer(toInteger(m, value));
  if (!(value instanceof NamespaceNode)) {
    const type = typeOf(value);
    if (type === TYPE.integer || type === TYPE.string || type === TYPE.buffer) return value;
  }
  return fault(
    'AE_AML_OPERAND_TYPE',
    `an integer, string or buffer is wanted, this is a ${nameOfType(value)}`,
  );
}

/** An index as a number; one that isn't known is settled path by path. */
export function knownIndex(m: Machine, index: Quantity, length: number): number {
  if (isKnown(index)) return index > 0x7fff_ffffn ? 0x7fff_ffff : Number(index);
  if (length > MAX_INDEX_CASES) {
    if (!m.decide(compare('lt', index, BigInt(length)))) return length;
    return m.abandon('an index that is not known');
  }
  for (let i = 0; i < length; i++) if (m.decide(compare('eq', index, BigInt(i)))) return i;
  return length;
}

/** A length that isn't known can't be followed beyond a few cases. */
export function knownLength(m: Machine, length: Quantity): number {
  if (!isKnown(length)) return m.abandon('a length that is not known');
  return length > 0x7fff_ffffn ? 0x7fff_ffff : Number(length);
}
