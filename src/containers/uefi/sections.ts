/** Sections of firmware files (PI 1.8, volume 3, 3.2.4 and 3.2.5): leaf sections with data, and encapsulation sections. */
import { type Access, littleEndian, upToZero } from '../access.ts';
import type { Image, ImageContent, Part } from '../container.ts';
import { guidAt, SECTION_PACKINGS } from './guids.ts';
import { SECTION_DECODERS } from './section-packings.ts';

export const SECTIONS_FORMAT = 'uefi-sections';

const HEADER_BYTES = 4;
const LARGE_HEADER_BYTES = 8;
const LARGE = 0xffffff;
const ALIGNMENT = 4;
const COMPRESSION = 0x01;
const GUIDED = 0x02;
const DISPOSABLE = 0x03;
const USER_INTERFACE = 0x15;
const FREEFORM_GUID = 0x18;
const RAW = 0x19;
const LEAVES: ReadonlyMap<number, string> = new Map([
  [0x10, 'pe32'],
  [0x11, 'pic'],
  [0x12, 'te'],
  [0x13, 'depex'],
  [0x14, 'version'],
  [USER_INTERFACE, 'ui'],
  [0x16, 'compat16'],
  [0x17, 'volume'],
  [FREEFORM_GUID, 'freeform'],
  [RAW, 'raw'],
  [0x1b, 'depex'],
  [0x1c, 'depex'],
]);
/** `EFI_GUIDED_SECTION_PROCESSING_REQUIRED`: the data of a GUIDed section has to be decoded. */
const PROCESSING_REQUIRED = 1;
/** By `CompressionType` of a compression section; 2 and 0x86 are Intel's and Insyde's. */
const COMPRESSION_TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'tiano'],
  [2, 'lzma'],
  [0x86, 'lzma-x86'],
]);
/** Nesting of sections; real firmware has 3. */
const MAX_DEPTH = 8;

export interface SectionList {
  readonly parts: readonly Part[];
  readonly faults: readonly string[];
  /** Exclusive end of the last section. */
  readonly end: number;
  /** The file's name, from its user interface section. */
  readonly name?: string;
}

interface Section {
  readonly type: number;
  readonly header: number;
  readonly size: number;
}

function sectionAt(access: Access, at: number, end: number): Section | undefined {
  const word = littleEndian(access, at, 4);
  if (word === undefined) return undefined;
  const short = word % 2 ** 24;
  const large = short === LARGE;
  const size = large ? littleEndian(access, at + 4, 4) : short;
  const header = large ? LARGE_HEADER_BYTES : HEADER_BYTES;
  const type = Math.floor(word / 2 ** 24);
  // A size of 0 would be the next section again.
  if (size === undefined || size < header || at + size > end) return undefined;
  return { type, header, size };
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** A part with packed sections. Offsets count from `origin`. */
function packedPart(packing: string, start: number, end: number, origin: number, title: string): Part {
  return {
    name: `${packing}@${hex(start)}`,
    title,
    offset: start - origin,
    size: end - start,
    packed: { format: packing, decode: SECTION_DECODERS[packing]! },
    content: SECTIONS_FORMAT,
  };
}

/**
 * Reads at most `limit` sections from `start` to `end` (exclusive), as parts whose offsets count from `origin`.
 * Encapsulation sections without compression are replaced by their content.
 */
export function readSections(
  access: Access,
  start: number,
  end: number,
  origin: number,
  limit: number,
): SectionList {
  const parts: Part[] = [];
  const faults: string[] = [];
  let name: string | undefined;
  let last = start;
  const waiting = [{ from: start, to: end, depth: 0 }];
  for (let range = waiting.pop(); range !== undefined; range = waiting.pop()) {
    let at = range.from;
    const lookInto = (from: number, to: number): void => {
      if (range.depth < MAX_DEPTH) waiting.push({ from, to, depth: range.depth + 1 });
      else faults.push(`sections nested more than ${MAX_DEPTH} deep are not read`);
    };
    while (at + HEADER_BYTES <= range.to && parts.length < limit) {
      const section = sectionAt(access, at, range.to);
      if (section === undefined) break;
      const body = at + section.header;
      const next = at + section.size;
      if (section.type === COMPRESSION) {
        const method = access.read(body + 4, 1)[0] ?? 0;
        const packing = COMPRESSION_TYPES.get(method);
        if (packing !== undefined)
          parts.push(packedPart(packing, body + 5, next, origin, `compression type ${method}`));
        else if (method === 0) lookInto(body + 5, next);
        else faults.push(`a section is compressed by the unknown method ${method}`);
      } else if (section.type === GUIDED) {
        const guid = guidAt(access, body);
        const data = at + (littleEndian(access, body + 16, 2) ?? 0);
        const required = ((littleEndian(access, body + 18, 2) ?? 0) & PROCESSING_REQUIRED) !== 0;
        const packing = SECTION_PACKINGS.get(guid) ?? (required ? undefined : 'plain');
        if (data < body + 20 || data > next)
          faults.push(`the data offset of a section ${guid} is outside of the section`);
        else if (packing === undefined) faults.push(`the encoding of a section ${guid} is unknown`);
        else if (packing !== 'plain') parts.push(packedPart(packing, data, next, origin, guid));
        else lookInto(data, next);
      } else if (section.type === DISPOSABLE) {
        lookInto(body, next);
      } else {
        const leaf = LEAVES.get(section.type);
        // Another type: padding after the last section, or no list of sections at all.
        if (leaf === undefined) break;
        if (section.type === USER_INTERFACE)
          name ??= upToZero(
            new TextDecoder('utf-16le').decode(access.read(body, Math.min(next - body, 256))),
          );
        const skipped = section.type === FREEFORM_GUID ? 16 : 0;
        if (next > body + skipped)
          parts.push({
            name: `${leaf}@${hex(at)}`,
            offset: body + skipped - origin,
            size: next - body - skipped,
            ...(section.type === RAW || section.type === FREEFORM_GUID ? { raw: true } : {}),
          });
      }
      at = start + Math.ceil((next - start) / ALIGNMENT) * ALIGNMENT;
      if (range.depth === 0) last = Math.min(at, range.to);
    }
  }
  parts.sort((a, b) => a.offset - b.offset);
  return { parts, faults, end: last, ...(name === undefined ? {} : { name }) };
}

/** The content of a packed section: sections, one after the other. */
export const uefiSections: Image = {
  format: SECTIONS_FORMAT,
  magics: [],
  sniff: (access, at) => sectionAt(access, at, access.size) !== undefined,
  open: (access, at, limit): ImageContent => {
    const { parts, faults, end } = readSections(access, at, access.size, at, limit);
    return { size: end - at, parts, faults };
  },
};
