/** ar, the format of Debian packages and static libraries (`ar(5)`). */
import { limitHint } from '../../limits/limits.ts';
import { type Access, asciiAt, latin1 } from '../access.ts';
import type { Archive, ArchiveContent, Member } from '../container.ts';

const MAGIC = '!<arch>\n';
const HEADER_BYTES = 60;

function list(access: Access, start: number, most: number): ArchiveContent {
  const members: Member[] = [];
  const faults: string[] = [];
  let names = '';
  let at = start + MAGIC.length;
  while (at < access.size) {
    const header = asciiAt(access, at, HEADER_BYTES);
    const size = Number(header.slice(48, 58).trim() || 'x');
    if (header.length < HEADER_BYTES || header.slice(58) !== '`\n' || !Number.isInteger(size) || size < 0) {
      // Anything else after the last member is not part of the archive.
      if (members.length === 0 || header.slice(58) === '`\n')
        faults.push('a header is invalid; the rest is not read');
      break;
    }
    if (members.length >= most) {
      faults.push(`more than ${most} files ${limitHint('container-pieces')}; the rest is not read`);
      break;
    }
    const data = at + HEADER_BYTES;
    const there = Math.min(size, Math.max(0, access.size - data));
    const name = header.slice(0, 16).trimEnd();
    // GNU ar keeps names of over 15 characters in a member named `//`.
    if (name === '//') names = asciiAt(access, data, Math.min(there, 1 << 16));
    else if (name !== '/' && name !== '/SYM64/') {
      const long = /^\/(\d+)$/.exec(name);
      const full = long === null ? name : (names.slice(Number(long[1])).split('\n', 1)[0] ?? name);
      members.push({ name: full.replace(/\/$/, ''), type: 'file', offset: data - start, size: there });
    }
    if (there < size) faults.push(`${name} is truncated`);
    at = Math.min(data + size + (size % 2), access.size);
  }
  return { size: Math.min(at, access.size) - start, members, faults };
}

export const ar: Archive = {
  format: 'ar',
  magics: [{ bytes: latin1(MAGIC), at: 0 }],
  sniff: (access, at) => asciiAt(access, at, MAGIC.length) === MAGIC,
  list,
};
