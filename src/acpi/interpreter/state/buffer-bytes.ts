/** The bytes of buffers as they are kept and changed. */
import { type ByteValue, type FieldSymbol, opaque } from '../../../symbolic/index.ts';
import type { Journal } from './journal.ts';
import type { BufferObject } from './objects.ts';

/** Bytes as they are kept: compact when all are known. */
export function packBytes(bytes: ByteValue[]): Uint8Array | ByteValue[] {
  return bytes.every((byte) => typeof byte === 'number') ? Uint8Array.from(bytes as number[]) : bytes;
}

/** The bytes of a buffer, to be changed: copied first when another path may still look at them. */
export function writableBytes(
  m: { readonly journal: Journal },
  buffer: BufferObject,
  unknown: boolean,
): Uint8Array | ByteValue[] {
  if (m.journal.active && buffer.step !== m.journal.step) {
    m.journal.note(buffer, 'bytes');
    buffer.bytes = buffer.bytes.slice();
    buffer.step = m.journal.step;
  }
  if (unknown && buffer.bytes instanceof Uint8Array) buffer.bytes = Array.from(buffer.bytes);
  return buffer.bytes;
}

/** A byte of which nothing is known. @param inputs fields that it may depend on */
export function unknownByte(reason: string, inputs: readonly FieldSymbol[] = []): ByteValue {
  return { of: opaque(8, reason, inputs), index: 0 };
}

export function unknownBytes(
  length: number,
  reason: string,
  inputs: readonly FieldSymbol[] = [],
): ByteValue[] {
  return Array.from({ length }, () => unknownByte(reason, inputs));
}
