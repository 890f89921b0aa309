/** Storing: what becomes of a value in each kind of place (ACPI 6.5, 19.3.5.8; ACPICA exstore.c). */
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
import { copyOf, nameOfType, resolve, tellSharers, toBuffer, toInteger, toText } from './values.ts';

/** Puts a value in a place. What a serial bus gives back replaces the value. */
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
  // A store to the constants Zero, One and Ones does nothing; they are known here by their value alone.
  if (typeof place === 'bigint' && (place <= 1n || place === m.mask)) return undefined;
  return fault(
    'AE_AML_OPERAND_TYPE',
    `${place === undefined || place instanceof SlotOperand ? 'nothing' : `a ${nameOfType(place)}`} can't be stored to`,
  );
}

function storeToSlot(m: Places, slot: number, value: Resolved, storing: Storing): void {
  const { slots } = m.frame;
  let current = slots[slot];
  if (slot >= FIRST_ARGUMENT_SLOT) {
    if (current instanceof Choice) current = m.settle(current);
    // An argument that is a reference made by RefOf: the object referred to is stored to, without conversion.
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

/** What a reference made by RefOf leads to. */
type Container = NamespaceNode | SlotReference;

/** The object in a container. */
function contentOf(m: Places, container: Container): AmlValue | undefined {
  if (container instanceof NamespaceNode) return m.settle(container.object);
  const held = container.frame.slots[container.slot];
  return held instanceof NamespaceNode ? new ObjectReference(held) : m.settle(held);
}

/**
 * The type that decides how a container is stored to. ACPICA keeps locals and arguments in nodes of their own, whose
 * type is set by stores through references alone: it may be that of an object long gone.
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

/** Changes a container's object for another. */
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
    // A device has no value: ACPICA makes the name a device of its own, with nothing in it.
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

/** What another table's object may be where it is stored to one of that type. */
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
    // What becomes of a value there depends on what it is.
    replace(m, container, renewed(m, current));
    return undefined;
  }
  let value = given instanceof ForeignObject ? ofType(m, given, type) : given;
  if (storing !== 'copy') {
    if (type === TYPE.package) {
      if (storing !== 'store' || !(value instanceof PackageObject))
        fault('AE_AML_TARGET_TYPE', `${nameOf(container)} is a package: only a package can be stored to it`);
    } else if (UNSTORABLE.has(type)) fault('AE_AML_TARGET_TYPE', `${nameOf(container)} can't be stored to`);
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
        fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(value)} can't be stored to ${nameOf(container)}`);
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

/** A store with conversion to the type of what is there, which keeps its identity. */
function convertInto(
  m: Places,
  value: Resolved,
  container: Container,
  current: AmlValue | undefined,
  storing: Storing,
): void {
  const type = current === undefined ? TYPE.uninitialized : typeOf(current);
  const source = kindOf(value);
  // There is nothing a table's handle could be converted to.
  if (current === undefined || source === TYPE.ddbHandle || (storing === 'fixed' && source !== type)) {
    replace(m, container, copyOf(m, value));
  } else if (type === TYPE.integer) {
    const number = integer(toInteger(m, value));
    if (container instanceof NamespaceNode) {
      m.journal.set(container, 'object', number);
      tellSharers(m, container, number);
    } else replace(m, container, number);
  } else if (current instanceof StringObject) {
    const { text } = toText(m, value, 'implicit');
    m.journal.note(current, 'text');
    current.text = text;
  } else if (current instanceof BufferObject) overwrite(m, current, toBuffer(m, value));
  else fault('AE_AML_INTERNAL', `a ${nameOfType(current)} takes no conversion`);
}

/** A buffer stored to a buffer keeps the target's length: cut off or filled with zeros. An empty one takes the source's. */
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
  else fault('AE_AML_OPERAND_TYPE', `a ${nameOfType(value)} can't be stored to a byte`);
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
  if (index >= object.bytes.length) fault('AE_AML_BUFFER_LIMIT', 'an Index outlived its buffer');
  const bytes = writableBytes(m, object, !isKnown(byte));
  bytes[index] = isKnown(byte) ? Number(byte & 0xffn) : { of: byte, index: 0 };
}
