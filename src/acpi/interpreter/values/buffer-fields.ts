/** Reads and writes buffer fields, and converts between values and bits. */
import {
  type ByteValue,
  bitsOf,
  bytesOfQuantity,
  insertBits,
  maskOf,
  opaque,
  type Quantity,
  quantityOfBytes,
} from '../../../symbolic/index.ts';
import { packBytes, writableBytes } from '../state/buffer-bytes.ts';
import { fault } from '../state/fault.ts';
import type { Changing, Converting } from '../state/machine.ts';
import type { Resolved } from '../state/objects.ts';
import {
  type AmlValue,
  type BufferFieldObject,
  BufferObject,
  ForeignObject,
  integer,
  StringObject,
  UnknownInteger,
} from '../state/objects.ts';

/** The value of `length` bits: an integer, or as in ACPICA a buffer if they do not fit. @param wide always a buffer */
export function valueOfBits(m: Converting, whole: Quantity, length: number, wide: boolean): AmlValue {
  const bytes = (length + 7) >> 3;
  if (bytes > m.bits / 8 || wide) {
    m.budget.allocate(bytes);
    return new BufferObject(packBytes(bytesOfQuantity(whole, bytes)));
  }
  return integer(whole);
}

/** The bits [offset, offset + length) of bytes. */
function bitsOfBytes(bytes: ArrayLike<ByteValue>, offset: number, length: number): Quantity {
  const first = offset >> 3;
  const last = (offset + length + 7) >> 3;
  const part: ByteValue[] = [];
  for (let i = first; i < last; i++) part.push(bytes[i] ?? 0);
  return bitsOf(quantityOfBytes(part), offset & 7, length);
}

/** Reads a buffer field. */
export function readBufferField(m: Converting, field: BufferFieldObject): AmlValue {
  const { bytes } = field.buffer;
  if (field.bitOffset + field.bitLength > bytes.length * 8)
    fault('AE_AML_BUFFER_LIMIT', 'a buffer field is outside its buffer');
  return valueOfBits(
    m,
    m.paths.refined(bitsOfBytes(bytes, field.bitOffset, field.bitLength)),
    field.bitLength,
    field.wide,
  );
}

/** The low `bits` bits of a value as one number, for storing to a field; missing bits are zero. */
export function bitsToStore(value: Resolved, bits: number): Quantity {
  if (typeof value === 'bigint') return value & maskOf(bits);
  if (value instanceof UnknownInteger) return bitsOf(value.value, 0, bits);
  if (value instanceof ForeignObject) return opaque(bits, value.reason);
  if (value instanceof BufferObject && value.unknown !== undefined) return opaque(bits, value.unknown);
  if (value instanceof BufferObject)
    return bitsOf(quantityOfBytes(Array.from(value.bytes.slice(0, (bits + 7) >> 3))), 0, bits);
  if (value instanceof StringObject && value.text !== undefined) {
    let whole = 0n;
    const count = Math.min(value.text.length, (bits + 7) >> 3);
    for (let i = count - 1; i >= 0; i--) whole = (whole << 8n) | BigInt(value.text.charCodeAt(i) & 0xff);
    return whole & maskOf(bits);
  }
  return fault('AE_AML_OPERAND_TYPE', 'only integers, strings and buffers can be stored to a field');
}

/** Writes a buffer field. */
export function writeBufferField(m: Changing, field: BufferFieldObject, value: Resolved): void {
  const { bitOffset, bitLength, buffer } = field;
  if (bitOffset + bitLength > buffer.bytes.length * 8)
    fault('AE_AML_BUFFER_LIMIT', 'a buffer field is outside its buffer');
  const stored = bitsToStore(value, bitLength);
  const first = bitOffset >> 3;
  const last = (bitOffset + bitLength + 7) >> 3;
  const length = last - first;
  let whole = stored;
  if ((bitOffset & 7) !== 0 || (bitLength & 7) !== 0) {
    const old: ByteValue[] = [];
    for (let i = first; i < last; i++) old.push(buffer.bytes[i]!);
    whole = insertBits(quantityOfBytes(old), length * 8, bitOffset & 7, bitLength, stored);
  }
  const put = bytesOfQuantity(whole, length);
  const bytes = writableBytes(
    m,
    buffer,
    put.some((byte) => typeof byte !== 'number'),
  );
  for (let i = 0; i < length; i++) bytes[first + i] = put[i]!;
}
