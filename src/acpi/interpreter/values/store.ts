/** Stores values to all kinds of places (ACPI 6.5, 19.3.5.8; ACPICA exstore.c). */
import { isKnown, type Quantity, quantityOfByte } from '../../../symbolic/index.ts';
import { unknownBytes, writableBytes } from '../state/buffer-bytes.ts';
import { fault } from '../state/fault.ts';
import { FIRST_ARGUMENT_SLOT, type Places } from '../state/machine.ts';
import type { Resolved } from '../state/objects.ts';
import {
  type AmlValue,
  BufferFieldObject,
  BufferObject,
  Choice,
  DebugReference,
  FieldObject,
  ForeignObject,
  IndexReference,
  integer,
  kindOf,
  NamespaceNode,
  ObjectReference,
  type Operand,
  PackageObject,
  SlotOperand,
  SlotReference,
  StringObject,
  TYPE,
  typeOf,
  UnknownInteger,
} from '../state/objects.ts';
import type { Storing } from '../state/operands.ts';
import { writeBufferField } from './buffer-fields.ts';
import { formatDebug } from './debug.ts';
import { writeField } from './fields.ts';
import { renewed } from './foreign.ts';
import { attach } from './names.ts';
import { copyOf, nameOfType, resolve, toBuffer, toInteger, toText, updateSharedInteger } from './values.ts';

/** Stores a value to a place. @returns the answer of a serial bus, which is then the value of the operator */
export function store(m: Places, given: Resolved, target: Operand, storing: Storing): AmlValue | undefined {
  if (target === undefined) return undefined;
  const place: Operand = target instanceof Choice ? m.settle(target) : target;
  if (place instanceof SlotOperand) {
    storeToSlot(m, place.slot, given, storing);
    return undefined;
  }
  const value = given instanceof Choice ? m.settle(given)! : given;
  if (place instanceof NamespaceNode) return storeToContainer(m, value, place, storing, true);
  if (place instanceof DebugReference) {
    const line = formatDebug(m, value);
    m.trace.debug(line);
    return undefined;
  }
  if (place instanceof ObjectReference) {
    return storeToContainer(m, value, place.target, storing, true);
  }
  if (place instanceof SlotReference) return storeToContainer(m, value, place, storing, true);
  if (place instanceof IndexReference) {
    storeToIndex(m, value, place);
    return undefined;
  }
  // A store to the constants Zero, One and Ones has no effect; here they can be told by their value only.
  if (typeof place === 'bigint' && (place <= 1n || place === m.mask)) return undefined;
  return fault(
    'AE_AML_OPERAND_TYPE',
    `${place === undefined || place instanceof SlotOperand ? 'nothing' : `a ${nameOfType(place)}`} cannot be stored to`,
  );
}

function storeToSlot(m: Places, slot: number, value: Resolved, storing: Storing): void {
  const { slots } = m.frame;
  let current = slots[slot];
  if (slot >= FIRST_ARGUMENT_SLOT) {
    if (current instanceof Choice) current = m.settle(current);
    // An argument that is a reference: stores to the referenced object, without conversion.
    if (current instanceof ObjectReference) {
      const settled = value instanceof Choice ? m.settle(value)! : value;
      storeToContainer(m, copyOf(m, settled), current.target, storing, false);
      return;
    }
  }
  if (current === value) return;
  m.journal.note(slots, slot);
  slots[slot] = copyOf(m, value);
}

/** The target of a reference. */
type Container = NamespaceNode | SlotReference;

/** The object in a container. */
function contentOf(m: Places, container: Container): AmlValue | undefined {
  if (container instanceof NamespaceNode) return m.settle(container.object);
  const held = container.frame.slots[container.slot];
  return held instanceof NamespaceNode ? new ObjectReference(held) : m.settle(held);
}

/**
 * The type that decides how a container is stored to. In ACPICA, locals and arguments have nodes whose type is set only by
 * stores through references, so it may be that of a previous object.
 */
function containerType(container: Container, content: AmlValue | undefined): number {
  if (container instanceof SlotReference)
    return container.frame.slotTypes?.[container.slot] ?? TYPE.uninitialized;
  return content === undefined ? TYPE.uninitialized : typeOf(content);
}

function nameOf(container: Container): string {
  if (container instanceof NamespaceNode) return container.path;
  const { slot } = container;
  return slot < FIRST_ARGUMENT_SLOT ? `Local${slot}` : `Arg${slot - FIRST_ARGUMENT_SLOT}`;
}

/** Replaces the object of a container. */
function replace(m: Places, container: Container, value: Resolved): void {
  if (container instanceof SlotReference) {
    const { frame, slot } = container;
    m.journal.note(frame.slots, slot);
    frame.slots[slot] = value;
    frame.slotTypes ??= [];
    m.journal.note(frame.slotTypes, slot);
    frame.slotTypes[slot] = kindOf(value);
    return;
  }
  if (value instanceof NamespaceNode) {
    // A device has no value: in ACPICA the name becomes another, empty device.
    attach(m, container, m.settle(value.object));
    return;
  }
  if (container.shared !== undefined) m.journal.set(container, 'shared', undefined);
  m.journal.set(container, 'object', value);
}

const UNSTORABLE: ReadonlySet<number> = new Set([
  TYPE.device,
  TYPE.event,
  TYPE.mutex,
  TYPE.region,
  TYPE.powerResource,
  TYPE.processor,
  TYPE.thermalZone,
]);

/** The value of another table's object after conversion to a type. */
function ofType(m: Places, value: ForeignObject, type: number): AmlValue {
  switch (type) {
    case TYPE.integer:
    case TYPE.fieldUnit:
    case TYPE.bufferField:
      return integer(toInteger(m, value));
    case TYPE.string:
      return new StringObject(undefined);
    case TYPE.buffer:
      return new BufferObject([], value.reason);
    default:
      return value;
  }
}

function storeToContainer(
  m: Places,
  given: Resolved,
  container: Container,
  storing: Storing,
  converts: boolean,
): AmlValue | undefined {
  const current = contentOf(m, container);
  const type = containerType(container, current);
  if (current instanceof ForeignObject) {
    // The stored value depends on the type of the foreign object.
    replace(m, container, renewed(m, current));
    return undefined;
  }
  let value = given instanceof ForeignObject ? ofType(m, given, type) : given;
  if (storing !== 'copy') {
    if (type === TYPE.package) {
      if (storing !== 'store' || !(value instanceof PackageObject))
        fault('AE_AML_TARGET_TYPE', `${nameOf(container)} is a package: only a package can be stored to it`);
    } else if (UNSTORABLE.has(type)) fault('AE_AML_TARGET_TYPE', `${nameOf(container)} cannot be stored to`);
  }
  const data =
    type === TYPE.integer ||
    type === TYPE.string ||
    type === TYPE.buffer ||
    type === TYPE.fieldUnit ||
    type === TYPE.bufferField;
  if (data) {
    if (!(value instanceof NamespaceNode) && typeOf(value) === TYPE.reference) value = resolve(m, value);
    if (storing !== 'copy') {
      const source = kindOf(value);
      if (
        source !== TYPE.integer &&
        source !== TYPE.string &&
        source !== TYPE.buffer &&
        source !== TYPE.ddbHandle
      )
        fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(value)} cannot be stored to ${nameOf(container)}`);
    }
  }
  if (current instanceof FieldObject && type === TYPE.fieldUnit) return writeField(m, current, value);
  if (current instanceof BufferFieldObject && type === TYPE.bufferField) {
    writeBufferField(m, current, value);
    return undefined;
  }
  if (!data || storing === 'copy' || !converts) {
    replace(m, container, copyOf(m, value));
    return undefined;
  }
  convertInto(m, value, container, current, storing);
  return undefined;
}

/** Stores with conversion to the type of the existing object, which keeps its identity. */
function convertInto(
  m: Places,
  value: Resolved,
  container: Container,
  current: AmlValue | undefined,
  storing: Storing,
): void {
  const type = current === undefined ? TYPE.uninitialized : typeOf(current);
  const source = kindOf(value);
  // A table handle cannot be converted.
  if (current === undefined || source === TYPE.ddbHandle || (storing === 'fixed' && source !== type)) {
    replace(m, container, copyOf(m, value));
  } else if (type === TYPE.integer) {
    const number = integer(toInteger(m, value));
    if (container instanceof NamespaceNode) {
      m.journal.set(container, 'object', number);
      updateSharedInteger(m, container, number);
    } else replace(m, container, number);
  } else if (current instanceof StringObject) {
    const { text } = toText(m, value, 'implicit');
    m.journal.note(current, 'text');
    current.text = text;
  } else if (current instanceof BufferObject) overwrite(m, current, toBuffer(m, value));
  else fault('AE_AML_INTERNAL', `no conversion to a ${nameOfType(current)}`);
}

/** Stores a buffer to a buffer, truncated or zero-filled to the target's length; an empty target gets the source's length. */
function overwrite(m: Places, target: BufferObject, source: BufferObject): void {
  if (target === source || target.unknown !== undefined) return;
  if (source.unknown !== undefined) {
    if (target.bytes.length === 0) m.abandon(source.unknown);
    const bytes = writableBytes(m, target, true);
    const unknown = unknownBytes(bytes.length, source.unknown);
    for (let i = 0; i < bytes.length; i++) bytes[i] = unknown[i]!;
    return;
  }
  if (target.bytes.length === 0) {
    m.journal.note(target, 'bytes');
    m.budget.allocate(source.bytes.length);
    target.bytes = source.bytes.slice();
    target.step = m.journal.step;
    return;
  }
  const bytes = writableBytes(m, target, !(source.bytes instanceof Uint8Array));
  for (let i = 0; i < bytes.length; i++) bytes[i] = source.bytes[i] ?? 0;
}

function storeToIndex(m: Places, value: Resolved, place: IndexReference): void {
  const { object, index } = place;
  if (object instanceof PackageObject) {
    m.journal.note(object.elements, index);
    const copy = copyOf(m, value);
    object.elements[index] = copy instanceof NamespaceNode ? new ObjectReference(copy) : copy;
    return;
  }
  let byte: Quantity;
  if (typeof value === 'bigint' || value instanceof UnknownInteger || value instanceof ForeignObject)
    byte = toInteger(m, value);
  else if (value instanceof BufferObject)
    byte = value.unknown === undefined ? quantityOfByte(value.bytes[0] ?? 0) : m.unknown(value.unknown);
  else if (value instanceof StringObject && value.text !== undefined)
    byte = BigInt(value.text.charCodeAt(0) || 0);
  else fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(value)} cannot be stored to a byte`);
  if (object instanceof StringObject) {
    m.journal.note(object, 'text');
    if (object.text !== undefined)
      object.text = isKnown(byte)
        ? object.text.slice(0, index) +
          String.fromCharCode(Number(byte & 0xffn)) +
          object.text.slice(index + 1)
        : undefined;
    return;
  }
  if (index >= object.bytes.length)
    fault('AE_AML_BUFFER_LIMIT', 'an Index reference after the end of its buffer');
  const bytes = writableBytes(m, object, !isKnown(byte));
  bytes[index] = isKnown(byte) ? Number(byte & 0xffn) : { of: byte, index: 0 };
}
