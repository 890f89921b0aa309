/**
 * IGVM: pages of a guest's memory with their addresses, and parameters that the host fills in (microsoft/igvm,
 * igvm_defs). One file may be for several platforms, each with its own pages. Equal pages are stored once, so that
 * content longer than a page need not be contiguous in the file: the guest's memory is laid out first.
 */
import { type Access, asciiAt, latin1, littleEndian } from './access.ts';
import { crc32 } from './codecs/checksum.ts';
import type { Extent, Image, ImageContent, MemoryImage, Remark } from './container.ts';

const MAGIC = 'IGVM';
const HEADER_V1 = 24;
const HEADER_V2 = 32;
const CHECKSUM_AT = 20;
const PAGE = 4096;
/** Readers may ignore unknown headers that have this bit. */
const MAY_IGNORE = 0x80000000;
const SUPPORTED_PLATFORM = 0x1;
const PARAMETER_AREA = 0x301;
const PAGE_DATA = 0x302;
const PARAMETER_INSERT = 0x303;
/** Parameters by type; each has its offset in a parameter area. */
const PARAMETERS: ReadonlyMap<number, string> = new Map([
  [0x307, 'VP_COUNT'],
  [0x308, 'SRAT'],
  [0x309, 'MADT'],
  [0x30a, 'MMIO_RANGES'],
  [0x30c, 'MEMORY_MAP'],
  [0x30e, 'COMMAND_LINE'],
  [0x30f, 'SLIT'],
  [0x310, 'PPTT'],
  [0x312, 'DEVICE_TREE'],
  [0x313, 'ENVIRONMENT_INFO'],
]);
const PLATFORM_TYPES = ['native', 'vsm', 'snp', 'tdx', 'sev', 'sev-es', 'cca'];
const ARCHITECTURES = ['x64', 'arm64'];
const NORMAL_DATA = 0;
/** No file that fits into memory has more headers. */
const MAX_HEADERS = 8 << 20;
/** Pages between OpenHCL's command line and the SLIT, on x64 and arm64 (openvmm, vm/loader/src/paravisor.rs). */
const COMMAND_LINE_BEFORE_SLIT = [5, 2];

interface FixedHeader {
  readonly version: number;
  readonly architecture: number;
  readonly offset: number;
  readonly size: number;
  readonly total: number;
  readonly header: number;
}

function fixedHeader(access: Access, at: number): FixedHeader | undefined {
  const [version, offset, size, total] = [4, 8, 12, 16].map((field) => littleEndian(access, at + field, 4));
  if (version !== 1 && version !== 2) return undefined;
  if (offset === undefined || size === undefined || total === undefined) return undefined;
  const header = version === 1 ? HEADER_V1 : HEADER_V2;
  if (offset < header || offset > 65_536 || at + offset + size > access.size || total < offset + size)
    return undefined;
  const architecture = version === 1 ? 0 : (littleEndian(access, at + 24, 4) ?? 0);
  return { version, architecture, offset, size, total, header };
}

/** The checksum covers the fixed header, with the checksum field as 0, and the variable headers. */
function checksumHolds(access: Access, at: number, { header, offset, size }: FixedHeader): boolean {
  const first = Uint8Array.from(access.read(at, header));
  const stored = littleEndian(access, at + CHECKSUM_AT, 4);
  first.fill(0, CHECKSUM_AT, CHECKSUM_AT + 4);
  return crc32(access.read(at + offset, size), crc32(first)) === stored;
}

interface Platform {
  readonly mask: number;
  readonly name: string;
  readonly extents: Extent[];
  readonly replaced: { readonly address: number; readonly size: number; readonly by: string }[];
}

interface Area {
  readonly bytes: number;
  readonly offset: number;
  readonly parameters: { readonly name: string; readonly at: number; readonly header: number }[];
}

class IgvmReader {
  readonly #access: Access;
  readonly #at: number;
  readonly #available: number;
  readonly platforms: Platform[] = [];
  readonly remarks: Remark[] = [];
  readonly faults: string[] = [];
  readonly #areas = new Map<number, Area>();
  readonly #architecture: number;
  /** The addresses that OpenHCL's command line is relative to; its page may be described later. */
  readonly #slits: { readonly address: number; readonly mask: number }[] = [];

  constructor(access: Access, at: number, { total, architecture }: FixedHeader) {
    this.#access = access;
    this.#at = at;
    this.#available = Math.min(total, access.size - at);
    this.#architecture = architecture;
  }

  #u32(offset: number): number {
    return littleEndian(this.#access, this.#at + offset, 4) ?? 0;
  }

  #u64(offset: number): number {
    return littleEndian(this.#access, this.#at + offset, 8) ?? Number.NaN;
  }

  read({ offset, size }: FixedHeader): void {
    const end = offset + size;
    for (let place = offset, count = 0; place + 8 <= end; count += 1) {
      const type = this.#u32(place);
      const length = this.#u32(place + 4);
      const body = place + 8;
      if (body + length > end || count >= MAX_HEADERS) {
        this.faults.push('the headers are truncated or invalid');
        return;
      }
      this.#header(type >= MAY_IGNORE ? type - MAY_IGNORE : type, body, length);
      place = body + Math.ceil(length / 8) * 8;
    }
  }

  #header(type: number, body: number, length: number): void {
    if (type === SUPPORTED_PLATFORM && length >= 16) this.#platform(body);
    else if (type === PAGE_DATA && length >= 24) this.#page(body);
    else if (type === PARAMETER_AREA && length >= 16)
      this.#areas.set(this.#u32(body + 8), {
        bytes: this.#u64(body),
        offset: this.#u32(body + 12),
        parameters: [],
      });
    else if (type === PARAMETER_INSERT && length >= 16) this.#insert(body);
    else if (PARAMETERS.has(type) && length >= 8)
      this.#areas
        .get(this.#u32(body))
        ?.parameters.push({ name: PARAMETERS.get(type)!, at: this.#u32(body + 4), header: body - 8 });
  }

  #platform(body: number): void {
    const [vtl, kind] = this.#access.read(this.#at + body + 4, 2);
    const type = PLATFORM_TYPES[kind ?? 0] ?? `platform ${kind}`;
    this.platforms.push({
      mask: this.#u32(body),
      name: `${type}, highest VTL ${vtl}`,
      extents: [],
      replaced: [],
    });
  }

  #add(mask: number, extent: Extent): void {
    // The result of `&` may be negative: bit 31 is a platform like the others.
    for (const platform of this.platforms) if ((platform.mask & mask) !== 0) platform.extents.push(extent);
  }

  #page(body: number): void {
    const address = this.#u64(body);
    const offset = this.#u32(body + 12);
    const type = littleEndian(this.#access, this.#at + body + 20, 2);
    if (!Number.isSafeInteger(address) || type !== NORMAL_DATA) return;
    if (offset !== 0 && offset + PAGE > this.#available) {
      if (!this.faults.includes('page data lies outside of the file'))
        this.faults.push('page data lies outside of the file');
      return;
    }
    this.#add(this.#u32(body + 8), { address, size: PAGE, ...(offset === 0 ? {} : { offset }) });
  }

  /** Inserts a parameter area into memory; afterwards its index may be used again. */
  #insert(body: number): void {
    const address = this.#u64(body);
    const index = this.#u32(body + 12);
    const mask = this.#u32(body + 8);
    const area = this.#areas.get(index);
    this.#areas.delete(index);
    if (area === undefined || !Number.isSafeInteger(address) || !Number.isSafeInteger(area.bytes)) return;
    const size = Math.min(area.bytes, this.#available);
    const isThere = area.offset !== 0 && area.offset + size <= this.#available;
    this.#add(mask, { address, size, ...(isThere ? { offset: area.offset } : {}) });
    for (const { name, at, header } of area.parameters) {
      for (const platform of this.platforms)
        if ((platform.mask & mask) !== 0)
          platform.replaced.push({
            address: address + at,
            size: size - at,
            by: `the host, as parameter ${name}`,
          });
      const place = `at 0x${(address + at).toString(16)}, ${size} bytes`;
      const what = isThere ? 'with initial data, which the host replaces' : 'which the host fills in';
      this.remarks.push({ kind: 'parameter', name, text: `${place}, ${what}`, offset: header, size: 16 });
      if (name === 'SLIT') this.#slits.push({ address: address + at, mask });
    }
  }

  /** The command lines of the platforms, each once. */
  commandLines(): Remark[] {
    const lines = new Map<string, Remark & { readonly memory: string[] }>();
    for (const platform of this.platforms) {
      const slit = this.#slits.find(({ mask }) => (platform.mask & mask) !== 0);
      const line = slit && this.#openhclCommandLine(slit.address, platform);
      if (line === undefined) continue;
      const known = lines.get(`${line.offset} ${line.name}`);
      if (known === undefined)
        lines.set(`${line.offset} ${line.name}`, { ...line, memory: [memoryName(platform)] });
      else known.memory.push(memoryName(platform));
    }
    return [...lines.values()];
  }

  /** OpenHCL's command line: a page with a policy, a length and a text, at a fixed distance from the SLIT. */
  #openhclCommandLine(slit: number, { extents }: Platform): Remark | undefined {
    const address = slit - COMMAND_LINE_BEFORE_SLIT[this.#architecture === 0 ? 0 : 1]! * PAGE;
    const page = extents.find((extent) => extent.address === address);
    if (page?.offset === undefined) return undefined;
    const policy = littleEndian(this.#access, this.#at + page.offset, 2);
    const length = littleEndian(this.#access, this.#at + page.offset + 2, 2);
    if (policy === undefined || policy > 1 || length === undefined || length === 0 || length > PAGE - 4)
      return undefined;
    const text = asciiAt(this.#access, this.#at + page.offset + 4, length);
    if (/[^\x20-\x7e]/.test(text)) return undefined;
    const name = policy === 0 ? 'static' : 'the host may append to it';
    return { kind: 'command-line', name, text, offset: page.offset + 4, size: length };
  }
}

function memoryName({ mask }: Platform): string {
  return `mask=0x${(mask >>> 0).toString(16)}`;
}

function open(access: Access, at: number): ImageContent | undefined {
  const fixed = fixedHeader(access, at);
  if (fixed === undefined) return undefined;
  const reader = new IgvmReader(access, at, fixed);
  reader.read(fixed);
  const faults = [...reader.faults];
  if (!checksumHolds(access, at, fixed)) faults.push('the checksum of the headers is wrong');
  if (at + fixed.total > access.size) faults.push('the file is truncated');
  const memory: MemoryImage[] = reader.platforms.map((platform) => ({
    name: memoryName(platform),
    title: platform.name,
    format: 'gpa',
    extents: platform.extents,
    replaced: platform.replaced,
    physical: true,
  }));
  return {
    size: Math.min(fixed.total, access.size - at),
    name: `version ${fixed.version}, ${ARCHITECTURES[fixed.architecture] ?? 'unknown architecture'}`,
    parts: [],
    faults,
    memory,
    onlyMemory: true,
    remarks: [...reader.remarks, ...reader.commandLines()],
    choices: {
      axis: 'platform',
      list: memory.map(({ name, title, format }) => ({
        name: title!.split(',', 1)[0]!,
        description: `${title!.slice(title!.indexOf(',') + 2)}, ${name}`,
        parts: [`${format}(${name})`],
      })),
    },
  };
}

export const igvm: Image = {
  format: 'igvm',
  magics: [{ bytes: latin1(MAGIC), at: 0 }],
  sniff: (access, at) => fixedHeader(access, at) !== undefined,
  open,
};
