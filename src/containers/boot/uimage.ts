/** U-Boot's legacy image, as written by `mkimage` (include/image.h). Big endian. */
import { type Access, asciiAt, bigEndian, upToZero } from '../access.ts';
import { crc32 } from '../codecs/checksum.ts';
import { decoderOf } from '../codecs/decoders.ts';
import type { Image, ImageContent, Part } from '../container.ts';

const HEADER_BYTES = 64;
const TYPE_MULTI = 4;
const TYPE_KERNEL = 2;
/** By `ih_comp`. */
const COMPRESSIONS = ['none', 'gzip', 'bzip2', 'lzma', 'lzo', 'lz4', 'zstd'];
/** By `ih_arch`. */
const ARCHITECTURES: ReadonlyMap<number, string> = new Map([
  [2, 'armv7l'],
  [3, 'i686'],
  [5, 'mips'],
  [7, 'ppc'],
  [22, 'aarch64'],
  [24, 'x86_64'],
  [26, 'riscv64'],
]);

/** The header's checksum is computed with its field as 0. */
function sniff(access: Access, at: number): boolean {
  const header = Uint8Array.from(access.read(at, HEADER_BYTES));
  if (header.length < HEADER_BYTES) return false;
  const stored = bigEndian(access, at + 4, 4);
  header.fill(0, 4, 8);
  return crc32(header) === stored;
}

function open(access: Access, at: number, limit: number): ImageContent | undefined {
  const packing = bigEndian(access, at + 31, 1);
  if (packing === undefined) return undefined;
  // The fields before offset 31 can be read too.
  const size = bigEndian(access, at + 12, 4)!;
  const type = bigEndian(access, at + 30, 1)!;
  const faults: string[] = [];
  const there = Math.min(size, access.size - at - HEADER_BYTES);
  if (there < size) faults.push('the image is truncated');
  const name = upToZero(asciiAt(access, at + 32, 32));
  const parts: Part[] = [];
  if (type === TYPE_MULTI) {
    // Sizes, ended by a zero, then the parts, each padded to four bytes.
    const sizes: number[] = [];
    for (let list = at + HEADER_BYTES; sizes.length < limit; list += 4) {
      const part = bigEndian(access, list, 4);
      if (part === undefined || part === 0) break;
      sizes.push(part);
    }
    let offset = HEADER_BYTES + (sizes.length + 1) * 4;
    for (const [index, part] of sizes.entries()) {
      parts.push({ name: `part ${index}`, offset, size: part });
      offset += Math.ceil(part / 4) * 4;
    }
  } else {
    const format = COMPRESSIONS[packing];
    const decode = format === undefined || format === 'none' ? undefined : decoderOf(format);
    if (decode === undefined && format !== 'none')
      faults.push(`compressed by the unknown method ${format ?? packing}`);
    const packed = decode === undefined ? {} : { packed: { format: format!, decode } };
    parts.push({
      name: type === TYPE_KERNEL ? 'kernel' : 'data',
      offset: HEADER_BYTES,
      size: there,
      ...packed,
    });
  }
  const architecture = ARCHITECTURES.get(bigEndian(access, at + 29, 1) ?? 0);
  return {
    size: HEADER_BYTES + there,
    name,
    parts,
    faults,
    ...(type === TYPE_KERNEL && architecture !== undefined
      ? { kernel: { architecture, size: HEADER_BYTES + there } }
      : {}),
  };
}

export const uimage: Image = {
  format: 'uimage',
  magics: [{ bytes: [0x27, 0x05, 0x19, 0x56], at: 0 }],
  sniff,
  open,
};
