/** PE: EFI programs and drivers, DLLs with firmware as a resource (Microsoft, PE Format). */
import { type Access, asciiAt, latin1, littleEndian, upToZero } from '../access.ts';
import type { Image, ImageContent, Part } from '../container.ts';

const SIGNATURE = 'PE\0\0';
/** Largest offset of the signature, which follows a program for DOS. */
const MAX_STUB = 4096;
const COFF_BYTES = 20;
const SECTION_BYTES = 40;
const MAX_SECTIONS = 96;

/** The beginning of the file whose signature is at an offset. */
function locate(access: Access, hit: number): number | undefined {
  const from = Math.max(0, hit - MAX_STUB);
  const before = access.read(from, hit - from);
  for (let at = before.length - 64; at >= 0; at -= 1) {
    if (before[at] !== 0x4d || before[at + 1] !== 0x5a) continue;
    // No DataView here: with many signatures this runs for each of some thousand bytes before every one.
    const low = before[at + 0x3c]! | (before[at + 0x3d]! << 8);
    if (low === hit - from - at && before[at + 0x3e] === 0 && before[at + 0x3f] === 0) return from + at;
  }
  return undefined;
}

function open(access: Access, at: number): ImageContent | undefined {
  const header = at + (littleEndian(access, at + 0x3c, 4) ?? 0);
  const count = littleEndian(access, header + 6, 2);
  const optional = littleEndian(access, header + 20, 2);
  if (count === undefined || optional === undefined || count === 0 || count > MAX_SECTIONS) return undefined;
  const table = header + 4 + COFF_BYTES + optional;
  const parts: Part[] = [];
  let size = table + count * SECTION_BYTES - at;
  for (let index = 0; index < count; index += 1) {
    const place = table + index * SECTION_BYTES;
    const stored = littleEndian(access, place + 16, 4);
    const offset = littleEndian(access, place + 20, 4);
    if (stored === undefined || offset === undefined) return undefined;
    if (stored === 0 || offset === 0) continue;
    const name = upToZero(asciiAt(access, place, 8));
    parts.push({ name, offset, size: stored });
    size = Math.max(size, offset + stored);
  }
  const available = access.size - at;
  return { size: Math.min(size, available), parts, faults: [] };
}

export const pe: Image = {
  format: 'pe',
  magics: [{ bytes: latin1(SIGNATURE), at: locate }],
  sniff: (access, at) => {
    const header = littleEndian(access, at + 0x3c, 4);
    return header !== undefined && header <= MAX_STUB && asciiAt(access, at + header, 4) === SIGNATURE;
  },
  open,
};
