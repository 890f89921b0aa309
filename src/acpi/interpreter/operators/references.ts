/** Operators that store and refer: Store, CopyObject, Index, RefOf and so on (ACPI 6.5, 19.6; ACPICA exoparg1.c). */
import { compare, isKnown, opaque, quantityOfByte } from '../../../symbolic/index.ts';
import { parseName } from '../../terms/name.ts';
import { fault } from '../state/fault.ts';
import type { Operators, Places, Run } from '../state/machine.ts';
import {
  type AmlValue,
  AnyIndexReference,
  BufferFieldObject,
  BufferObject,
  Choice,
  DebugReference,
  FieldObject,
  ForeignObject,
  IndexReference,
  integer,
  NameReference,
  NamespaceNode,
  ObjectReference,
  type Operand,
  PackageObject,
  type Resolved,
  SharedInteger,
  SlotOperand,
  SlotReference,
  StringObject,
  TYPE,
  typeOf,
  UnknownInteger,
  UnknownObject,
} from '../state/objects.ts';
import { readBufferField } from '../values/buffer-fields.ts';
import { readField } from '../values/fields.ts';
import { lookUp } from '../values/names.ts';
import {
  copyOf,
  elementAt,
  elementOf,
  keptChoice,
  knownText,
  mapChoice,
  nameOfType,
  referenced,
  resolveNode,
  slotValue,
} from '../values/values.ts';
import { knownIndex, MAX_INDEX_CASES } from './known.ts';

const index: Run<Places> = (m, operands) => {
  const loose = operands.loose(0, 'value');
  const place = operands.integer(1);
  const delivers = operands.raw(2) !== undefined;
  if (loose instanceof Choice && isKnown(place) && !delivers) {
    // The same element of a package that depends on a condition.
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
    if (!delivers) return new AnyIndexReference(source, place);
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
  return operands.deliver(2, new IndexReference(source, i), 'result');
};

/** Types that can be stored (ACPICA's ARGI_DATAREFOBJ). */
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

function isStorable(value: Resolved): boolean {
  return !(value instanceof NamespaceNode) && STORABLE.has(typeOf(value));
}

const storeOperator: Run<Places> = (m, operands) => {
  const source = operands.raw(0);
  const target = operands.raw(1);
  if (source instanceof SlotOperand && source === target) {
    // Store (Local0, Local0) is valid even if the local was never initialized.
    return m.frame.slots[source.slot];
  }
  const value = operands.value(0, 'store');
  if (!(target instanceof DebugReference || value instanceof ForeignObject) && !isStorable(value))
    fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(value)} cannot be stored`);
  return operands.store(1, value, 'store') ?? value;
};

const copyObject: Run<Places> = (m, operands) => {
  const value = copyOf(m, operands.value(0, 'argument'));
  operands.store(1, value, 'copy');
  return value;
};

function referenceTo(m: Places, operand: Operand): AmlValue {
  if (operand instanceof SlotOperand) return new ObjectReference(new SlotReference(m.frame, operand.slot));
  if (operand instanceof NamespaceNode) return new ObjectReference(operand);
  if (operand instanceof DebugReference) return operand;
  return fault('AE_AML_OPERAND_TYPE', 'the operand cannot be referred to');
}

const condRefOf: Run<Places> = (m, operands) => {
  const operand = operands.raw(0);
  if (operand === undefined) return 0n;
  if (operands.raw(1) !== undefined) operands.store(1, referenceTo(m, operand), 'result');
  return m.mask;
};

/** The object to which a reference refers. */
export function dereference(m: Places, reference: Resolved): Resolved {
  let at = reference;
  if (at instanceof StringObject) {
    const name = parseName(knownText(m, at));
    const node = name && lookUp(m, name);
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
      if (i >= object.bytes.length)
        fault('AE_AML_BUFFER_LIMIT', 'an Index reference after the end of its buffer');
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
    return value ?? fault('AE_AML_NO_RETURN_VALUE', 'the referenced local was not initialized');
  }
  return fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(at)} is not a reference`);
}

function dereferenceNode(m: Places, node: NamespaceNode): Resolved {
  // A reference may outlive the method that created its object. ACPICA then reads freed memory; here the object still
  // has its last value.
  const object = m.settle(node.object) ?? m.settle(node.former);
  if (object === undefined) return fault('AE_AML_NO_OPERAND', `${node.path} has no object`);
  if (object instanceof FieldObject) return readField(m, object);
  if (object instanceof BufferFieldObject) return readBufferField(m, object);
  if (typeof object !== 'bigint' && (object.type === TYPE.device || object.type === TYPE.thermalZone))
    return node;
  return object;
}

const derefOf: Run<Places> = (m, operands) => {
  const operand = operands.raw(0);
  if (operand instanceof NamespaceNode) {
    const object = m.settle(operand.object);
    if (object !== undefined && (object instanceof StringObject || typeOf(object) === TYPE.reference))
      return dereference(m, object);
    return fault('AE_AML_OPERAND_TYPE', `${operand.path} is not a reference`);
  }
  const loose = operand instanceof SlotOperand ? m.frame.slots[operand.slot] : operand;
  if (loose instanceof Choice) {
    const kept = keptChoice(m, loose);
    if (kept instanceof Choice) {
      const elements = mapChoice(kept, (side) =>
        side instanceof IndexReference ? elementBehind(m, side) : undefined,
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

/** The element to which an Index reference refers; `undefined` if it is a device. */
function elementBehind(m: Places, reference: IndexReference): AmlValue | undefined {
  const value = dereference(m, reference);
  return value instanceof NamespaceNode ? undefined : value;
}

/** Follows references to the object at their end, for ObjectType and SizeOf. */
function baseObject(m: Places, operand: Operand, forSize: boolean): Resolved | undefined {
  let at: Operand | undefined = operand;
  for (let steps = 0; steps < MAX_REFERENCE_STEPS; steps++) {
    if (at instanceof Choice || at instanceof UnknownObject) at = m.settle(at);
    if (at instanceof SlotOperand) {
      const held: Operand = m.frame.slots[at.slot];
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
  return fault('AE_AML_CIRCULAR_REFERENCE', 'circular references');
}

const MAX_REFERENCE_STEPS = 64;

const objectType: Run<Places> = (m, operands) => {
  const object = baseObject(m, operands.raw(0), false);
  if (object === undefined) return 0n;
  if (object instanceof IndexReference) return BigInt(TYPE.bufferField);
  if (object instanceof NamespaceNode) return BigInt(TYPE.device);
  if (object instanceof ForeignObject) return integer(m.unknown(object.reason));
  const type = typeOf(object);
  return BigInt(type === TYPE.scope ? TYPE.uninitialized : type);
};

const sizeOf: Run<Places> = (m, operands) => {
  const object = baseObject(m, operands.raw(0), true);
  if (object !== undefined) {
    if (typeof object === 'bigint' || object instanceof UnknownInteger) return BigInt(m.bits / 8);
    if (object instanceof ForeignObject) return integer(m.unknown(object.reason));
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

/** By ASL name. */
export const REFERRING_OPERATORS: Operators<Places> = {
  Index: index,
  Store: storeOperator,
  CopyObject: copyObject,
  RefOf: (m, operands) => referenceTo(m, operands.raw(0)),
  CondRefOf: condRefOf,
  DerefOf: derefOf,
  ObjectType: objectType,
  SizeOf: sizeOf,
};
