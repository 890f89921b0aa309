/** LZMA streams with the 13-byte header of `.lzma` files, EFI sections, U-Boot and coreboot ("LZMA alone"). */
import { LzmaDecoder } from './lzma-core.ts';
import { LZMA_HEADER_BYTES, lzmaHeader } from './lzma-header.ts';
import { type Decoded, Output } from './output.ts';

/** Decodes a stream with its header. One that doesn't declare its size must end by a marker. */
export function decodeLzma(input: Uint8Array, limit: number): Decoded {
  const header = lzmaHeader(input);
  const none = new Uint8Array(0);
  if (header === undefined) return { bytes: none, consumed: 0, end: 'damaged', why: 'no LZMA header' };
  const { size } = header;
  const output = new Output(limit, size);
  const decoder = new LzmaDecoder(input, LZMA_HEADER_BYTES, output);
  decoder.reset(header.properties);
  if (!decoder.start())
    return { bytes: none, consumed: 0, end: 'damaged', why: 'the range coder does not start with 0' };
  let end = decoder.run(size ?? Number.POSITIVE_INFINITY);
  // A marker may follow where the size is declared as well.
  if (end === 'marker' && size !== undefined && output.length !== size) end = 'damaged';
  const whole = end === 'full' || end === 'marker';
  return {
    bytes: output.written,
    consumed: Math.min(decoder.position, input.length),
    end: whole ? 'whole' : end === 'truncated' || end === 'limit' ? end : 'damaged',
    ...(end === 'damaged' ? { why: 'the LZMA stream makes no sense here' } : {}),
  };
}
