/** The table of containers. A new one is a file and a row here. */
import { ar } from './archives/ar.ts';
import { cpio } from './archives/cpio.ts';
import { tar } from './archives/tar.ts';
import { zip } from './archives/zip.ts';
import { BZIP2_MAGIC, decodeBzip2 } from './codecs/bzip2.ts';
import { decodeLz4, LZ4_FRAME_MAGIC, LZ4_LEGACY_MAGIC } from './codecs/lz4.ts';
import { decodeLzma, looksLikeLzma } from './codecs/lzma.ts';
import { decodeXz, XZ_MAGIC } from './codecs/xz.ts';
import { decodeGzip, GZIP_MAGIC } from './codecs/zlib.ts';
import { decodeZstd, ZSTD_MAGIC } from './codecs/zstd.ts';
import type { Archive, Compression, Magic } from './container.ts';

function at0(...magics: readonly (readonly number[])[]): Magic[] {
  return magics.map((bytes) => ({ bytes, at: 0 }));
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => head[at] === byte);
}

/** Marks of bzip2's first block, and of the end of an empty stream. */
const BZIP2_BLOCK = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const BZIP2_END = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

/** Streams, the surest first: LZMA has no magic number, so it comes last. */
export const COMPRESSIONS: readonly Compression[] = [
  {
    format: 'gzip',
    magics: at0(GZIP_MAGIC),
    sniff: (head) => startsWith(head, GZIP_MAGIC) && (head[3]! & 0xe0) === 0,
    decode: decodeGzip,
  },
  { format: 'xz', magics: at0(XZ_MAGIC), sniff: (head) => startsWith(head, XZ_MAGIC), decode: decodeXz },
  {
    format: 'zstd',
    magics: at0(ZSTD_MAGIC),
    sniff: (head) => startsWith(head, ZSTD_MAGIC),
    decode: decodeZstd,
  },
  {
    format: 'lz4',
    magics: at0(LZ4_FRAME_MAGIC, LZ4_LEGACY_MAGIC),
    sniff: (head) => startsWith(head, LZ4_FRAME_MAGIC) || startsWith(head, LZ4_LEGACY_MAGIC),
    decode: decodeLz4,
  },
  {
    format: 'bzip2',
    magics: at0(BZIP2_MAGIC),
    sniff: (head) =>
      startsWith(head, BZIP2_MAGIC) &&
      head[3]! >= 0x31 &&
      head[3]! <= 0x39 &&
      [BZIP2_BLOCK, BZIP2_END].some((mark) => mark.every((byte, at) => head[4 + at] === byte)),
    decode: decodeBzip2,
  },
  { format: 'lzma', magics: [], sniff: looksLikeLzma, decode: decodeLzma },
];

export const ARCHIVES: readonly Archive[] = [zip, cpio, ar, tar];
