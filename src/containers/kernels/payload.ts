/** The compressed kernel in a kernel image. */
import type { Access } from '../access.ts';
import { decoderOf } from '../codecs/decoders.ts';
import type { Part } from '../container.ts';
import { COMPRESSION_MAGICS } from '../magics.ts';

/** LZMA as used for kernels (scripts/Makefile.lib): default properties and the first bytes of a dictionary of 2^n bytes. */
const LZMA_BEGINNING = [0x5d, 0x00, 0x00];

/** The compression whose magic number is at an offset; undefined if there is none. */
export function compressionAt(access: Access, offset: number): string | undefined {
  const head = access.read(offset, 8);
  const starts = (magic: readonly number[]): boolean => magic.every((byte, index) => head[index] === byte);
  const known = COMPRESSION_MAGICS.find(({ magic }) => starts(magic))?.format;
  return known ?? (starts(LZMA_BEGINNING) ? 'lzma' : undefined);
}

/**
 * A part with a compressed kernel. The payload ends with the unpacked size, after the stream (scripts/Makefile.lib,
 * size_append); decoders end before it.
 */
export function payloadAt(access: Access, at: number, offset: number, size: number): Part {
  const format = compressionAt(access, at + offset);
  const decode = format === undefined ? undefined : decoderOf(format);
  if (decode === undefined) return { name: 'payload', offset, size };
  return { name: format!, offset, size, packed: { format: format!, decode } };
}
