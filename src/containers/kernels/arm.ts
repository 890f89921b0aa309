/**
 * Linux for ARM, ARM64 and RISC-V: flat images with their own header (Documentation/arch/arm64/booting.rst,
 * Documentation/arch/riscv/boot-image-header.rst, arch/arm/boot/compressed/head.S), and EFI programs that unpack one
 * (drivers/firmware/efi/libstub/zboot-header.S).
 */
import { type Access, asciiAt, latin1, littleEndian, upToZero } from '../access.ts';
import { looksLikeLzma } from '../codecs/lzma-header.ts';
import type { Image, ImageContent } from '../container.ts';
import { payloadAt } from './payload.ts';

const HEADER_BYTES = 64;
/** LZMA's default properties and the first bytes of a dictionary size. */
const LZMA_BEGINNING = Buffer.from([0x5d, 0x00, 0x00]);
const MAGIC_AT = 0x38;
/** No kernel image takes more memory. */
const MAX_IMAGE = 1 << 30;

/** An image format whose header has `text_offset` and `image_size`; the latter may exceed the file (.bss). */
function flatImage(format: string, magic: string, architecture: string): Image {
  return {
    format,
    magics: [{ bytes: latin1(magic), at: MAGIC_AT }],
    sniff: (access, at) => {
      const size = littleEndian(access, at + 16, 8);
      const offset = littleEndian(access, at + 8, 8);
      // Reserved words are 0 in every release.
      const reserved = littleEndian(access, at + 40, 8);
      if (asciiAt(access, at + MAGIC_AT, 4) !== magic || size === undefined || offset === undefined)
        return false;
      return size >= HEADER_BYTES && size <= MAX_IMAGE && offset < MAX_IMAGE && reserved === 0;
    },
    open: (access, at): ImageContent => {
      const size = Math.min(littleEndian(access, at + 16, 8)!, access.size - at);
      return { size, parts: [], faults: [], kernel: { architecture, size } };
    },
  };
}

export const arm64Image: Image = flatImage('arm64-image', 'ARM\x64', 'aarch64');
export const riscvImage: Image = flatImage('riscv-image', 'RSC\x05', 'riscv64');

const ARM_MAGIC = [0x18, 0x28, 0x6f, 0x01];
const ARM_MAGIC_AT = 0x24;
const LITTLE = [0x01, 0x02, 0x03, 0x04];
const LITTLE_AT = 0x30;

/** The decompressor is some ten thousand bytes of code; a kernel compressed with LZMA begins after it. */
const MAX_UNPACKER = 1 << 18;
const MAX_PLACES = 8;

/** Offsets at which an LZMA stream may begin, which has no magic number. */
function lzmaPlaces(access: Access, at: number, size: number): { format: string; offset: number }[] {
  const head = access.read(at, Math.min(size, MAX_UNPACKER));
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  const places: { format: string; offset: number }[] = [];
  for (
    let place = bytes.indexOf(LZMA_BEGINNING);
    place >= 0 && places.length < MAX_PLACES;
    place = bytes.indexOf(LZMA_BEGINNING, place + 1)
  )
    if (looksLikeLzma(head.subarray(place))) places.push({ format: 'lzma', offset: place });
  return places;
}

/** zImage: a program that contains the compressed kernel. Device trees may follow it immediately. */
export const armImage: Image = {
  format: 'zimage',
  magics: [{ bytes: ARM_MAGIC, at: ARM_MAGIC_AT }],
  sniff: (access, at) => {
    const start = littleEndian(access, at + 0x28, 4);
    const end = littleEndian(access, at + 0x2c, 4);
    if (start === undefined || end === undefined || end <= start || end - start > MAX_IMAGE) return false;
    const order = access.read(at + LITTLE_AT, 4);
    // Older images lack the byte order mark; they are accepted only if they are complete.
    return LITTLE.every((byte, index) => order[index] === byte) || (start === 0 && at + end <= access.size);
  },
  open: (access, at): ImageContent => {
    const whole = littleEndian(access, at + 0x2c, 4)! - littleEndian(access, at + 0x28, 4)!;
    const size = Math.min(whole, access.size - at);
    const faults = size < whole ? ['the kernel is truncated'] : [];
    const mayBegin = lzmaPlaces(access, at, size);
    return { size, parts: [], mayBegin, faults, kernel: { architecture: 'armv7l', size } };
  },
};

/** Names of compressions in the header (drivers/firmware/efi/libstub/Makefile.zboot). */
const ZBOOT_TYPE = /^(?:gzip|lz4|lzma|lzo|xzkern|zstd(?:22)?)$/;

export const efiZboot: Image = {
  format: 'efi-zboot',
  magics: [{ bytes: latin1('zimg'), at: 4 }],
  sniff: (access, at) =>
    asciiAt(access, at, 2) === 'MZ' &&
    ZBOOT_TYPE.test(upToZero(asciiAt(access, at + 24, 32))) &&
    (littleEndian(access, at + 12, 4) ?? 0) > 0,
  open: (access, at): ImageContent | undefined => {
    const offset = littleEndian(access, at + 8, 4);
    const size = littleEndian(access, at + 12, 4);
    if (offset === undefined || size === undefined) return undefined;
    const there = Math.min(size, access.size - at - offset);
    if (there <= 0) return undefined;
    return {
      size: offset + there,
      name: upToZero(asciiAt(access, at + 24, 32)),
      parts: [payloadAt(access, at, offset, there)],
      faults: there < size ? ['the kernel is truncated'] : [],
    };
  },
};
