/** Firmware volumes and the files in them (PI 1.8, volume 3, 3.2). */
import { type Access, latin1, littleEndian } from '../access.ts';
import type { Image, ImageContent, Part } from '../container.ts';
import { FILE_SYSTEMS, guidAt } from './guids.ts';
import { readSections } from './sections.ts';

const MAGIC_AT = 40;
const FIXED_HEADER = 56;
const MAX_HEADER = 4096;
const FILE_HEADER = 24;
const LARGE_FILE_HEADER = 32;
const FILE_ALIGNMENT = 8;
const LARGE_FILE = 1;
const LARGE_SIZE = 0xffffff;
const TYPE_RAW = 0x01;
const TYPE_PAD = 0xf0;
const TYPE_ALL = 0x00;
/** The last file type with sections; those above are of vendors and for debugging. */
const LAST_SECTIONED = 0x0f;
const MAX_SECTIONS = 4096;

interface VolumeHeader {
  readonly length: number;
  readonly header: number;
  /** Exclusive end of the extended header; 0 where there is none. */
  readonly extension: number;
  readonly fileSystem: string;
}

/** The 16-bit words of the header have a sum of 0. */
function headerAt(access: Access, at: number): VolumeHeader | undefined {
  const length = littleEndian(access, at + 32, 8);
  const header = littleEndian(access, at + 48, 2);
  const extension = littleEndian(access, at + 52, 2);
  const revision = littleEndian(access, at + 55, 1);
  if (length === undefined || header === undefined || extension === undefined) return undefined;
  if (header < FIXED_HEADER || header > MAX_HEADER || header % 2 !== 0 || length <= header) return undefined;
  if (revision !== 1 && revision !== 2) return undefined;
  const bytes = access.read(at, header);
  if (bytes.length < header) return undefined;
  let sum = 0;
  for (let index = 0; index < header; index += 2) sum += bytes[index]! | (bytes[index + 1]! << 8);
  if ((sum & 0xffff) !== 0) return undefined;
  // Revision 1 has no extended header: its field was reserved.
  const size = revision === 2 && extension > 0 ? (littleEndian(access, at + extension + 16, 4) ?? 0) : 0;
  const end = size >= 20 && extension + size <= length ? extension + size : 0;
  return { length, header, extension: end, fileSystem: guidAt(access, at + 16) };
}

interface FileHeader {
  readonly guid: string;
  readonly type: number;
  readonly header: number;
  readonly size: number;
}

/** Undefined for free space and other bytes that are no file. */
function fileAt(access: Access, at: number, end: number, wide: boolean): FileHeader | undefined {
  const bytes = access.read(at, LARGE_FILE_HEADER);
  if (bytes.length < FILE_HEADER) return undefined;
  const short = bytes[20]! | (bytes[21]! << 8) | (bytes[22]! << 16);
  const large = wide && (bytes[19]! & LARGE_FILE) !== 0 && (short === LARGE_SIZE || short === 0);
  const size = large ? littleEndian(access, at + 24, 8) : short;
  const header = large ? LARGE_FILE_HEADER : FILE_HEADER;
  if (size === undefined || size < header || at + size > end) return undefined;
  // The header's bytes, without the state and the data's checksum, have a sum of 0.
  let sum = 0;
  for (let index = 0; index < header; index += 1) if (index !== 17 && index !== 23) sum += bytes[index]!;
  if ((sum & 0xff) !== 0) return undefined;
  return { guid: guidAt(access, at), type: bytes[18]!, header, size };
}

function filePart(
  access: Access,
  at: number,
  file: FileHeader,
  origin: number,
  faults: string[],
): Part | undefined {
  const body = at + file.header;
  const end = at + file.size;
  if (file.type === TYPE_PAD || file.type === TYPE_ALL || body >= end) return undefined;
  const short = file.guid.slice(0, 8);
  const place = { offset: body - origin, size: end - body };
  if (file.type === TYPE_RAW) return { name: `file:${short}`, title: file.guid, ...place, raw: true };
  if (file.type > LAST_SECTIONED) return { name: `file:${short}`, title: file.guid, ...place };
  const sections = readSections(access, body, end, body, MAX_SECTIONS + 1);
  faults.push(...sections.faults.map((fault) => `file ${file.guid}: ${fault}`));
  if (sections.parts.length > MAX_SECTIONS)
    faults.push(`file ${file.guid}: sections after the first ${MAX_SECTIONS} are not read`);
  const title = sections.name === undefined ? file.guid : `${file.guid} ${sections.name}`;
  return { name: `file:${short}`, title, ...place, parts: sections.parts.slice(0, MAX_SECTIONS) };
}

function open(access: Access, at: number, limit: number): ImageContent | undefined {
  const volume = headerAt(access, at);
  if (volume === undefined) return undefined;
  const size = Math.min(volume.length, access.size - at);
  const faults: string[] = size < volume.length ? ['the volume is truncated'] : [];
  const system = FILE_SYSTEMS.get(volume.fileSystem);
  const parts: Part[] = [];
  const end = at + size;
  const first = Math.max(volume.header, volume.extension);
  let place = first + ((FILE_ALIGNMENT - (first % FILE_ALIGNMENT)) % FILE_ALIGNMENT);
  while (system !== undefined && parts.length < limit) {
    const file = fileAt(access, at + place, end, system.wide);
    if (file === undefined) break;
    const part = filePart(access, at + place, file, at, faults);
    if (part !== undefined) parts.push(part);
    // Files are aligned to eight bytes, counted from the beginning of the volume.
    place = Math.ceil((place + file.size) / FILE_ALIGNMENT) * FILE_ALIGNMENT;
  }
  return { size, name: volume.fileSystem, parts, faults };
}

export const uefiVolume: Image = {
  format: 'uefi-volume',
  magics: [{ bytes: latin1('_FVH'), at: MAGIC_AT }],
  sniff: (access, at) => headerAt(access, at) !== undefined,
  open,
};
