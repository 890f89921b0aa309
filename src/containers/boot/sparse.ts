/** Android's sparse images: chunks of a partition, without empty ones (AOSP, libsparse/sparse_format.h). */
import { type Access, littleEndian } from '../access.ts';
import type { Extent, Image, ImageContent } from '../container.ts';

const HEADER_BYTES = 28;
const CHUNK_BYTES = 12;
const RAW = 0xcac1;
const FILL = 0xcac2;
const SKIP = 0xcac3;
const CRC = 0xcac4;

function open(access: Access, at: number, limit: number): ImageContent | undefined {
  const u16 = (offset: number): number | undefined => littleEndian(access, at + offset, 2);
  const u32 = (offset: number): number | undefined => littleEndian(access, at + offset, 4);
  const [header, chunkHeader] = [u16(8), u16(10)];
  const [block, chunks] = [u32(12), u32(20)];
  if (header === undefined || chunkHeader === undefined || block === undefined || chunks === undefined)
    return undefined;
  const faults: string[] = [];
  const extents: Extent[] = [];
  let offset = header;
  let address = 0;
  for (let index = 0; index < chunks; index += 1) {
    if (index >= limit) {
      faults.push(`more than ${limit} chunks; the rest is not read`);
      break;
    }
    const type = u16(offset);
    const [blocks, total] = [u32(offset + 4), u32(offset + 8)];
    if (type === undefined || blocks === undefined || total === undefined || total < chunkHeader) {
      faults.push('the list of chunks is truncated or invalid');
      break;
    }
    const size = blocks * block;
    if (type === RAW) {
      const there = Math.min(size, total - chunkHeader, access.size - at - offset - chunkHeader);
      if (there < size) faults.push('a chunk is truncated');
      extents.push({ address, size: Math.max(0, there), offset: offset + chunkHeader });
    } else if (type === FILL) {
      // A range filled with another word than 0 cannot be part of anything that is searched for.
      if (u32(offset + chunkHeader) === 0) extents.push({ address, size });
    } else if (type !== SKIP && type !== CRC) {
      faults.push(`unknown chunk type 0x${type.toString(16)}; the rest is not read`);
      break;
    }
    if (type !== CRC) address += size;
    offset += total;
  }
  return {
    size: Math.min(offset, access.size - at),
    parts: [],
    faults,
    memory: [{ name: '', format: 'partition', extents, physical: false }],
    onlyMemory: true,
  };
}

export const sparse: Image = {
  format: 'sparse',
  magics: [{ bytes: [0x3a, 0xff, 0x26, 0xed], at: 0 }],
  sniff: (access, at) => {
    const [major, header, chunk] = [4, 8, 10].map((offset) => littleEndian(access, at + offset, 2));
    const block = littleEndian(access, at + 12, 4);
    if (major !== 1 || header === undefined || chunk === undefined || block === undefined) return false;
    return (
      header >= HEADER_BYTES &&
      header < 4096 &&
      chunk >= CHUNK_BYTES &&
      chunk < 4096 &&
      block > 0 &&
      block % 4 === 0 &&
      block <= 1 << 26
    );
  },
  open,
};
