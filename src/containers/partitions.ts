/** Partition tables: GPT (UEFI 2.10, 5.3) and MBR. They only name ranges; their content is searched like other bytes. */
import { utf16Text } from '../bytes/text-encoding.ts';
import { type Access, asciiAt, latin1, littleEndian, upToZero } from './access.ts';
import { crc32 } from './codecs/checksum.ts';
import type { Image, ImageContent, Part } from './container.ts';

const SECTOR_SIZES = [512, 4096];
const GPT_MAGIC = 'EFI PART';
const GPT_HEADER_BYTES = 92;
const MAX_ENTRIES = 1024;
const MBR_SIGNATURE = 0xaa55;
const MBR_ENTRIES_AT = 446;
const PROTECTIVE = 0xee;

function name16(access: Access, at: number): string {
  const bytes = access.read(at, 72);
  return upToZero(utf16Text(bytes));
}

/** The header is in the second sector; its checksum is computed with the field as 0. */
function gptHeaderHolds(access: Access, at: number): boolean {
  const length = littleEndian(access, at + 12, 4);
  if (length === undefined || length < GPT_HEADER_BYTES || length > 512) return false;
  const header = Uint8Array.from(access.read(at, length));
  const stored = littleEndian(access, at + 16, 4);
  header.fill(0, 16, 20);
  return header.length === length && crc32(header) === stored;
}

/** Undefined for the backup header at the end of a disk, which has the same content. */
function gptStart(access: Access, at: number): { start: number; sector: number } | undefined {
  const own = littleEndian(access, at + 24, 8);
  if (own !== 1) return undefined;
  const sector = SECTOR_SIZES.find((size) => {
    const start = at - size;
    return start >= 0 && littleEndian(access, start + 510, 2) === MBR_SIGNATURE;
  });
  return sector === undefined ? undefined : { start: at - sector, sector };
}

export const gpt: Image = {
  format: 'gpt',
  magics: [{ bytes: latin1(GPT_MAGIC), at: (access, hit) => gptStart(access, hit)?.start }],
  sniff: (access, at) =>
    SECTOR_SIZES.some(
      (sector) => asciiAt(access, at + sector, 8) === GPT_MAGIC && gptHeaderHolds(access, at + sector),
    ),
  open: (access, at): ImageContent | undefined => {
    const sector = SECTOR_SIZES.find((size) => asciiAt(access, at + size, 8) === GPT_MAGIC)!;
    const header = at + sector;
    const [last, first, count, bytes] = [
      littleEndian(access, header + 32, 8),
      littleEndian(access, header + 72, 8),
      littleEndian(access, header + 80, 4),
      littleEndian(access, header + 84, 4),
    ];
    if (last === undefined || first === undefined || count === undefined) return undefined;
    if (bytes === undefined || bytes < 128) return undefined;
    const parts: Part[] = [];
    for (let index = 0; index < Math.min(count, MAX_ENTRIES); index += 1) {
      const entry = at + first * sector + index * bytes;
      const [from, to] = [littleEndian(access, entry + 32, 8), littleEndian(access, entry + 40, 8)];
      if (from === undefined || to === undefined) break;
      if (from === 0 || to < from) continue;
      const name = name16(access, entry + 56);
      const called = name === '' ? `partition ${index + 1}` : `partition ${index + 1} ${name}`;
      parts.push({ name: called, offset: from * sector, size: (to - from + 1) * sector });
    }
    return { size: Math.min((last + 1) * sector, access.size - at), parts, faults: [] };
  },
};

/** A boot sector has no magic number of its own; it is tried at the beginning of an input only. */
export const mbr: Image = {
  format: 'mbr',
  magics: [],
  first: true,
  sniff: (access, at) => {
    if (littleEndian(access, at + 510, 2) !== MBR_SIGNATURE) return false;
    let used = 0;
    for (let index = 0; index < 4; index += 1) {
      const entry = access.read(at + MBR_ENTRIES_AT + index * 16, 16);
      const start = littleEndian(access, at + MBR_ENTRIES_AT + index * 16 + 8, 4) ?? 0;
      const sectors = littleEndian(access, at + MBR_ENTRIES_AT + index * 16 + 12, 4) ?? 0;
      const type = entry[4] ?? 0;
      if (type === PROTECTIVE || (entry[0] !== 0 && entry[0] !== 0x80)) return false;
      if (type === 0 && start === 0 && sectors === 0) continue;
      if (type === 0 || sectors === 0 || at + start * 512 >= access.size) return false;
      used += 1;
    }
    return used > 0;
  },
  open: (access, at): ImageContent => {
    const parts: Part[] = [];
    for (let index = 0; index < 4; index += 1) {
      const entry = at + MBR_ENTRIES_AT + index * 16;
      const start = littleEndian(access, entry + 8, 4)!;
      const sectors = littleEndian(access, entry + 12, 4)!;
      if (sectors > 0)
        parts.push({ name: `partition ${index + 1}`, offset: start * 512, size: sectors * 512 });
    }
    return { size: access.size - at, parts, faults: [] };
  },
};
