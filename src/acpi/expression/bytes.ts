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

/** The number that bytes make, the lowest first. */
export function quantityOfBytes(bytes: readonly ByteValue[]): Quantity {
  let known = true;
  for (const byte of bytes) if (typeof byte !== 'number') known = false;
  if (known) {
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
    return value;
  }
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

/** The bytes of a number, the lowest first: known where its bits are. */
export function bytesOfQuantity(value: Quantity, length: number): ByteValue[] {
  const bytes: ByteValue[] = [];
  for (let index = 0; index < length; index++) {
    if (isKnown(value)) bytes.push(Number((value >> BigInt(8 * index)) & 0xffn));
    else {
      const at = BigInt(8 * index);
      const ones = Number((value.ones >> at) & 0xffn);
      const possible = Number((maximumOf(value) >> at) & 0xffn);
      bytes.push(ones === possible ? ones : { of: value, index });
    }
  }
  return bytes;
}

export function sameByte(a: ByteValue, b: ByteValue): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.index === b.index && sameExpr(a.of, b.of);
}
