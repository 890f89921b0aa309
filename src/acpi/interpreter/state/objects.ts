/**
 * What names, locals and elements hold while firmware code runs. Integers are plain `bigint`, or `UnknownInteger`
 * where only the running machine knows; everything else is an object with identity, as in ACPICA: a buffer passed to
 * a method is the caller's buffer.
 */

import type { ByteValue, Expr, Quantity } from '../../../symbolic/index.ts';
import { NameNode } from '../../namespace/node.ts';
import type { AcpiTable } from '../../tables/table.ts';
import type { NamePath } from '../../terms/name.ts';
import type { FieldElement, Term } from '../../terms/term.ts';

/** Object types by their number in ObjectType (ACPI 6.5, table 19.40), with ACPICA's number for a reference. */
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

/** ACPICA's names of the types, as it prints them and as Concatenate puts them in a string. */
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
  /** Latin-1 characters; undefined when the content, or even the length, isn't known. */
  text: string | undefined;
  constructor(text: string | undefined) {
    this.text = text;
  }
}

export class BufferObject {
  readonly type = TYPE.buffer;
  /** Known bytes only, or bytes of which some are unknown. Replaced, not changed, while paths are explored. */
  bytes: Uint8Array | ByteValue[];
  /** Exploration step in which `bytes` was made; see Journal. */
  step = 0;
  /** Why not even the length is known; `bytes` is then empty. */
  unknown: string | undefined;
  constructor(bytes: Uint8Array | ByteValue[], unknown?: string) {
    this.bytes = bytes;
    this.unknown = unknown;
  }
}

/** A package element that names an object: looked up when the package is complete, or when it is used. */
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
 * A package element that names an integer. In ACPICA package and name have the one integer object: a Store to the name
 * is seen in the package, until CopyObject gives the name another object or Index the element. (The specification has
 * a copy made when the package is.)
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

/** RefOf, CondRefOf: to a named object, a local or an argument. */
export class ObjectReference {
  readonly type = TYPE.reference;
  readonly target: NamespaceNode | SlotReference;
  constructor(target: NamespaceNode | SlotReference) {
    this.target = target;
  }
}

/** Where the locals and arguments of one running method are. */
export interface Slots {
  readonly slots: (AmlValue | NamespaceNode | undefined)[];
  /** Types that stores through references gave the slots; see store.ts. */
  slotTypes: number[] | undefined;
}

/** A local or an argument of one running method. */
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

/** Index with an index that isn't known, but is within the package. */
export class AnyIndexReference {
  readonly type = TYPE.reference;
  readonly object: PackageObject;
  readonly index: Expr;
  constructor(object: PackageObject, index: Expr) {
    this.object = object;
    this.index = index;
  }
}

/** Index: one element of a package, one byte of a buffer or string. */
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
  /** Calls running. */
  running = 0;
  /** Whose calls they are, where it is serialized and there are threads. */
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
  /** Acquisitions not yet released. */
  depth = 0;
  /** Whose they are; 0 where there are no threads. */
  thread = 0;
  constructor(syncLevel: number) {
    this.syncLevel = syncLevel;
  }
}

export class EventObject {
  readonly type = TYPE.event;
  /** Undefined: not known. */
  signals: number | undefined = 0;
}

/** Addresses below this are safe as numbers, whatever is added to them. */
const PLAIN_ADDRESS = 1n << 52n;

export class RegionObject {
  readonly type = TYPE.region;
  readonly node: NamespaceNode;
  readonly space: number;
  readonly address: Quantity;
  readonly length: Quantity;
  /** DataTableRegion: the table it lies over. */
  readonly tableBytes: Uint8Array | undefined;
  /** Address and length as plain numbers, -1 where they are none: nothing is asked for more often. */
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

/** Where a field's datums come from. */
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

/** An element of a Field, BankField or IndexField, prepared for access as ACPICA does it. */
export class FieldObject {
  readonly type = TYPE.fieldUnit;
  readonly node: NamespaceNode;
  readonly source: FieldSource;
  readonly bitOffset: number;
  readonly bitLength: number;
  /** FieldFlags byte: access type, lock rule, update rule. */
  readonly flags: number;
  /** Bytes of one access. */
  readonly accessBytes: number;
  /** First datum, from the region's start. */
  readonly baseOffset: number;
  /** First bit of the field in the first datum. */
  readonly startBit: number;
  readonly attribute: number;
  readonly accessLength: number;
  readonly connection: AmlValue | undefined;
  readonly element: FieldElement | undefined;
  /** How many datums the field touches. */
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

/** What the Create…Field operators make: bits of a buffer under a name. */
export class BufferFieldObject {
  readonly type = TYPE.bufferField;
  readonly buffer: BufferObject;
  readonly bitOffset: number;
  readonly bitLength: number;
  /** Made by CreateField: read as a buffer whatever its width, as ACPICA and others do. */
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

/** A table loaded by Load or LoadTable. */
export class TableHandle {
  readonly type = TYPE.ddbHandle;
  /** Ordinal of the load. */
  readonly index: number;
  /** Not yet given to Unload. */
  valid = true;
  constructor(index: number) {
    this.index = index;
  }
}

/** An object of which nothing is known, not even its type. */
export class UnknownObject {
  readonly type = -3;
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * What a table that isn't there may declare: nothing is known of it but its name. It may be an object, or what a method
 * of that name gives. Where a number is wanted it is one that nobody knows; what else depends on its type is given up.
 */
export class ForeignObject {
  readonly type = -5;
  readonly path: string;
  /** Its value as a number. */
  readonly value: Expr;
  constructor(path: string, value: Expr) {
    this.path = path;
    this.value = value;
  }
  get reason(): string {
    return `${this.path} is in none of the tables`;
  }
}

/** One of two values, by a condition that the inputs don't settle; undefined is "no object". */
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

/** A local or an argument of the method that is running, as an operand. */
export class SlotOperand {
  readonly slot: number;
  constructor(slot: number) {
    this.slot = slot;
  }
}

/** Operands of all slots: 0..7 locals, 8..14 arguments. */
export const SLOT_OPERANDS: readonly SlotOperand[] = Array.from(
  { length: 15 },
  (_, slot) => new SlotOperand(slot),
);

/** A name of a running machine. */
export type NamespaceNode = NameNode<AmlValue, SharedInteger | Choice>;
export const NamespaceNode = NameNode<AmlValue, SharedInteger | Choice>;

/** A value or a place that holds one: what stands on the operand stack until an operator resolves it. */
export type Operand = AmlValue | NamespaceNode | SlotOperand | undefined;

/** A value, or the node of a device or thermal zone, which have none. */
export type Resolved = AmlValue | NamespaceNode;

export function typeOf(value: AmlValue): number {
  return typeof value === 'bigint' ? TYPE.integer : value.type;
}

/** The type of a value; a node stands for the device it is. */
export function kindOf(value: Resolved): number {
  return value instanceof NamespaceNode ? TYPE.device : typeOf(value);
}

export function integer(value: Quantity): bigint | UnknownInteger {
  return typeof value === 'bigint' ? value : new UnknownInteger(value);
}
