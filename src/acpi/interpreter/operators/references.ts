/** The operators that store and refer: Store, CopyObject, Index, RefOf and their kin (ACPI 6.5, 19.6; ACPICA exoparg1.c). */
import { compare, isKnown, opaque, quantityOfByte } from '../../../symbolic/index.ts';
import { parseName } from '../../terms/name.ts';
import { fault } from '../state/fault.ts';
import type { Machine, Run } from '../state/machine.ts';
import type { Resolved } from '../state/objects.ts';
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
import { store } from '../values/store.ts';
import {
  copyOf,
  elementAt,
  elementOf,
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
} from '../values/values.ts';
import { deliver, knownIndex, MAX_INDEX_CASES } from './operands.ts';

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
  if (!(target instanceof DebugReference || value instanceof ForeignObject) && !isData(value))
    fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(value)} can't be stored`);
  return store(m, value, target, 'store') ?? value;
};

const copyObject: Run = (m, _instruction, at) => {
  const value = copyOf(m, resolve(m, m.stack[at], 'argument'));
  store(m, value, m.stack[at + 1], 'copy');
  return value;
};

function referenceTo(m: Machine, operand: Operand): AmlValue {
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
export function dereference(m: Machine, reference: Resolved): Resolved {
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
  return fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(at)} is not a reference`);
}

function dereferenceNode(m: Machine, node: NamespaceNode): Resolved {
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
function baseObject(m: Machine, operand: Operand, forSize: boolean): Resolved | undefined {
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
  if (object instanceof ForeignObject) return integer(m.unknown(object.reason));
  const type = typeOf(object);
  return BigInt(type === TYPE.scope ? TYPE.uninitialized : type);
};

const sizeOf: Run = (m, _instruction, at) => {
  const object = baseObject(m, m.stack[at], true);
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
export const REFERRING_OPERATORS: Readonly<Record<string, Run>> = {
  Index: index,
  Store: storeOperator,
  CopyObject: copyObject,
  RefOf: (m, _instruction, at) => referenceTo(m, m.stack[at]),
  CondRefOf: condRefOf,
  DerefOf: derefOf,
  ObjectType: objectType,
  SizeOf: sizeOf,
};
