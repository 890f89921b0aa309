/** The header of LZMA streams: the properties, the size of the dictionary, the unpacked size. */

export interface LzmaProperties {
  /** Literal context bits, 0 to 8. */
  readonly lc: number;
  /** Literal position bits, 0 to 4. */
  readonly lp: number;
  /** Position bits, 0 to 4. */
  readonly pb: number;
}

/** Decodes the byte with LZMA's properties; undefined if it is invalid. */
export function lzmaProperties(byte: number): LzmaProperties | undefined {
  if (byte >= 9 * 5 * 5) return undefined;
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) };
}

export const LZMA_HEADER_BYTES = 13;
/** Value of the size field if the stream ends with a marker instead. */
const UNKNOWN_SIZE = 0xffffffff_ffffffffn;
/** Larger sizes are taken as a sign that this is no LZMA file, as in xz (src/liblzma/common/alone_decoder.c). */
const MAX_DECLARED = 1n << 38n;

export interface LzmaHeader {
  readonly properties: LzmaProperties;
  /** Undefined if the stream ends with a marker. */
  readonly size: number | undefined;
}

/** Undefined if the bytes are no valid header. */
export function lzmaHeader(input: Uint8Array): LzmaHeader | undefined {
  if (input.length < LZMA_HEADER_BYTES + 5) return undefined;
  const properties = lzmaProperties(input[0]!);
  const declared = new DataView(input.buffer, input.byteOffset).getBigUint64(5, true);
  if (properties === undefined || properties.lc + properties.lp > 8) return undefined;
  if (declared === UNKNOWN_SIZE) return { properties, size: undefined };
  return declared > MAX_DECLARED ? undefined : { properties, size: Number(declared) };
}

/**
 * Whether the bytes begin with a likely header. As there is no magic number, values that encoders write are required,
 * as by xz and file(1): a dictionary of 2^n or 2^n + 2^(n-1) bytes and a first byte of 0.
 */
export function looksLikeLzma(input: Uint8Array): boolean {
  const header = lzmaHeader(input);
  if (header === undefined || input[LZMA_HEADER_BYTES] !== 0) return false;
  const dictionary = new DataView(input.buffer, input.byteOffset).getUint32(1, true);
  if (dictionary < 4096 || header.properties.lc + header.properties.lp > 4) return false;
  const top = 31 - Math.clz32(dictionary);
  const rest = dictionary - 2 ** top;
  return rest === 0 || rest === 2 ** (top - 1) || dictionary === 0xffffffff;
}
