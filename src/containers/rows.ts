/** The table of containers. A new one is a file and a row here. */
import { latin1 } from './access.ts';
import { ar } from './archives/ar.ts';
import { cpio } from './archives/cpio.ts';
import { tar } from './archives/tar.ts';
import { zip } from './archives/zip.ts';
import { looksLikeLzma } from './codecs/lzma-header.ts';
import type { Archive, Compression, Image, Magic } from './container.ts';

function at0(...magics: readonly (readonly number[])[]): Magic[] {
  return magics.map((bytes) => ({ bytes, at: 0 }));
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => head[at] === byte);
}

const GZIP = [0x1f, 0x8b, 0x08];
const XZ = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const LZ4_FRAME = [0x04, 0x22, 0x4d, 0x18];
const LZ4_LEGACY = [0x02, 0x21, 0x4c, 0x18];
const BZIP2 = latin1('BZh');
/** Marks of bzip2's first block, and of the end of an empty stream. */
const BZIP2_BLOCK = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const BZIP2_END = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

/** Streams, the surest first: LZMA has no magic number, so it comes last. Decoders are loaded when there is something for them. */
export const COMPRESSIONS: readonly Compression[] = [
  {
    format: 'gzip',
    magics: at0(GZIP),
    sniff: (head) => startsWith(head, GZIP),
    decode: async (input, limit) => (await import('./codecs/zlib.ts')).decodeGzip(input, limit),
  },
  {
    format: 'xz',
    magics: at0(XZ),
    sniff: (head) => startsWith(head, XZ),
    decode: async (input, limit) => (await import('./codecs/xz.ts')).decodeXz(input, limit),
  },
  {
    format: 'zstd',
    magics: at0(ZSTD),
    sniff: (head) => startsWith(head, ZSTD),
    decode: async (input, limit) => (await import('./codecs/zstd.ts')).decodeZstd(input, limit),
  },
  {
    format: 'lz4',
    magics: at0(LZ4_FRAME, LZ4_LEGACY),
    sniff: (head) => startsWith(head, LZ4_FRAME) || startsWith(head, LZ4_LEGACY),
    decode: async (input, limit) => (await import('./codecs/lz4.ts')).decodeLz4(input, limit),
  },
  {
    format: 'bzip2',
    magics: at0(BZIP2),
    sniff: (head) =>
      startsWith(head, BZIP2) &&
      head[3]! >= 0x31 &&
      head[3]! <= 0x39 &&
      [BZIP2_BLOCK, BZIP2_END].some((mark) => startsWith(head.subarray(4), mark)),
    decode: async (input, limit) => (await import('./codecs/bzip2.ts')).decodeBzip2(input, limit),
  },
  {
    format: 'lzma',
    magics: [],
    sniff: looksLikeLzma,
    decode: async (input, limit) => (await import('./codecs/lzma.ts')).decodeLzma(input, limit),
  },
];

export const ARCHIVES: readonly Archive[] = [zip, cpio, ar, tar];

/** Images, in the order in which they are asked where several could begin at a place. */
export const IMAGES: readonly Image[] = [];
