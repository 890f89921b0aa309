/** zip, its kinds and faults, against archives made by hand. */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { accessTo } from '../../../src/containers/access.ts';
import { crc32 } from '../../../src/containers/codecs/checksum.ts';
import { ARCHIVES } from '../../../src/containers/rows.ts';
import { changed } from '../images/opened.ts';
import * as make from '../make-images.ts';
import { isOne, listed, shown } from './listed.ts';

const { le, text, u8 } = make;

describe('zip', () => {
  interface File {
    readonly name: string;
    readonly content?: string;
    readonly method?: number;
    readonly flags?: number;
    readonly mode?: number;
    /** Other sizes and place than the file has, and what stands in its extra field. */
    readonly narrow?: readonly [unpacked: number, packed: number, offset: number];
    readonly extra?: Uint8Array;
  }
  /** APPNOTE.TXT 4.3.7 (before a file), 4.3.12 (in the directory), 4.3.16 (the end). */
  function made(files: readonly File[], options: { comment?: string; before?: Uint8Array } = {}): Uint8Array {
    const { comment = '', before = new Uint8Array(0) } = options;
    let offset = 0;
    const locals: Uint8Array[] = [];
    const rows = files.map((file) => {
      const { name, content = '', method = 0, flags = 0, mode = 0o100644, extra = new Uint8Array(0) } = file;
      const stored = method === 8 ? deflateRawSync(content) : text(content);
      const sum = crc32(text(content));
      const local = make.join(
        le(4, 0x04034b50),
        le(2, 20, flags, method, 0, 0),
        le(4, sum, stored.length, content.length),
        le(2, name.length, 0),
        text(name),
        stored,
      );
      const [unpacked, packed, at] = file.narrow ?? [content.length, stored.length, offset];
      offset += local.length;
      locals.push(local);
      return make.join(
        le(4, 0x02014b50),
        le(2, (3 << 8) | 20, 20, flags, method, 0, 0),
        le(4, sum, packed, unpacked),
        le(2, name.length, extra.length, 2, 0, 0),
        le(4, (mode << 16) >>> 0, at),
        text(name),
        extra,
        text('cc'),
      );
    });
    const directory = make.join(...rows);
    return make.join(
      before,
      ...locals,
      directory,
      le(4, 0x06054b50),
      le(2, 0, 0, files.length, files.length),
      le(4, directory.length, offset),
      le(2, comment.length),
      text(comment),
    );
  }
  const unpacked = async (bytes: Uint8Array, index = 0) => {
    const { members } = listed('zip', bytes);
    const { packed, offset, size } = members[index]!;
    return packed?.decode(bytes.subarray(offset, offset + size), 1 << 16);
  };

  test('files, folders and links', () => {
    const archive = made([
      { name: 'a', content: 'abc' },
      { name: 'd/' },
      { name: 'l', content: 'to', mode: 0o120777 },
      { name: 'p', content: 'packed', method: 8 },
    ]);
    const content = listed('zip', archive);
    expect([shown(content), content.faults, content.size]).toEqual([
      [
        ['a', 'file', 31, 3],
        ['d/', 'directory', 34 + 32, 0],
        ['l', 'link', 66 + 31, 2],
        ['p', 'file', 99 + 31, deflateRawSync('packed').length],
      ],
      [],
      archive.length,
    ]);
    expect(content.members[2]).toMatchObject({ target: 'to' });
    expect(content.members[3]!.packed?.format).toBe('deflate');
  });

  test('what was put in front of it moves it; behind it are a comment and other things', () => {
    const archive = made([{ name: 'a', content: 'abc' }], { comment: 'words', before: text('#!/bin/sh\n') });
    const row = ARCHIVES.find(({ format }) => format === 'zip')!;
    expect(row.list(accessTo(archive), 0, 9)).toMatchObject({
      members: [{ name: 'a', offset: 41, size: 3 }],
      faults: [],
    });
    const followed = make.join(made([{ name: 'a', content: 'abc' }], { comment: 'words' }), text('more'));
    expect(listed('zip', followed).size).toBe(followed.length - 4);
  });

  test('a checksum that fails, and one that holds', async () => {
    const archive = made([{ name: 'p', content: 'packed', method: 8 }]);
    expect(await unpacked(archive)).toMatchObject({ end: 'whole' });
    const sumAt = Buffer.from(archive).indexOf('PK\x01\x02', 0, 'latin1') + 16;
    expect(await unpacked(changed(archive, sumAt, u8(archive[sumAt]! ^ 1)))).toMatchObject({
      end: 'damaged',
      why: 'the checksum is wrong',
    });
  });

  test('sizes and places that are too large for 32 bits', () => {
    const wide = (...values: number[]): Uint8Array =>
      make.join(le(2, 1, values.length * 8), le(8, ...values));
    const other = make.join(le(2, 0x5455, 5), text('times'));
    const W = 0xffffffff;
    const first = { name: 'x', content: 'first' };
    const of = (narrow: readonly [number, number, number], extra: Uint8Array) =>
      shown(listed('zip', made([first, { name: 'a', content: 'abc', narrow, extra }]))).at(-1);
    const place = 31 + 5;
    expect(of([W, W, W], wide(3, 3, place))).toEqual(['a', 'file', place + 31, 3]);
    expect(of([3, 3, W], make.join(other, wide(place)))).toEqual(['a', 'file', place + 31, 3]);
    expect(of([3, W, place], wide(2))).toEqual(['a', 'file', place + 31, 2]);
    // A field that is too short for what is needed says nothing of the rest.
    const short = listed(
      'zip',
      made([first, { name: 'a', content: 'abc', narrow: [W, 3, W], extra: wide(3) }]),
    );
    expect(short.faults).toEqual(['no file header of a where the central directory says']);
    expect(of([3, 3, place], wide(9, 9, 9))).toEqual(['a', 'file', place + 31, 3]);
  });

  test('an end with 64 bits', () => {
    const archive = made([{ name: 'a', content: 'abc' }]);
    const directory = Buffer.from(archive).indexOf('PK\x01\x02', 0, 'latin1');
    const end = archive.length - 22;
    const wide = make.join(
      archive.subarray(0, end),
      // 4.3.14 and 4.3.15: the record of 56 bytes, and what locates it.
      le(4, 0x06064b50),
      le(8, 44),
      le(2, 45, 45),
      le(4, 0, 0),
      le(8, 1, 1, end - directory, directory),
      le(4, 0x07064b50, 0),
      le(8, end),
      le(4, 1),
      changed(archive.subarray(end), 16, le(4, 0xffffffff)),
    );
    expect(listed('zip', wide)).toMatchObject({
      members: [{ name: 'a', size: 3 }],
      faults: [],
      size: wide.length,
    });
  });

  test('faults', () => {
    const one: File = { name: 'a', content: 'abc' };
    expect(listed('zip', made([{ ...one, flags: 1 }])).faults).toEqual(['a is encrypted']);
    expect(listed('zip', made([{ ...one, method: 97 }])).faults).toEqual([
      'a is compressed by the unknown method 97',
    ]);
    expect(listed('zip', made([{ ...one, narrow: [3, 3, 5] }])).faults).toEqual([
      'no file header of a where the central directory says',
    ]);
    expect(listed('zip', made([{ ...one, narrow: [5000, 5000, 0] }]))).toMatchObject({
      faults: ['a is truncated'],
    });
    const two = made([one, one]);
    expect(listed('zip', two, 1)).toMatchObject({
      members: [{ name: 'a' }],
      faults: ['more than 1 files (--limit container-pieces=N); the rest is not read'],
    });
    expect(listed('zip', two, 2).faults).toEqual([]);
    const second = Buffer.from(two).lastIndexOf('PK\x01\x02', undefined, 'latin1');
    expect(listed('zip', changed(two, second, u8(0))).faults).toEqual([
      'the central directory is invalid; the rest is not read',
    ]);
  });

  test('without its directory, file after file', () => {
    const archive = made([
      { name: 'a', content: 'abc' },
      { name: 'p', content: 'packed', method: 8 },
      { name: 'd/' },
    ]);
    const cut = archive.subarray(0, Buffer.from(archive).indexOf('PK\x01\x02', 0, 'latin1'));
    const missing = 'the central directory is missing';
    expect(listed('zip', cut)).toMatchObject({
      members: [{ name: 'a', size: 3, offset: 31 }, { name: 'p' }, { name: 'd/', type: 'directory' }],
      faults: [missing],
      size: cut.length,
    });
    expect(listed('zip', cut, 2).faults).toEqual([
      missing,
      'more than 2 files (--limit container-pieces=N); the rest is not read',
    ]);
    const streamed = changed(changed(cut, 6, le(2, 8)), 18, le(4, 0));
    expect(listed('zip', streamed)).toMatchObject({
      members: [],
      faults: [missing, 'the size of a is only in the missing central directory; the rest is not read'],
    });
  });

  const archive = made([{ name: 'a', content: 'abc' }]);
  test.each<[string, Uint8Array, boolean]>([
    ['an archive', archive, true],
    ['another magic', changed(archive, 3, u8(5)), false],
    ['version 6.3', changed(archive, 4, u8(63)), true],
    ['version 6.4', changed(archive, 4, u8(64)), false],
    ['method 20', changed(archive, 8, le(2, 20)), true],
    ['method 21', changed(archive, 8, le(2, 21)), false],
    ['method 92', changed(archive, 8, le(2, 92)), false],
    ['method 93', changed(archive, 8, le(2, 93)), true],
    ['method 99', changed(archive, 8, le(2, 99)), true],
    ['method 100', changed(archive, 8, le(2, 100)), false],
    ['no name', changed(archive, 26, le(2, 0)), false],
    ['a name with a control character', changed(archive, 30, u8(0x1f)), false],
    ['a name with a blank', changed(archive, 30, u8(0x20)), true],
    ['a name with DEL', changed(archive, 30, u8(0x7f)), false],
    ['an empty archive', made([]), true],
    [
      'an empty archive with a comment as long as one can be',
      make.join(made([]), new Uint8Array(65_535)),
      true,
    ],
    ['an end with more behind', make.join(made([]), new Uint8Array(65_536)), false],
  ])('%s: %s', (_title, bytes, is) => {
    expect(isOne('zip', bytes)).toBe(is);
  });
});
