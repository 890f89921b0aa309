/** Firmware made by hand: UEFI volumes, flash chips, coreboot, IGVM. */
import { crc32 } from '../../../src/containers/codecs/checksum.ts';
import { be, join, le, padded, placed, text, u8 } from './bytes.ts';

/** A section of a firmware file (PI 1.8, volume 3, 3.2.4). */
export function section(type: number, body: Uint8Array): Uint8Array {
  const size = 4 + body.length;
  return join(u8(size & 255, (size >> 8) & 255, size >> 16, type), body);
}

export function guid(first: number): Uint8Array {
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
