/**
 * Reads and writes field units: bits of operation regions. They are accessed in datums of the access width with the
 * update rule, as in ACPICA (exfldio.c), after index or bank registers are written.
 */

import { hex } from '../../../bytes/address.ts';
import { InnerLimit, moreThan } from '../../../limits/limits.ts';
import {
  type ByteValue,
  bitsOf,
  bytesOfQuantity,
  type FieldSymbol,
  fieldValue,
  insertBits,
  isKnown,
  join,
  maskOf,
  type Quantity,
  quantityOfBytes,
} from '../../../symbolic/index.ts';
import { trimSegment } from '../../terms/name.ts';
import { fault } from '../state/fault.ts';
import type { Places } from '../state/machine.ts';
import type { Resolved } from '../state/objects.ts';
import {
  type AmlValue,
  FieldObject,
  ForeignObject,
  type NamespaceNode,
  type RegionObject,
} from '../state/objects.ts';
import { keepsBytes, SPACE, spaceName } from '../state/regions.ts';
import { bitsToStore, valueOfBits } from './buffer-fields.ts';
import {
  cellOf,
  checkHandler,
  checkLimit,
  checkPort,
  configuredDevice,
  forgetBytes,
  knownOrUnwritten,
  putRegionByte,
  regionByte,
  regionOf,
} from './region-access.ts';
import { readSerial, writeSerial } from './serial.ts';

const FIELD_BYTES = new InnerLimit('field-bytes');

/** UpdateRule in the field flags. */
const PRESERVE = 0;
const WRITE_AS_ONES = 1;

/**
 * With unknown contents, values written to wider fields are not tracked: such fields are mailboxes and debug logs, which
 * other agents modify.
 */
export const MAX_TRACKED_BYTES = 256;

/** Binary logarithm of the number of bytes of a region that are accessed in the time of one instruction. */
const BYTES_PER_STEP = 1;

/** The value given for a field (`--set`), by path or last segment. */
function givenValue(m: Places, node: NamespaceNode): bigint | undefined {
  const { given } = m;
  if (given.size === 0) return undefined;
  return given.get(node.path) ?? given.get(trimSegment(node.segment));
}

/** The symbol of a field that was not written. */
export function symbolOf(m: Places, field: FieldObject, region: RegionObject | undefined): FieldSymbol {
  const node = field.node;
  const space = region?.space ?? 0;
  const address =
    region !== undefined && isKnown(region.address) && field.source.kind === 'region'
      ? region.address + BigInt(field.bitOffset >> 3)
      : undefined;
  return {
    name: trimSegment(node.segment),
    path: node.path,
    space: region === undefined ? '' : spaceName(space),
    address,
    bitOffset: field.bitOffset & 7,
    bits: field.bitLength,
    ...(address !== undefined && space === SPACE.pciConfig ? { within: configuredDevice(region!) } : {}),
    ...m.regions.stateOf(space),
  };
}

function note(m: Places, kind: 'read' | 'write', field: FieldObject, region: RegionObject | undefined): void {
  if (!m.trace.active) return;
  const where =
    region === undefined
      ? ''
      : ` at ${spaceName(region.space)} ${isKnown(region.address) ? hex(region.address + BigInt(field.bitOffset >> 3)) : `in ${region.node.path}`}${field.bitOffset & 7 ? `, bit ${field.bitOffset & 7}` : ''}`;
  m.trace.record({
    kind,
    text: `${field.node.path}, ${field.bitLength} bits${where}`,
    ...(field.node.term ? { term: field.node.term } : {}),
    ...(field.node.table ? { table: field.node.table } : {}),
  });
}

/** Reads a field unit. */
export function readField(m: Places, field: FieldObject): AmlValue {
  const { source } = field;
  if ((field.bitLength + 7) >> 3 > FIELD_BYTES.now)
    fault('NOT_FOLLOWED', `${field.node.path} has ${moreThan('field-bytes')}`);
  if (source.kind === 'region') {
    const region = regionOf(m, source.region);
    note(m, 'read', field, region);
    const serial = readSerial(m, field, region);
    if (serial !== undefined) return serial;
  } else note(m, 'read', field, undefined);
  return valueOfBits(m, m.paths.refined(extract(m, field)), field.bitLength, false);
}

/** The bits of a field unit. */
function extract(m: Places, field: FieldObject): Quantity {
  const { source, accessBytes, baseOffset, startBit, bitLength } = field;
  const count = field.datums;
  if (source.kind === 'index') {
    if (m.journal.active) return extractTracked(m, field, undefined);
    const given = givenValue(m, field.node);
    if (given !== undefined) return given & maskOf(bitLength);
    const parts: { bits: number; value: Quantity }[] = [];
    for (let i = 0; i < count; i++) {
      selectIndex(m, source, i * accessBytes);
      parts.push({ bits: accessBytes * 8, value: extract(m, fieldOf(m, source.data)) });
    }
    return bitsOf(join(parts), startBit, bitLength);
  }
  const region = regionOf(m, source.region);
  checkHandler(m, region.space, false);
  for (let i = 0; i < count; i++) checkLimit(m, field, region, baseOffset + i * accessBytes, accessBytes);
  if (source.kind === 'bank') {
    for (let i = 0; i < count; i++) selectBank(m, source);
    if (m.journal.active) return extractTracked(m, field, region);
  }
  const given = givenValue(m, field.node);
  if (given !== undefined && !written(m, field, region)) return given & maskOf(bitLength);
  if (m.journal.active && source.kind === 'region') return extractUnknown(m, field, region);
  // With assumed contents, all bytes are known unless an unknown one was written.
  const length = count * accessBytes;
  const plain = extractPlain(m, region, baseOffset, length);
  if (plain !== undefined) return BigInt(Math.floor(plain / 2 ** startBit) % 2 ** bitLength);
  m.budget.spend(length >> BYTES_PER_STEP);
  const bytes: ByteValue[] = [];
  for (let i = 0; i < length; i++) bytes.push(byteAt(m, region, baseOffset + i, accessBytes));
  return bitsOf(quantityOfBytes(bytes), startBit, bitLength);
}

const LAST_PORT = 0xffff;

/** Up to four bytes of a region as a little-endian number, for speed; `undefined` if they must be read one by one. */
function extractPlain(m: Places, region: RegionObject, offset: number, length: number): number | undefined {
  const { plainAddress, space, tableBytes } = region;
  if (length > 4 || plainAddress < 0 || tableBytes !== undefined) return undefined;
  const start = plainAddress + offset;
  if (space === SPACE.io && start + length - 1 > LAST_PORT) return undefined;
  return m.regions.readPlain(space, start, length);
}

/**
 * Fast path: writes up to 32 known bits in datums of up to 32 bits with assumed contents. Returns false if the slow path
 * must be taken, which then writes all datums again.
 */
function insertPlain(m: Places, field: FieldObject, region: RegionObject, value: Quantity): boolean {
  const { accessBytes, baseOffset, startBit, bitLength, datums } = field;
  const { plainAddress, space, tableBytes } = region;
  if (typeof value !== 'bigint' || bitLength > 32 || accessBytes > 4) return false;
  if (plainAddress < 0 || tableBytes !== undefined) return false;
  const start = plainAddress + baseOffset;
  if (space === SPACE.io && start + datums * accessBytes - 1 > LAST_PORT) return false;
  const width = accessBytes * 8;
  const rule = (field.flags >> 5) & 3;
  const number = Number(BigInt.asUintN(bitLength, value));
  for (let i = 0; i < datums; i++) {
    // Bits [from, to) of this datum are the bits of the field from `low` on.
    const from = i === 0 ? startBit : 0;
    const to = Math.min(width, startBit + bitLength - i * width);
    const low = i === 0 ? 0 : i * width - startBit;
    const size = 2 ** (to - from);
    const at = start + i * accessBytes;
    let datum = (Math.floor(number / 2 ** low) % size) * 2 ** from;
    if (to - from < width) {
      let around: number | undefined = 0;
      if (rule === PRESERVE) around = m.regions.readPlain(space, at, accessBytes);
      else if (rule === WRITE_AS_ONES) around = 2 ** width - 1;
      if (around === undefined) return false;
      datum += around - (Math.floor(around / 2 ** from) % size) * 2 ** from;
    }
    m.regions.writePlain(space, at, accessBytes, datum);
  }
  return true;
}

function byteAt(m: Places, region: RegionObject, offset: number, width: number): ByteValue {
  if (region.space === SPACE.io && isKnown(region.address)) {
    const at = checkPort(m, region, region.address + BigInt(offset - (offset % width)), width);
    return m.regions.read(SPACE.io, at + BigInt(offset % width)) ?? 0;
  }
  return regionByte(m, region, offset) ?? 0;
}

/** Whether firmware code wrote any byte of the field. */
function written(m: Places, field: FieldObject, region: RegionObject): boolean {
  if (!isKnown(region.address)) return false;
  const first = field.bitOffset >> 3;
  const last = (field.bitOffset + field.bitLength + 7) >> 3;
  for (let offset = first; offset < last; offset++)
    if (m.regions.isWritten(region.space, cellOf(m, region, region.address, offset))) return true;
  return false;
}

function isUntouched(m: Places, region: RegionObject, offset: number, length: number): boolean {
  return (
    region.tableBytes === undefined &&
    isKnown(region.address) &&
    m.regions.isUntouched(region.space, cellOf(m, region, region.address, offset), length)
  );
}

/** The value of a field with unknown contents: its symbol, except for bytes that were written or given. */
function extractUnknown(m: Places, field: FieldObject, region: RegionObject): Quantity {
  const { bitOffset, bitLength } = field;
  const first = bitOffset >> 3;
  const last = (bitOffset + bitLength + 7) >> 3;
  if (region.space === SPACE.io && isKnown(region.address))
    checkPort(m, region, region.address + BigInt(first), last - first);
  const symbol = symbolOf(m, field, region);
  if (last - first > MAX_TRACKED_BYTES && isUntouched(m, region, first, last - first))
    return fieldValue(symbol);
  const bytes: (ByteValue | undefined)[] = [];
  let unwritten = true;
  for (let offset = first; offset < last; offset++) {
    const byte = regionByte(m, region, offset);
    if (byte !== undefined) unwritten = false;
    bytes.push(byte);
  }
  if (unwritten) return fieldValue(symbol);
  const whole = fieldValue(symbol);
  const aligned = (bitOffset & 7) === 0;
  const filled = bytes.map((byte, i): ByteValue => {
    if (byte !== undefined) return byte;
    if (aligned && 8 * i + 8 <= bitLength) return { of: whole, index: i };
    if (isKnown(region.address))
      return m.regions.unwritten(region.space, cellOf(m, region, region.address, first + i));
    const path = `${region.node.path}[${hex(first + i)}]`;
    return { of: fieldValue({ ...symbol, name: path, path, bitOffset: 0, bits: 8 }), index: 0 };
  });
  return bitsOf(quantityOfBytes(filled), bitOffset & 7, bitLength);
}

/** The value of a field behind an index or bank register: its symbol of the current epoch. */
function extractTracked(m: Places, field: FieldObject, region: RegionObject | undefined): Quantity {
  const { source } = field;
  if (source.kind === 'index') {
    for (let i = 0; i < field.datums; i++) {
      selectIndex(m, source, i * field.accessBytes);
      // Read for faults only.
      extract(m, fieldOf(m, source.data));
    }
  }
  const given = givenValue(m, field.node);
  if (given !== undefined) return given & maskOf(field.bitLength);
  const through = region ?? regionBehind(m, field);
  return fieldValue({ ...symbolOf(m, field, through), address: undefined });
}

/** The region of an index field's data register. */
function regionBehind(m: Places, field: FieldObject): RegionObject | undefined {
  let at = field;
  for (let i = 0; i < MAX_INDIRECTION && at.source.kind === 'index'; i++) at = fieldOf(m, at.source.data);
  return at.source.kind === 'index' ? undefined : regionOf(m, at.source.region);
}

/** Maximum nesting of index fields. */
export const MAX_INDIRECTION = 8;

function fieldOf(m: Places, node: NamespaceNode): FieldObject {
  const object = m.settle(node.object);
  if (object instanceof FieldObject) return object;
  if (object instanceof ForeignObject) m.abandon(object.reason);
  return fault('AE_AML_INTERNAL', `${node.path} is not a field`);
}

function selectIndex(
  m: Places,
  source: Extract<FieldObject['source'], { kind: 'index' }>,
  offset: number,
): void {
  m.handlers.throughIndex((depth) => {
    if (depth > MAX_INDIRECTION) fault('NOT_FOLLOWED', `more than ${MAX_INDIRECTION} nested index fields`);
    const register = fieldOf(m, source.index);
    const value = BigInt(source.value + offset);
    if (register.bitLength < 64 && value > maskOf(register.bitLength))
      fault('AE_AML_REGISTER_LIMIT', `index ${hex(value)} does not fit ${source.index.path}`);
    insert(m, register, value);
  });
}

function selectBank(m: Places, source: Extract<FieldObject['source'], { kind: 'bank' }>): void {
  const register = fieldOf(m, source.bank);
  if (isKnown(source.value) && register.bitLength < 64 && source.value > maskOf(register.bitLength))
    fault('AE_AML_REGISTER_LIMIT', `bank ${hex(source.value)} does not fit ${source.bank.path}`);
  insert(m, register, source.value);
}

/** Writes a field unit. @returns the answer of a serial bus, which is the value of the Store */
export function writeField(m: Places, field: FieldObject, value: Resolved): AmlValue | undefined {
  const { source } = field;
  if ((field.bitLength + 7) >> 3 > FIELD_BYTES.now)
    fault('NOT_FOLLOWED', `${field.node.path} has ${moreThan('field-bytes')}`);
  if (source.kind !== 'region') {
    note(m, 'write', field, undefined);
    insert(m, field, bitsToStore(value, field.bitLength));
    return undefined;
  }
  const region = regionOf(m, source.region);
  note(m, 'write', field, region);
  const serial = writeSerial(m, field, region, value);
  if (serial !== undefined) return serial;
  insert(m, field, bitsToStore(value, field.bitLength));
  if (m.journal.active && !keepsBytes(region.space)) renewRegisters(m, field, region);
  return undefined;
}

/** The most bytes of a region that a write to one of its registers may change. */
const MAX_RENEWED = 256;

/**
 * After a write to a device its registers may read as anything: the one that was written and, except in configuration
 * space, the others of its region.
 */
function renewRegisters(m: Places, field: FieldObject, region: RegionObject): void {
  const why = `${field.node.path} was written`;
  const length = region.plainLength;
  // What was written at an unknown address has begun a new epoch of the whole space.
  if (!isKnown(region.address)) m.regions.forgetFloating(region.space, why);
  else if (region.space === SPACE.pciConfig) {
    const bytes = field.datums * field.accessBytes;
    m.regions.renew(region.space, cellOf(m, region, region.address, field.baseOffset), bytes, why);
  } else if (length >= 0 && length <= MAX_RENEWED)
    m.regions.renew(region.space, cellOf(m, region, region.address, 0), length, why);
  else forgetBytes(m, region, 0, Math.max(length, 0), why);
}

/** Writes bits to a field unit datum by datum. */
function insert(m: Places, field: FieldObject, value: Quantity): void {
  const { source, accessBytes, baseOffset, startBit, bitLength } = field;
  const width = accessBytes * 8;
  const count = field.datums;
  const region = source.kind === 'index' ? undefined : regionOf(m, source.region);
  if (region !== undefined) {
    checkHandler(m, region.space, true);
    for (let i = 0; i < count; i++) checkLimit(m, field, region, baseOffset + i * accessBytes, accessBytes);
  }
  if (
    m.journal.active &&
    source.kind === 'region' &&
    count * accessBytes > MAX_TRACKED_BYTES &&
    region!.space !== SPACE.io &&
    region!.tableBytes === undefined
  ) {
    const why = `${field.node.path}, which is too long to be tracked, was written`;
    forgetBytes(m, region!, baseOffset, count * accessBytes, why);
    return;
  }
  if (m.journal.active && source.kind === 'region') noteField(m, field, region!);
  m.budget.spend((count * accessBytes) >> BYTES_PER_STEP);
  if (!m.journal.active && source.kind === 'region' && insertPlain(m, field, region!, value)) return;
  for (let i = 0; i < count; i++) {
    // Bits [from, to) of this datum are part of the field.
    const from = i === 0 ? startBit : 0;
    const to = Math.min(width, startBit + bitLength - i * width);
    const low = i === 0 ? 0 : i * width - startBit;
    const part = bitsOf(value, low, to - from);
    let datum: Quantity;
    if (from === 0 && to === width) datum = part;
    else {
      const rule = (field.flags >> 5) & 3;
      const around =
        rule === PRESERVE ? readDatum(m, field, region, i) : rule === WRITE_AS_ONES ? maskOf(width) : 0n;
      datum = insertBits(around, width, from, to - from, part);
    }
    writeDatum(m, field, region, i, datum);
  }
  if (m.journal.active && source.kind !== 'region') {
    const through = region ?? regionBehind(m, field);
    if (through !== undefined)
      m.regions.newEpoch(through.space, `${field.node.path} was written through another register`);
  }
}

/** Bytes of wider fields are named by address. */
const MAX_NAMED_BITS = 64;

function noteField(m: Places, field: FieldObject, region: RegionObject): void {
  const { bitOffset, bitLength } = field;
  if (((bitOffset | bitLength) & 7) !== 0 || bitLength > MAX_NAMED_BITS || !isKnown(region.address)) return;
  m.regions.noteField(region.space, cellOf(m, region, region.address, bitOffset >> 3), () =>
    symbolOf(m, field, region),
  );
}

function readDatum(m: Places, field: FieldObject, region: RegionObject | undefined, i: number): Quantity {
  const { source, accessBytes, baseOffset } = field;
  if (source.kind === 'index') {
    selectIndex(m, source, i * accessBytes);
    return bitsOf(extract(m, fieldOf(m, source.data)), 0, accessBytes * 8);
  }
  if (source.kind === 'bank') selectBank(m, source);
  const bytes: ByteValue[] = [];
  for (let k = 0; k < accessBytes; k++) {
    const offset = baseOffset + i * accessBytes + k;
    if (m.journal.active) bytes.push(knownOrUnwritten(m, region!, offset));
    else bytes.push(byteAt(m, region!, offset, accessBytes));
  }
  return quantityOfBytes(bytes);
}

function writeDatum(
  m: Places,
  field: FieldObject,
  region: RegionObject | undefined,
  i: number,
  datum: Quantity,
): void {
  const { source, accessBytes, baseOffset } = field;
  if (source.kind === 'index') {
    selectIndex(m, source, i * accessBytes);
    insert(m, fieldOf(m, source.data), datum);
    return;
  }
  if (source.kind === 'bank') selectBank(m, source);
  const offset = baseOffset + i * accessBytes;
  const bytes = bytesOfQuantity(datum, accessBytes);
  if (region!.space === SPACE.io && isKnown(region!.address)) {
    const at = checkPort(m, region!, region!.address + BigInt(offset), accessBytes);
    bytes.forEach((byte, k) => {
      m.regions.write(SPACE.io, at + BigInt(k), byte);
    });
    return;
  }
  bytes.forEach((byte, k) => {
    putRegionByte(m, region!, offset + k, byte);
  });
}
