/** tar: the POSIX format with pax records (POSIX, pax, "ustar Interchange Format") and GNU's long names. */
import { limitHint } from '../../limits/limits.ts';
import { type Access, asciiAt, latin1, upToZero } from '../access.ts';
import type { Archive, ArchiveContent, Member } from '../container.ts';

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_AT = 345;
const PREFIX_BYTES = 155;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
const SIZE_AT = 124;
const TYPE_AT = 156;
const LINK_AT = 157;
const MAGIC_AT = 257;
/** Most bytes of a long name or a set of pax records. */
const MAX_EXTENSION = 1 << 20;

function textField(header: Uint8Array, at: number, length: number): string {
  const field = String.fromCharCode(...header.subarray(at, at + length));
  const end = field.indexOf('\0');
  return end < 0 ? field : field.slice(0, end);
}

/** Octal digits, or with the top bit set a big-endian number (GNU); undefined if it is neither. */
function numberField(header: Uint8Array, at: number, length: number): number | undefined {
  if ((header[at]! & 0x80) !== 0) {
    let value = header[at]! & 0x7f;
    for (let index = 1; index < length; index += 1) value = value * 256 + header[at + index]!;
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = textField(header, at, length).trim();
  if (!/^[0-7]*$/.test(digits)) return undefined;
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** The checksum is the sum of the header's bytes, with the checksum field as spaces. */
function checksumHolds(header: Uint8Array): boolean {
  if (header.length < BLOCK) return false;
  const stored = numberField(header, CHECKSUM_AT, CHECKSUM_BYTES);
  // An empty field, and signed characters that happen to add up to nothing.
  if (stored === 0) return false;
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < BLOCK; at += 1) {
    const byte = at >= CHECKSUM_AT && at < CHECKSUM_AT + CHECKSUM_BYTES ? 0x20 : header[at]!;
    unsigned += byte;
    // Old implementations summed signed characters.
    signed += byte < 0x80 ? byte : byte - 256;
  }
  return unsigned > 0 && (stored === unsigned || stored === signed);
}

function isZeros(header: Uint8Array): boolean {
  return header.every((byte) => byte === 0);
}

/** Records `LENGTH KEY=VALUE\n`. */
function paxRecords(text: string): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(' ', at);
    const length = Number(text.slice(at, space));
    if (space < 0 || !Number.isInteger(length) || length <= space - at || at + length > text.length) break;
    const record = text.slice(space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

const TYPES: Readonly<Record<string, Member['type']>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'link',
  '5': 'directory',
};

function list(access: Access, start: number, most: number): ArchiveContent {
  const members: Member[] = [];
  const faults: string[] = [];
  let at = start;
  let long: Map<string, string> = new Map();
  for (;;) {
    const header = access.read(at, BLOCK);
    if (header.length < BLOCK) {
      if (header.length > 0 || at === start) faults.push('the archive is truncated');
      break;
    }
    if (isZeros(header)) {
      // The end is two blocks of zeros; one is accepted, as by GNU tar.
      at += BLOCK;
      if (isZeros(access.read(at, BLOCK))) at = Math.min(at + BLOCK, access.size);
      break;
    }
    const size = numberField(header, SIZE_AT, 12);
    if (!checksumHolds(header) || size === undefined) {
      faults.push(`the header at 0x${(at - start).toString(16)} is invalid; the rest is not read`);
      break;
    }
    if (members.length >= most) {
      faults.push(`more than ${most} files ${limitHint('container-pieces')}; the rest is not read`);
      break;
    }
    const type = String.fromCharCode(header[TYPE_AT]!);
    const data = at + BLOCK;
    const paxSize = Number(long.get('size') ?? size);
    const stored = Number.isSafeInteger(paxSize) && paxSize >= 0 ? paxSize : size;
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      const text = asciiLong(access, data, Math.min(size, MAX_EXTENSION));
      if (type === 'x') long = new Map([...long, ...paxRecords(text)]);
      else if (type !== 'g') long.set(type === 'L' ? 'path' : 'linkpath', upToZero(text));
      at = data + Math.ceil(size / BLOCK) * BLOCK;
      continue;
    }
    const known = TYPES[type];
    if (known !== undefined) {
      const prefix =
        asciiOf(header, MAGIC_AT, 5) === 'ustar' ? textField(header, PREFIX_AT, PREFIX_BYTES) : '';
      const short = textField(header, 0, NAME_BYTES);
      // The old GNU format has times in place of the prefix.
      const usesPrefix = prefix !== '' && asciiOf(header, MAGIC_AT + 5, 1) === '\0';
      const name = long.get('path') ?? (usesPrefix ? `${prefix}/${short}` : short);
      const isFile = known === 'file' && !name.endsWith('/');
      members.push({
        name,
        type: known === 'file' && !isFile ? 'directory' : known,
        offset: data - start,
        size: isFile ? Math.min(stored, Math.max(0, access.size - data)) : 0,
        ...(known === 'link'
          ? { target: long.get('linkpath') ?? textField(header, LINK_AT, NAME_BYTES), hard: type === '1' }
          : {}),
      });
      if (isFile && data + stored > access.size) faults.push(`${name} is truncated`);
    }
    long = new Map();
    // Links and directories have no data, whatever their size field says.
    const skipped = known === 'link' || known === 'directory' ? 0 : Math.ceil(stored / BLOCK) * BLOCK;
    at = Math.min(data + skipped, access.size);
  }
  return { size: Math.min(at, access.size) - start, members, faults };
}

function asciiOf(header: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...header.subarray(at, at + length));
}

/** Like {@link asciiAt}, for texts longer than the argument list of one call may be. */
function asciiLong(access: Access, at: number, length: number): string {
  let text = '';
  for (let done = 0; done < length; done += 4096)
    text += asciiAt(access, at + done, Math.min(4096, length - done));
  return text;
}

export const tar: Archive = {
  format: 'tar',
  magics: [{ bytes: latin1('ustar'), at: MAGIC_AT }],
  sniff: (access, at) => checksumHolds(access.read(at, BLOCK)),
  list,
};
