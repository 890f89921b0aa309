import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchCode } from '../../../scripts/search-code/compile.ts';
import { type Access, accessTo } from '../../../src/containers/access.ts';
import {
  type Beginnings,
  type Places,
  plainPlaces,
  vectorPlaces,
  WINDOW_BYTES,
} from '../../../src/containers/search/places.ts';
import { Search } from '../../../src/containers/search/search.ts';

const PATTERNS = ['abc', 'bcd', 'cab', 'aab', 'cccD', 'DSDT', 'DSSD', '\xd0\x0d\xfe\xed', '\0\0\0'].map(
  (text) => ({
    text,
    bytes: Array.from(text, (character) => character.charCodeAt(0)),
  }),
);

/** The same by looking everywhere. */
function everywhere(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString('latin1');
  const found: string[] = [];
  for (let offset = 0; offset < text.length; offset += 1)
    for (const pattern of PATTERNS)
      if (text.startsWith(pattern.text, offset)) found.push(`${offset} ${pattern.text}`);
  return found.sort();
}

const WAYS: [string, (beginnings: Beginnings) => Places | undefined][] = [
  ['sixteen places at once', vectorPlaces],
  ['one place after the other', plainPlaces],
];

test('the compiled code is that of its source', async () => {
  const file = new URL('../../../src/containers/search/code.ts', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(await searchCode());
});

describe.each(WAYS)('looking at %s', (_, make) => {
  const search = new Search(PATTERNS, (beginnings) => {
    const places = make(beginnings);
    if (places === undefined) throw new Error('it is not to be had here');
    return places;
  });

  function searched(access: Access): string[] {
    return [...search.in(access)].map(({ offset, pattern }) => `${offset} ${pattern.text}`);
  }

  test('finds what looking everywhere finds', () => {
    const byte = fc.oneof(
      fc.constantFrom(...Buffer.from('abcdDST\xd0\x0d\xfe\xed\0', 'latin1')),
      fc.nat(255),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 300 }), (list) => {
        const bytes = Uint8Array.from(list);
        expect(searched(accessTo(bytes)).sort()).toEqual(everywhere(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test('in order, also across the pieces in which it reads', () => {
    const piece = WINDOW_BYTES;
    const bytes = new Uint8Array(3 * piece).fill(0xff);
    const places = [0, piece - 8, piece - 1, 2 * piece - 6, 2 * piece, 3 * piece - 4];
    for (const at of places) bytes.set(PATTERNS[7]!.bytes, at);
    const inOneGo = [...search.in(accessTo(bytes))].map(({ offset }) => offset);
    expect(inOneGo).toEqual(places);
    const access = accessTo(bytes);
    const throughMemory: Access = {
      size: access.size,
      read: access.read,
      readInto(offset, target) {
        const read = access.read(offset, target.length);
        target.set(read);
        return read.length;
      },
    };
    expect([...search.in(throughMemory)].map(({ offset }) => offset)).toEqual(places);
  });

  test('at the edges of stretches of one byte, and in them where patterns begin so', () => {
    const stretch = fc.record({
      byte: fc.constantFrom(0x00, 0x61, 0x63, 0xd0, 0xed, 0xff),
      length: fc.integer({ min: 0, max: 200 }),
      after: fc.constantFrom(
        '',
        'b',
        'bc',
        'D',
        'abc',
        'aab',
        '\xd0\x0d\xfe\xed',
        '\x0d\xfe\xed',
        'DSDT',
        'x',
      ),
    });
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 5 }), (list) => {
        const parts = list.map(({ byte, length, after }) =>
          Buffer.concat([Buffer.alloc(length, byte), Buffer.from(after, 'latin1')]),
        );
        const bytes = Uint8Array.from(Buffer.concat(parts));
        expect(searched(accessTo(bytes)).sort()).toEqual(everywhere(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test('while another search goes on', () => {
    const bytes = Uint8Array.from(Buffer.from('abc DSDT abc'));
    const outer: number[] = [];
    for (const { offset } of search.in(accessTo(bytes))) {
      outer.push(offset);
      const inner = [...search.in(accessTo(Uint8Array.from(Buffer.from('..DSDT'))))];
      expect(inner.map((hit) => hit.offset)).toEqual([2]);
    }
    expect(outer).toEqual([0, 4, 9]);
  });
});
