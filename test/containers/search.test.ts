import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Access, accessTo } from '../../src/containers/access.ts';
import { Search } from '../../src/containers/search.ts';

const PATTERNS = ['abc', 'bcd', 'cab', 'aab', 'DSDT', 'DSSD', '\xd0\x0d\xfe\xed', '\0\0\0'].map((text) => ({
  text,
  bytes: Array.from(text, (character) => character.charCodeAt(0)),
}));

/** The same by looking everywhere. */
function everywhere(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString('latin1');
  const found: string[] = [];
  for (let offset = 0; offset < text.length; offset += 1)
    for (const pattern of PATTERNS)
      if (text.startsWith(pattern.text, offset)) found.push(`${offset} ${pattern.text}`);
  return found.sort();
}

function searched(access: Access): string[] {
  return [...new Search(PATTERNS).in(access)].map(({ offset, pattern }) => `${offset} ${pattern.text}`);
}

describe('search', () => {
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
    const piece = 1 << 20;
    const bytes = new Uint8Array(3 * piece).fill(0xff);
    const places = [0, piece - 8, piece - 1, 2 * piece - 6, 2 * piece, 3 * piece - 4];
    for (const at of places) bytes.set(PATTERNS[6]!.bytes, at);
    const inOneGo = [...new Search(PATTERNS).in(accessTo(bytes))].map(({ offset }) => offset);
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
    expect([...new Search(PATTERNS).in(throughMemory)].map(({ offset }) => offset)).toEqual(places);
  });
});
