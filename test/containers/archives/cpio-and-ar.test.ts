/** cpio and ar, against archives made by hand. */
import { describe, expect, test } from 'vitest';
import { changed } from '../images/opened.ts';
import { makeCpio } from '../make-cpio.ts';
import * as make from '../make-images.ts';
import { isOne, listed } from './listed.ts';

const { text } = make;

describe('cpio and ar', () => {
  const cpio = makeCpio([
    { name: 'a', content: 'abcde' },
    { name: 'b', content: 'x' },
  ]);
  test('cpio: cut short in a file and behind one', () => {
    const data = Buffer.from(cpio).indexOf('abcde');
    expect(listed('cpio', cpio.subarray(0, data + 4))).toMatchObject({
      members: [{ name: 'a', offset: data, size: 4 }],
      faults: ['a is truncated'],
      size: data + 4,
    });
    expect(listed('cpio', cpio.subarray(0, data + 8))).toMatchObject({
      faults: ['the archive is truncated'],
    });
    expect(listed('cpio', changed(cpio, data + 8, text('?'))).faults).toEqual([
      `the header at 0x${(data + 8).toString(16)} is invalid; the rest is not read`,
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
    const bad = 'a header is invalid; the rest is not read';
    expect(listed('ar', ar(member('a', 'abc')).subarray(0, -2))).toMatchObject({
      members: [{ size: 2 }],
      faults: ['a is truncated'],
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
