/** Logical operators and Match (ACPI 6.5, 19.6; ACPICA exoparg2.c, exoparg6.c). */
import {
  type ByteValue,
  choose,
  compare,
  gather,
  isKnown,
  not,
  opaque,
  type Quantity,
  quantityOfByte,
  truth,
} from '../../../symbolic/index.ts';
import { AmlFault, fault, STATUS_CODES } from '../state/fault.ts';
import type { Converting, Integers, Operators, Places, Run } from '../state/machine.ts';
import {
  type AmlValue,
  ForeignObject,
  integer,
  type Resolved,
  StringObject,
  UnknownInteger,
} from '../state/objects.ts';
import type { DataObject } from '../state/operands.ts';
import { elementOf, isConvertible, toBuffer, toInteger, toText } from '../values/values.ts';
import { knownIndex } from './known.ts';

/** A condition as an AML integer: Ones if true, Zero if false. */
function logical(m: Integers, condition: Quantity): AmlValue {
  if (isKnown(condition)) return condition === 0n ? 0n : m.mask;
  return integer(choose(condition, m.mask, 0n));
}

/** Compares like LEqual, LGreater and LLess: the second operand is converted to the first one's type. */
function comparison(m: Converting, op: 'eq' | 'gt' | 'lt', a: DataObject, b: DataObject): Quantity {
  if (typeof a === 'bigint' || a instanceof UnknownInteger) {
    const [x, y] = [toInteger(m, a), toInteger(m, b)];
    return op === 'eq' ? compare('eq', x, y) : op === 'lt' ? compare('lt', x, y) : compare('lt', y, x);
  }
  let [left, right]: [ArrayLike<ByteValue>, ArrayLike<ByteValue>] = [[], []];
  if (a instanceof StringObject) {
    const [x, y] = [a.text, toText(m, b, 'implicit').text];
    if (x === undefined || y === undefined) return opaque(1, 'a comparison of unknown strings');
    left = Array.from(x, (c) => c.charCodeAt(0));
    right = Array.from(y, (c) => c.charCodeAt(0));
  } else {
    const other = toBuffer(m, b);
    const reason = a.unknown ?? other.unknown;
    if (reason !== undefined) return opaque(1, reason);
    left = a.bytes;
    right = other.bytes;
  }
  const common = Math.min(left.length, right.length);
  if (op === 'eq') {
    if (left.length !== right.length) return 0n;
    const same: Quantity[] = [];
    for (let i = 0; i < common; i++) {
      const [x, y] = [left[i]!, right[i]!];
      if (typeof x === 'number' && typeof y === 'number') {
        if (x !== y) return 0n;
      } else same.push(compare('eq', quantityOfByte(x), quantityOfByte(y)));
    }
    return gather('all', same);
  }
  for (let i = 0; i < common; i++) {
    const [x, y] = [left[i]!, right[i]!];
    if (typeof x !== 'number' || typeof y !== 'number') return opaque(1, 'an order of unknown bytes');
    if (x !== y) return x > y === (op === 'gt') ? 1n : 0n;
  }
  return left.length === right.length ? 0n : left.length > right.length === (op === 'gt') ? 1n : 0n;
}

function comparing(op: 'eq' | 'gt' | 'lt'): Run<Converting> {
  return (m, operands) => {
    const a = operands.data(0);
    const b = operands.data(1);
    return logical(m, comparison(m, op, a, b));
  };
}

/** Whether an element matches; one that cannot be converted does not. */
function matches(m: Converting, op: number, element: Resolved, wanted: DataObject): Quantity {
  if (op === 0) return 1n;
  try {
    return matched(m, op, element, wanted);
  } catch (thrown) {
    if (thrown instanceof AmlFault && STATUS_CODES[thrown.code] !== undefined) return 0n;
    throw thrown;
  }
}

function matched(m: Converting, op: number, element: Resolved, wanted: DataObject): Quantity {
  if (element instanceof ForeignObject) return opaque(1, element.reason);
  if (!isConvertible(element)) return 0n;
  switch (op) {
    case 1:
      return comparison(m, 'eq', wanted, element);
    case 2:
      return not(comparison(m, 'lt', wanted, element));
    case 3:
      return comparison(m, 'gt', wanted, element);
    case 4:
      return not(comparison(m, 'gt', wanted, element));
    default:
      return comparison(m, 'lt', wanted, element);
  }
}

const match: Run<Places> = (m, operands, { term }) => {
  const [first, second] = [term.numberAt(1), term.numberAt(3)];
  const list = operands.package(0, 'Match searches a package');
  const one = operands.data(1);
  const two = operands.data(2);
  const from = knownIndex(m, operands.integer(3), list.elements.length);
  if (first > 5 || second > 5) fault('AE_AML_OPERAND_VALUE', 'invalid Match operator');
  if (from >= list.elements.length)
    fault('AE_AML_PACKAGE_LIMIT', 'Match begins after the end of its package');
  for (let i = from; i < list.elements.length; i++) {
    if (list.elements[i] === undefined) continue;
    const element = elementOf(m, list, i);
    const found = gather('all', [matches(m, first, element, one), matches(m, second, element, two)]);
    if (m.decide(found)) return BigInt(i);
  }
  return m.mask;
};

/** By ASL name. */
export const COMPARING_OPERATORS: Operators<Places> = {
  LAnd: (m, operands) => logical(m, gather('all', [truth(operands.integer(0)), truth(operands.integer(1))])),
  LOr: (m, operands) => logical(m, gather('any', [truth(operands.integer(0)), truth(operands.integer(1))])),
  LNot: (m, operands) => logical(m, not(truth(operands.integer(0)))),
  LEqual: comparing('eq'),
  LGreater: comparing('gt'),
  LLess: comparing('lt'),
  Match: match,
};
