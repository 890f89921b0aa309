/** Archives put together by hand: what is in them, and what is wrong with them, at each edge. */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { accessTo } from '../../src/containers/access.ts';
import { crc32 } from '../../src/containers/codecs/checksum.ts';
import { ARCHIVES, COMPRESSIONS } from '../../src/containers/rows.ts';
import { changed } from './images/opened.ts';
import { makeCpio } from './make-cpio.ts';
import * as make from './make-images.ts';

const { le, text, u8 } = make;

function listed(format: string, bytes: Uint8Array, most = 100) {
  const row = ARCHIVES.find((each) => each.format === format)!;
  // Archives stand among other things: places are counted from where one begins.
  const inside = new Uint8Array(512 + bytes.length);
  inside.set(bytes, 512);
  return row.list(accessTo(inside), 512, most);
}

function isOne(format: string, bytes: Uint8Array): boolean {
  return ARCHIVES.find((each) => each.format === format)!.sniff(accessTo(bytes), 0);
}

const shown = ({ members }: ReturnType<typeof listed>) =>
  members.map(({ name, type, offset, size }) => [name, type, offset, size]);

describe('tar', () => {
  /** pax, "ustar Interchange Format": name, size at 124, type at 156, link at 157, magic at 257, prefix at 345. */
  function header(
    name: string,
    size: number,
    type = '0',
    more: readonly (readonly [number, string])[] = [],
  ): Uint8Array {
    const bytes = Buffer.alloc(512);
    bytes.write(name, 0, 'latin1');
    bytes.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    bytes.write(type, 156, 'latin1');
    bytes.write('ustar\x0000', 257, 'latin1');
    for (const [at, value] of more) bytes.write(value, at, 'latin1');
    return summed(bytes);
  }
  function summed(bytes: Uint8Array): Uint8Array {
    const copy = Uint8Array.from(bytes).fill(0x20, 148, 156);
    const sum = copy.reduce((all, byte) => all + byte, 0);
    copy.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
    return copy;
  }
  const data = (content: string): Uint8Array => make.padded(text(content), 512);
  const END = new Uint8Array(1024);

  test('files, folders and links, in their order', () => {
    const archive = make.join(
      header('a', 3),
      data('abc'),
      header('b/', 0),
      header('c', 0, '5'),
      header('d', 0, '2', [[157, 'a']]),
      header('e', 700, '1', [[157, 'b/x']]),
      header('f', 1, '7'),
      data('f'),
      header('g', 1, '\0'),
      data('g'),
      header('h', 5, '3'),
      data('dev'),
      header('i', 0),
      END,
    );
    const content = listed('tar', archive);
    expect([shown(content), content.faults, content.size]).toEqual([
      [
        ['a', 'file', 512, 3],
        ['b/', 'directory', 1536, 0],
        ['c', 'directory', 2048, 0],
        ['d', 'link', 2560, 0],
        ['e', 'link', 3072, 0],
        ['f', 'file', 3584, 1],
        ['g', 'file', 4608, 1],
        ['i', 'file', 6656, 0],
      ],
      [],
      archive.length,
    ]);
    expect(content.members[3]).toMatchObject({ target: 'a', hard: false });
    expect(content.members[4]).toMatchObject({ target: 'b/x', hard: true });
  });

  const record = (line: string): string => {
    const length = [2, 3]
      .map((digits) => line.length + 2 + digits)
      .find((all) => `${all}`.length + line.length + 2 === all)!;
    return `${length} ${line}\n`;
  };
  test('names, sizes and links that stand before a file', () => {
    const pax = record('path=long/name') + record('size=3') + record('linkpath=to');
    const archive = make.join(
      header('x', pax.length, 'x'),
      data(pax),
      header('short', 700),
      data('abc'),
      header('next', 0),
      header('L', 9, 'L'),
      data('gnu/name\0'),
      header('K', 3, 'K'),
      data('to\0'),
      header('short', 0, '2'),
      header('g', pax.length, 'g'),
      data(pax),
      header('last', 0),
      END,
    );
    const content = listed('tar', archive);
    expect([shown(content).map(([name, , , size]) => [name, size]), content.faults]).toEqual([
      [
        ['long/name', 3],
        ['next', 0],
        ['gnu/name', 0],
        ['last', 0],
      ],
      [],
    ]);
    expect(content.members[2]).toMatchObject({ target: 'to' });
  });

  test.each([
    ['a length that is none', 'x path=a\n'],
    ['a length of more than there is', '99 path=a\n'],
    ['a length of less than its own digits', '2 path=a\n'],
    ['no blank', '9path=abc'],
    ['no key', '8 =abcd\n'],
    ['a length that is no whole number', '1.5 path=a\n'],
    ['a size that is none', record('size=-1')],
  ])('records with %s say nothing', (_title, pax) => {
    const archive = make.join(header('x', pax.length, 'x'), data(pax), header('plain', 2), data('ab'), END);
    expect(shown(listed('tar', archive))).toEqual([['plain', 'file', 1536, 2]]);
  });

  test('a prefix in front of the name, which GNU has times in', () => {
    const prefixed = (magic: string) =>
      shown(
        listed(
          'tar',
          make.join(
            header('n', 0, '0', [
              [257, magic],
              [345, 'p/q'],
            ]),
            END,
          ),
        ),
      )[0]?.[0];
    expect(prefixed('ustar\x0000')).toBe('p/q/n');
    expect(prefixed('ustar  \0')).toBe('n');
    expect(prefixed('other\x0000')).toBe('n');
  });

  test('sizes of more than eight gigabytes, as GNU writes them', () => {
    const wide = header('w', 0);
    wide.set(u8(0x80, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 5), 124);
    const content = listed('tar', make.join(summed(wide), new Uint8Array(100)));
    expect([shown(content)[0], content.faults]).toEqual([['w', 'file', 512, 100], ['w is cut short']]);
    const impossible = header('w', 0);
    impossible.set(u8(0xff, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255), 124);
    expect(listed('tar', make.join(summed(impossible), END)).faults).toEqual([
      'the header at 0x0 makes no sense; the rest is not read',
    ]);
  });

  test('sums of signed characters, of old programs', () => {
    const old = Uint8Array.from(header('\xff', 0)).fill(0x20, 148, 156);
    const sum = old.reduce((all, byte) => all + (byte < 128 ? byte : byte - 256), 0);
    old.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
    expect(isOne('tar', old)).toBe(true);
    expect(isOne('tar', changed(old, 0, u8(0xfe)))).toBe(false);
  });

  test('faults', () => {
    const archive = make.join(header('a', 600), data('x'.repeat(600)), header('b', 1), data('b'), END);
    expect(listed('tar', archive.subarray(0, 512 + 599))).toMatchObject({
      faults: ['a is cut short'],
      members: [{ size: 599 }],
      size: 512 + 599,
    });
    expect(listed('tar', archive.subarray(0, 512 + 600)).faults).toEqual([]);
    expect(listed('tar', archive.subarray(0, 1536 + 5)).faults).toEqual(['the archive is cut short']);
    expect(listed('tar', archive.subarray(0, 0)).faults).toEqual(['the archive is cut short']);
    expect(listed('tar', changed(archive, 1536 + 148, u8(0x39))).faults).toEqual([
      'the header at 0x600 makes no sense; the rest is not read',
    ]);
    expect(listed('tar', archive, 1)).toMatchObject({
      members: [{ name: 'a' }],
      faults: ['more than 1 files (--limit container-pieces=N); the rest is not read'],
    });
    expect(listed('tar', archive, 2).faults).toEqual([]);
    // One block of zeros is an end too.
    const short = make.join(header('a', 0), new Uint8Array(512), text('more'.repeat(200)));
    expect(listed('tar', short).size).toBe(1024);
  });

  test('is one by the sum of its first header', () => {
    const one = header('a', 0);
    expect(isOne('tar', one)).toBe(true);
    expect(isOne('tar', one.subarray(0, 511))).toBe(false);
    expect(isOne('tar', new Uint8Array(512))).toBe(false);
    expect(isOne('tar', changed(one, 0, text('b')))).toBe(false);
  });
});

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
      why: 'the checksum fails',
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
    expect(short.faults).toEqual(['a is not where the directory says']);
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
      'a is packed by method 97, which is not known',
    ]);
    expect(listed('zip', made([{ ...one, narrow: [3, 3, 5] }])).faults).toEqual([
      'a is not where the directory says',
    ]);
    expect(listed('zip', made([{ ...one, narrow: [5000, 5000, 0] }]))).toMatchObject({
      faults: ['a is cut short'],
    });
    const two = made([one, one]);
    expect(listed('zip', two, 1)).toMatchObject({
      members: [{ name: 'a' }],
      faults: ['more than 1 files (--limit container-pieces=N); the rest is not read'],
    });
    expect(listed('zip', two, 2).faults).toEqual([]);
    const second = Buffer.from(two).lastIndexOf('PK\x01\x02', undefined, 'latin1');
    expect(listed('zip', changed(two, second, u8(0))).faults).toEqual([
      'the directory makes no sense; the rest is not read',
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
      faults: [missing, 'how long a is stands in the directory only; the rest is not read'],
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

describe('cpio and ar', () => {
  const cpio = makeCpio([
    { name: 'a', content: 'abcde' },
    { name: 'b', content: 'x' },
  ]);
  test('cpio: cut short in a file and behind one', () => {
    const data = Buffer.from(cpio).indexOf('abcde');
    expect(listed('cpio', cpio.subarray(0, data + 4))).toMatchObject({
      members: [{ name: 'a', offset: data, size: 4 }],
      faults: ['a is cut short'],
      size: data + 4,
    });
    expect(listed('cpio', cpio.subarray(0, data + 8))).toMatchObject({
      faults: ['the archive is cut short'],
    });
    expect(listed('cpio', changed(cpio, data + 8, text('?'))).faults).toEqual([
      `the header at 0x${(data + 8).toString(16)} makes no sense; the rest is not read`,
    ]);
    expect(listed('cpio', cpio, 2).faults).toEqual([]);
  });

  test('cpio: names of some length, up to 4096', () => {
    const nameSize = (size: number) =>
      changed(make.join(cpio, new Uint8Array(5000)), 94, text(size.toString(16).padStart(8, '0')));
    expect([0, 1, 4096, 4097].map((size) => isOne('cpio', nameSize(size)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(listed('cpio', nameSize(0)).faults).toHaveLength(1);
  });

  /** ar(5): name of 16, ..., size at 48 of 10, then a grave accent and a line end. */
  const member = (name: string, content: string): string =>
    `${name.padEnd(16)}${'0'.padEnd(32)}${String(content.length).padEnd(10)}\`\n${content}${content.length % 2 === 1 ? '\n' : ''}`;
  const ar = (...members: string[]): Uint8Array => text(`!<arch>\n${members.join('')}`);

  test('ar: names of its kinds, data at even places', () => {
    const names = member('//', 'a-name-that-is-long/\nanother/\n');
    const archive = ar(
      member('/', 'x'),
      names,
      member('/0', 'abc'),
      member('/21', 'd'),
      member('short/', 'e'),
      member('bsd', ''),
    );
    const content = listed('ar', archive);
    expect([content.members.map(({ name, size }) => [name, size]), content.faults, content.size]).toEqual([
      [
        ['a-name-that-is-long', 3],
        ['another', 1],
        ['short', 1],
        ['bsd', 0],
      ],
      [],
      archive.length,
    ]);
    expect(content.members.at(-1)!.offset).toBe(archive.length);
  });

  test('ar: faults', () => {
    const bad = 'a header makes no sense; the rest is not read';
    expect(listed('ar', ar(member('a', 'abc')).subarray(0, -2))).toMatchObject({
      members: [{ size: 2 }],
      faults: ['a is cut short'],
    });
    expect(listed('ar', ar('x'.repeat(60))).faults).toEqual([bad]);
    // What follows an archive is not its own, unless it is marked as a header.
    expect(listed('ar', ar(member('a', ''), 'x'.repeat(60)))).toMatchObject({ faults: [], size: 68 });
    expect(listed('ar', ar(member('a', ''), `${'x'.repeat(58)}\`\n`)).faults).toEqual([bad]);
    expect(listed('ar', ar(member('a', ''), `${' '.repeat(58)}\`\n`)).faults).toEqual([bad]);
    expect(listed('ar', ar(member('a', ''), member('b', '')), 1).faults).toEqual([
      'more than 1 files (--limit container-pieces=N); the rest is not read',
    ]);
    expect(listed('ar', ar(member('a', ''), member('b', '')), 2).faults).toEqual([]);
  });
});

describe('a compression by its first bytes', () => {
  const kindOf = (bytes: Uint8Array) => COMPRESSIONS.find((row) => row.sniff(bytes))?.format;
  test.each<[string, string | undefined]>([
    ['BZh91AY&SY', 'bzip2'],
    ['BZh11AY&SY', 'bzip2'],
    ['BZh9\x17\x72\x45\x38\x50\x90', 'bzip2'],
    ['BZh01AY&SY', undefined],
    ['BZh:1AY&SY', undefined],
    ['BZh91AY&SZ', undefined],
    ['\x1f\x8b\x08', 'gzip'],
    ['\x1f\x8b\x07', undefined],
    ['\xfd7zXZ\0', 'xz'],
    ['\x28\xb5\x2f\xfd', 'zstd'],
    ['\x04\x22\x4d\x18', 'lz4'],
    ['\x02\x21\x4c\x18', 'lz4'],
    ['\x89LZO\0\r\n\x1a\n', 'lzo'],
    ['', undefined],
  ])('%j: %s', (start, format) => {
    expect(kindOf(text(start))).toBe(format);
  });
});
