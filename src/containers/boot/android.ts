/**
 * Android's images: boot (header versions 0 to 4), vendor_boot, and tables of overlays (AOSP, bootimg.h, dt_table.h;
 * U-Boot, include/android_image.h). All are little endian except the table of overlays.
 */
import { type Access, asciiAt, bigEndian, latin1, littleEndian, upToZero } from '../access.ts';
import { decoderOf } from '../codecs/decoders.ts';
import type { Image, ImageContent, Part } from '../container.ts';

const BOOT_MAGIC = 'ANDROID!';
const VENDOR_MAGIC = 'VNDRBOOT';
/** Page size from version 3 on. */
const FIXED_PAGE = 4096;
const MAX_PAGE = 1 << 18;
const MAX_HEADER_VERSION = 4;

function isPageSize(size: number | undefined): size is number {
  return size !== undefined && size >= 512 && size <= MAX_PAGE && (size & (size - 1)) === 0;
}

/** Sections one after the other, each padded to whole pages. Empty ones take none. */
function sections(
  list: readonly (readonly [name: string, size: number | undefined])[],
  first: number,
  page: number,
  available: number,
): { parts: Part[]; size: number; faults: string[] } {
  const parts: Part[] = [];
  const faults: string[] = [];
  let offset = first;
  for (const [name, size] of list) {
    if (size === undefined || size === 0) continue;
    if (offset + size > available) faults.push(`${name} is truncated`);
    parts.push({ name, offset, size });
    offset += Math.ceil(size / page) * page;
  }
  return { parts, size: Math.min(offset, available), faults };
}

function bootVersion(access: Access, at: number): number {
  const version = littleEndian(access, at + 40, 4) ?? 0;
  // Before there were versions this field was the size of a device tree.
  return version > MAX_HEADER_VERSION ? 0 : version;
}

/** The magic number occurs in code too, so the kernel's size and the page size must be plausible. */
function sniffBoot(access: Access, at: number): boolean {
  if (asciiAt(access, at, 8) !== BOOT_MAGIC) return false;
  const kernel = littleEndian(access, at + 8, 4);
  const available = access.size - at;
  if (kernel === undefined || kernel > available) return false;
  if (bootVersion(access, at) >= 3) {
    const header = littleEndian(access, at + 20, 4) ?? 0;
    return header >= 1580 && header <= FIXED_PAGE;
  }
  return isPageSize(littleEndian(access, at + 36, 4));
}

function openBoot(access: Access, at: number): ImageContent | undefined {
  const version = bootVersion(access, at);
  const available = access.size - at;
  const u32 = (offset: number): number | undefined => littleEndian(access, at + offset, 4);
  const commandLine = upToZero(asciiAt(access, at + (version >= 3 ? 44 : 64), version >= 3 ? 1536 : 512));
  const remarks =
    commandLine === ''
      ? []
      : [
          {
            kind: 'command-line',
            text: commandLine,
            offset: version >= 3 ? 44 : 64,
            size: commandLine.length,
          },
        ];
  if (version >= 3) {
    const signature = version === 4 ? u32(1580) : 0;
    const list = [
      ['kernel', u32(8)],
      ['ramdisk', u32(12)],
      ['signature', signature],
    ] as const;
    return { name: `version ${version}`, ...sections(list, FIXED_PAGE, FIXED_PAGE, available), remarks };
  }
  const page = u32(36)!;
  const old = version === 0 ? (u32(40) ?? 0) : 0;
  const list = [
    ['kernel', u32(8)],
    ['ramdisk', u32(16)],
    ['second', u32(24)],
    ...(old > MAX_HEADER_VERSION ? [['dt', old] as const] : []),
    ...(version >= 1 ? [['recovery_dtbo', u32(1632)] as const] : []),
    ...(version >= 2 ? [['dtb', u32(1648)] as const] : []),
  ] as const;
  return { name: `version ${version}`, ...sections(list, page, page, available), remarks };
}

export const androidBoot: Image = {
  format: 'android-boot',
  magics: [{ bytes: latin1(BOOT_MAGIC), at: 0 }],
  sniff: sniffBoot,
  open: openBoot,
};

export const androidVendorBoot: Image = {
  format: 'android-vendor-boot',
  magics: [{ bytes: latin1(VENDOR_MAGIC), at: 0 }],
  sniff: (access, at) => {
    const version = littleEndian(access, at + 8, 4);
    return (version === 3 || version === 4) && isPageSize(littleEndian(access, at + 12, 4));
  },
  open: (access, at) => {
    const u32 = (offset: number): number | undefined => littleEndian(access, at + offset, 4);
    const version = u32(8)!;
    const page = u32(12)!;
    const header = u32(2096);
    if (header === undefined) return undefined;
    const commandLine = upToZero(asciiAt(access, at + 28, 2048));
    const list = [
      ['ramdisk', u32(24)],
      ['dtb', u32(2100)],
      ...(version === 4 ? [['ramdisk table', u32(2112)] as const, ['bootconfig', u32(2124)] as const] : []),
    ] as const;
    const first = Math.ceil(header / page) * page;
    return {
      name: `version ${version}`,
      ...sections(list, first, page, access.size - at),
      remarks:
        commandLine === ''
          ? []
          : [{ kind: 'command-line', text: commandLine, offset: 28, size: commandLine.length }],
    };
  },
};

const TABLE_MAGIC = 0xd7b7ab1e;
const TABLE_HEADER = 32;
const ENTRY_BYTES = 32;
/** By the lower four bits of an entry's flags, from version 1 on. */
const ENTRY_COMPRESSIONS = ['none', 'zlib', 'gzip'];

function openTable(access: Access, at: number, limit: number): ImageContent | undefined {
  const u32 = (offset: number): number | undefined => bigEndian(access, at + offset, 4);
  const [total, header, entryBytes, count, entries, page, version] = [4, 8, 12, 16, 20, 24, 28].map(u32);
  if (total === undefined || header === undefined || entryBytes === undefined || count === undefined)
    return undefined;
  if (entries === undefined || page === undefined || version === undefined) return undefined;
  const available = access.size - at;
  const faults: string[] = [];
  if (total > available) faults.push('the table is truncated');
  const parts: Part[] = [];
  const list: { name: string; parts: string[]; description: string }[] = [];
  for (let index = 0; index < Math.min(count, limit); index += 1) {
    const place = entries + index * entryBytes;
    const size = u32(place);
    const offset = u32(place + 4);
    if (size === undefined || offset === undefined || place + entryBytes > available) {
      faults.push('the list of entries is truncated');
      break;
    }
    const [id, revision] = [u32(place + 8) ?? 0, u32(place + 12) ?? 0];
    const format = version >= 1 ? ENTRY_COMPRESSIONS[(u32(place + 16) ?? 0) & 15] : 'none';
    const decode = format === undefined || format === 'none' ? undefined : decoderOf(format);
    if (format === undefined) faults.push(`entry ${index} is compressed by an unknown method`);
    const name = `entry ${index}`;
    parts.push({
      name,
      offset,
      size,
      ...(decode === undefined ? {} : { packed: { format: format!, decode } }),
    });
    list.push({
      name,
      parts: [name],
      description: `id 0x${id.toString(16)}, rev 0x${revision.toString(16)}`,
    });
  }
  return {
    size: Math.min(total, available),
    name: `version ${version}`,
    parts,
    faults,
    choices: { axis: 'entry', list },
  };
}

export const androidTable: Image = {
  format: 'dtbo-table',
  magics: [{ bytes: [0xd7, 0xb7, 0xab, 0x1e], at: 0 }],
  sniff: (access, at) => {
    const header = bigEndian(access, at + 8, 4);
    const entry = bigEndian(access, at + 12, 4);
    const count = bigEndian(access, at + 16, 4);
    if (bigEndian(access, at, 4) !== TABLE_MAGIC || header === undefined || entry === undefined) return false;
    if (header < TABLE_HEADER || header > 4096 || entry < ENTRY_BYTES || entry > 4096) return false;
    return count !== undefined && count > 0 && count < 65_536;
  },
  open: openTable,
};
