/** cpio as in initramfs and rpm: the "new" ASCII format with and without checksums, and the old one of POSIX. */
import { limitHint } from '../../limits/limits.ts';
import { type Access, asciiAt, latin1 } from '../access.ts';
import type { Archive, ArchiveContent, Member } from '../container.ts';

const TRAILER = 'TRAILER!!!';
/** Linux accepts names up to PATH_MAX (init/initramfs.c, do_header). */
const MAX_NAME = 4096;
const FILE_TYPE = 0o170000;
const TYPES: ReadonlyMap<number, Member['type']> = new Map([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
]);

interface Header {
  readonly mode: number;
  readonly nameSize: number;
  readonly fileSize: number;
  /** Size of the header, and the alignment of names and contents. */
  readonly bytes: number;
  readonly alignment: number;
}

/** `cpio(5)`: thirteen fields of eight hex digits, or eleven of octal ones. */
function headerAt(access: Access, at: number): Header | undefined {
  const text = asciiAt(access, at, 110);
  if (/^07070[12][0-9A-Fa-f]{104}$/.test(text)) {
    const field = (index: number): number => Number.parseInt(text.slice(6 + index * 8, 14 + index * 8), 16);
    return { mode: field(1), fileSize: field(6), nameSize: field(11), bytes: 110, alignment: 4 };
  }
  if (!/^070707[0-7]{70}/.test(text)) return undefined;
  const octal = (from: number, to: number): number => Number.parseInt(text.slice(from, to), 8);
  return { mode: octal(18, 24), nameSize: octal(59, 65), fileSize: octal(65, 76), bytes: 76, alignment: 1 };
}

function list(access: Access, start: number, most: number): ArchiveContent {
  const members: Member[] = [];
  const faults: string[] = [];
  let at = start;
  for (;;) {
    const header = headerAt(access, at);
    if (header === undefined || header.nameSize === 0 || header.nameSize > MAX_NAME) {
      faults.push(
        at >= access.size
          ? 'the archive is truncated'
          : `the header at 0x${(at - start).toString(16)} is invalid; the rest is not read`,
      );
      break;
    }
    const { alignment } = header;
    const aligned = (place: number): number => start + Math.ceil((place - start) / alignment) * alignment;
    const data = aligned(at + header.bytes + header.nameSize);
    const name = asciiAt(access, at + header.bytes, header.nameSize - 1);
    if (name === TRAILER) {
      at = Math.min(data, access.size);
      break;
    }
    if (members.length >= most) {
      faults.push(`more than ${most} files ${limitHint('container-pieces')}; the rest is not read`);
      break;
    }
    const type = TYPES.get(header.mode & FILE_TYPE);
    const there = Math.min(header.fileSize, Math.max(0, access.size - data));
    if (there < header.fileSize) faults.push(`${name} is truncated`);
    if (type !== undefined)
      members.push({
        name,
        type,
        offset: data - start,
        size: type === 'file' ? there : 0,
        ...(type === 'link' ? { target: asciiAt(access, data, Math.min(there, MAX_NAME)) } : {}),
      });
    at = aligned(data + header.fileSize);
    if (there < header.fileSize) break;
  }
  return { size: Math.min(at, access.size) - start, members, faults };
}

export const cpio: Archive = {
  format: 'cpio',
  magics: ['070701', '070702', '070707'].map((magic) => ({ bytes: latin1(magic), at: 0 })),
  sniff: (access, at) => {
    const header = headerAt(access, at);
    return header !== undefined && header.nameSize > 0 && header.nameSize <= MAX_NAME;
  },
  list,
};
