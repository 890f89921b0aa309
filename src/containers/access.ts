/** Random access to bytes, of a file that is read piece by piece or in memory. */

export interface Access {
  /** In bytes. */
  readonly size: number;
  /**
   * At most `length` bytes from `offset` on; fewer at the end, none outside. The result may share memory with the source
   * and must not be written to.
   */
  read(offset: number, length: number): Uint8Array;
  /** Reads into `target`, for callers that read everything. @returns the number of bytes read */
  readInto?(offset: number, target: Uint8Array): number;
}

/** Bytes in memory. */
export function accessTo(bytes: Uint8Array): Access {
  return {
    size: bytes.length,
    read: (offset, length) =>
      offset < 0 || length <= 0 || offset >= bytes.length
        ? bytes.subarray(0, 0)
        : bytes.subarray(offset, offset + length),
  };
}

/** `length` bytes at an offset as characters; fewer at the end. */
export function asciiAt(access: Access, offset: number, length: number): string {
  return String.fromCharCode(...access.read(offset, length));
}

/** The text up to its first zero byte, or its end. */
export function upToZero(text: string): string {
  return text.split('\0', 1)[0]!;
}

/** A little-endian unsigned number of 1, 2, 4 or 8 bytes; undefined if bytes are missing or it is no safe integer. */
export function littleEndian(access: Access, offset: number, length: 1 | 2 | 4 | 8): number | undefined {
  const bytes = access.read(offset, length);
  if (bytes.length < length) return undefined;
  let value = 0;
  for (let at = length - 1; at >= 0; at -= 1) value = value * 256 + bytes[at]!;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Like {@link littleEndian}, big endian. */
export function bigEndian(access: Access, offset: number, length: 1 | 2 | 4 | 8): number | undefined {
  const bytes = access.read(offset, length);
  if (bytes.length < length) return undefined;
  let value = 0;
  for (let at = 0; at < length; at += 1) value = value * 256 + bytes[at]!;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The bytes of a text of one byte per character. */
export function latin1(text: string): readonly number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

/** The range of `size` bytes from `start` on, ended by the end of `access`. */
export function partOf(access: Access, start: number, size: number): Access {
  const length = Math.max(0, Math.min(size, access.size - start));
  return {
    size: length,
    read: (offset, count) =>
      offset < 0
        ? access.read(0, 0)
        : access.read(start + offset, Math.min(count, Math.max(0, length - offset))),
    ...(access.readInto === undefined
      ? {}
      : {
          readInto: (offset, target) =>
            access.readInto!(start + offset, target.subarray(0, Math.max(0, length - offset))),
        }),
  };
}
