/** Capsules (UEFI 2.10, 8.5.3) and the regions of Intel's flash descriptor. */
import { type Access, littleEndian } from '../access.ts';
import type { Image, ImageContent, Part } from '../container.ts';
import { CAPSULES, guidAt, guidBytes } from './guids.ts';

const CAPSULE_HEADER = 28;

function capsuleHeader(access: Access, at: number): { header: number; size: number } | undefined {
  const [header, , size] = [16, 20, 24].map((field) => littleEndian(access, at + field, 4));
  if (header === undefined || size === undefined) return undefined;
  if (header < CAPSULE_HEADER || header > 65_536 || size <= header || at + header > access.size)
    return undefined;
  return { header, size };
}

export const uefiCapsule: Image = {
  format: 'uefi-capsule',
  magics: CAPSULES.map((guid) => ({ bytes: guidBytes(guid), at: 0 })),
  sniff: (access, at) => CAPSULES.includes(guidAt(access, at)) && capsuleHeader(access, at) !== undefined,
  open: (access, at): ImageContent | undefined => {
    const capsule = capsuleHeader(access, at);
    if (capsule === undefined) return undefined;
    const size = Math.min(capsule.size, access.size - at);
    return {
      size,
      name: guidAt(access, at),
      parts: [{ name: 'body', offset: capsule.header, size: size - capsule.header }],
      faults: size < capsule.size ? ['the capsule is truncated'] : [],
    };
  },
};

const DESCRIPTOR_MAGIC = [0x5a, 0xa5, 0xf0, 0x0f];
const DESCRIPTOR_BYTES = 4096;
const MAP_AT = 0x14;
const REGION_UNIT = 4096;
/** Regions by number (Intel's PCH datasheets, SPI flash descriptor). */
const REGIONS = [
  'descriptor',
  'bios',
  'me',
  'gbe',
  'pdr',
  'devexp1',
  'bios2',
  'microcode',
  'ec',
  'devexp2',
  'ie',
  '10gbe1',
  '10gbe2',
  'r13',
  'r14',
  'ptt',
];

/** The regions: first and last unit in 16 bits each; a last unit before the first means no region. */
function regionsOf(access: Access, at: number): Part[] {
  const map = littleEndian(access, at + MAP_AT, 4) ?? 0;
  const base = ((map >>> 16) & 0xff) << 4;
  const parts: Part[] = [];
  for (const [index, name] of REGIONS.entries()) {
    const word = littleEndian(access, at + base + index * 4, 4);
    if (word === undefined) break;
    const first = word & 0x7fff;
    const last = (word >>> 16) & 0x7fff;
    const offset = first * REGION_UNIT;
    const size = (last - first + 1) * REGION_UNIT;
    if (last === 0 || last < first || at + offset >= access.size) continue;
    if (index > 0 && offset === 0) continue;
    parts.push({ name, offset, size: Math.min(size, access.size - at - offset) });
  }
  return parts;
}

export const flashDescriptor: Image = {
  format: 'flash',
  magics: [{ bytes: DESCRIPTOR_MAGIC, at: 16 }],
  sniff: (access, at) => {
    const map = littleEndian(access, at + MAP_AT, 4);
    const base = (((map ?? 0) >>> 16) & 0xff) << 4;
    return (
      map !== undefined &&
      base >= 0x20 &&
      base < DESCRIPTOR_BYTES &&
      regionsOf(access, at).some(({ name }) => name === 'bios')
    );
  },
  open: (access, at): ImageContent => {
    const parts = regionsOf(access, at);
    const size = Math.max(DESCRIPTOR_BYTES, ...parts.map((part) => part.offset + part.size));
    return { size: Math.min(size, access.size - at), parts, faults: [] };
  },
};
