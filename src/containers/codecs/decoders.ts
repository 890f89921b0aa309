/** Decoders by the names that containers give to compressions. Each is loaded when it is used. */
import type { Decoder } from './output.ts';

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: async (input, limit) => (await import('./zlib.ts')).decodeGzip(input, limit),
  zlib: async (input, limit) => (await import('./zlib.ts')).decodeZlib(input, limit),
  deflate: async (input, limit) => (await import('./zlib.ts')).inflateRaw(input, limit),
  brotli: async (input, limit) => (await import('./zlib.ts')).decodeBrotli(input, limit),
  bzip2: async (input, limit) => (await import('./bzip2.ts')).decodeBzip2(input, limit),
  lzma: async (input, limit) => (await import('./lzma.ts')).decodeLzma(input, limit),
  xz: async (input, limit) => (await import('./xz.ts')).decodeXz(input, limit),
  lzo: async (input, limit) => (await import('./lzo.ts')).decodeLzop(input, limit),
  lz4: async (input, limit) => (await import('./lz4.ts')).decodeLz4(input, limit),
  zstd: async (input, limit) => (await import('./zstd.ts')).decodeZstd(input, limit),
};

/** Undefined for an unknown compression. */
export function decoderOf(format: string): Decoder | undefined {
  return Object.hasOwn(DECODERS, format) ? DECODERS[format] : undefined;
}
