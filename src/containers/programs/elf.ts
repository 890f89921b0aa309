/** ELF (System V ABI, gABI 4.1): programs and kernels with their sections, core files as memory. */
import { latin1Text } from '../../bytes/text-encoding.ts';
import { limitHint } from '../../limits/limits.ts';
import { type Access, asciiAt, bigEndian, latin1, littleEndian, upToZero } from '../access.ts';
import type { Extent, Image, ImageContent, Part, Remark } from '../container.ts';

const MAGIC = [0x7f, 0x45, 0x4c, 0x46];
const CLASS_64 = 2;
const TYPE_CORE = 4;
const SEGMENT_LOAD = 1;
const SEGMENT_NOTE = 4;
const SECTION_NOBITS = 8;
/** `PN_XNUM`: the number of program headers is in `sh_info` of the first section header. */
const MANY = 0xffff;
const MAX_NOTE = 1 << 20;
/** Kernels have fewer sections; they only serve to name the place of a find. */
const MAX_SECTIONS = 4096;

/** `e_machine`. */
const ARCHITECTURES: ReadonlyMap<number, string> = new Map([
  [3, 'i686'],
  [8, 'mips'],
  [20, 'ppc'],
  [21, 'ppc64'],
  [22, 's390x'],
  [40, 'armv7l'],
  [62, 'x86_64'],
  [183, 'aarch64'],
  [243, 'riscv64'],
  [258, 'loongarch64'],
]);

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly physical: number;
  readonly size: number;
  /** Size in memory; bytes that are not in the file are zeros. */
  readonly memory: number;
}

class ElfReader {
  readonly #access: Access;
  readonly #at: number;
  readonly #wide: boolean;
  readonly #little: boolean;

  constructor(access: Access, at: number) {
    this.#access = access;
    this.#at = at;
    this.#wide = access.read(at + 4, 1)[0] === CLASS_64;
    this.#little = access.read(at + 5, 1)[0] !== 2;
  }

  number(offset: number, length: 1 | 2 | 4 | 8): number {
    const read = this.#little ? littleEndian : bigEndian;
    return read(this.#access, this.#at + offset, length) ?? 0;
  }

  /** A field of 4 bytes in one class, of 8 in the other. */
  #native(offset32: number, offset64: number): number {
    return this.#wide ? this.number(offset64, 8) : this.number(offset32, 4);
  }

  get type(): number {
    return this.number(16, 2);
  }

  get machine(): number {
    return this.number(18, 2);
  }

  get programHeaders(): { offset: number; size: number; count: number } {
    const count = this.number(this.#wide ? 56 : 44, 2);
    const size = this.number(this.#wide ? 54 : 42, 2);
    const sections = this.#native(32, 40);
    const info = sections === 0 ? 0 : this.number(sections + (this.#wide ? 44 : 28), 4);
    return { offset: this.#native(28, 32), size, count: count === MANY ? info : count };
  }

  get sectionHeaders(): { offset: number; size: number; count: number; names: number } {
    const [size, count, names] = (this.#wide ? [58, 60, 62] : [46, 48, 50]).map((at) => this.number(at, 2));
    return { offset: this.#native(32, 40), size: size!, count: count!, names: names! };
  }

  segment(at: number): Segment {
    if (this.#wide)
      return {
        type: this.number(at, 4),
        offset: this.number(at + 8, 8),
        physical: this.number(at + 24, 8),
        size: this.number(at + 32, 8),
        memory: this.number(at + 40, 8),
      };
    const [type, offset, , physical, size, memory] = [0, 4, 8, 12, 16, 20].map((field) =>
      this.number(at + field, 4),
    );
    return { type: type!, offset: offset!, physical: physical!, size: size!, memory: memory! };
  }

  section(at: number): { name: number; type: number; offset: number; size: number } {
    const name = this.number(at, 4);
    const type = this.number(at + 4, 4);
    return this.#wide
      ? { name, type, offset: this.number(at + 24, 8), size: this.number(at + 32, 8) }
      : { name, type, offset: this.number(at + 16, 4), size: this.number(at + 20, 4) };
  }
}

function sniff(access: Access, at: number): boolean {
  const header = access.read(at, 20);
  if (header.length < 20 || !MAGIC.every((byte, index) => header[index] === byte)) return false;
  const [, , , , wide, order, version] = header;
  if ((wide !== 1 && wide !== 2) || (order !== 1 && order !== 2) || version !== 1) return false;
  return new ElfReader(access, at).number(20, 4) === 1;
}

/** The kernel's release in the VMCOREINFO note (Documentation/admin-guide/kdump/vmcoreinfo.rst). */
function crashNotes(access: Access, at: number, segments: readonly Segment[]): Remark[] {
  for (const { type, offset, size } of segments) {
    if (type !== SEGMENT_NOTE) continue;
    const bytes = access.read(at + offset, Math.min(size, MAX_NOTE));
    const text = latin1Text(bytes);
    const release = /OSRELEASE=([^\n\0]{1,64})\n/.exec(text);
    if (release !== null)
      return [
        {
          kind: 'kernel-release',
          text: release[1]!,
          offset: offset + release.index,
          size: release[0].length,
        },
      ];
  }
  return [];
}

function open(access: Access, at: number, limit: number): ImageContent | undefined {
  const reader = new ElfReader(access, at);
  const available = access.size - at;
  const headers = reader.programHeaders;
  const sections = reader.sectionHeaders;
  const faults: string[] = [];
  let size = Math.max(
    headers.offset + headers.size * headers.count,
    sections.offset + sections.size * sections.count,
    64,
  );
  const segments: Segment[] = [];
  if (headers.count > limit && reader.type === TYPE_CORE)
    faults.push(`more than ${limit} segments ${limitHint('container-pieces')}; the rest is not read`);
  for (let index = 0; index < Math.min(headers.count, limit) && headers.size >= 32; index += 1) {
    const place = headers.offset + index * headers.size;
    if (place + headers.size > available) break;
    const segment = reader.segment(place);
    segments.push(segment);
    size = Math.max(size, segment.offset + segment.size);
  }
  const parts: Part[] = [];
  const names =
    sections.offset === 0 ? undefined : reader.section(sections.offset + sections.names * sections.size);
  for (let index = 0; index < Math.min(sections.count, MAX_SECTIONS) && sections.size >= 40; index += 1) {
    const place = sections.offset + index * sections.size;
    if (place + sections.size > available) break;
    const section = reader.section(place);
    if (section.type === 0 || section.type === SECTION_NOBITS || section.size === 0) continue;
    size = Math.max(size, section.offset + section.size);
    if (section.offset >= available) continue;
    const name = upToZero(asciiAt(access, at + (names?.offset ?? 0) + section.name, 64));
    parts.push({ name: name || `section ${index}`, offset: section.offset, size: section.size });
  }
  if (size > available) faults.push('the file is truncated');
  const architecture = ARCHITECTURES.get(reader.machine);
  const base = { size: Math.min(size, available), faults };
  if (reader.type !== TYPE_CORE)
    return { ...base, parts, ...(architecture === undefined ? {} : { program: { architecture } }) };
  const loads = segments.filter(
    ({ type, offset, size: stored }) => type === SEGMENT_LOAD && stored > 0 && offset < available,
  );
  // The core of a process has no physical addresses.
  const physical = loads.length <= 1 || loads.some((segment) => segment.physical !== 0);
  if (!physical) return { ...base, parts };
  const extents: Extent[] = loads.map((segment) => ({
    address: segment.physical,
    size: Math.min(segment.size, available - segment.offset),
    offset: segment.offset,
  }));
  return {
    ...base,
    parts: [],
    memory: [{ name: '', format: 'memory', extents, physical: true }],
    onlyMemory: true,
    remarks: crashNotes(access, at, segments),
  };
}

export const elf: Image = { format: 'elf', magics: [{ bytes: latin1('\x7fELF'), at: 0 }], sniff, open };
