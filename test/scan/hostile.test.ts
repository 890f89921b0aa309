/** Images that mean no good: no exception, no more than the limits, and what is past one is told. */
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeCpio } from '../containers/make-cpio.ts';
import * as make from '../containers/make-images.ts';
import { scanned } from './scanned.ts';

const TREE = make.board('Lab Board');
const SSDT = make.table('SSDT');
const KERNEL = make.join(
  make.text(make.BANNER, 128),
  make.text('IKCFG_ST'),
  make.gz(make.text('CONFIG_A=y\n')),
  TREE,
);
const VOLUME = make.firmwareVolume([
  make.firmwareFile(1, 2, make.sections(make.section(0x19, SSDT), make.section(0x10, TREE))),
]);
const PAGE = { address: 0x1000, mask: 1, bytes: SSDT };

/** One of every kind. */
const IMAGES: Readonly<Record<string, Uint8Array>> = {
  bare: make.join(TREE, SSDT, make.text('RSD PTR '), new Uint8Array(28)),
  fit: make.fit(
    [
      { name: 'a', data: TREE },
      { name: 'b', data: make.gz(TREE), compression: 'gzip' },
    ],
    [{ name: 'c', fdt: 'a' }],
  ),
  fitInside: make.fit([{ name: 'a', data: TREE }], [{ name: 'c', fdt: 'a' }], true),
  uimage: make.uimage(make.gz(TREE), { packing: 1 }),
  multi: make.uimage(make.join(make.be(5, TREE.length, 0), new Uint8Array(8), TREE), { type: 4 }),
  android: make.androidBoot(make.gz(KERNEL), make.gz(makeCpio([{ name: 'x', content: TREE }])), TREE),
  android4: make.androidBoot4(make.arm64Image(KERNEL), TREE),
  vendor: make.androidVendorBoot(TREE, TREE),
  table: make.dtboTable([{ bytes: TREE }, { bytes: make.gz(TREE), flags: 2 }], 1),
  sparse: make.sparse(make.join(new Uint8Array(4096), TREE)),
  bzimage: make.bzImage(make.gz(KERNEL)),
  zimage: make.join(make.zimage(make.gz(KERNEL)), TREE),
  zboot: make.zboot(make.gz(KERNEL), 'gzip'),
  elf: make.elf(2, [{ address: 0x1000, bytes: SSDT }], [{ name: '.rodata', bytes: KERNEL }]),
  core: make.elf(4, [
    { address: 0xe0000, bytes: SSDT },
    { address: 0x2000_0000, bytes: TREE },
  ]),
  pe: make.pe([{ name: '.rsrc', bytes: TREE }]),
  volume: make.capsule(
    make.firmwareVolume([make.firmwareFile(2, 0x0b, make.sections(make.section(0x17, VOLUME)))]),
  ),
  flash: make.flash(VOLUME),
  cbfs: make.cbfs([
    { name: 'a', bytes: TREE },
    { name: 'b', bytes: SSDT, packing: 1 },
  ]),
  igvm: make.igvm([{ mask: 1, vtl: 2, type: 1 }], [PAGE, { address: 0x2000, mask: 1 }], {
    areas: [{ mask: 1, address: 0x4000, size: 4096, parameter: 0x312, bytes: TREE }],
  }),
  gpt: make.gpt(TREE),
  cpio: makeCpio([
    { name: 'x', content: TREE },
    { name: 'y', content: 'CONFIG_A=y\n' },
  ]),
};

describe('any change of any image', () => {
  test.each(Object.keys(IMAGES))('%s', async (name) => {
    const image = IMAGES[name]!;
    await fc.assert(
      fc.asyncProperty(
        // Headers are where it matters: half of the changes go there.
        fc.array(
          fc.tuple(
            fc.oneof(fc.nat(160), fc.nat(image.length - 1)),
            fc.oneof(fc.nat(255), fc.constantFrom(0, 0xff, 0x80)),
          ),
          {
            maxLength: 6,
          },
        ),
        fc.oneof(fc.constant(image.length), fc.nat(image.length)),
        async (changes, length) => {
          const changed = Uint8Array.from(image);
          for (const [at, byte] of changes) changed[at % changed.length] = byte;
          const bytes = changed.subarray(0, length);
          const { finds } = await scanned(bytes, { 'unpacked-bytes': 1 << 20, 'image-finds': 50 });
          expect(finds.length).toBeLessThanOrEqual(50);
          for (const { fileOffset, size } of finds)
            if (fileOffset !== null) expect(fileOffset + size).toBeLessThanOrEqual(bytes.length);
        },
      ),
      { numRuns: 120 },
    );
  });

  test('any two of them in each other', async () => {
    const list = Object.values(IMAGES);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...list),
        fc.constantFrom(...list),
        fc.nat(),
        async (outer, inner, at) => {
          const image = Uint8Array.from(outer);
          const place = at % image.length;
          image.set(inner.subarray(0, image.length - place), place);
          await scanned(image, { 'unpacked-bytes': 1 << 20, 'image-finds': 50 });
        },
      ),
      { numRuns: 400 },
    );
  });
});

/** Codes of diagnostics, and what limits they tell of. */
async function limitsTold(bytes: Uint8Array, limits: Parameters<typeof scanned>[1]): Promise<unknown[]> {
  const { diagnostics } = await scanned(bytes, limits);
  return diagnostics.map(({ code, args }) => [code, args?.limit]);
}

describe('limits are reported', () => {
  test('finds', async () => {
    const { finds, diagnostics } = await scanned(make.join(...new Array<Uint8Array>(9).fill(TREE)), {
      'image-finds': 5,
    });
    expect([finds.length, diagnostics.map(({ code }) => code)]).toEqual([5, ['container/limit']]);
  });

  test('unpacked bytes, those of all that nests together', async () => {
    const zeros = gzipSync(Buffer.alloc(1 << 20));
    expect(await limitsTold(zeros, { 'unpacked-bytes': 1 << 19 })).toEqual([
      ['container/limit', '512 KiB unpacked (--limit unpacked-bytes=N)'],
    ]);
    const nested = gzipSync(Buffer.concat([Buffer.alloc(1 << 20), zeros]));
    expect(await limitsTold(nested, { 'unpacked-bytes': 3 << 19 })).toEqual([
      ['container/limit', '1536 KiB unpacked (--limit unpacked-bytes=N)'],
    ]);
    expect(await limitsTold(nested, { 'unpacked-bytes': 5 << 19 })).toEqual([]);
    // One after the other they may take as much as they like; an equal one is not unpacked again.
    const both = Buffer.concat([zeros, Buffer.from('-'), gzipSync(Buffer.alloc(1 << 20, 1))]);
    expect(await limitsTold(both, { 'unpacked-bytes': 3 << 19 })).toEqual([]);
    const same = Buffer.concat([zeros, Buffer.from('-'), zeros]);
    expect(await limitsTold(same, { 'total-unpacked-bytes': 3 << 19 })).toEqual([]);
    expect(await limitsTold(both, { 'total-unpacked-bytes': 3 << 19 })).toEqual([
      ['container/limit', '1536 KiB unpacked (--limit total-unpacked-bytes=N)'],
    ]);
  });

  test('nesting', async () => {
    let image: Uint8Array = TREE;
    for (let depth = 0; depth < 6; depth += 1) image = make.gz(image);
    expect(await limitsTold(image, { 'container-depth': 6 })).toEqual([]);
    expect(await limitsTold(image, { 'container-depth': 5 })).toEqual([
      ['container/limit', '5 nested containers (--limit container-depth=N)'],
    ]);
  });

  test('the size of an image', async () => {
    const image = make.join(TREE, new Uint8Array(5000), TREE);
    const { finds, diagnostics } = await scanned(image, { 'image-bytes': 4096 });
    expect([finds.length, diagnostics.map(({ code }) => code)]).toEqual([1, ['container/limit']]);
  });

  test('work', async () => {
    expect(await limitsTold(TREE, { 'scan-work': 0 })).toEqual([
      ['container/limit', '0 bytes looked through (--limit scan-work=N)'],
    ]);
  });
});

/** A mebibyte of something, as often as it fits. */
function mebibyteOf(piece: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc((1 << 20) - ((1 << 20) % piece.length));
  bytes.fill(piece);
  return new Uint8Array(bytes);
}

describe('nothing takes more than its size is worth', () => {
  /** Headers of tables, each as long as everything behind it, each with a good checksum. */
  const overlappingTables = (): Uint8Array => {
    const bytes = mebibyteOf(make.table('SSDT', { body: make.u8(0xa3, 0xa3, 0xa3, 0xa3) }));
    const view = new DataView(bytes.buffer);
    let sum = 0;
    for (let at = bytes.length - 40; at >= 0; at -= 40) {
      view.setUint32(at + 4, bytes.length - at, true);
      bytes[at + 9] = 0;
      for (let index = 0; index < 40; index += 1) sum = (sum + bytes[at + index]!) & 255;
      bytes[at + 9] = (256 - sum) & 255;
      sum = 0;
    }
    return bytes;
  };
  /** Headers of trees, each with the same large structure block. */
  const overlappingTrees = (): Uint8Array => {
    const count = 8000;
    const structure = make.join(make.be(1, 0), mebibyteOf(make.be(4)).subarray(0, 600_000), make.be(2, 9));
    const total = count * 40 + 16 + structure.length;
    const headers = Array.from({ length: count }, (_, index) => {
      const rest = total - index * 40;
      const at = rest - structure.length;
      return make.be(0xd00dfeed, rest, at, rest, at - 16, 17, 16, 0, 0, structure.length);
    });
    return make.join(...headers, new Uint8Array(16), structure);
  };
  /** Local headers that all have the same data, which unpacks to much more. */
  const overlappingZip = (): Uint8Array => {
    const data = deflateRawSync(Buffer.alloc(1 << 20));
    const headers: Uint8Array[] = [];
    const local = make.join(
      make.text('PK\x03\x04'),
      make.le(2, 20, 0, 8, 0, 0),
      make.le(4, 0, data.length, 1 << 20),
      make.le(2, 1, 0),
      make.text('a'),
    );
    for (let index = 0; index < 5000; index += 1)
      headers.push(
        make.join(
          make.text('PK\x01\x02'),
          make.le(2, 20, 20, 0, 8, 0, 0),
          make.le(4, 0, data.length, 1 << 20),
          make.le(2, 1, 0, 0, 0, 0),
          make.le(4, 0, 0),
          make.text('a'),
        ),
      );
    const directory = make.join(...headers);
    const end = make.join(
      make.text('PK\x05\x06'),
      make.le(2, 0, 0, 5000, 5000),
      make.le(4, directory.length, local.length + data.length),
      make.le(2, 0),
    );
    return make.join(local, data, directory, end);
  };

  test.each<[string, () => Uint8Array]>([
    ['signatures', () => mebibyteOf(make.text('DSDTSSDTFACP'))],
    ['headers of tables', () => mebibyteOf(SSDT)],
    ['tables in each other', overlappingTables],
    ['magic numbers of trees', () => mebibyteOf(make.be(0xd00dfeed))],
    ['trees', () => mebibyteOf(TREE)],
    ['trees that share their bytes', overlappingTrees],
    ['beginnings of streams', () => mebibyteOf(make.u8(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x04))],
    ['streams', () => mebibyteOf(make.gz(TREE))],
    ['bombs', () => mebibyteOf(make.gz(new Uint8Array(10 << 20)))],
    [
      'beginnings of xz',
      () => mebibyteOf(make.u8(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4, 0xe6, 0xd6, 0xb4, 0x46, 2, 0, 0x21, 1)),
    ],
    ['beginnings of zstd', () => mebibyteOf(make.u8(0x28, 0xb5, 0x2f, 0xfd, 0, 0x90, 0x02, 0xff, 0xff, 1))],
    ['beginnings of bzip2', () => mebibyteOf(make.text('BZh91AY&SY'))],
    ['beginnings of lz4', () => mebibyteOf(make.u8(0x02, 0x21, 0x4c, 0x18, 0xff, 0xff, 0, 0))],
    [
      'files of an archive',
      () => makeCpio(Array.from({ length: 8000 }, (_, index) => ({ name: `${index}`, content: 'x' }))),
    ],
    ['legacy images', () => mebibyteOf(make.uimage(make.text('12345678')))],
    ['volumes', () => mebibyteOf(VOLUME)],
    ['kernels', () => mebibyteOf(make.arm64Image(make.text(make.BANNER, 192)))],
    ['programs', () => mebibyteOf(make.elf(2, [], [{ name: 'x', bytes: make.u8(1) }]))],
    ['names of kernels', () => mebibyteOf(make.text(make.BANNER))],
    ['files of a zip that share their data', overlappingZip],
    [
      'empty firmware files',
      () => make.firmwareVolume(new Array(20_000).fill(make.firmwareFile(1, 2, make.u8(1))) as Uint8Array[]),
    ],
  ])('%s', async (_, image) => {
    const bytes = image();
    const before = process.cpuUsage();
    await scanned(bytes);
    const { user, system } = process.cpuUsage(before);
    // 1.5 s a megabyte, and as much again for a machine that does other things.
    expect((user + system) / 1e6).toBeLessThan((3 * Math.max(bytes.length, 1 << 20)) / 1e6);
  });
});
