/** Storage of the bytes of buffers. */
import { type ByteValue, type FieldSymbol, opaque } from '../../../symbolic/index.ts';
import type { Journal } from './journal.ts';
import type { BufferObject } from './objects.ts';

/** Bytes for storage: a Uint8Array if all are known. */
export function packBytes(bytes: ByteValue[]): Uint8Array | ByteValue[] {
  return bytes.every((byte) => typeof byte === 'number') ? Uint8Array.from(bytes as number[]) : bytes;
}

/** The bytes of a buffer for writing, copied before if another path may still read them. @param unknown unknown bytes will be written */
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

/** An unknown byte. @param inputs fields on which it may depend */
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
