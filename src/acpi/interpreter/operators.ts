/** The operators that compute, convert and refer (ACPI 6.5, 19.6; ACPICA exoparg1.c … exoparg6.c). */
import {
  arithmetic,
  type ByteValue,
  bitsOf,
  bitwise,
  bytesOfQuantity,
  choose,
  compare,
  type Expr,
  fieldsOf,
  gather,
  isKnown,
  mapConstantLeaves,
  not,
  opaque,
  type Quantity,
  quantityOfByte,
  sum,
  truth,
} from '../expression.ts';
import { parseName } from '../name.ts';
import { NamespaceNode } from '../namespace/node.ts';
import { packBytes } from './buffer-bytes.ts';
import { AmlFault, fault, STATUS_CODES } from './fault.ts';
import { readBufferField, readField } from './fields.ts';
import type { Interpreter } from './interpreter.ts';
import type { Resolved } from './objects.ts';
import {
  type AmlValue,
  AnyIndexReference,
  BufferFieldObject,
  BufferObject,
  Choice,
  DebugReference,
  FieldObject,
  IndexReference,
  integer,
  NameReference,
  ObjectReference,
  type Operand,
  PackageObject,
  SharedInteger,
  SlotOperand,
  SlotReference,
  StringObject,
  TYPE,
  typeOf,
  UnknownInteger,
  UnknownObject,
} from './objects.ts';
import type { Run } from './plan.ts';
import { type Storing, store } from './store.ts';
import {
  copyOf,
  elementAt,
  elementOf,
  explicitNumber,
  integerOperand,
  keptChoice,
  knownText,
  mapChoice,
  nameOfType,
  referenced,
  resolve,
  resolveLoosely,
  resolveNode,
  slotValue,
  toBuffer,
  toInteger,
  toText,
} from './values.ts';

/** An index that isn't known is tried value by value, up to so many elements. */
const MAX_INDEX_CASES = 64;

/** An operator with two integers and a target. */
function binary(calculate: (m: Interpreter, a: Quantity, b: Quantity) => Quantity): Run {
  return (m, _instruction, at) => {
    const a = integerOperand(m, m.stack[at]);
    const b = integerOperand(m, m.stack[at + 1]);
    return deliver(m, integer(calculate(m, a, b)), m.stack[at + 2], 'result');
  };
}

function unary(calculate: (m: Interpreter, a: Quantity) => Quantity, storing: Storing = 'result'): Run {
  return (m, _instruction, at) =>
    deliver(m, integer(calculate(m, integerOperand(m, m.stack[at]))), m.stack[at + 1], storing);
}

/** Stores an operator's result in its target; the result is also its value. */
function deliver(m: Interpreter, value: Resolved, target: Operand, storing: Storing): Resolved {
  if (target === undefined) return value;
  return store(m, value, target, storing) ?? value;
}

/** A function of a number that has no expression of its own. */
function calculated(bits: number, reason: string, value: Expr, known: (value: bigint) => bigint): Quantity {
  return mapConstantLeaves(value, known) ?? opaque(bits, reason, fieldsOf(value));
}

function add(m: Interpreter, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return (a + b) & m.mask;
  return leafwise(a, b, (x, y) => (x + y) & m.mask) ?? linear(m, a, b, 1n);
}

function linear(m: Interpreter, a: Quantity, b: Quantity, sign: bigint): Quantity {
  return sum(m.bits, 0n, [
    { coefficient: 1n, of: a },
    { coefficient: sign, of: b },
  ]);
}

/** Calculates a choice among constants with a constant, leaf by leaf. */
function leafwise(a: Quantity, b: Quantity, known: (a: bigint, b: bigint) => bigint): Quantity | undefined {
  if (isKnown(a)) return isKnown(b) ? known(a, b) : mapConstantLeaves(b, (leaf) => known(a, leaf));
  return isKnown(b) ? mapConstantLeaves(a, (leaf) => known(leaf, b)) : undefined;
}

function subtract(m: Interpreter, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return (a - b) & m.mask;
  return leafwise(a, b, (x, y) => (x - y) & m.mask) ?? linear(m, a, b, -1n);
}

function multiply(m: Interpreter, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return (a * b) & m.mask;
  const leaves = leafwise(a, b, (x, y) => (x * y) & m.mask);
  if (leaves !== undefined) return leaves;
  if (isKnown(a)) return sum(m.bits, 0n, [{ coefficient: a, of: b }]);
  if (isKnown(b)) return sum(m.bits, 0n, [{ coefficient: b, of: a }]);
  return arithmetic('multiply', m.bits, a, b);
}

function checkDivisor(m: Interpreter, divisor: Quantity): void {
  if (m.decide(compare('eq', divisor, 0n))) fault('AE_AML_DIVIDE_BY_ZERO', 'division by zero');
}

function powerOfTwo(value: Quantity): number | undefined {
  return isKnown(value) && value > 0n && (value & (value - 1n)) === 0n
    ? value.toString(2).length - 1
    : undefined;
}

function divide(m: Interpreter, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return a / b;
  const shift = powerOfTwo(b);
  if (shift !== undefined) return bitsOf(a, shift, m.bits);
  return (isKnown(b) ? leafwise(a, b, (x, y) => x / y) : undefined) ?? arithmetic('divide', m.bits, a, b);
}

function modulo(m: Interpreter, a: Quantity, b: Quantity): Quantity {
  if (isKnown(a) && isKnown(b)) return a % b;
  const shift = powerOfTwo(b);
  if (shift !== undefined) return bitsOf(a, 0, shift);
  return (isKnown(b) ? leafwise(a, b, (x, y) => x % y) : undefined) ?? arithmetic('modulo', m.bits, a, b);
}

function shiftLeft(m: Interpreter, a: Quantity, b: Quantity): Quantity {
  const limit = BigInt(m.bits);
  if (isKnown(b)) {
    if (b >= limit) return 0n;
    return isKnown(a) ? (a << b) & m.mask : multiply(m, a, 1n << b);
  }
  return (
    leafwise(a, b, (x, y) => (y >= limit ? 0n : (x << y) & m.mask)) ?? arithmetic('shift-left', m.bits, a, b)
  );
}

function shiftRight(m: Interpreter, a: Quantity, b: Quantity): Quantity {
  if (isKnown(b)) {
    if (b >= BigInt(m.bits)) return 0n;
    return isKnown(a) ? a >> b : bitsOf(a, Number(b), m.bits);
  }
  return (
    leafwise(a, b, (x, y) => (y >= BigInt(m.bits) ? 0n : x >> y)) ?? arithmetic('shift-right', m.bits, a, b)
  );
}

function complement(m: Interpreter, a: Quantity): Quantity {
  return bitwise('xor', a, m.mask);
}

function leftBit(value: bigint): bigint {
  return value === 0n ? 0n : BigInt(value.toString(2).length);
}

function rightBit(value: bigint): bigint {
  return leftBit(value & -value);
}

function fromBcd(m: Interpreter, value: bigint): bigint {
  const digits = value.toString(16);
  if (!/^[0-9]+$/.test(digits)) fault('AE_AML_NUMERIC_OVERFLOW', `0x${digits} is no BCD number`);
  return BigInt(digits) & m.mask;
}

function toBcd(m: Interpreter, value: bigint): bigint {
  const digits = value.toString();
  if (digits.length > m.bits / 4) fault('AE_AML_NUMERIC_OVERFLOW', `${digits} has too many digits for BCD`);
  return BigInt(`0x${digits}`);
}

/** A condition as AML has it: Ones when it holds, Zero when not. */
function logical(m: Interpreter, condition: Quantity): AmlValue {
  if (isKnown(condition)) return condition === 0n ? 0n : m.mask;
  return integer(choose(condition, m.mask, 0n));
}

/** Compares as LEqual, LGreater and LLess do: the first operand's type decides. */
function comparison(m: Interpreter, op: 'eq' | 'gt' | 'lt', a: Resolved, b: Resolved): Quantity {
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

/** An operand that must be an integer, string or buffer. */
function dataOperand(m: Interpreter, operand: Operand): AmlValue {
  const value = resolve(m, operand);
  if (!(value instanceof NamespaceNode)) {
    const type = typeOf(value);
    if (type === TYPE.integer || type === TYPE.string || type === TYPE.buffer) return value;
  }
  return fault(
    'AE_AML_OPERAND_TYPE',
    `an integer, string or buffer is wanted, this is a ${nameOfType(value)}`,
  );
}

/** Does an element match? One that can't be converted doesn't. */
function matches(m: Interpreter, op: number, element: Resolved, wanted: AmlValue): Quantity {
  if (op === 0) return 1n;
  try {
    return matched(m, op, element, wanted);
  } catch (thrown) {
    if (thrown instanceof AmlFault && STATUS_CODES[thrown.code] !== undefined) return 0n;
    throw thrown;
  }
}

function matched(m: Interpreter, op: number, element: Resolved, wanted: AmlValue): Quantity {
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

/** An index as a number; one that isn't known is settled path by path. */
function knownIndex(m: Interpreter, index: Quantity, length: number): number {
  if (isKnown(index)) return index > 0x7fff_ffffn ? 0x7fff_ffff : Number(index);
  if (length > MAX_INDEX_CASES) {
    if (!m.decide(compare('lt', index, BigInt(length)))) return length;
    return m.abandon('an index that is not known');
  }
  for (let i = 0; i < length; i++) if (m.decide(compare('eq', index, BigInt(i)))) return i;
  return length;
}

/** A length that isn't known can't be followed beyond a few cases. */
function knownLength(m: Interpreter, length: Quantity): number {
  if (!isKnown(length)) return m.abandon('a length that is not known');
  return length > 0x7fff_ffffn ? 0x7fff_ffff : Number(length);
}

const index: Run = (m, _instruction, at) => {
  const loose = resolveLoosely(m, m.stack[at], 'value');
  const place = integerOperand(m, m.stack[at + 1]);
  if (loose instanceof Choice && isKnown(place) && m.stack[at + 2] === undefined) {
    // The same element of packages of which it isn't known which it is.
    const elements = mapChoice(loose, (side) =>
      side instanceof PackageObject && place < BigInt(side.elements.length)
        ? new IndexReference(side, Number(place))
        : undefined,
    );
    const kept = elements instanceof Choice ? keptChoice(m, elements) : undefined;
    if (kept !== undefined) return kept;
  }
  const source = loose instanceof Choice ? m.settle(loose)! : loose;
  if (source instanceof PackageObject && !isKnown(place) && source.elements.length <= MAX_INDEX_CASES) {
    if (!m.decide(compare('lt', place, BigInt(source.elements.length))))
      fault('AE_AML_PACKAGE_LIMIT', 'an index outside of its package');
    if (m.stack[at + 2] === undefined) return new AnyIndexReference(source, place);
  }
  if (
    !(source instanceof PackageObject) &&
    !(source instanceof BufferObject) &&
    !(source instanceof StringObject)
  )
    return fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(source)} has no elements`);
  if (source instanceof BufferObject && source.unknown !== undefined) m.abandon(source.unknown);
  const length =
    source instanceof PackageObject
      ? source.elements.length
      : source instanceof BufferObject
        ? source.bytes.length
        : knownText(m, source).length;
  const i = knownIndex(m, place, length);
  if (i >= length)
    fault(
      source instanceof PackageObject
        ? 'AE_AML_PACKAGE_LIMIT'
        : source instanceof BufferObject
          ? 'AE_AML_BUFFER_LIMIT'
          : 'AE_AML_STRING_LIMIT',
      `index ${i} of ${length} elements`,
    );
  const reference = new IndexReference(source, i);
  return deliver(m, reference, m.stack[at + 2], 'result');
};

const mid: Run = (m, _instruction, at) => {
  let source = dataOperand(m, m.stack[at]);
  if (!(source instanceof StringObject)) source = toBuffer(m, source);
  const from = knownLength(m, integerOperand(m, m.stack[at + 1]));
  const length = knownLength(m, integerOperand(m, m.stack[at + 2]));
  let part: AmlValue;
  if (source instanceof StringObject)
    part = new StringObject(knownText(m, source).slice(from, from + length));
  else {
    const { bytes, unknown } = source as BufferObject;
    part = new BufferObject(bytes.slice(from, from + length), unknown);
  }
  return deliver(m, part, m.stack[at + 3], 'result');
};

const concatenate: Run = (m, _instruction, at) => {
  const first = concatenated(m, resolve(m, m.stack[at]));
  const second = concatenated(m, resolve(m, m.stack[at + 1]));
  let result: AmlValue;
  if (first instanceof StringObject) {
    const [a, b] = [first.text, toText(m, second, 'implicit').text];
    if (a !== undefined && b !== undefined) m.allocate(a.length + b.length);
    result = new StringObject(a === undefined || b === undefined ? undefined : a + b);
  } else if (first instanceof BufferObject) {
    const other = toBuffer(m, second);
    m.allocate(first.bytes.length + other.bytes.length);
    result = new BufferObject(packBytes([...first.bytes, ...other.bytes]), first.unknown ?? other.unknown);
  } else {
    const width = m.bits / 8;
    result = new BufferObject(
      packBytes([
        ...bytesOfQuantity(toInteger(m, first), width),
        ...bytesOfQuantity(toInteger(m, second), width),
      ]),
    );
  }
  return deliver(m, result, m.stack[at + 2], 'result');
};

/** Concatenate takes any object: what is no data stands for its type's name (ACPI 6.5, 19.6.12). */
function concatenated(m: Interpreter, value: Resolved): AmlValue {
  if (!(value instanceof NamespaceNode)) {
    const type = typeOf(value);
    if (type === TYPE.integer || type === TYPE.string || type === TYPE.buffer) return value;
  }
  return new StringObject(
    `[${value instanceof NamespaceNode ? typeNameOfNode(m, value) : nameOfType(value)} Object]`,
  );
}

function typeNameOfNode(m: Interpreter, node: NamespaceNode): string {
  const object = m.settle(node.object);
  return object === undefined ? 'Untyped' : nameOfType(object);
}

/** Where the end tag of a template is; its tags are walked as ACPICA does. */
function endTagOf(m: Interpreter, buffer: BufferObject): number {
  const { bytes } = buffer;
  if (bytes.length === 0) return 0;
  if (bytes.length < 2) fault('AE_AML_NO_RESOURCE_END_TAG', 'too short for a resource template');
  const known = (i: number): number => {
    const byte = bytes[i];
    if (byte === undefined) return fault('AE_AML_NO_RESOURCE_END_TAG', 'a resource template without an end');
    return typeof byte === 'number' ? byte : m.abandon('a resource template whose tags are not known');
  };
  for (let at = 0; ; ) {
    const tag = known(at);
    if ((tag & 0xf8) === 0x78) {
      known(at + 1);
      return at;
    }
    if (tag & 0x80) at += 3 + (known(at + 1) | (known(at + 2) << 8));
    else if (tag === 0) return fault('AE_AML_INVALID_RESOURCE_TYPE', 'a resource of type 0');
    else at += 1 + (tag & 7);
  }
}

const concatenateTemplates: Run = (m, _instruction, at) => {
  const first = toBuffer(m, dataOperand(m, m.stack[at]));
  const second = toBuffer(m, dataOperand(m, m.stack[at + 1]));
  const reason = first.unknown ?? second.unknown;
  const result =
    reason === undefined
      ? new BufferObject(
          packBytes([
            ...first.bytes.slice(0, endTagOf(m, first)),
            ...second.bytes.slice(0, endTagOf(m, second)),
            0x79,
            0,
          ]),
        )
      : new BufferObject([], reason);
  m.allocate(result.bytes.length);
  return deliver(m, result, m.stack[at + 2], 'result');
};

const toStringOperator: Run = (m, _instruction, at) => {
  const { bytes, unknown } = toBuffer(m, dataOperand(m, m.stack[at]));
  const limit = knownLength(m, integerOperand(m, m.stack[at + 1]));
  let text: string | undefined = unknown === undefined ? '' : undefined;
  for (let i = 0; i < bytes.length && i < limit; i++) {
    const byte = bytes[i]!;
    if (typeof byte !== 'number') {
      text = undefined;
      break;
    }
    if (byte === 0) break;
    text = (text ?? '') + String.fromCharCode(byte);
  }
  return deliver(m, new StringObject(text), m.stack[at + 2], 'fixed');
};

/** Types that Store takes (ACPICA's ARGI_DATAREFOBJ). */
const STORABLE: ReadonlySet<number> = new Set([
  TYPE.integer,
  TYPE.string,
  TYPE.buffer,
  TYPE.package,
  TYPE.fieldUnit,
  TYPE.bufferField,
  TYPE.ddbHandle,
  TYPE.reference,
]);

function isData(value: Resolved): boolean {
  return !(value instanceof NamespaceNode) && STORABLE.has(typeOf(value));
}

const storeOperator: Run = (m, _instruction, at) => {
  const target = m.stack[at + 1];
  const source = m.stack[at];
  if (source instanceof SlotOperand && source === target) {
    // Store (Local0, Local0) is let pass even where the local was never set.
    return m.frames.at(-1)!.slots[source.slot];
  }
  const value = resolve(m, source, 'store');
  if (!(target instanceof DebugReference) && !isData(value))
    fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(value)} can't be stored`);
  return store(m, value, target, 'store') ?? value;
};

const copyObject: Run = (m, _instruction, at) => {
  const value = copyOf(m, resolve(m, m.stack[at], 'argument'));
  store(m, value, m.stack[at + 1], 'copy');
  return value;
};

function stepping(by: bigint): Run {
  return (m, _instruction, at) => {
    const place = m.stack[at];
    const value = place instanceof ObjectReference ? dereference(m, place) : resolve(m, place);
    const now = toInteger(m, value);
    const next = integer(by > 0n ? add(m, now, by) : subtract(m, now, -by));
    store(m, next, place, 'result');
    return next;
  };
}

const divideOperator: Run = (m, _instruction, at) => {
  const a = integerOperand(m, m.stack[at]);
  const b = integerOperand(m, m.stack[at + 1]);
  checkDivisor(m, b);
  const quotient = integer(divide(m, a, b));
  store(m, integer(modulo(m, a, b)), m.stack[at + 2], 'result');
  store(m, quotient, m.stack[at + 3], 'result');
  return quotient;
};

function referenceTo(m: Interpreter, operand: Operand): AmlValue {
  if (operand instanceof SlotOperand)
    return new ObjectReference(new SlotReference(m.frames.at(-1)!, operand.slot));
  if (operand instanceof NamespaceNode) return new ObjectReference(operand);
  if (operand instanceof DebugReference) return operand;
  return fault('AE_AML_OPERAND_TYPE', 'there is nothing to refer to');
}

const condRefOf: Run = (m, _instruction, at) => {
  const operand = m.stack[at];
  if (operand === undefined) return 0n;
  const target = m.stack[at + 1];
  if (target !== undefined) store(m, referenceTo(m, operand), target, 'result');
  return m.mask;
};

/** What a reference leads to. */
function dereference(m: Interpreter, reference: Resolved): Resolved {
  let at = reference;
  if (at instanceof StringObject) {
    const name = parseName(knownText(m, at));
    const node = name && m.lookUp(name);
    if (node === undefined) return fault('AE_NOT_FOUND', `${at.text} is not found`);
    return resolveNode(m, node);
  }
  if (at instanceof NameReference) at = referenced(m, at);
  if (at instanceof NamespaceNode) return dereferenceNode(m, at);
  if (at instanceof AnyIndexReference) return elementAt(m, at);
  if (at instanceof IndexReference) {
    const { object, index: i } = at;
    if (object instanceof PackageObject) return elementOf(m, object, i);
    if (object instanceof BufferObject) {
      if (i >= object.bytes.length) fault('AE_AML_BUFFER_LIMIT', 'an Index outlived its buffer');
      return integer(quantityOfByte(object.bytes[i]!));
    }
    const text = knownText(m, object);
    return BigInt(text.charCodeAt(i) || 0);
  }
  if (at instanceof ObjectReference) {
    if (at.target instanceof NamespaceNode) return dereferenceNode(m, at.target);
    const slots = at.target.frame.slots;
    const held = slots[at.target.slot];
    const value = held instanceof Choice ? m.settle(held) : held;
    return value ?? fault('AE_AML_NO_RETURN_VALUE', 'the local referred to was not set');
  }
  return fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(at)} is no reference`);
}

function dereferenceNode(m: Interpreter, node: NamespaceNode): Resolved {
  // A reference may outlive the method that made its object. ACPICA reads memory that is in other use by then; here
  // the object is still what it was.
  const object = m.settle(node.object) ?? m.settle(node.former);
  if (object === undefined) return fault('AE_AML_NO_OPERAND', `${node.path} holds nothing`);
  if (object instanceof FieldObject) return readField(m, object);
  if (object instanceof BufferFieldObject) return readBufferField(m, object);
  if (typeof object !== 'bigint' && (object.type === TYPE.device || object.type === TYPE.thermalZone))
    return node;
  return object;
}

const derefOf: Run = (m, _instruction, at) => {
  const operand = m.stack[at];
  if (operand instanceof NamespaceNode) {
    const object = m.settle(operand.object);
    if (object instanceof StringObject || (object !== undefined && typeOf(object) === TYPE.reference))
      return dereference(m, object as AmlValue);
    return fault('AE_AML_OPERAND_TYPE', `${operand.path} holds no reference`);
  }
  const loose =
    operand instanceof SlotOperand ? m.frames.at(-1)!.slots[operand.slot] : (operand as Resolved | undefined);
  if (loose instanceof Choice) {
    const kept = keptChoice(m, loose);
    if (kept instanceof Choice) {
      const elements = mapChoice(kept, (side) =>
        side instanceof IndexReference ? (dereference(m, side) as AmlValue) : undefined,
      );
      if (elements !== undefined && !(elements instanceof Choice && keptChoice(m, elements) === undefined))
        return elements;
    }
  }
  if (operand instanceof SlotOperand) return dereference(m, slotValue(m, operand.slot));
  const value = operand instanceof Choice ? m.settle(operand) : operand;
  if (value === undefined) return fault('AE_AML_NO_RETURN_VALUE', 'nothing to dereference');
  return dereference(m, value);
};

/** Through references to the object at their end: for ObjectType and SizeOf. */
function baseObject(m: Interpreter, operand: Operand, forSize: boolean): Resolved | undefined {
  let at: Operand | undefined = operand;
  for (let steps = 0; steps < MAX_REFERENCE_STEPS; steps++) {
    if (at instanceof Choice || at instanceof UnknownObject) at = m.settle(at);
    if (at instanceof SlotOperand) {
      const held: Operand = m.frames.at(-1)!.slots[at.slot];
      if (held === undefined && !forSize) return undefined;
      at = held ?? slotValue(m, at.slot);
    } else if (at instanceof SlotReference) at = at.frame.slots[at.slot];
    else if (at instanceof NameReference) at = referenced(m, at);
    else if (at instanceof ObjectReference) at = at.target;
    else if (at instanceof SharedInteger) at = at.value;
    else if (at instanceof AnyIndexReference) at = elementAt(m, at);
    else if (at instanceof IndexReference) {
      if (!(at.object instanceof PackageObject)) return at;
      at = at.object.elements[at.index];
    } else if (at instanceof NamespaceNode) {
      const object: AmlValue | undefined = m.settle(at.object);
      if (object === undefined) return undefined;
      if (typeof object !== 'bigint' && (object.type === TYPE.device || object.type === TYPE.thermalZone))
        return object;
      if (typeOf(object) !== TYPE.reference) return object;
      at = object;
    } else return at;
    if (at === undefined) return undefined;
  }
  return fault('AE_AML_CIRCULAR_REFERENCE', 'references lead round in a circle');
}

const MAX_REFERENCE_STEPS = 64;

const objectType: Run = (m, _instruction, at) => {
  const object = baseObject(m, m.stack[at], false);
  if (object === undefined) return 0n;
  if (object instanceof IndexReference) return BigInt(TYPE.bufferField);
  if (object instanceof NamespaceNode) return BigInt(TYPE.device);
  const type = typeOf(object);
  return BigInt(type === TYPE.scope ? TYPE.uninitialized : type);
};

const sizeOf: Run = (m, _instruction, at) => {
  const object = baseObject(m, m.stack[at], true);
  if (object !== undefined) {
    if (typeof object === 'bigint' || object instanceof UnknownInteger) return BigInt(m.bits / 8);
    if (object instanceof BufferObject)
      return object.unknown === undefined ? BigInt(object.bytes.length) : integer(m.unknown(object.unknown));
    if (object instanceof StringObject)
      return object.text === undefined
        ? integer(opaque(m.bits, 'the length of an unknown string'))
        : BigInt(object.text.length);
    if (object instanceof PackageObject) return BigInt(object.elements.length);
  }
  return fault('AE_AML_OPERAND_TYPE', 'only integers, buffers, strings and packages have a size');
};

function converting(convert: (m: Interpreter, value: AmlValue) => AmlValue): Run {
  return (m, _instruction, at) =>
    deliver(m, convert(m, dataOperand(m, m.stack[at])), m.stack[at + 1], 'fixed');
}

/** The operators by ASL name; those that define names and act on the machine are elsewhere. */
export const COMPUTING_OPERATORS: Readonly<Record<string, Run>> = {
  Add: binary(add),
  Subtract: binary(subtract),
  Multiply: binary(multiply),
  Divide: divideOperator,
  Mod: binary((m, a, b) => {
    checkDivisor(m, b);
    return modulo(m, a, b);
  }),
  ShiftLeft: binary(shiftLeft),
  ShiftRight: binary(shiftRight),
  And: binary((_m, a, b) => bitwise('and', a, b)),
  Or: binary((_m, a, b) => bitwise('or', a, b)),
  XOr: binary((_m, a, b) => bitwise('xor', a, b)),
  NAnd: binary((m, a, b) => complement(m, bitwise('and', a, b))),
  NOr: binary((m, a, b) => complement(m, bitwise('or', a, b))),
  Not: unary(complement),
  FindSetLeftBit: unary((_m, a) =>
    isKnown(a) ? leftBit(a) : calculated(7, 'the highest bit that is set', a, leftBit),
  ),
  FindSetRightBit: unary((_m, a) =>
    isKnown(a) ? rightBit(a) : calculated(7, 'the lowest bit that is set', a, rightBit),
  ),
  FromBCD: unary(
    (m, a) => (isKnown(a) ? fromBcd(m, a) : opaque(m.bits, 'a number from BCD', fieldsOf(a))),
    'fixed',
  ),
  ToBCD: unary(
    (m, a) => (isKnown(a) ? toBcd(m, a) : opaque(m.bits, 'a number in BCD', fieldsOf(a))),
    'fixed',
  ),
  Increment: stepping(1n),
  Decrement: stepping(-1n),
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
  Index: index,
  Mid: mid,
  Concatenate: concatenate,
  ConcatenateResTemplate: concatenateTemplates,
  ToBuffer: converting((m, value) => toBuffer(m, value)),
  ToDecimalString: converting((m, value) => toText(m, value, 'decimal')),
  ToHexString: converting((m, value) => toText(m, value, 'hex')),
  ToInteger: converting((m, value) =>
    value instanceof StringObject
      ? value.text === undefined
        ? integer(m.unknown('an integer from an unknown string'))
        : explicitNumber(m, value.text)
      : integer(toInteger(m, value)),
  ),
  ToString: toStringOperator,
  Store: storeOperator,
  CopyObject: copyObject,
  RefOf: (m, _instruction, at) => referenceTo(m, m.stack[at]),
  CondRefOf: condRefOf,
  DerefOf: derefOf,
  ObjectType: objectType,
  SizeOf: sizeOf,
};
