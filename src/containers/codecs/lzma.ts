/** LZMA streams with the 13-byte header of `.lzma` files, EFI sections, U-Boot and coreboot ("LZMA alone"). */
import { LzmaDecoder } from './lzma-core.ts';
import { LZMA_HEADER_BYTES, lzmaHeader } from './lzma-header.ts';
import { type Decoded, Output } from './output.ts';

/** Decodes a stream with its header. One without a declared size must end with a marker. */
export function decodeLzma(input: Uint8Array, limit: number): Decoded {
  const header = lzmaHeader(input);
  const none = new Uint8Array(0);
  if (header === undefined) return { bytes: none, consumed: 0, end: 'damaged', why: 'no LZMA header' };
  const { size } = header;
  const output = new Output(limit, size);
  const decoder = new LzmaDecoder(input, LZMA_HEADER_BYTES, output);
  decoder.reset(header.properties);
  if (!decoder.start())
    return { bytes: none, consumed: 0, end: 'damaged', why: 'the first byte of the range coder is not 0' };
  let end = decoder.run(size ?? Number.POSITIVE_INFINITY);
  // The marker is allowed with a declared size as well.
  if (end === 'marker' && size !== undefined && output.length !== size) end = 'damaged';
  const whole = end === 'full' || end === 'marker';
  return {
    bytes: output.written,
    consumed: Math.min(decoder.position, input.length),
    end: whole ? 'whole' : end === 'truncated' || end === 'limit' ? end : 'damaged',
    ...(end === 'damaged' ? { why: 'the LZMA stream is invalid here' } : {}),
  };
}
