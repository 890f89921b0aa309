/** U-Boot's legacy images and FIT, made by hand. */
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../../src/containers/codecs/checksum.ts';
import * as make from '../make-images.ts';
import { changed, isOne, opened, partsOf } from './opened.ts';

const { be, text, u8 } = make;
const R = new Uint8Array(10).fill(2);
describe('U-Boot images', () => {
  test.each<[string, Uint8Array, unknown[][], unknown]>([
    ['a kernel', make.uimage(R), [['kernel', 64, 10]], { architecture: 'aarch64', size: 74 }],
    ['anything else', make.uimage(R, { type: 5 }), [['data', 64, 10]], undefined],
    ...['gzip', 'bzip2', 'lzma', 'lzo', 'lz4', 'zstd'].map(
      (format, index): [string, Uint8Array, unknown[][], unknown] => [
        format,
        make.uimage(R, { type: 5, packing: index + 1 }),
        [['data', 64, 10, format]],
        undefined,
      ],
    ),
    [
      'several parts, each at a multiple of four',
      make.uimage(make.join(be(5, 7, 0), new Uint8Array(8), new Uint8Array(7)), { type: 4 }),
      [
        ['part 0', 76, 5],
        ['part 1', 84, 7],
      ],
      undefined,
    ],
  ])('%s', (_title, image, parts, kernel) => {
    const content = opened('uimage', image);
    expect(partsOf(content)).toEqual(parts);
    expect(content).toMatchObject({ size: image.length, name: 'lab', faults: [] });
    expect(content?.kernel).toEqual(kernel);
  });

  test('an architecture that is none of interest has no kernel; a packing that is not known is a fault', () => {
    const header = changed(changed(make.uimage(R), 29, u8(1)), 31, u8(9));
    expect(opened('uimage', header)).toMatchObject({
      faults: ['compressed by the unknown method 9'],
      parts: [{ name: 'kernel' }],
    });
    expect(opened('uimage', header)).not.toHaveProperty('kernel');
  });

  test('cut short', () => {
    expect(opened('uimage', make.uimage(R).subarray(0, 70))).toMatchObject({
      size: 70,
      parts: [{ offset: 64, size: 6 }],
      faults: ['the image is truncated'],
      kernel: { size: 70 },
    });
    expect(opened('uimage', make.uimage(R).subarray(0, 31))).toBeUndefined();
  });

  test('is one where the sum over its header holds', () => {
    const image = make.uimage(R);
    expect(isOne('uimage', image)).toBe(true);
    for (const at of [0, 4, 7, 8, 31, 63])
      expect([at, isOne('uimage', changed(image, at, u8(image[at]! ^ 1)))]).toEqual([at, false]);
    expect(isOne('uimage', image.subarray(0, 64))).toBe(true);
    expect(isOne('uimage', image.subarray(0, 63))).toBe(false);
    // The data has a sum of its own, which the reader leaves alone.
    expect(crc32(R)).not.toBe(0);
    expect(isOne('uimage', changed(image, 64, u8(9)))).toBe(true);
  });
});

describe('FIT', () => {
  const cell = (value: number): Uint8Array => be(value);
  const string = (value: string): Uint8Array => text(`${value}\0`);
  const madeFit = (
    images: readonly make.Node[],
    configurations: readonly make.Node[] = [],
    chosen?: string,
    behind = new Uint8Array(64),
  ): Uint8Array =>
    make.join(
      make.padded(
        make.tree({
          properties: { description: string('lab fit') },
          children: [
            { name: 'images', children: images },
            {
              name: 'configurations',
              properties: chosen === undefined ? {} : { default: string(chosen) },
              children: configurations,
            },
          ],
        }),
        4,
      ),
      behind,
    );
  const image = (name: string, properties: make.Properties): make.Node => ({ name, properties });
  const treeEnd = (bytes: Uint8Array): number => bytes.length - 64;

  test('data behind the tree, at a place of its own, inside', () => {
    const bytes = madeFit([
      image('behind', { 'data-size': cell(9), 'data-offset': cell(8) }),
      image('at', { 'data-size': cell(5), 'data-position': cell(1000) }),
      image('inside', { data: text('inside'), 'data-size': cell(5), 'data-position': cell(1) }),
      image('none', {}),
      image('no size', { 'data-position': cell(1) }),
      image('no place', { 'data-size': cell(1) }),
    ]);
    const content = opened('fit', bytes);
    expect(content?.name).toBe('lab fit');
    expect(partsOf(content)).toEqual([
      ['behind', treeEnd(bytes) + 8, 9],
      ['at', 1000, 5],
      ['inside', Buffer.from(bytes).lastIndexOf('inside\0\0'), 6],
    ]);
  });

  test('how each is packed; a ramdisk is what it is; a packing that is not known is a fault', () => {
    const place = { 'data-size': cell(9), 'data-offset': cell(0) };
    const bytes = madeFit([
      image('plain', { ...place, compression: string('none') }),
      image('packed', { ...place, compression: string('gzip') }),
      image('disk', { ...place, compression: string('gzip'), type: string('ramdisk') }),
      image('odd', { ...place, compression: string('odd') }),
    ]);
    const content = opened('fit', bytes);
    expect(partsOf(content)?.map((part) => part[3])).toEqual([undefined, 'gzip', undefined, undefined]);
    expect(content?.faults).toEqual(['odd is compressed by the unknown method odd']);
  });

  test('is as long as its tree and its data, and says what is cut', () => {
    const place = { 'data-size': cell(60), 'data-offset': cell(4) };
    const bytes = madeFit([image('a', place)]);
    expect(opened('fit', bytes)).toMatchObject({ size: bytes.length, faults: [] });
    expect(opened('fit', bytes.subarray(0, -1))).toMatchObject({
      size: bytes.length - 1,
      faults: ['the data of a is truncated'],
    });
    const inside = madeFit([image('a', { data: text('x') })]);
    expect(opened('fit', inside)?.size).toBe(new DataView(inside.buffer).getUint32(4));
    // What is negative, as U-Boot reads it, is none.
    const negative = { 'data-size': cell(0x80000000), 'data-offset': cell(0) };
    expect(opened('fit', madeFit([image('a', negative)]))).toBeUndefined();
    expect(
      opened('fit', madeFit([image('a', { ...negative, 'data-size': cell(0x7fffffff) })]))?.parts,
    ).toHaveLength(1);
  });

  test('configurations choose among them', () => {
    const bytes = madeFit(
      [image('a', { data: text('x') })],
      [
        image('conf-1', { kernel: string('k'), fdt: text('f\0g\0'), loadables: string('l') }),
        image('conf-2', { compatible: text('lab,a\0lab,b\0'), description: string('the other') }),
      ],
      'conf-2',
    );
    expect(opened('fit', bytes)?.choices).toEqual({
      axis: 'configuration',
      list: [
        { name: 'conf-1', parts: ['f', 'g', 'k', 'l'] },
        {
          name: 'conf-2',
          parts: [],
          isDefault: true,
          compatible: ['lab,a', 'lab,b'],
          description: 'the other',
        },
      ],
    });
    expect(opened('fit', madeFit([image('a', { data: text('x') })]))).not.toHaveProperty('choices');
  });

  test('no more than the limit, and none where there are no images', () => {
    const many = madeFit([image('a', { data: text('x') }), image('b', { data: text('y') })]);
    expect(partsOf(opened('fit', many, 1))).toHaveLength(1);
    expect(opened('fit', madeFit([]))).toBeUndefined();
    expect(opened('fit', make.board('Lab'))).toBeUndefined();
  });

  test('a tree that makes no sense is none', () => {
    const bytes = madeFit([image('a', { data: text('x') })]);
    const total = new DataView(bytes.buffer).getUint32(4);
    expect(opened('fit', bytes.subarray(0, total))).toBeDefined();
    expect(opened('fit', bytes.subarray(0, total - 1))).toBeUndefined();
    const structure = new DataView(bytes.buffer).getUint32(8);
    expect(opened('fit', changed(bytes, structure, be(7)))).toBeUndefined();
    // FDT_NOP, in the place of the first property's token's own end: nothing changes where one is between.
    expect(isOne('fit', bytes)).toBe(true);
    expect(isOne('fit', bytes.subarray(1))).toBe(false);
    const deep = (depth: number): make.Node => ({
      name: 'n',
      children: depth === 0 ? [] : [deep(depth - 1)],
    });
    // Sixteen deep at most: the root, `images`, and 14 below it.
    expect(opened('fit', madeFit([image('a', { data: text('x') }), deep(13)]))).toBeDefined();
    expect(opened('fit', madeFit([image('a', { data: text('x') }), deep(14)]))).toBeUndefined();
  });
});
