/** Numbers as the bytes of memory and of buffers. */

import { sameExpr } from './identity.ts';
import { maximumOf } from './known-bits.ts';
import { bitsOf, join } from './numbers.ts';
import { type ByteValue, isKnown, type Quantity } from './quantity.ts';

/** What a byte is, as a number of 8 bits. */
export function quantityOfByte(byte: ByteValue): Quantity {
  return typeof byte === 'number' ? BigInt(byte) : bitsOf(byte.of, byte.index * 8, 8);
}

/** The expression that all bytes are of, one after the other, where its known bytes are plain numbers. */
function wholeOf(bytes: readonly ByteValue[]): Quantity | undefined {
  const at = bytes.findIndex((byte) => typeof byte !== 'number');
  const first = bytes[at];
  if (first === undefined || typeof first === 'number') return undefined;
  const { of } = first;
  const base = first.index - at;
  if (base < 0) return undefined;
  const fits = bytes.every((byte, i) => {
    if (typeof byte !== 'number') return byte.index === base + i && sameExpr(byte.of, of);
    const shift = BigInt(8 * (base + i));
    return Number((of.ones >> shift) & 0xffn) === byte && Number((maximumOf(of) >> shift) & 0xffn) === byte;
  });
  return fits ? bitsOf(of, 8 * base, 8 * bytes.length) : undefined;
}

/** Numbers of more bytes go through hexadecimal text: shifting them byte by byte takes time by the square of their length. */
const SHORT_NUMBER = 8;

/** Bytes [from, to), up to four, as a number. */
function plainNumber(bytes: readonly number[], from: number, to: number): number {
  let value = 0;
  for (let i = to - 1; i >= from; i--) value = value * 256 + bytes[i]!;
  return value;
}

/** The number that known bytes make, the lowest first. */
function numberOfBytes(bytes: readonly number[]): bigint {
  if (bytes.length <= SHORT_NUMBER) {
    const low = plainNumber(bytes, 0, Math.min(4, bytes.length));
    return bytes.length <= 4
      ? BigInt(low)
      : (BigInt(plainNumber(bytes, 4, bytes.length)) << 32n) | BigInt(low);
  }
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

/** The `length` lowest bytes of a number, the lowest first. */
function bytesOfNumber(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (length <= SHORT_NUMBER) {
    const plain = Number(BigInt.asUintN(32, value));
    for (let i = 0; i < length && i < 4; i++) bytes[i] = plain >>> (8 * i);
    if (length > 4) {
      const high = Number(BigInt.asUintN(32, value >> 32n));
      for (let i = 4; i < length; i++) bytes[i] = high >>> (8 * (i - 4));
    }
    return bytes;
  }
  const digits = BigInt.asUintN(8 * length, value).toString(16);
  bytes.set(Buffer.from(digits.padStart(2 * length, '0'), 'hex').reverse());
  return bytes;
}

/** As Array.from, which is several times slower: it goes by way of the array's iterator. */
function listOf(bytes: Uint8Array): number[] {
  const list = new Array<number>(bytes.length);
  for (let i = 0; i < bytes.length; i++) list[i] = bytes[i]!;
  return list;
}

/** The number that bytes make, the lowest first. */
export function quantityOfBytes(bytes: readonly ByteValue[]): Quantity {
  if (areKnown(bytes)) return numberOfBytes(bytes);
  const whole = wholeOf(bytes);
  if (whole !== undefined) return whole;
  const parts: { bits: number; value: Quantity }[] = [];
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i]!;
    let run = 1;
    if (typeof byte !== 'number') {
      // Bytes in a row of one expression: one slice.
      for (; i + run < bytes.length; run++) {
        const next = bytes[i + run]!;
        if (typeof next === 'number' || next.index !== byte.index + run || !sameExpr(next.of, byte.of)) break;
      }
      parts.push({ bits: run * 8, value: bitsOf(byte.of, byte.index * 8, run * 8) });
    } else parts.push({ bits: 8, value: BigInt(byte) });
    i += run;
  }
  return join(parts);
}

function areKnown(bytes: readonly ByteValue[]): bytes is readonly number[] {
  for (const byte of bytes) if (typeof byte !== 'number') return false;
  return true;
}

/** The bytes of a number, the lowest first: known where its bits are. */
export function bytesOfQuantity(value: Quantity, length: number): ByteValue[] {
  if (isKnown(value)) return listOf(bytesOfNumber(value, length));
  const bytes = new Array<ByteValue>(length);
  // No bit of a field is known: so are most.
  if (value.ones === 0n && value.zeros === 0n && 8 * length <= value.bits) {
    for (let index = 0; index < length; index++) bytes[index] = { of: value, index };
    return bytes;
  }
  const ones = bytesOfNumber(value.ones, length);
  const possible = bytesOfNumber(maximumOf(value), length);
  for (let index = 0; index < length; index++)
    bytes[index] = ones[index] === possible[index] ? ones[index]! : { of: value, index };
  return bytes;
}

export function sameByte(a: ByteValue, b: ByteValue): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.index === b.index && sameExpr(a.of, b.of);
}
