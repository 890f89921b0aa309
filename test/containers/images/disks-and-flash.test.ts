/** Disks, flash chips and dumps: what is in them and where, and what is none. Fields are those that the readers' sources name. */
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../../src/containers/codecs/checksum.ts';
import * as make from '../make-images.ts';
import { flattened, kdump } from '../make-kdump.ts';
import { changed, isOne, opened, partsOf } from './opened.ts';

const { be, le, text, u8 } = make;
const BODY = new Uint8Array(700).fill(1);

describe('GPT', () => {
  const disk = make.gpt(BODY);
  /** UEFI 2.10, 5.3.2: the sum over the header, with its field as 0. */
  const summed = (bytes: Uint8Array, header = 512): Uint8Array => {
    const length = new DataView(bytes.buffer).getUint32(header + 12, true);
    const zeroed = changed(bytes, header + 16, le(4, 0)).subarray(header, header + length);
    return changed(bytes, header + 16, le(4, crc32(zeroed)));
  };
  const entry = (at: number, bytes: Uint8Array): Uint8Array => changed(disk, 1024 + at, bytes);

  test('a partition with its name', () => {
    expect(partsOf(opened('gpt', disk))).toEqual([['partition 1 boot', 34 * 512, 1024]]);
    expect(opened('gpt', disk)).toMatchObject({ size: disk.length, faults: [] });
    expect(partsOf(opened('gpt', entry(56, u8(0))))?.[0]?.[0]).toBe('partition 1');
  });

  test('entries that are empty, or end before they begin, are none', () => {
    expect(partsOf(opened('gpt', entry(32, le(8, 0))))).toEqual([]);
    expect(partsOf(opened('gpt', entry(40, le(8, 33))))).toEqual([]);
    expect(partsOf(opened('gpt', entry(40, le(8, 34))))).toEqual([['partition 1 boot', 34 * 512, 512]]);
  });

  test('as many entries as it says, of as many bytes, from where it says', () => {
    const two = summed(changed(changed(disk, 512 + 80, le(4, 2)), 1024 + 128, disk.subarray(1024, 1152)));
    expect(partsOf(opened('gpt', two))?.map(([name]) => name)).toEqual([
      'partition 1 boot',
      'partition 2 boot',
    ]);
    const wide = changed(changed(two, 512 + 84, le(4, 256)), 1024 + 256, disk.subarray(1024, 1152));
    expect(partsOf(opened('gpt', wide))).toHaveLength(2);
    expect(opened('gpt', changed(disk, 512 + 84, le(4, 127)))).toBeUndefined();
    const later = changed(changed(disk, 512 + 72, le(8, 3)), 1536, disk.subarray(1024, 1152));
    expect(partsOf(opened('gpt', changed(later, 1024, new Uint8Array(128))))).toHaveLength(1);
    const many = make.join(changed(disk, 512 + 80, le(4, 2000)), new Uint8Array(1 << 19));
    expect(partsOf(opened('gpt', many))!.length).toBeLessThanOrEqual(1024);
  });

  test('sectors of 4096 bytes', () => {
    const large = make.placed(
      4096 * 8,
      [510, u8(0x55, 0xaa)],
      [4096, disk.subarray(512, 512 + 92)],
      [8192, disk.subarray(1024, 1152)],
    );
    expect(isOne('gpt', large)).toBe(true);
    expect(partsOf(opened('gpt', large))?.[0]).toEqual(['partition 1 boot', 34 * 4096, 8192]);
  });

  test('is as long as its last sector', () => {
    expect(opened('gpt', make.join(disk, BODY))?.size).toBe(disk.length);
    expect(opened('gpt', disk.subarray(0, 2000))?.size).toBe(2000);
  });

  test.each<[string, Uint8Array, boolean]>([
    ['a disk', disk, true],
    ['a header whose sum fails', changed(disk, 512 + 40, u8(9)), false],
    ['a header of 91 bytes', summed(changed(disk, 512 + 12, le(4, 91))), false],
    ['a header of 512 bytes', summed(changed(disk, 512 + 12, le(4, 512))), true],
    ['a header of 513 bytes', summed(changed(disk, 512 + 12, le(4, 513))), false],
    ['another magic', changed(disk, 512, text('e')), false],
    ['cut in its header', disk.subarray(0, 512 + 91), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('gpt', bytes)).toBe(is);
  });
});

describe('a boot sector', () => {
  /** Status, type, first sector, sectors of each of four entries from 446 on, 16 bytes each. */
  const sector = (...entries: readonly (readonly [number, number, number, number])[]): Uint8Array =>
    make.placed(
      4096,
      [510, u8(0x55, 0xaa)],
      ...entries.map(([status, type, first, count], index): [number, Uint8Array] => [
        446 + index * 16,
        make.join(u8(status, 0, 0, 0, type, 0, 0, 0), le(4, first, count)),
      ]),
    );
  test('partitions at their places', () => {
    const content = opened('mbr', sector([0x80, 0x83, 1, 2], [0, 0, 0, 0], [0, 0x0c, 3, 4]));
    expect(partsOf(content)).toEqual([
      ['partition 1', 512, 1024],
      ['partition 3', 1536, 2048],
    ]);
    expect(content).toMatchObject({ size: 4096, faults: [] });
  });

  test.each<[string, Uint8Array, boolean]>([
    ['one partition', sector([0, 0x83, 1, 2]), true],
    ['the fourth', sector([0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0x80, 0x83, 1, 2]), true],
    ['none', sector(), false],
    ['another signature', changed(sector([0, 0x83, 1, 2]), 511, u8(0)), false],
    ['a status that is none', sector([1, 0x83, 1, 2]), false],
    ['one that protects a GPT', sector([0, 0xee, 1, 2]), false],
    ['no type', sector([0, 0, 1, 2]), false],
    ['no sectors', sector([0, 0x83, 1, 0]), false],
    ['the last sector', sector([0, 0x83, 7, 2]), true],
    ['behind the last', sector([0, 0x83, 8, 2]), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('mbr', bytes)).toBe(is);
  });
});

describe("coreboot's file system", () => {
  const files = make.cbfs([
    { name: 'one', bytes: BODY },
    { name: 'two', bytes: BODY, packing: 1 },
    { name: 'three', bytes: BODY, packing: 2 },
  ]);
  const second = 64 * Math.ceil((32 + 700) / 64);
  const third = second + 64 * Math.ceil((32 + 16 + 700) / 64);

  test('files at multiples of 64 bytes, packed or not', () => {
    expect(partsOf(opened('cbfs', files))).toEqual([
      ['one', 32, 700],
      ['two', second + 48, 700, 'lzma'],
      ['three', third + 48, 700, 'lz4'],
    ]);
    expect(opened('cbfs', files)).toMatchObject({ size: third + 748, faults: [] });
    expect(opened('cbfs', files, 2)?.parts).toHaveLength(2);
    expect(opened('cbfs', changed(files, second, text('?')))?.parts).toHaveLength(1);
    expect(opened('cbfs', changed(files, 0, text('?')))).toBeUndefined();
  });

  test('deleted ones and free space are not packed', () => {
    for (const type of [0, 0xffffffff])
      expect(partsOf(opened('cbfs', changed(files, second + 12, be(type))))?.[1]).toEqual([
        'two',
        second + 48,
        700,
      ]);
    const nameless = changed(changed(files, 12, be(0)), 24, u8(0));
    expect(partsOf(opened('cbfs', nameless))?.[0]?.[0]).toBe('empty');
    expect(partsOf(opened('cbfs', changed(files, 24, u8(0))))?.[0]?.[0]).toBe('file');
  });

  test('a compression that is not known is a fault', () => {
    const odd = changed(files, second + 32 + 8, be(3));
    expect(opened('cbfs', odd)?.faults).toEqual(['two is compressed by the unknown method 3']);
  });

  test('attributes end where one is none', () => {
    // A tag of another kind of 16 bytes in front, one of 7 bytes, one that ends the list.
    const packing = (tag: number, size: number): string | undefined => {
      const file = make.placed(
        32 + 32 + 700,
        [0, text('LARCHIVE')],
        [8, be(700, 0x50, 32, 64)],
        [24, text('two')],
        [32, be(tag, size, 0, 0, 0x42435a4c, 16, 1, 0)],
      );
      return opened('cbfs', file)?.parts[0]?.packed?.format;
    };
    expect(packing(0x68736148, 16)).toBe('lzma');
    expect(packing(0x68736148, 7)).toBeUndefined();
    expect(packing(0xffffffff, 16)).toBeUndefined();
    expect(packing(0x68736148, 64)).toBeUndefined();
  });

  test('an old stage has a header of its own', () => {
    const stage = changed(changed(files, 12, be(0x10)), 32, le(4, 1));
    expect(partsOf(opened('cbfs', stage))?.[0]).toEqual(['one', 32 + 28, 700 - 28, 'lzma']);
  });

  test.each<[string, Uint8Array, boolean]>([
    ['a file', files, true],
    ['data in its header', changed(files, 20, be(23)), false],
    ['data right behind', changed(files, 20, be(24)), true],
    ['data too far behind', changed(make.join(files, new Uint8Array(9000)), 20, be(24 + 1024 + 4097)), false],
    ['data as far behind', changed(make.join(files, new Uint8Array(9000)), 20, be(24 + 1024 + 4096)), true],
    ['more than there is', changed(files, 8, be(files.length - 31)), false],
    ['as much as there is', changed(files, 8, be(files.length - 32)), true],
    ['cut in its header', files.subarray(0, 23), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('cbfs', bytes)).toBe(is);
  });
});

describe('capsules', () => {
  const capsule = make.capsule(BODY);
  test('a body behind the header', () => {
    expect(partsOf(opened('uefi-capsule', capsule))).toEqual([['body', 32, 700]]);
    expect(opened('uefi-capsule', capsule)).toMatchObject({
      size: 732,
      name: '3B6686BD-0D76-4030-B70E-B5519E2FC5A0',
      faults: [],
    });
    expect(opened('uefi-capsule', capsule.subarray(0, -1))).toMatchObject({
      size: 731,
      parts: [{ size: 699 }],
      faults: ['the capsule is truncated'],
    });
  });

  test.each<[string, Uint8Array, boolean]>([
    ['a capsule', capsule, true],
    ['another GUID', changed(capsule, 0, u8(0)), false],
    ['a header of 27 bytes', changed(capsule, 16, le(4, 27)), false],
    ['a header of 28 bytes', changed(capsule, 16, le(4, 28)), true],
    ['nothing but a header', changed(capsule, 24, le(4, 32)), false],
    ['a header that is not all there', changed(changed(capsule, 16, le(4, 733)), 24, le(4, 2000)), false],
    ['one that is', changed(changed(capsule, 16, le(4, 732)), 24, le(4, 2000)), true],
    [
      'a header of 64 KiB',
      changed(changed(make.join(capsule, new Uint8Array(70_000)), 16, le(4, 65_536)), 24, le(4, 70_000)),
      true,
    ],
    [
      'a header of more',
      changed(changed(make.join(capsule, new Uint8Array(70_000)), 16, le(4, 65_537)), 24, le(4, 70_000)),
      false,
    ],
    ['cut in its header', capsule.subarray(0, 27), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('uefi-capsule', bytes)).toBe(is);
  });
});

describe("Intel's flash descriptor", () => {
  const image = make.flash(new Uint8Array(3 * 4096));
  /** First and last unit of 4 KiB of a region: 15 bits each in one word. */
  const region = (index: number, first: number, last: number, from = image): Uint8Array =>
    changed(from, 0x40 + index * 4, le(4, ((last << 16) | first) >>> 0));

  test('regions where it says', () => {
    expect(partsOf(opened('flash', image))).toEqual([['bios', 4096, 3 * 4096]]);
    expect(opened('flash', image)).toMatchObject({ size: 4 * 4096, faults: [] });
    expect(partsOf(opened('flash', region(2, 2, 2)))).toEqual([
      ['bios', 4096, 3 * 4096],
      ['me', 2 * 4096, 4096],
    ]);
    // Upper bits don't count.
    expect(partsOf(opened('flash', region(2, 0x8002, 0x8003)))?.[1]).toEqual(['me', 8192, 8192]);
  });

  test('what ends before it begins, begins behind the end or at the descriptor is none; the rest is cut', () => {
    for (const [first, last] of [
      [3, 2],
      [4, 9],
      [0, 2],
      [0, 0],
    ] as const)
      expect([first, partsOf(opened('flash', region(3, first, last)))?.length]).toEqual([first, 1]);
    expect(partsOf(opened('flash', region(3, 3, 9)))?.[1]).toEqual(['gbe', 3 * 4096, 4096]);
    // The descriptor itself is the one that begins at 0.
    expect(partsOf(opened('flash', region(0, 0, 1)))?.[0]).toEqual(['descriptor', 0, 8192]);
  });

  test.each<[string, Uint8Array, boolean]>([
    ['a chip', image, true],
    ['no BIOS', region(1, 5, 4), false],
    ['regions described below 0x20', changed(image, 0x16, u8(1)), false],
    ['cut in its map', image.subarray(0, 0x17), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('flash', bytes)).toBe(is);
  });
});

describe('dumps by makedumpfile', () => {
  const dump = kdump('KDUMP   ');
  test('are reported with the release, and that they are not read', () => {
    expect(opened('kdump', dump)).toMatchObject({
      size: dump.length,
      parts: [],
      memory: [],
      onlyMemory: true,
      faults: [expect.stringContaining('not read')],
      remarks: [{ kind: 'kernel-release', text: '6.6.10-lab', offset: 142, size: 10 }],
    });
    expect(opened('kdump', changed(dump, 142, text('x')))).not.toHaveProperty('remarks');
  });

  test.each<[string, string, Uint8Array, boolean]>([
    ['kdump', 'a dump', dump, true],
    ['kdump', 'another signature', changed(dump, 7, text('?')), false],
    ['kdump', 'version 64', changed(dump, 8, le(4, 64)), true],
    ['kdump', 'version 65', changed(dump, 8, le(4, 65)), false],
    ['kdump', 'pages of 2 KiB', changed(dump, 428, le(4, 2048)), false],
    ['kdump', 'pages of 64 KiB', changed(dump, 428, le(4, 65_536)), true],
    ['kdump', 'pages of 128 KiB', changed(dump, 428, le(4, 131_072)), false],
    ['kdump', 'pages of 5000 bytes', changed(dump, 428, le(4, 5000)), false],
    ['kdump', 'cut before that', dump.subarray(0, 431), false],
    ['makedumpfile', 'flattened', flattened(dump), true],
    ['makedumpfile', 'of another type', changed(flattened(dump), 23, u8(2)), false],
    ['makedumpfile', 'of another version', changed(flattened(dump), 31, u8(2)), false],
    ['makedumpfile', 'nothing but its header', flattened(dump).subarray(0, 4096), false],
    ['makedumpfile', 'and more', flattened(dump).subarray(0, 4097), true],
  ])('%s, %s: %s', (format, _title, bytes, is) => {
    expect(isOne(format, bytes)).toBe(is);
  });
});
