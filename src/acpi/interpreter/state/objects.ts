/**
 * The objects of the interpreter. Known integers are `bigint`, others `UnknownInteger`. All other objects have identity,
 * as in ACPICA: a buffer that is passed to a method is the caller's buffer.
 */

import type { ByteValue, Expr, Quantity } from '../../../symbolic/index.ts';
import { NameNode } from '../../namespace/node.ts';
import type { AcpiTable } from '../../tables/table.ts';
import type { NamePath } from '../../terms/name.ts';
import type { FieldElement, Term } from '../../terms/term.ts';

/** Object types by the number that ObjectType yields (ACPI 6.5, table 19.40); those from 17 on are ACPICA's. */
export const TYPE = {
  uninitialized: 0,
  integer: 1,
  string: 2,
  buffer: 3,
  package: 4,
  fieldUnit: 5,
  device: 6,
  event: 7,
  method: 8,
  mutex: 9,
  region: 10,
  powerResource: 11,
  processor: 12,
  thermalZone: 13,
  bufferField: 14,
  ddbHandle: 15,
  debug: 16,
  scope: 17,
  reference: 20,
} as const;

/** Type names of ACPICA (utdecode.c, acpi_gbl_ns_type_names), also used by Concatenate. */
export const TYPE_NAMES: readonly string[] = [
  'Untyped',
  'Integer',
  'String',
  'Buffer',
  'Package',
  'FieldUnit',
  'Device',
  'Event',
  'Method',
  'Mutex',
  'Region',
  'Power',
  'Processor',
  'Thermal',
  'BufferField',
  'DdbHandle',
  'DebugObject',
  'Scope',
  '',
  '',
  'Reference',
];

export class UnknownInteger {
  readonly type = TYPE.integer;
  readonly value: Expr;
  constructor(value: Expr) {
    this.value = value;
  }
}

export class StringObject {
  readonly type = TYPE.string;
  /** Latin-1 characters; `undefined` if unknown. */
  text: string | undefined;
  constructor(text: string | undefined) {
    this.text = text;
  }
}

export class BufferObject {
  readonly type = TYPE.buffer;
  /** Known bytes only, or bytes of which some are unknown. Copied on write while paths are explored. */
  bytes: Uint8Array | ByteValue[];
  /** Journal step in which `bytes` was created. */
  step = 0;
  /** Why even the length is unknown, if so; `bytes` is then empty. */
  unknown: string | undefined;
  constructor(bytes: Uint8Array | ByteValue[], unknown?: string) {
    this.bytes = bytes;
    this.unknown = unknown;
  }
}

/** A package element that is a name, resolved when the package is complete or on use. */
export class NameReference {
  readonly type = TYPE.reference;
  readonly name: NamePath;
  readonly scope: NamespaceNode;
  node: NamespaceNode | undefined;
  constructor(name: NamePath, scope: NamespaceNode, node: NamespaceNode | undefined) {
    this.name = name;
    this.scope = scope;
    this.node = node;
  }
}

/**
 * A package element that is the name of an integer. In ACPICA, package and name share one integer object: a Store to the
 * name changes the package, until CopyObject replaces the name's object or a store through Index the element. (In the
 * specification the element is a copy.)
 */
export class SharedInteger {
  readonly type = -4;
  value: AmlValue;
  constructor(value: AmlValue) {
    this.value = value;
  }
}

export class PackageObject {
  readonly type = TYPE.package;
  elements: (AmlValue | undefined)[];
  constructor(elements: (AmlValue | undefined)[]) {
    this.elements = elements;
  }
}

/** Result of RefOf and CondRefOf: a reference to a named object, a local or an argument. */
export class ObjectReference {
  readonly type = TYPE.reference;
  readonly target: NamespaceNode | SlotReference;
  constructor(target: NamespaceNode | SlotReference) {
    this.target = target;
  }
}

/** The locals and arguments of a frame. */
export interface Slots {
  readonly slots: (AmlValue | NamespaceNode | undefined)[];
  /** Types of slots that were stored to through references; see store.ts. */
  slotTypes: number[] | undefined;
}

/** A local or argument of a frame. */
export class SlotReference {
  readonly type = TYPE.reference;
  readonly frame: Slots;
  /** 0..7 locals, 8..14 arguments. */
  readonly slot: number;
  constructor(frame: Slots, slot: number) {
    this.frame = frame;
    this.slot = slot;
  }
}

/** Result of Index with an unknown index that is within the package. */
export class AnyIndexReference {
  readonly type = TYPE.reference;
  readonly object: PackageObject;
  readonly index: Expr;
  constructor(object: PackageObject, index: Expr) {
    this.object = object;
    this.index = index;
  }
}

/** Result of Index: a reference to an element of a package, or a byte of a buffer or string. */
export class IndexReference {
  readonly type = TYPE.reference;
  readonly object: BufferObject | StringObject | PackageObject;
  readonly index: number;
  constructor(object: BufferObject | StringObject | PackageObject, index: number) {
    this.object = object;
    this.index = index;
  }
}

/** The Debug object. */
export class DebugReference {
  readonly type = TYPE.debug;
}

/** Device, thermal zone, processor, power resource or predefined scope. */
export class ScopeObject {
  readonly type: number;
  readonly term: Term | undefined;
  constructor(type: number, term: Term | undefined) {
    this.type = type;
    this.term = term;
  }
}

export class MethodObject {
  readonly type = TYPE.method;
  readonly term: Term | undefined;
  readonly table: AcpiTable | undefined;
  readonly argumentCount: number;
  readonly syncLevel: number;
  serialized: boolean;
  /** Number of active calls. */
  running = 0;
  /** The calling thread, if the method is serialized and there are threads. */
  thread = 0;
  /** Implemented by the operating system: `_OSI`. */
  readonly builtIn: ((args: readonly AmlValue[]) => AmlValue) | undefined;
  constructor(
    term: Term | undefined,
    table: AcpiTable | undefined,
    flags: number,
    builtIn?: (args: readonly AmlValue[]) => AmlValue,
  ) {
    this.term = term;
    this.table = table;
    this.argumentCount = flags & 7;
    this.serialized = (flags & 8) !== 0;
    this.syncLevel = (flags >> 4) & 15;
    this.builtIn = builtIn;
  }
}

export class MutexObject {
  readonly type = TYPE.mutex;
  readonly syncLevel: number;
  /** Number of acquisitions that have not been released. */
  depth = 0;
  /** The owning thread; 0 without threads. */
  thread = 0;
  constructor(syncLevel: number) {
    this.syncLevel = syncLevel;
  }
}

export class EventObject {
  readonly type = TYPE.event;
  /** Number of pending signals; `undefined` if unknown. */
  signals: number | undefined = 0;
}

/** Addresses up to this, plus any offset, are safe integers. */
const PLAIN_ADDRESS = 1n << 52n;

export class RegionObject {
  readonly type = TYPE.region;
  readonly node: NamespaceNode;
  readonly space: number;
  readonly address: Quantity;
  readonly length: Quantity;
  /** Of a DataTableRegion: the table. */
  readonly tableBytes: Uint8Array | undefined;
  /** Address and length as numbers for fast access; -1 if they are unknown or too large. */
  readonly plainAddress: number;
  readonly plainLength: number;
  constructor(
    node: NamespaceNode,
    space: number,
    address: Quantity,
    length: Quantity,
    tableBytes: Uint8Array | undefined,
  ) {
    this.node = node;
    this.space = space;
    this.address = address;
    this.length = length;
    this.tableBytes = tableBytes;
    this.plainAddress = typeof address === 'bigint' && address <= PLAIN_ADDRESS ? Number(address) : -1;
    this.plainLength = typeof length === 'bigint' ? Number(length) : -1;
  }
}

/** The source of a field's datums. */
export type FieldSource =
  | { readonly kind: 'region'; readonly region: NamespaceNode }
  | {
      readonly kind: 'bank';
      readonly region: NamespaceNode;
      readonly bank: NamespaceNode;
      readonly value: Quantity;
    }
  | {
      readonly kind: 'index';
      readonly index: NamespaceNode;
      readonly data: NamespaceNode;
      readonly value: number;
    };

/** An element of a Field, BankField or IndexField, prepared for access as in ACPICA (exprep.c). */
export class FieldObject {
  readonly type = TYPE.fieldUnit;
  readonly node: NamespaceNode;
  readonly source: FieldSource;
  readonly bitOffset: number;
  readonly bitLength: number;
  /** FieldFlags byte: access type, lock rule, update rule. */
  readonly flags: number;
  /** Access width in bytes. */
  readonly accessBytes: number;
  /** Offset in the region of the first datum. */
  readonly baseOffset: number;
  /** Bit offset of the field in the first datum. */
  readonly startBit: number;
  readonly attribute: number;
  readonly accessLength: number;
  readonly connection: AmlValue | undefined;
  readonly element: FieldElement | undefined;
  /** Number of datums that contain the field. */
  readonly datums: number;
  constructor(given: Omit<FieldObject, 'type' | 'datums'>) {
    this.node = given.node;
    this.source = given.source;
    this.bitOffset = given.bitOffset;
    this.bitLength = given.bitLength;
    this.flags = given.flags;
    this.accessBytes = given.accessBytes;
    this.baseOffset = given.baseOffset;
    this.startBit = given.startBit;
    this.attribute = given.attribute;
    this.accessLength = given.accessLength;
    this.connection = given.connection;
    this.element = given.element;
    this.datums = Math.ceil((given.startBit + given.bitLength) / (given.accessBytes * 8));
  }
}

/** Object of the Create…Field operators: bits of a buffer. */
export class BufferFieldObject {
  readonly type = TYPE.bufferField;
  readonly buffer: BufferObject;
  readonly bitOffset: number;
  readonly bitLength: number;
  /** Created by CreateField: its value is a buffer whatever its width, as in ACPICA. */
  readonly wide: boolean;
  constructor(buffer: BufferObject, bitOffset: number, bitLength: number, wide: boolean) {
    this.buffer = buffer;
    this.bitOffset = bitOffset;
    this.bitLength = bitLength;
    this.wide = wide;
  }
}

/** Alias: another name for a node. */
export class AliasObject {
  readonly type = -2;
  readonly target: NamespaceNode;
  constructor(target: NamespaceNode) {
    this.target = target;
  }
}

/** Result of Load and LoadTable. */
export class TableHandle {
  readonly type = TYPE.ddbHandle;
  /** Ordinal of the load. */
  readonly index: number;
  /** The table has not been unloaded with this handle. */
  valid = true;
  constructor(index: number) {
    this.index = index;
  }
}

/** An object of unknown type and value. */
export class UnknownObject {
  readonly type = -3;
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * An object that a table which is not given may declare, or the result of a method of that name. As an integer it is an
 * unknown number; code that depends on its type is abandoned.
 */
export class ForeignObject {
  readonly type = -5;
  readonly path: string;
  /** Its value as an integer. */
  readonly value: Expr;
  constructor(path: string, value: Expr) {
    this.path = path;
    this.value = value;
  }
  get reason(): string {
    return `${this.path} is in none of the tables`;
  }
}

/** One of two values depending on an unknown condition; `undefined` is no object. */
export class Choice {
  readonly type = -1;
  readonly when: Expr;
  readonly yes: AmlValue | undefined;
  readonly no: AmlValue | undefined;
  constructor(when: Expr, yes: AmlValue | undefined, no: AmlValue | undefined) {
    this.when = when;
    this.yes = yes;
    this.no = no;
  }
}

export type AmlObject =
  | UnknownInteger
  | StringObject
  | BufferObject
  | NameReference
  | SharedInteger
  | PackageObject
  | ObjectReference
  | SlotReference
  | IndexReference
  | AnyIndexReference
  | DebugReference
  | ScopeObject
  | MethodObject
  | MutexObject
  | EventObject
  | RegionObject
  | FieldObject
  | BufferFieldObject
  | TableHandle
  | AliasObject
  | UnknownObject
  | ForeignObject
  | Choice;

export type AmlValue = bigint | AmlObject;

/** A local or argument of the current frame as an operand. */
export class SlotOperand {
  readonly slot: number;
  constructor(slot: number) {
    this.slot = slot;
  }
}

/** The operands of all slots: 0..7 locals, 8..14 arguments. */
export const SLOT_OPERANDS: readonly SlotOperand[] = Array.from(
  { length: 15 },
  (_, slot) => new SlotOperand(slot),
);

/** A name in the interpreter's namespace. */
export type NamespaceNode = NameNode<AmlValue, SharedInteger | Choice>;
export const NamespaceNode = NameNode<AmlValue, SharedInteger | Choice>;

/** An entry of the operand stack: a value, or a place whose value an operator reads. */
export type Operand = AmlValue | NamespaceNode | SlotOperand | undefined;

/** A value, or the node of a device or thermal zone, which have no value. */
export type Resolved = AmlValue | NamespaceNode;

export function typeOf(value: AmlValue): number {
  return typeof value === 'bigint' ? TYPE.integer : value.type;
}

/** The type of a value; a node is a device. */
export function kindOf(value: Resolved): number {
  return value instanceof NamespaceNode ? TYPE.device : typeOf(value);
}

export function integer(value: Quantity): bigint | UnknownInteger {
  return typeof value === 'bigint' ? value : new UnknownInteger(value);
}
