/** What boot loaders load, made by hand: trees, tables, U-Boot, Android, a disk. */
import { crc32 } from '../../../src/containers/codecs/checksum.ts';
import { be, join, le, padded, placed, text, u8 } from './bytes.ts';
import { guid } from './firmware.ts';

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

/** An RSDP of ACPI 2.0 with the address of an XSDT (ACPI 6.5, 5.2.5.3). */
export function rootPointer(xsdt: number): Uint8Array {
  const pointer = join(
    text('RSD PTR '),
    u8(0),
    text('LAB   '),
    u8(2),
    le(4, 0, 36),
    le(8, xsdt),
    u8(0, 0, 0, 0),
  );
  const toZero = (bytes: Uint8Array): number => -bytes.reduce((sum, byte) => sum + byte, 0) & 255;
  pointer[8] = toZero(pointer.subarray(0, 20));
  pointer[32] = toZero(pointer);
  return pointer;
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
