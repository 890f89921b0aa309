/** LZMA streams with the 13-byte header of `.lzma` files, EFI sections, U-Boot and coreboot ("LZMA alone"). */
import { LzmaDecoder, type LzmaProperties, lzmaProperties } from './lzma-core.ts';
import { type Decoded, Output } from './output.ts';

export const LZMA_HEADER_BYTES = 13;
/** The size field's value where the stream ends by a marker instead. */
const UNKNOWN_SIZE = 0xffffffff_ffffffffn;
/** No file declares more, and if it does it is none (xz draws the line there too, src/liblzma/common/alone_decoder.c). */
const MAX_DECLARED = 1n << 38n;

interface Header {
  readonly properties: LzmaProperties;
  /** Undefined where the stream ends by a marker. */
  readonly size: number | undefined;
}

function headerOf(input: Uint8Array): Header | undefined {
  if (input.length < LZMA_HEADER_BYTES + 5) return undefined;
  const properties = lzmaProperties(input[0]!);
  const declared = new DataView(input.buffer, input.byteOffset).getBigUint64(5, true);
  if (properties === undefined || properties.lc + properties.lp > 8) return undefined;
  if (declared === UNKNOWN_SIZE) return { properties, size: undefined };
  return declared > MAX_DECLARED ? undefined : { properties, size: Number(declared) };
}

/**
 * Whether the bytes begin with a likely header. There is no magic number: what is asked is what encoders write, a
 * dictionary of 2^n or 2^n + 2^(n-1) bytes and a first byte of 0, as xz and file(1) do.
 */
export function looksLikeLzma(input: Uint8Array): boolean {
  const header = headerOf(input);
  if (header === undefined || input[LZMA_HEADER_BYTES] !== 0) return false;
  const dictionary = new DataView(input.buffer, input.byteOffset).getUint32(1, true);
  if (dictionary < 4096 || header.properties.lc + header.properties.lp > 4) return false;
  const top = 31 - Math.clz32(dictionary);
  const rest = dictionary - 2 ** top;
  return rest === 0 || rest === 2 ** (top - 1) || dictionary === 0xffffffff;
}

/** Decodes a stream with its header. One that doesn't declare its size must end by a marker. */
export function decodeLzma(input: Uint8Array, limit: number): Decoded {
  const header = headerOf(input);
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
