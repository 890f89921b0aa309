/** tar, its kinds and faults, against archives made by hand. */
import { describe, expect, test } from 'vitest';
import { changed } from '../images/opened.ts';
import * as make from '../make-images.ts';
import { isOne, listed, shown } from './listed.ts';

const { text, u8 } = make;

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
    expect([shown(content)[0], content.faults]).toEqual([['w', 'file', 512, 100], ['w is truncated']]);
    const impossible = header('w', 0);
    impossible.set(u8(0xff, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255), 124);
    expect(listed('tar', make.join(summed(impossible), END)).faults).toEqual([
      'the header at 0x0 is invalid; the rest is not read',
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
      faults: ['a is truncated'],
      members: [{ size: 599 }],
      size: 512 + 599,
    });
    expect(listed('tar', archive.subarray(0, 512 + 600)).faults).toEqual([]);
    expect(listed('tar', archive.subarray(0, 1536 + 5)).faults).toEqual(['the archive is truncated']);
    expect(listed('tar', archive.subarray(0, 0)).faults).toEqual(['the archive is truncated']);
    expect(listed('tar', changed(archive, 1536 + 148, u8(0x39))).faults).toEqual([
      'the header at 0x600 is invalid; the rest is not read',
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

  test('is none where signed characters add up to nothing, without a sum', () => {
    // As a screen_info at the start of boot_params may: with eight blanks in the place of the sum.
    const bytes = [0x23, 4, 3, 0x20, 0x80, 0xa6, 0x80, 0x10];
    const signed = bytes.reduce((sum, byte) => sum + (byte < 0x80 ? byte : byte - 256), 8 * 0x20);
    expect(signed).toBe(0);
    expect(isOne('tar', changed(new Uint8Array(512), 15, Uint8Array.from(bytes)))).toBe(false);
  });
});
