/** Writes small images of every kind, from the descriptions of their formats that the readers name. */
import { deflateRawSync, gzipSync } from 'node:zlib';
import { crc32 } from '../../src/containers/codecs/checksum.ts';

export function u8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** Numbers of a width, little endian. */
export function le(width: 2 | 4 | 8, ...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * width);
  for (const [index, value] of values.entries()) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), index * 8);
    else bytes.writeUIntLE(value, index * width, width);
  }
  return bytes;
}

export function be(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
}

export function text(characters: string, length = characters.length): Uint8Array {
  const bytes = Buffer.alloc(length);
  bytes.write(characters, 'latin1');
  return bytes;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Filled up to a multiple. */
export function padded(bytes: Uint8Array, to: number, fill = 0): Uint8Array {
  return join(bytes, new Uint8Array((to - (bytes.length % to)) % to).fill(fill));
}

/** Bytes at a place of a field of that many bytes. */
export function placed(
  size: number,
  ...parts: readonly (readonly [at: number, bytes: Uint8Array])[]
): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [at, part] of parts) bytes.set(part, at);
  return bytes;
}

export type Properties = Readonly<Record<string, Uint8Array>>;
export interface Node {
  readonly name: string;
  readonly properties?: Properties;
  readonly children?: readonly Node[];
}

/** A flattened tree, version 17 (Devicetree Specification 0.4, chapter 5). */
export function tree(root: Omit<Node, 'name'>): Uint8Array {
  const strings: string[] = [];
  const offsetOf = (name: string): number => {
    if (!strings.includes(name)) strings.push(name);
    return strings.slice(0, strings.indexOf(name)).reduce((sum, other) => sum + other.length + 1, 0);
  };
  const write = ({ name, properties = {}, children = [] }: Node): Uint8Array =>
    join(
      be(1),
      padded(text(`${name}\0`), 4),
      ...Object.entries(properties).map(([key, value]) =>
        join(be(3, value.length, offsetOf(key)), padded(value, 4)),
      ),
      ...children.map(write),
      be(2),
    );
  const structure = join(write({ name: '', ...root }), be(9));
  const block = text(strings.map((name) => `${name}\0`).join(''));
  const at = 40 + 16;
  const total = at + structure.length + block.length;
  return join(
    be(0xd00dfeed, total, at, at + structure.length, 40, 17, 16, 0, block.length, structure.length),
    new Uint8Array(16),
    structure,
    block,
  );
}

export function board(model: string): Uint8Array {
  return tree({ properties: { model: text(`${model}\0`), compatible: text('lab,board\0') } });
}

/** A table with a header (ACPI 6.5, 5.2.6); `body` is AML where the signature says so. */
export function table(
  signature: string,
  options: { id?: string; body?: Uint8Array; checksum?: 'good' | 'none' } = {},
): Uint8Array {
  // Name (A, One)
  const body = options.body ?? u8(0x08, 0x41, 0x5f, 0x5f, 0x5f, 0x01);
  const header = join(
    text(signature),
    le(4, 36 + body.length),
    u8(2, 0),
    text('LAB   '),
    text(options.id ?? 'TABLE', 8),
    le(4, 1),
    text('LAB '),
    le(4, 1),
  );
  const whole = join(header, body);
  if (options.checksum !== 'none')
    whole[9] = (256 - (whole.reduce((sum, byte) => sum + byte, 0) & 255)) & 255;
  return whole;
}

/** `mkimage`'s legacy image (U-Boot, include/image.h). */
export function uimage(data: Uint8Array, options: { type?: number; packing?: number } = {}): Uint8Array {
  const header = join(
    be(0x27051956, 0, 0, data.length, 0, 0, crc32(data)),
    u8(5, 22, options.type ?? 2, options.packing ?? 0),
    text('lab', 32),
  );
  header.set(be(crc32(header)), 4);
  return join(header, data);
}

/** A FIT with its data behind the tree, or inside it. */
export function fit(
  images: readonly { name: string; data: Uint8Array; compression?: string }[],
  configurations: readonly { name: string; fdt: string }[],
  inside = false,
): Uint8Array {
  let offset = 0;
  const nodes = images.map(({ name, data, compression = 'none' }): Node => {
    const place = offset;
    offset += Math.ceil(data.length / 4) * 4;
    return {
      name,
      properties: {
        compression: text(`${compression}\0`),
        type: text('flat_dt\0'),
        ...(inside ? { data } : { 'data-size': be(data.length), 'data-offset': be(place) }),
      },
    };
  });
  const fdt = tree({
    properties: { description: text('lab fit\0') },
    children: [
      { name: 'images', children: nodes },
      {
        name: 'configurations',
        properties: { default: text(`${configurations[0]?.name ?? ''}\0`) },
        children: configurations.map(({ name, fdt: uses }) => ({
          name,
          properties: { fdt: text(`${uses}\0`) },
        })),
      },
    ],
  });
  return inside ? fdt : join(padded(fdt, 4), ...images.map(({ data }) => padded(data, 4)));
}

/** Android's boot image, header version 2. */
export function androidBoot(kernel: Uint8Array, ramdisk: Uint8Array, dtb: Uint8Array): Uint8Array {
  const page = 2048;
  const header = placed(
    page,
    [0, text('ANDROID!')],
    [8, le(4, kernel.length, 0, ramdisk.length, 0, 0, 0, 0, page, 2)],
    [64, text('lab=1')],
    [1644, le(4, 1660, dtb.length)],
  );
  return join(header, padded(kernel, page), padded(ramdisk, page), padded(dtb, page));
}

/** The same of versions 3 and 4, which have no tree. */
export function androidBoot4(kernel: Uint8Array, ramdisk: Uint8Array): Uint8Array {
  const header = placed(
    4096,
    [0, text('ANDROID!')],
    [8, le(4, kernel.length, ramdisk.length, 0, 1584)],
    [40, le(4, 4)],
    [44, text('lab=4')],
  );
  return join(header, padded(kernel, 4096), padded(ramdisk, 4096));
}

export function androidVendorBoot(ramdisk: Uint8Array, dtb: Uint8Array): Uint8Array {
  const page = 4096;
  const header = placed(
    page,
    [0, text('VNDRBOOT')],
    [8, le(4, 4, page, 0, 0, ramdisk.length)],
    [28, text('vendor=1')],
    [2096, le(4, 2128, dtb.length)],
  );
  return join(header, padded(ramdisk, page), padded(dtb, page));
}

/** A table of overlays; version 1 says how entries are packed. */
export function dtboTable(
  entries: readonly { bytes: Uint8Array; flags?: number }[],
  version: 0 | 1 = 0,
): Uint8Array {
  let offset = 32 + entries.length * 32;
  const rows = entries.map(({ bytes, flags = 0 }, index) => {
    const row = be(bytes.length, offset, index, 0, flags, 0, 0, 0);
    offset += bytes.length;
    return row;
  });
  return join(
    be(0xd7b7ab1e, offset, 32, 32, entries.length, 32, 2048, version),
    ...rows,
    ...entries.map(({ bytes }) => bytes),
  );
}

/** A sparse image: blocks of zeros become fills, the first block is left out. */
export function sparse(partition: Uint8Array): Uint8Array {
  const block = 4096;
  const chunks = [join(le(2, 0xcac3, 0), le(4, 1, 12))];
  const bytes = padded(partition, block);
  for (let at = 0; at < bytes.length; at += block) {
    const content = bytes.subarray(at, at + block);
    if (content.every((byte) => byte === 0)) chunks.push(join(le(2, 0xcac2, 0), le(4, 1, 16), le(4, 0)));
    else chunks.push(join(le(2, 0xcac1, 0), le(4, 1, 12 + block), content));
  }
  return join(
    le(4, 0xed26ff3a),
    le(2, 1, 0, 28, 12),
    le(4, block, chunks.length, chunks.length, 0),
    ...chunks,
  );
}

/** arm64's flat image (Documentation/arch/arm64/booting.rst). */
export function arm64Image(content: Uint8Array): Uint8Array {
  const header = placed(
    64,
    [0, u8(0x4d, 0x5a)],
    [16, le(8, 64 + content.length + 4096)],
    [56, text('ARM\x64')],
  );
  return join(header, content);
}

export const BANNER = 'Linux version 6.6.10-lab (a@b) (gcc 12) #1 SMP\n';

/** A kernel for x86 with a payload (Documentation/arch/x86/boot.rst). */
export function bzImage(payload: Uint8Array): Uint8Array {
  const version = '6.6.10-lab (a@b) #1';
  const code = padded(payload, 16);
  const setup = placed(
    1024,
    [0x1f1, u8(1)],
    [0x1f4, le(4, code.length / 16)],
    [0x1fe, u8(0x55, 0xaa)],
    [0x202, text('HdrS')],
    [0x206, le(2, 0x20f)],
    [0x20e, le(2, 0x100)],
    [0x211, u8(1)],
    [0x236, le(2, 1)],
    [0x248, le(4, 0, payload.length)],
    [0x300, text(version)],
  );
  return join(setup, code);
}

export function zimage(content: Uint8Array): Uint8Array {
  const header = placed(64, [0x24, le(4, 0x016f2818, 0, 64 + content.length, 0x04030201)]);
  return join(header, content);
}

export function zboot(payload: Uint8Array, type: string): Uint8Array {
  const header = placed(
    128,
    [0, text('MZ')],
    [4, text('zimg')],
    [8, le(4, 128, payload.length)],
    [24, text(type)],
  );
  return join(header, payload);
}

/** An ELF file, 64 bits, little endian: segments with physical addresses, sections with names. */
export function elf(
  type: number,
  segments: readonly { address: number; bytes: Uint8Array; kind?: number }[],
  sections: readonly { name: string; bytes: Uint8Array }[] = [],
): Uint8Array {
  const names = `\0${sections.map(({ name }) => `${name}\0`).join('')}.shstrtab\0`;
  const all = sections.length === 0 ? [] : [...sections, { name: '.shstrtab', bytes: text(names) }];
  const contents: Uint8Array[] = [];
  let offset = 64 + segments.length * 56;
  const put = (bytes: Uint8Array): number => {
    const at = offset;
    contents.push(bytes);
    offset += bytes.length;
    return at;
  };
  const headers = segments.map(({ address, bytes, kind = 1 }) =>
    join(le(4, kind, 4), le(8, put(bytes), address, address, bytes.length, bytes.length, 1)),
  );
  const rows = all.map(({ name, bytes }) =>
    join(
      le(4, names.indexOf(`\0${name}\0`) + 1, 1),
      le(8, 0, 0, put(bytes), bytes.length),
      le(4, 0, 0),
      le(8, 1, 0),
    ),
  );
  const table = all.length === 0 ? [] : [new Uint8Array(64), ...rows];
  const header = join(
    u8(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    le(2, type, 62),
    le(4, 1),
    le(8, 0, segments.length === 0 ? 0 : 64, all.length === 0 ? 0 : offset),
    le(4, 0),
    le(2, 64, 56, segments.length, 64, table.length, Math.max(0, table.length - 1)),
  );
  return join(header, ...headers, ...contents, ...table);
}

/** A PE file with sections. */
export function pe(sections: readonly { name: string; bytes: Uint8Array }[]): Uint8Array {
  const table = 0x80 + 24;
  let offset = table + sections.length * 40;
  const rows = sections.map(({ name, bytes }) => {
    const row = placed(40, [0, text(name, 8)], [16, le(4, bytes.length, offset)]);
    offset += bytes.length;
    return row;
  });
  const header = placed(
    table,
    [0, text('MZ')],
    [0x3c, le(4, 0x80)],
    [0x80, text('PE\0\0')],
    [0x86, le(2, sections.length)],
  );
  return join(header, ...rows, ...sections.map(({ bytes }) => bytes));
}

/** A section of a firmware file (PI 1.8, volume 3, 3.2.4). */
export function section(type: number, body: Uint8Array): Uint8Array {
  const size = 4 + body.length;
  return join(u8(size & 255, (size >> 8) & 255, size >> 16, type), body);
}

function guid(first: number): Uint8Array {
  return join(le(4, first), u8(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
}

export function guidedSection(guidBytes: readonly number[], body: Uint8Array, attributes = 1): Uint8Array {
  return section(2, join(u8(...guidBytes), le(2, 24, attributes), body));
}

/** A firmware file around sections, or around raw bytes with type 1. */
export function firmwareFile(name: number, type: number, body: Uint8Array): Uint8Array {
  const size = 24 + body.length;
  const header = join(guid(name), u8(0, 0xaa, type, 0, size & 255, (size >> 8) & 255, size >> 16, 0xf8));
  let sum = 0;
  for (let index = 0; index < 23; index += 1) if (index !== 17) sum += header[index]!;
  header[16] = (256 - (sum & 255)) & 255;
  return join(header, body);
}

/** Sections one after the other, each at a multiple of four. */
export function sections(...list: readonly Uint8Array[]): Uint8Array {
  return join(...list.map((one) => padded(one, 4)));
}

const FFS2 = [0x78, 0xe5, 0x8c, 0x8c, 0x3d, 0x8a, 0x1c, 0x4f, 0x99, 0x35, 0x89, 0x61, 0x85, 0xc3, 0x2d, 0xd3];

/** A firmware volume with files, filled up with 0xff. */
export function firmwareVolume(files: readonly Uint8Array[], size = 0): Uint8Array {
  const body = join(...files.map((file) => padded(file, 8, 0xff)));
  const length = Math.max(size, Math.ceil((72 + body.length + 64) / 4096) * 4096);
  const header = join(
    new Uint8Array(16),
    u8(...FFS2),
    le(8, length),
    text('_FVH'),
    le(4, 0x800),
    le(2, 72, 0, 0),
    u8(0, 2),
    le(4, 1, length, 0, 0),
  );
  let sum = 0;
  for (let index = 0; index < 72; index += 2) sum += header[index]! | (header[index + 1]! << 8);
  header.set(le(2, (65536 - (sum & 65535)) & 65535), 50);
  return placed(length, [0, new Uint8Array(length).fill(0xff)], [0, header], [72, body]);
}

/** A capsule (UEFI 2.10, 8.5.3). */
export function capsule(body: Uint8Array): Uint8Array {
  const id = u8(
    0xbd,
    0x86,
    0x66,
    0x3b,
    0x76,
    0x0d,
    0x30,
    0x40,
    0xb7,
    0x0e,
    0xb5,
    0x51,
    0x9e,
    0x2f,
    0xc5,
    0xa0,
  );
  return join(id, le(4, 32, 0, 32 + body.length), new Uint8Array(4), body);
}

/** Intel's flash descriptor with a BIOS region behind it. */
export function flash(bios: Uint8Array): Uint8Array {
  const region = padded(bios, 4096, 0xff);
  const last = region.length / 4096;
  const descriptor = placed(
    4096,
    [16, u8(0x5a, 0xa5, 0xf0, 0x0f)],
    [0x14, le(4, 0x00040000)],
    [0x40, le(4, 0, (last << 16) | 1, 0x7fff, 0x7fff, 0x7fff)],
  );
  return join(descriptor, region);
}

/** coreboot's file system. */
export function cbfs(files: readonly { name: string; bytes: Uint8Array; packing?: number }[]): Uint8Array {
  return join(
    ...files.map(({ name, bytes, packing }) => {
      const header = Math.ceil((24 + name.length + 1) / 16) * 16;
      const attribute = packing === undefined ? new Uint8Array(0) : be(0x42435a4c, 16, packing, 0);
      const file = placed(
        header + attribute.length,
        [0, text('LARCHIVE')],
        [8, be(bytes.length, 0x50, packing === undefined ? 0 : header, header + attribute.length)],
        [24, text(name)],
        [header, attribute],
      );
      return padded(join(file, bytes), 64, 0xff);
    }),
  );
}

/** IGVM: pages of memory and parameters, for platforms by their masks (microsoft/igvm, igvm_defs). */
export interface IgvmPage {
  readonly address: number;
  readonly mask: number;
  /** Absent: a page of zeros. */
  readonly bytes?: Uint8Array;
}

/** Memory that the host fills in before the guest starts. */
export interface IgvmArea {
  readonly mask: number;
  readonly address: number;
  readonly size: number;
  readonly parameter: number;
  /** What is there where the host puts nothing. */
  readonly bytes?: Uint8Array;
}

export function igvm(
  platforms: readonly { mask: number; vtl: number; type: number }[],
  pages: readonly IgvmPage[],
  options: {
    version?: 1 | 2;
    areas?: readonly IgvmArea[];
  } = {},
): Uint8Array {
  const { version = 1, areas = [] } = options;
  const fixed = version === 1 ? 24 : 32;
  const row = (type: number, body: Uint8Array): Uint8Array => join(le(4, type, body.length), padded(body, 8));
  const areaRows = areas.length * (3 * 8 + 16 + 8 + 16);
  const variable = platforms.length * 24 + areaRows + pages.length * 32;
  const start = Math.ceil((fixed + variable) / 4096) * 4096;
  const stored: Uint8Array[] = [];
  const store = (bytes: Uint8Array): number => {
    // Equal pages are stored once.
    const known = stored.findIndex((other) => Buffer.compare(other, bytes) === 0);
    if (known < 0) stored.push(bytes);
    const index = known < 0 ? stored.length - 1 : known;
    return start + stored.slice(0, index).reduce((sum, other) => sum + other.length, 0);
  };
  const rows = [
    ...platforms.map(({ mask, vtl, type }) => row(1, join(le(4, mask), u8(vtl, type), le(2, 1), le(8, 0)))),
    ...areas.flatMap((area, index) => [
      row(
        0x301,
        join(
          le(8, area.size),
          le(4, index, area.bytes === undefined ? 0 : store(padded(area.bytes, area.size))),
        ),
      ),
      row(area.parameter, le(4, index, 0)),
      row(0x303, join(le(8, area.address), le(4, area.mask, index))),
    ]),
    ...pages.map(({ address, mask, bytes }) =>
      row(
        0x302,
        join(
          le(8, address),
          le(4, mask, bytes === undefined ? 0 : store(padded(bytes, 4096)), 0),
          le(2, 0, 0),
        ),
      ),
    ),
  ];
  const headers = join(...rows);
  const data = join(...stored);
  const header = join(
    text('IGVM'),
    le(4, version, fixed, headers.length, start + data.length, 0),
    ...(version === 2 ? [le(4, 1, 4096)] : []),
  );
  header.set(le(4, crc32(headers, crc32(header))), 20);
  return join(placed(start, [0, header], [fixed, headers]), data);
}

/** A disk with a GPT of one partition. */
export function gpt(partition: Uint8Array): Uint8Array {
  const content = padded(partition, 512);
  const first = 34;
  const last = first + content.length / 512 - 1;
  const entry = placed(
    128,
    [0, guid(1)],
    [16, guid(2)],
    [32, le(8, first, last)],
    [56, new Uint8Array(Buffer.from('boot', 'utf16le'))],
  );
  const header = placed(
    92,
    [0, text('EFI PART')],
    [8, le(4, 0x10000, 92)],
    [24, le(8, 1, last + 33, first, last)],
    [72, le(8, 2)],
    [80, le(4, 1, 128)],
  );
  header.set(le(4, crc32(header)), 16);
  return placed(
    512 * (last + 34),
    [510, u8(0x55, 0xaa)],
    [512, header],
    [1024, entry],
    [first * 512, content],
  );
}

/** A gzip stream, a raw deflate stream. */
export const gz = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));
export const deflated = (bytes: Uint8Array): Uint8Array => new Uint8Array(deflateRawSync(bytes));
