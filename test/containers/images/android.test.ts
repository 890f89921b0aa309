/** Android's boot images, tables of overlays and sparse images, made by hand. */
import { describe, expect, test } from 'vitest';
import * as make from '../make-images.ts';
import { changed, isOne, opened, partsOf } from './opened.ts';

const { be, le, text, u8 } = make;
const R = new Uint8Array(10).fill(2);
const K = new Uint8Array(3000).fill(1);

const D = new Uint8Array(2049).fill(3);

describe('Android boot images', () => {
  test('version 2: kernel, ramdisk and tree at pages of 2048 bytes', () => {
    const image = make.androidBoot(K, R, D);
    const content = opened('android-boot', image);
    expect(partsOf(content)).toEqual([
      ['kernel', 2048, 3000],
      ['ramdisk', 6144, 10],
      ['dtb', 8192, 2049],
    ]);
    expect(content).toMatchObject({
      size: image.length,
      name: 'version 2',
      faults: [],
      remarks: [{ kind: 'command-line', text: 'lab=1', offset: 64, size: 5 }],
    });
  });

  /** Header fields of versions 0 to 2 (bootimg.h): sizes at 8, 16, 24; page at 36, version or size of a tree at 40. */
  const old = (version: number, ...more: (readonly [number, Uint8Array])[]): Uint8Array =>
    make.placed(9 * 512, [0, text('ANDROID!')], [8, le(4, 600, 0, 100, 0, 50, 0, 0, 512, version)], ...more);

  test.each<[string, Uint8Array, unknown[][]]>([
    [
      'version 0',
      old(0),
      [
        ['kernel', 512, 600],
        ['ramdisk', 1536, 100],
        ['second', 2048, 50],
      ],
    ],
    [
      'before there were versions: the size of a tree',
      old(700),
      [
        ['kernel', 512, 600],
        ['ramdisk', 1536, 100],
        ['second', 2048, 50],
        ['dt', 2560, 700],
      ],
    ],
    [
      'version 1: an overlay',
      old(1, [1632, le(4, 30)], [1648, le(4, 40)]),
      [
        ['kernel', 512, 600],
        ['ramdisk', 1536, 100],
        ['second', 2048, 50],
        ['recovery_dtbo', 2560, 30],
      ],
    ],
    [
      'version 2: an overlay and a tree',
      old(2, [1632, le(4, 30)], [1648, le(4, 40)]),
      [
        ['kernel', 512, 600],
        ['ramdisk', 1536, 100],
        ['second', 2048, 50],
        ['recovery_dtbo', 2560, 30],
        ['dtb', 3072, 40],
      ],
    ],
  ])('%s', (_title, image, parts) => {
    const content = opened('android-boot', image);
    expect(partsOf(content)).toEqual(parts);
    expect(content).toMatchObject({ faults: [], remarks: [] });
  });

  test('versions 3 and 4: pages of 4096 bytes, a signature in the later', () => {
    const image = (version: number) =>
      make.placed(
        5 * 4096,
        [0, text('ANDROID!')],
        [8, le(4, 5000, 10, 0, 1584)],
        [40, le(4, version)],
        [44, text('lab=4')],
        [1580, le(4, 20)],
      );
    const content = opened('android-boot', image(4));
    expect(partsOf(content)).toEqual([
      ['kernel', 4096, 5000],
      ['ramdisk', 12288, 10],
      ['signature', 16384, 20],
    ]);
    expect(content).toMatchObject({
      size: 20480,
      name: 'version 4',
      remarks: [{ kind: 'command-line', text: 'lab=4', offset: 44, size: 5 }],
    });
    expect(partsOf(opened('android-boot', image(3)))).toEqual([
      ['kernel', 4096, 5000],
      ['ramdisk', 12288, 10],
    ]);
  });

  test('what is cut short is said', () => {
    const image = make.androidBoot(K, R, D);
    expect(opened('android-boot', image.subarray(0, 8192 + 2048))).toMatchObject({
      size: 8192 + 2048,
      faults: ['dtb is truncated'],
    });
    expect(opened('android-boot', image.subarray(0, 8192 + 2049))?.faults).toEqual([]);
    expect(opened('android-boot', image.subarray(0, 5047))?.faults).toEqual([
      'kernel is truncated',
      'ramdisk is truncated',
      'dtb is truncated',
    ]);
  });

  const v2 = make.androidBoot(K, R, D);
  const v4 = make.androidBoot4(K, R);
  test.each<[string, Uint8Array, boolean]>([
    ['version 2', v2, true],
    ['version 4', v4, true],
    ['another magic', changed(v2, 7, text('?')), false],
    ['a kernel larger than all', changed(v2, 8, le(4, v2.length + 1)), false],
    ['one as large', changed(v2, 8, le(4, v2.length)), true],
    ['pages of 512 bytes', changed(v2, 36, le(4, 512)), true],
    ['pages of 256 bytes', changed(v2, 36, le(4, 256)), false],
    ['pages of 256 KiB', changed(v2, 36, le(4, 1 << 18)), true],
    ['pages of 512 KiB', changed(v2, 36, le(4, 1 << 19)), false],
    ['pages of 1536 bytes', changed(v2, 36, le(4, 1536)), false],
    ['a header of 1580 bytes', changed(v4, 20, le(4, 1580)), true],
    ['a header of fewer', changed(v4, 20, le(4, 1579)), false],
    ['a header of a page', changed(v4, 20, le(4, 4096)), true],
    ['a header of more', changed(v4, 20, le(4, 4097)), false],
    ['eleven bytes', v2.subarray(0, 11), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('android-boot', bytes)).toBe(is);
  });
});

describe('Android vendor_boot', () => {
  const image = make.androidVendorBoot(R, D);
  test('version 4 has a table and a configuration behind the tree', () => {
    const four = make.join(
      changed(image, 2112, make.join(le(4, 7), new Uint8Array(8), le(4, 9))),
      new Uint8Array(2 * 4096),
    );
    const content = opened('android-vendor-boot', four);
    expect(partsOf(content)).toEqual([
      ['ramdisk', 4096, 10],
      ['dtb', 8192, 2049],
      ['ramdisk table', 12288, 7],
      ['bootconfig', 16384, 9],
    ]);
    expect(content).toMatchObject({
      name: 'version 4',
      faults: [],
      remarks: [{ kind: 'command-line', text: 'vendor=1', offset: 28, size: 8 }],
    });
    expect(partsOf(opened('android-vendor-boot', changed(four, 8, le(4, 3))))).toHaveLength(2);
  });

  test('a header of more than a page moves the parts; no command line is none', () => {
    const content = opened('android-vendor-boot', changed(changed(image, 2096, le(4, 4097)), 28, u8(0)));
    expect([partsOf(content)?.[0], content?.remarks]).toEqual([['ramdisk', 8192, 10], []]);
    expect(opened('android-vendor-boot', image.subarray(0, 2099))).toBeUndefined();
  });

  test.each<[string, Uint8Array, boolean]>([
    ['version 3', changed(image, 8, le(4, 3)), true],
    ['version 4', image, true],
    ['version 2', changed(image, 8, le(4, 2)), false],
    ['version 5', changed(image, 8, le(4, 5)), false],
    ['pages that are none', changed(image, 12, le(4, 4095)), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('android-vendor-boot', bytes)).toBe(is);
  });
});

describe('Android tables of overlays', () => {
  const table = make.dtboTable([{ bytes: R }, { bytes: D, flags: 2 }, { bytes: K, flags: 1 }], 1);
  test('version 1: entries with their packing, to choose among', () => {
    const content = opened('dtbo-table', table);
    expect(partsOf(content)).toEqual([
      ['entry 0', 128, 10],
      ['entry 1', 138, 2049, 'gzip'],
      ['entry 2', 2187, 3000, 'zlib'],
    ]);
    expect(content).toMatchObject({
      size: table.length,
      name: 'version 1',
      faults: [],
      choices: {
        axis: 'entry',
        list: [0, 1, 2].map((id) => ({
          name: `entry ${id}`,
          parts: [`entry ${id}`],
          description: `id 0x${id}, rev 0x0`,
        })),
      },
    });
  });

  test('version 0 has no packing; ids and revisions are reported in hex', () => {
    const old = changed(changed(table, 28, be(0)), 32 + 8, be(0x1f, 0x2e));
    const content = opened('dtbo-table', old);
    expect(partsOf(content)?.map((part) => part.length)).toEqual([3, 3, 3]);
    expect(content?.choices?.list[0]?.description).toBe('id 0x1f, rev 0x2e');
  });

  test('faults', () => {
    expect(opened('dtbo-table', changed(table, 32 + 16, be(3)))).toMatchObject({
      faults: ['entry 0 is compressed by an unknown method'],
    });
    // Only the lower four bits are the packing.
    expect(opened('dtbo-table', changed(table, 32 + 16, be(0x10)))?.faults).toEqual([]);
    expect(opened('dtbo-table', table.subarray(0, -1))).toMatchObject({
      size: table.length - 1,
      faults: ['the table is truncated'],
    });
    const two = opened('dtbo-table', table.subarray(0, 127));
    expect([two?.parts.length, two?.faults]).toEqual([
      2,
      ['the table is truncated', 'the list of entries is truncated'],
    ]);
    expect(opened('dtbo-table', table.subarray(0, 128))?.parts).toHaveLength(3);
    expect(opened('dtbo-table', table.subarray(0, 31))).toBeUndefined();
    expect(opened('dtbo-table', table, 2)?.parts).toHaveLength(2);
  });

  test.each<[string, Uint8Array, boolean]>([
    ['a table', table, true],
    ['a header of fewer than 32 bytes', changed(table, 8, be(31)), false],
    ['a header of 4 KiB', changed(table, 8, be(4096)), true],
    ['a header of more', changed(table, 8, be(4097)), false],
    ['entries of fewer than 32 bytes', changed(table, 12, be(31)), false],
    ['entries of 4 KiB', changed(table, 12, be(4096)), true],
    ['entries of more', changed(table, 12, be(4097)), false],
    ['no entries', changed(table, 16, be(0)), false],
    ['65535 entries', changed(table, 16, be(65_535)), true],
    ['65536', changed(table, 16, be(65_536)), false],
    ['another magic', changed(table, 0, be(0xd7b7ab1f)), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('dtbo-table', bytes)).toBe(is);
  });
});

describe('sparse images', () => {
  /** sparse_format.h: chunk type, reserved, blocks, bytes with the header. */
  const chunk = (type: number, blocks: number, body: Uint8Array, total = 12 + body.length) =>
    make.join(le(2, type, 0), le(4, blocks, total), body);
  const image = (...chunks: readonly Uint8Array[]) =>
    make.join(le(4, 0xed26ff3a), le(2, 1, 0, 28, 12), le(4, 8, 0, chunks.length, 0), ...chunks);
  const RAW = chunk(0xcac1, 2, new Uint8Array(16).fill(1));
  const ZEROS = chunk(0xcac2, 3, le(4, 0));
  const ONES = chunk(0xcac2, 1, le(4, 0x01010101));
  const SKIP = chunk(0xcac3, 4, new Uint8Array(0));
  const SUM = chunk(0xcac4, 5, le(4, 7));

  test('each chunk stands where the blocks before it end', () => {
    const bytes = image(SKIP, RAW, SUM, ZEROS, ONES, RAW);
    const raw = 28 + SKIP.length + 12;
    const last = raw + 16 + SUM.length + ZEROS.length + ONES.length + 12;
    expect(opened('sparse', bytes)).toEqual({
      size: bytes.length,
      parts: [],
      faults: [],
      memory: [
        {
          name: '',
          format: 'partition',
          physical: false,
          extents: [
            { address: 32, size: 16, offset: raw },
            { address: 48, size: 24 },
            { address: 80, size: 16, offset: last },
          ],
        },
      ],
      onlyMemory: true,
    });
  });

  test('faults', () => {
    const cut = opened('sparse', image(RAW).subarray(0, -3));
    expect([cut?.faults, cut?.memory?.[0]?.extents]).toEqual([
      ['a chunk is truncated'],
      [{ address: 0, size: 13, offset: 40 }],
    ]);
    const short = opened('sparse', image(chunk(0xcac1, 2, new Uint8Array(10))));
    expect([short?.faults, short?.memory?.[0]?.extents[0]?.size]).toEqual([['a chunk is truncated'], 10]);
    const list = ['the list of chunks is truncated or invalid'];
    expect(opened('sparse', image(RAW, SKIP).subarray(0, -1))?.faults).toEqual(list);
    expect(opened('sparse', image(chunk(0xcac3, 1, new Uint8Array(0), 11)))?.faults).toEqual(list);
    expect(opened('sparse', image(chunk(0xcac5, 1, new Uint8Array(0)), RAW))).toMatchObject({
      faults: ['unknown chunk type 0xcac5; the rest is not read'],
      memory: [{ extents: [] }],
    });
    expect(opened('sparse', image(RAW, RAW), 1)).toMatchObject({
      size: 28 + RAW.length,
      faults: ['more than 1 chunks; the rest is not read'],
    });
    expect(opened('sparse', image(RAW, RAW), 2)?.faults).toEqual([]);
    expect(opened('sparse', image().subarray(0, 22))).toBeUndefined();
  });

  const one = image(RAW);
  test.each<[string, Uint8Array, boolean]>([
    ['an image', one, true],
    ['major version 2', changed(one, 4, le(2, 2)), false],
    ['a header of 27 bytes', changed(one, 8, le(2, 27)), false],
    ['a header of 4095', changed(one, 8, le(2, 4095)), true],
    ['a header of 4096', changed(one, 8, le(2, 4096)), false],
    ['chunk headers of 11 bytes', changed(one, 10, le(2, 11)), false],
    ['chunk headers of 4095', changed(one, 10, le(2, 4095)), true],
    ['chunk headers of 4096', changed(one, 10, le(2, 4096)), false],
    ['blocks of no bytes', changed(one, 12, le(4, 0)), false],
    ['blocks of 6 bytes', changed(one, 12, le(4, 6)), false],
    ['blocks of 64 MiB', changed(one, 12, le(4, 1 << 26)), true],
    ['blocks of more', changed(one, 12, le(4, (1 << 26) + 4)), false],
    ['fifteen bytes', one.subarray(0, 15), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('sparse', bytes)).toBe(is);
  });
});
