/** The compressed kernel inside of a kernel image. */
import type { Access } from '../access.ts';
import { decoderOf } from '../codecs/decoders.ts';
import type { Part } from '../container.ts';
import { COMPRESSION_MAGICS } from '../magics.ts';

/** LZMA as kernels are packed: default properties, a dictionary of 2^n bytes, the size not said (scripts/Makefile.lib). */
const LZMA_BEGINNING = [0x5d, 0x00, 0x00];

/** The name of a compression by the first bytes; undefined for none that is known. */
export function compressionAt(access: Access, offset: number): string | undefined {
  const head = access.read(offset, 8);
  const starts = (magic: readonly number[]): boolean => magic.every((byte, index) => head[index] === byte);
  const known = COMPRESSION_MAGICS.find(({ magic }) => starts(magic))?.format;
  return known ?? (starts(LZMA_BEGINNING) ? 'lzma' : undefined);
}

/**
 * A part that holds a compressed kernel. Behind the stream stands the size of what it unpacks to, inside of what the
 * header calls the payload (scripts/Makefile.lib, size_append); decoders end before it.
 */
export function payloadAt(access: Access, at: number, offset: number, size: number): Part {
  const format = compressionAt(access, at + offset);
  const decode = format === undefined ? undefined : decoderOf(format);
  if (decode === undefined) return { name: 'payload', offset, size };
  return { name: format!, offset, size, packed: { format: format!, decode } };
}
