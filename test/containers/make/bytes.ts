/** Bytes of images made by hand. */
import { deflateRawSync, gzipSync } from 'node:zlib';

export function u8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** Numbers of a width, little endian. */
export function le(width: 2 | 4 | 8, ...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * width);
  for (const [index, value] of values.entries()) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), index * 8);
    else bytes.writeUIntLE(value, index * width, width);
  }
  return bytes;
}

export function be(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
}

export function text(characters: string, length = characters.length): Uint8Array {
  const bytes = Buffer.alloc(length);
  bytes.write(characters, 'latin1');
  return bytes;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Filled up to a multiple. */
export function padded(bytes: Uint8Array, to: number, fill = 0): Uint8Array {
  return join(bytes, new Uint8Array((to - (bytes.length % to)) % to).fill(fill));
}

/** Bytes at a place of a field of that many bytes. */
export function placed(
  size: number,
  ...parts: readonly (readonly [at: number, bytes: Uint8Array])[]
): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [at, part] of parts) bytes.set(part, at);
  return bytes;
}

/** A gzip stream, a raw deflate stream. */
export const gz = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));

export const deflated = (bytes: Uint8Array): Uint8Array => new Uint8Array(deflateRawSync(bytes));
