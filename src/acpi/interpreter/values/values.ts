/** Reads the values of operands, and converts between data types (ACPI 6.5, 19.3.5). */
import {
  type ByteValue,
  bytesOfQuantity,
  compare,
  isKnown,
  type Quantity,
  quantityOfBytes,
} from '../../../symbolic/index.ts';
import { implicitInteger } from '../../terms/string-to-integer.ts';
import { mergeValues } from '../paths/merge.ts';
import { packBytes } from '../state/buffer-bytes.ts';
import { type FaultCode, fault } from '../state/fault.ts';
import {
  type Changing,
  type Converting,
  type Deciding,
  FIRST_ARGUMENT_SLOT,
  type Places,
} from '../state/machine.ts';
import {
  type AmlValue,
  AnyIndexReference,
  BufferFieldObject,
  BufferObject,
  Choice,
  FieldObject,
  ForeignObject,
  IndexReference,
  NameReference,
  NamespaceNode,
  type Operand,
  PackageObject,
  type Resolved,
  SharedInteger,
  SlotOperand,
  StringObject,
  TableHandle,
  TYPE,
  TYPE_NAMES,
  typeOf,
  UnknownInteger,
  UnknownObject,
} from '../state/objects.ts';
import type { DataObject, Resolving } from '../state/operands.ts';
import { readBufferField } from './buffer-fields.ts';
import { readField } from './fields.ts';
import { lookUp } from './names.ts';

/** The value of an operand. */
export function resolve(m: Places, operand: Operand, resolving: Resolving = 'value'): Resolved {
  if (operand instanceof SlotOperand) {
    const held = slotValue(m, operand.slot);
    return held instanceof NamespaceNode ? resolveNode(m, held) : held;
  }
  let value: Resolved | undefined = operand;
  if (value instanceof Choice || value instanceof UnknownObject) value = m.settle(value);
  if (value === undefined) fault('AE_AML_NO_RETURN_VALUE', 'an operand has no value');
  if (value instanceof NamespaceNode) return resolveNode(m, value);
  if (value instanceof AnyIndexReference) return resolving === 'value' ? elementAt(m, value) : value;
  if (value instanceof IndexReference) {
    if (resolving !== 'value' || !(value.object instanceof PackageObject)) return value;
    return elementOf(m, value.object, value.index);
  }
  if (value instanceof NameReference) return nodeObject(m, referenced(m, value));
  if (value instanceof FieldObject) return readField(m, value);
  if (value instanceof BufferFieldObject) return readBufferField(m, value);
  return value;
}

/**
 * As {@link resolve}, but a Choice between data is returned unchanged, so that passing a value on does not fork the path.
 */
export function resolveLoosely(m: Places, operand: Operand, resolving: Resolving): Resolved {
  const held = operand instanceof SlotOperand ? m.frame.slots[operand.slot] : operand;
  if (held instanceof Choice) {
    const kept = keptChoice(m, held);
    if (kept !== undefined) return kept;
  }
  return resolve(m, operand, resolving);
}

/** The Choice without sides that this path excludes, if all its sides are data; otherwise `undefined`. */
export function keptChoice(m: Deciding, choice: Choice): AmlValue | undefined {
  const when = m.paths.decided(choice.when);
  if (isKnown(when)) {
    const side = when === 0n ? choice.no : choice.yes;
    return side instanceof Choice ? keptChoice(m, side) : isData(side) ? side : undefined;
  }
  const sides = [choice.yes, choice.no].map((side) =>
    side instanceof Choice ? keptChoice(m, side) : isData(side) ? side : undefined,
  );
  const [yes, no] = sides;
  if (yes === undefined || no === undefined) return undefined;
  return yes === choice.yes && no === choice.no ? choice : new Choice(when, yes, no);
}

export function isData(value: AmlValue | undefined): boolean {
  return (
    typeof value === 'bigint' ||
    value instanceof UnknownInteger ||
    value instanceof BufferObject ||
    value instanceof StringObject ||
    value instanceof PackageObject ||
    value instanceof IndexReference
  );
}

/** Applies a function to each side of a Choice and merges the results. */
export function mapChoice(
  value: AmlValue,
  map: (side: AmlValue) => AmlValue | undefined,
): AmlValue | undefined {
  if (!(value instanceof Choice)) return map(value);
  const yes = value.yes === undefined ? undefined : mapChoice(value.yes, map);
  const no = value.no === undefined ? undefined : mapChoice(value.no, map);
  return mergeValues(value.when, yes, no);
}

/** The value of a local or argument; a node if a device was passed. */
export function slotValue(m: Places, slot: number): Resolved {
  const { slots } = m.frame;
  let held = slots[slot];
  if (held instanceof Choice || held instanceof UnknownObject) held = m.settle(held);
  if (held === undefined) {
    if (slot < FIRST_ARGUMENT_SLOT) fault('AE_AML_UNINITIALIZED_LOCAL', `Local${slot} is not initialized`);
    fault('AE_AML_UNINITIALIZED_ARG', `Arg${slot - FIRST_ARGUMENT_SLOT} is not initialized`);
  }
  return held;
}

/** The value of a named object. */
export function resolveNode(m: Places, node: NamespaceNode): Resolved {
  const object = m.settle(node.object);
  if (object === undefined) fault('AE_AML_NO_OPERAND', `${node.path} has no object`);
  if (typeof object === 'bigint') return object;
  switch (object.type) {
    case TYPE.device:
    case TYPE.thermalZone:
    case TYPE.scope:
      return node;
    case TYPE.method:
      return fault('AE_AML_OPERAND_TYPE', `${node.path} is a method, not a value`);
    case TYPE.fieldUnit:
      return object instanceof FieldObject ? readField(m, object) : object;
    case TYPE.bufferField:
      return object instanceof BufferFieldObject ? readBufferField(m, object) : object;
    default:
      return object;
  }
}

/** The object of a node, without reading a field; the node itself for a device or thermal zone. */
export function nodeObject(m: Places, node: NamespaceNode): Resolved {
  const object = m.settle(node.object) ?? fault('AE_AML_UNINITIALIZED_NODE', `${node.path} has no object`);
  const type = typeOf(object);
  return type === TYPE.device || type === TYPE.thermalZone ? node : object;
}

/** The node of a package element that is a name. */
export function referenced(m: Places, reference: NameReference): NamespaceNode {
  return (
    reference.node ??
    lookUp(m, reference.name, reference.scope) ??
    fault('AE_NOT_FOUND', 'a name in a package is not found')
  );
}

/** The value of a package element; for the name of a data object, its data. */
export function elementOf(m: Places, object: PackageObject, index: number): Resolved {
  let element = object.elements[index];
  if (element instanceof Choice || element instanceof UnknownObject) element = m.settle(element);
  if (element === undefined)
    fault('AE_AML_UNINITIALIZED_ELEMENT', `element ${index} of a package is not initialized`);
  if (element instanceof NameReference) {
    settleElement(m, object, index);
    element = object.elements[index];
  }
  if (element instanceof SharedInteger) element = m.settle(element.value);
  return element ?? fault('AE_AML_UNINITIALIZED_ELEMENT', `element ${index} is empty`);
}

/** The element at an unknown index: a choice of all elements. */
export function elementAt(m: Places, reference: AnyIndexReference): Resolved {
  const { object, index } = reference;
  let value: Resolved | undefined;
  for (let i = object.elements.length - 1; i >= 0; i--) {
    const here = m.paths.decided(compare('eq', index, BigInt(i)));
    if (here === 0n) continue;
    if (object.elements[i] === undefined) {
      if (m.decide(here)) return elementOf(m, object, i);
      continue;
    }
    const element = elementOf(m, object, i);
    value = value === undefined || isKnown(here) ? element : mergeValues(here, element, value);
  }
  return value ?? fault('AE_AML_PACKAGE_LIMIT', 'an index outside of its package');
}

/**
 * Resolves the name of a package element. The name of a data object is replaced by the data; names of methods, devices and
 * so on remain references.
 */
export function settleElement(m: Places, object: PackageObject, index: number): void {
  const element = object.elements[index];
  if (!(element instanceof NameReference)) return;
  const node = element.node ?? lookUp(m, element.name, element.scope);
  if (node === undefined) return;
  const held = m.settle(node.object);
  if (held === undefined) return;
  const type = typeOf(held);
  const data =
    type === TYPE.integer ||
    type === TYPE.string ||
    type === TYPE.buffer ||
    type === TYPE.package ||
    type === TYPE.fieldUnit ||
    type === TYPE.bufferField ||
    type === TYPE.reference;
  m.journal.note(object.elements, index);
  if (type === TYPE.integer) {
    let { shared } = node;
    if (!(shared instanceof SharedInteger)) {
      shared = new SharedInteger(held);
      m.journal.set(node, 'shared', shared);
    }
    object.elements[index] = shared;
    return;
  }
  const value = data ? resolveNode(m, node) : node;
  object.elements[index] =
    value instanceof NamespaceNode ? new NameReference(element.name, element.scope, node) : value;
}

/** Updates the value of an integer that packages share with a name. */
export function updateSharedInteger(m: Changing, node: NamespaceNode, value: AmlValue): void {
  const pending: (AmlValue | undefined)[] = [node.shared];
  while (pending.length > 0) {
    const shared = pending.pop();
    if (shared instanceof Choice) pending.push(shared.yes, shared.no);
    else if (shared instanceof SharedInteger) m.journal.set(shared, 'value', value);
  }
}

export function nameOfType(value: Resolved): string {
  if (value instanceof NamespaceNode) return 'Device';
  return TYPE_NAMES[typeOf(value)] ?? 'Reference';
}

/** Whether it is an integer, a string or a buffer. */
export function isConvertible(value: Resolved | undefined): value is DataObject {
  return (
    typeof value === 'bigint' ||
    value instanceof UnknownInteger ||
    value instanceof StringObject ||
    value instanceof BufferObject
  );
}

/** Implicit conversion to an integer. */
export function toInteger(
  m: Converting,
  value: Resolved,
  otherwise: FaultCode = 'AE_AML_OPERAND_TYPE',
): Quantity {
  if (typeof value === 'bigint') return value;
  if (value instanceof UnknownInteger || value instanceof ForeignObject) return m.paths.refined(value.value);
  if (value instanceof BufferObject)
    return value.unknown === undefined ? integerOfBytes(m, value.bytes) : m.unknown(value.unknown);
  if (value instanceof StringObject)
    return value.text === undefined
      ? m.unknown('an integer from an unknown string')
      : implicitInteger(value.text, m.bits);
  return fault(otherwise, `an integer, string or buffer is expected, not a ${nameOfType(value)}`);
}

function integerOfBytes(m: Converting, bytes: Uint8Array | readonly ByteValue[]): Quantity {
  if (bytes.length === 0) fault('AE_AML_BUFFER_LIMIT', 'an integer from an empty buffer');
  return m.paths.refined(quantityOfBytes(Array.from(bytes.slice(0, m.bits / 8))));
}

/** Implicit conversion to a buffer; a buffer is returned itself. */
export function toBuffer(m: Converting, value: Resolved): BufferObject {
  if (value instanceof BufferObject) return value;
  if (typeof value === 'bigint' || value instanceof UnknownInteger) {
    const bytes = bytesOfQuantity(toInteger(m, value), m.bits / 8);
    return new BufferObject(packBytes(bytes));
  }
  if (value instanceof StringObject) {
    if (value.text === undefined) return m.abandon('a buffer from an unknown string');
    m.budget.allocate(value.text.length + 1);
    const bytes = new Uint8Array(value.text.length + 1);
    for (let i = 0; i < value.text.length; i++) bytes[i] = value.text.charCodeAt(i);
    return new BufferObject(bytes);
  }
  return fault('AE_AML_OPERAND_TYPE', `an integer, string or buffer is expected, not a ${nameOfType(value)}`);
}

export type StringForm = 'implicit' | 'hex' | 'decimal';

/** Conversion to a string; a string is returned itself. */
export function toText(m: Converting, value: Resolved, form: StringForm): StringObject {
  if (value instanceof StringObject) return value;
  if (value instanceof UnknownInteger || value instanceof ForeignObject) return new StringObject(undefined);
  if (typeof value === 'bigint') {
    if (form === 'decimal') return new StringObject(value.toString());
    const digits = value.toString(16).toUpperCase();
    return new StringObject(
      form === 'hex' && m.decide(m.profile.prefixesHex) ? `0x${digits}` : digits.padStart(m.bits / 4, '0'),
    );
  }
  if (value instanceof BufferObject) {
    if (value.unknown !== undefined) return new StringObject(undefined);
    m.budget.allocate(value.bytes.length * 5);
    const parts: string[] = [];
    for (const byte of value.bytes) {
      if (typeof byte !== 'number') return new StringObject(undefined);
      parts.push(form === 'decimal' ? String(byte) : `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`);
    }
    return new StringObject(parts.join(form === 'implicit' ? ' ' : ','));
  }
  return fault('AE_AML_OPERAND_TYPE', `an integer, string or buffer is expected, not a ${nameOfType(value)}`);
}

/** The text of a string; the path is abandoned if it is unknown. */
export function knownText(m: Deciding, value: StringObject): string {
  return value.text ?? m.abandon('the contents of an unknown string are needed');
}

/** A deep copy. */
export function copyOf(m: Converting, value: AmlValue): AmlValue;
export function copyOf(m: Converting, value: Resolved): Resolved;
export function copyOf(m: Converting, value: Resolved): Resolved {
  if (typeof value === 'bigint') return value;
  if (value instanceof BufferObject) {
    m.budget.allocate(value.bytes.length);
    return new BufferObject(value.bytes.slice(), value.unknown);
  }
  if (value instanceof StringObject) return new StringObject(value.text);
  if (value instanceof TableHandle) {
    const copy = new TableHandle(value.index);
    copy.valid = value.valid;
    return copy;
  }
  if (value instanceof Choice) return mapChoice(value, (side) => copyOf(m, side)) ?? value;
  if (value instanceof SharedInteger) return value.value;
  if (!(value instanceof PackageObject)) return value;
  const copy = new PackageObject([]);
  const pending: [PackageObject, PackageObject][] = [[value, copy]];
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [from, to] = pair;
    m.budget.allocate(8 * from.elements.length);
    for (const element of from.elements) {
      if (element instanceof PackageObject) {
        const inner = new PackageObject([]);
        to.elements.push(inner);
        pending.push([element, inner]);
      } else to.elements.push(element === undefined ? undefined : copyOf(m, element));
    }
  }
  return copy;
}
