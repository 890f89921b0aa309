/** The operators that compare and decide: logical operators, and Match (ACPI 6.5, 19.6; ACPICA exoparg2.c, exoparg6.c). */
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
import type { Machine, Run } from '../state/machine.ts';
import type { Resolved } from '../state/objects.ts';
import {
  type AmlValue,
  BufferObject,
  ForeignObject,
  integer,
  NamespaceNode,
  PackageObject,
  StringObject,
  TYPE,
  typeOf,
  UnknownInteger,
} from '../state/objects.ts';
import {
  elementOf,
  integerOperand,
  nameOfType,
  resolve,
  toBuffer,
  toInteger,
  toText,
} from '../values/values.ts';
import { dataOperand, knownIndex } from './operands.ts';

/** A condition as AML has it: Ones when it holds, Zero when not. */
function logical(m: Machine, condition: Quantity): AmlValue {
  if (isKnown(condition)) return condition === 0n ? 0n : m.mask;
  return integer(choose(condition, m.mask, 0n));
}

/** Compares as LEqual, LGreater and LLess do: the first operand's type decides. */
function comparison(m: Machine, op: 'eq' | 'gt' | 'lt', a: Resolved, b: Resolved): Quantity {
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
  } else if (a instanceof BufferObject) {
    const other = toBuffer(m, b);
    const reason = a.unknown ?? other.unknown;
    if (reason !== undefined) return opaque(1, reason);
    left = a.bytes;
    right = other.bytes;
  } else return fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(a)} can't be compared`);
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

function comparing(op: 'eq' | 'gt' | 'lt'): Run {
  return (m, _instruction, at) => {
    const a = dataOperand(m, m.stack[at]);
    const b = dataOperand(m, m.stack[at + 1]);
    return logical(m, comparison(m, op, a, b));
  };
}

/** Does an element match? One that can't be converted doesn't. */
function matches(m: Machine, op: number, element: Resolved, wanted: AmlValue): Quantity {
  if (op === 0) return 1n;
  try {
    return matched(m, op, element, wanted);
  } catch (thrown) {
    if (thrown instanceof AmlFault && STATUS_CODES[thrown.code] !== undefined) return 0n;
    throw thrown;
  }
}

function matched(m: Machine, op: number, element: Resolved, wanted: AmlValue): Quantity {
  if (element instanceof ForeignObject) return opaque(1, element.reason);
  const type = element instanceof NamespaceNode ? TYPE.device : typeOf(element);
  if (type !== TYPE.integer && type !== TYPE.string && type !== TYPE.buffer) return 0n;
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

const match: Run = (m, instruction, at) => {
  const { operands } = instruction.term;
  const [first, second] = [operands[1] as number, operands[3] as number];
  const list = resolve(m, m.stack[at]);
  if (!(list instanceof PackageObject)) return fault('AE_AML_OPERAND_TYPE', 'Match searches a package');
  const one = dataOperand(m, m.stack[at + 1]);
  const two = dataOperand(m, m.stack[at + 2]);
  const from = knownIndex(m, integerOperand(m, m.stack[at + 3]), list.elements.length);
  if (first > 5 || second > 5) fault('AE_AML_OPERAND_VALUE', 'there is no such Match operator');
  if (from >= list.elements.length) fault('AE_AML_PACKAGE_LIMIT', 'Match begins behind the package');
  for (let i = from; i < list.elements.length; i++) {
    if (list.elements[i] === undefined) continue;
    const element = elementOf(m, list, i);
    const found = gather('all', [matches(m, first, element, one), matches(m, second, element, two)]);
    if (m.decide(found)) return BigInt(i);
  }
  return m.mask;
};

/** By ASL name. */
export const COMPARING_OPERATORS: Readonly<Record<string, Run>> = {
  LAnd: (m, _instruction, at) =>
    logical(
      m,
      gather('all', [truth(integerOperand(m, m.stack[at])), truth(integerOperand(m, m.stack[at + 1]))]),
    ),
  LOr: (m, _instruction, at) =>
    logical(
      m,
      gather('any', [truth(integerOperand(m, m.stack[at])), truth(integerOperand(m, m.stack[at + 1]))]),
    ),
  LNot: (m, _instruction, at) => logical(m, not(truth(integerOperand(m, m.stack[at])))),
  LEqual: comparing('eq'),
  LGreater: comparing('gt'),
  LLess: comparing('lt'),
  Match: match,
};
