/** Makes the places unknown that abandoned code may have written. */
import {
  type ByteValue,
  bytesOfQuantity,
  insertBits,
  opaque,
  quantityOfByte,
  quantityOfBytes,
} from '../../../symbolic/index.ts';
import { unknownByte, unknownBytes, writableBytes } from '../state/buffer-bytes.ts';
import type { Forgetting } from '../state/machine.ts';
import {
  type AmlValue,
  BufferFieldObject,
  type BufferObject,
  Choice,
  FieldObject,
  integer,
  type NamespaceNode,
  PackageObject,
  RegionObject,
  StringObject,
  TYPE,
  typeOf,
  UnknownObject,
} from '../state/objects.ts';
import { MAX_INDIRECTION, MAX_TRACKED_BYTES } from '../values/fields.ts';
import { forgetBytes, knownOrUnwritten, putRegionByte } from '../values/region-access.ts';
import { updateSharedInteger } from '../values/values.ts';
import { leavesOf } from './leaves.ts';
import type { BitRange, Cause, Container, NodeWrite, Writes } from './writes.ts';

/** Makes these places unknown. */
export function forget(m: Forgetting, writes: Writes, why: Cause): void {
  if (writes.anything) m.abandonedCode.state(`${why.reason}: it may change anything`);
  if (writes.tables) m.otherTables.loadUnknown();
  for (const [node, ways] of writes.nodes) forgetNode(m, node, ways, why);
  for (const [buffer, ranges] of writes.bits)
    for (const range of ranges.values()) forgetBits(m, buffer, range, why);
  for (const [object, indices] of writes.elements) forgetElements(m, object, indices, why);
  for (const { frame, slot } of writes.slots) m.journal.set(frame.slots, slot, new UnknownObject(why.reason));
  for (const event of writes.events) m.journal.set(event, 'signals', undefined);
}

const DATA: ReadonlyMap<number, NodeWrite> = new Map<number, NodeWrite>([
  [TYPE.integer, 'integer'],
  [TYPE.string, 'string'],
  [TYPE.buffer, 'buffer'],
]);
/** Types to which values cannot be stored; only CopyObject replaces such objects. */
const UNSTORABLE: ReadonlySet<number> = new Set([
  TYPE.device,
  TYPE.event,
  TYPE.method,
  TYPE.mutex,
  TYPE.region,
  TYPE.powerResource,
  TYPE.processor,
  TYPE.thermalZone,
  TYPE.scope,
]);

function forgetNode(m: Forgetting, node: NamespaceNode, ways: ReadonlySet<NodeWrite>, why: Cause): void {
  const { object } = node;
  const forgotten = forgottenOf(m, object, ways, why);
  if (forgotten === object) return;
  m.journal.set(node, 'object', forgotten);
  if (forgotten !== undefined && !(forgotten instanceof Choice)) updateSharedInteger(m, node, forgotten);
}

/** The object that replaces an object; the object itself if only its contents became unknown. */
function forgottenOf(
  m: Forgetting,
  object: AmlValue | undefined,
  ways: ReadonlySet<NodeWrite>,
  why: Cause,
): AmlValue | undefined {
  if (object === undefined || object instanceof UnknownObject) return object;
  if (object instanceof Choice) {
    const [yes, no] = [object.yes, object.no].map((side) => forgottenOf(m, side, ways, why));
    return yes === object.yes && no === object.no ? object : new Choice(object.when, yes, no);
  }
  if (object instanceof BufferFieldObject) {
    forgetBits(m, object.buffer, { first: object.bitOffset, length: object.bitLength }, why);
    return object;
  }
  if (object instanceof FieldObject) {
    forgetField(m, object, why, 0);
    return object;
  }
  const type = typeOf(object);
  const data = DATA.get(type);
  const another = [...ways].some((how) => how !== 'content' && how !== data);
  if (UNSTORABLE.has(type)) return ways.has('object') ? new UnknownObject(why.reason) : object;
  if (data === undefined || data === 'integer')
    return data === undefined || another
      ? new UnknownObject(why.reason)
      : integer(opaque(m.bits, why.reason, why.inputs));
  if (ways.has('content') || ways.has(data)) forgetContent(m, object as BufferObject | StringObject, why);
  return another ? new UnknownObject(why.reason) : object;
}

function forgetContent(m: Forgetting, object: BufferObject | StringObject, why: Cause): void {
  if (object instanceof StringObject) m.journal.set(object, 'text', undefined);
  else if (object.bytes.length > 0)
    setBytes(m, object, unknownBytes(object.bytes.length, why.reason, why.inputs));
  // Storing to an empty buffer changes its length.
  else if (object.unknown === undefined) m.journal.set(object, 'unknown', why.reason);
}

function setBytes(m: Forgetting, buffer: BufferObject, bytes: ByteValue[]): void {
  m.journal.set(buffer, 'bytes', bytes);
  buffer.step = m.journal.step;
}

/** Wider fields become unknown byte by byte. */
const MAX_FIELD_BITS = 64;

function forgetBits(m: Forgetting, buffer: BufferObject, range: BitRange, why: Cause): void {
  const size = 8 * buffer.bytes.length;
  const length = Math.min(range.length, size - range.first);
  if (length <= 0) return;
  const first = range.first >> 3;
  const count = ((range.first + length + 7) >> 3) - first;
  const bytes = writableBytes(m, buffer, true);
  if (length > MAX_FIELD_BITS) {
    for (let i = 0; i < count; i++) bytes[first + i] = unknownByte(why.reason, why.inputs);
    return;
  }
  const around = quantityOfBytes(Array.from(bytes.slice(first, first + count)));
  const forgotten = insertBits(
    around,
    8 * count,
    range.first & 7,
    length,
    opaque(length, why.reason, why.inputs),
  );
  bytesOfQuantity(forgotten, count).forEach((byte, i) => {
    bytes[first + i] = byte;
  });
}

function forgetElements(
  m: Forgetting,
  object: Container,
  indices: ReadonlySet<number> | undefined,
  why: Cause,
): void {
  if (object instanceof StringObject) {
    m.journal.set(object, 'text', undefined);
    return;
  }
  const { length } = object instanceof PackageObject ? object.elements : object.bytes;
  const which = [...(indices ?? Array(length).keys())].filter((index) => index < length);
  if (object instanceof PackageObject)
    for (const index of which) m.journal.set(object.elements, index, new UnknownObject(why.reason));
  else if (which.length > 0) {
    const bytes = writableBytes(m, object, true);
    for (const index of which) bytes[index] = unknownByte(why.reason, why.inputs);
  }
}

/** UpdateRule in the field flags. */
const PRESERVE = 0;

/** Makes the region under a field unknown: with Preserve the field's bits, otherwise all bits that are written with them. */
function forgetField(m: Forgetting, field: FieldObject, why: Cause, depth: number): void {
  const { source } = field;
  if (depth > MAX_INDIRECTION) return;
  if (source.kind === 'index') {
    for (const data of leavesOf(source.data.object))
      if (data instanceof FieldObject) {
        forgetField(m, data, why, depth + 1);
        if (data.source.kind === 'region') newEpoch(m, data.source.region, why);
      }
    return;
  }
  for (const region of leavesOf(source.region.object))
    if (region instanceof RegionObject) forgetInRegion(m, field, region, why);
  if (source.kind === 'bank') newEpoch(m, source.region, why);
}

function newEpoch(m: Forgetting, node: NamespaceNode, { reason }: Cause): void {
  for (const region of leavesOf(node.object))
    if (region instanceof RegionObject) m.regions.newEpoch(region.space, reason);
}

function forgetInRegion(m: Forgetting, field: FieldObject, region: RegionObject, why: Cause): void {
  const { bitOffset, bitLength, baseOffset, accessBytes, flags } = field;
  const preserves = ((flags >> 5) & 3) === PRESERVE;
  const first = preserves ? bitOffset >> 3 : baseOffset;
  const end = preserves ? (bitOffset + bitLength + 7) >> 3 : baseOffset + field.datums * accessBytes;
  if (end - first > MAX_TRACKED_BYTES) {
    forgetBytes(m, region, first, end - first, why.reason);
    return;
  }
  for (let offset = first; offset < end; offset++) {
    const from = preserves ? Math.max(0, bitOffset - 8 * offset) : 0;
    const to = preserves ? Math.min(8, bitOffset + bitLength - 8 * offset) : 8;
    if (to - from === 8) putRegionByte(m, region, offset, unknownByte(why.reason, why.inputs));
    else {
      const around = quantityOfByte(knownOrUnwritten(m, region, offset));
      const forgotten = insertBits(around, 8, from, to - from, opaque(to - from, why.reason, why.inputs));
      putRegionByte(m, region, offset, bytesOfQuantity(forgotten, 1)[0]!);
    }
  }
}
