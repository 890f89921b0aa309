/** The table of container formats. A new one is a file and a row here. */
import { ar } from './archives/ar.ts';
import { cpio } from './archives/cpio.ts';
import { tar } from './archives/tar.ts';
import { zip } from './archives/zip.ts';
import { androidBoot, androidTable, androidVendorBoot } from './boot/android.ts';
import { fit } from './boot/fit.ts';
import { sparse } from './boot/sparse.ts';
import { uimage } from './boot/uimage.ts';
import { cbfs } from './cbfs.ts';
import { decoderOf } from './codecs/decoders.ts';
import { looksLikeLzma } from './codecs/lzma-header.ts';
import type { Archive, Compression, Image, Magic } from './container.ts';
import { igvm } from './igvm.ts';
import { flattenedDump, kdump } from './kdump.ts';
import { arm64Image, armImage, efiZboot, riscvImage } from './kernels/arm.ts';
import { bzImage } from './kernels/bzimage.ts';
import { BZIP2, GZIP, LZ4_FRAME, LZ4_LEGACY, LZOP, XZ, ZSTD } from './magics.ts';
import { gpt, mbr } from './partitions.ts';
import { elf } from './programs/elf.ts';
import { pe } from './programs/pe.ts';
import { flashDescriptor, uefiCapsule } from './uefi/capsule.ts';
import { uefiSections } from './uefi/sections.ts';
import { uefiVolume } from './uefi/volume.ts';

function at0(...magics: readonly (readonly number[])[]): Magic[] {
  return magics.map((bytes) => ({ bytes, at: 0 }));
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => head[at] === byte);
}

/** The magic of bzip2's first block, and of the end of an empty stream. */
const BZIP2_BLOCK = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const BZIP2_END = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

/** Compressed streams, the most certain first: LZMA has no magic number, so it is last. Decoders are loaded when used. */
export const COMPRESSIONS: readonly Compression[] = [
  {
    format: 'gzip',
    magics: at0(GZIP),
    sniff: (head) => startsWith(head, GZIP),
    decode: decoderOf('gzip')!,
  },
  {
    format: 'xz',
    magics: at0(XZ),
    sniff: (head) => startsWith(head, XZ),
    decode: decoderOf('xz')!,
  },
  {
    format: 'zstd',
    magics: at0(ZSTD),
    sniff: (head) => startsWith(head, ZSTD),
    decode: decoderOf('zstd')!,
  },
  {
    format: 'lz4',
    magics: at0(LZ4_FRAME, LZ4_LEGACY),
    sniff: (head) => startsWith(head, LZ4_FRAME) || startsWith(head, LZ4_LEGACY),
    decode: decoderOf('lz4')!,
  },
  {
    format: 'bzip2',
    magics: at0(BZIP2),
    sniff: (head) =>
      startsWith(head, BZIP2) &&
      head[3]! >= 0x31 &&
      head[3]! <= 0x39 &&
      [BZIP2_BLOCK, BZIP2_END].some((mark) => startsWith(head.subarray(4), mark)),
    decode: decoderOf('bzip2')!,
  },
  {
    format: 'lzo',
    magics: at0(LZOP),
    sniff: (head) => startsWith(head, LZOP),
    decode: decoderOf('lzo')!,
  },
  {
    format: 'lzma',
    magics: [],
    sniff: looksLikeLzma,
    decode: decoderOf('lzma')!,
  },
];

export const ARCHIVES: readonly Archive[] = [zip, cpio, ar, tar];

/** Images, in the order in which they are tried at an offset. */
export const IMAGES: readonly Image[] = [
  fit,
  uimage,
  androidBoot,
  androidVendorBoot,
  androidTable,
  sparse,
  bzImage,
  arm64Image,
  riscvImage,
  armImage,
  efiZboot,
  elf,
  pe,
  cbfs,
  gpt,
  mbr,
  igvm,
  kdump,
  flattenedDump,
  uefiCapsule,
  flashDescriptor,
  uefiVolume,
  uefiSections,
];
