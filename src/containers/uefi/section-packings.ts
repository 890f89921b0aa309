/** Decoders of packed sections: each is a known stream, some with a header before it. */
import { undoX86 } from '../codecs/branch-filters.ts';
import { decoderOf } from '../codecs/decoders.ts';
import type { Decoded, Decoder } from '../codecs/output.ts';

/** Decompressed size and scratch buffer size, eight bytes each (edk2, BrotliDecompressLib). */
const BROTLI_HEADER = 16;
/** AMD's header before the zlib stream, most of it unused. */
const AMD_HEADER = 256;

function behind(bytes: number, format: string): Decoder {
  return async (input, limit) => {
    const decoded = await decoderOf(format)!(input.subarray(bytes), limit);
    return { ...decoded, consumed: decoded.consumed + bytes };
  };
}

/** Whether the output begins with a section: a possible size and an assigned type. */
function startsSection(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const size = bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16);
  const type = bytes[3]!;
  return size >= 4 && (size <= bytes.length || size === 0xffffff) && type >= 0x01 && type <= 0x1c;
}

async function lzmaX86(input: Uint8Array, limit: number): Promise<Decoded> {
  const decoded = await decoderOf('lzma')!(input, limit);
  undoX86(decoded.bytes, 0);
  return decoded;
}

/** In some of Intel's volumes four bytes precede LZMA's header. */
async function lzma(input: Uint8Array, limit: number): Promise<Decoded> {
  const decoded = await decoderOf('lzma')!(input, limit);
  if (decoded.end === 'whole' || input.length < 32) return decoded;
  const skipped = await behind(4, 'lzma')(input, limit);
  return skipped.end === 'whole' ? skipped : decoded;
}

async function tiano(input: Uint8Array, limit: number): Promise<Decoded> {
  const { decodeTiano } = await import('../codecs/tiano.ts');
  return decodeTiano(input, limit, startsSection);
}

export const SECTION_DECODERS: Readonly<Record<string, Decoder>> = {
  lzma,
  'lzma-x86': lzmaX86,
  tiano,
  gzip: decoderOf('gzip')!,
  'amd-zlib': behind(AMD_HEADER, 'zlib'),
  brotli: behind(BROTLI_HEADER, 'brotli'),
};
