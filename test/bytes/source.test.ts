import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatPlace,
  lineAndColumn,
  placeOf,
  type Source,
  textOf,
  textSource,
} from '../../src/bytes/source.ts';

describe('places in text', () => {
  const source = textSource('a.dts', 'one\n\ntwo\tx\n');

  it('count lines and columns from 1, and end with the text', () => {
    expect(lineAndColumn(source, 0)).toEqual({ line: 1, column: 1 });
    // The newline belongs to the line that it ends.
    expect(lineAndColumn(source, 3)).toEqual({ line: 1, column: 4 });
    expect(lineAndColumn(source, 4)).toEqual({ line: 2, column: 1 });
    expect(lineAndColumn(source, 9)).toEqual({ line: 3, column: 5 });
    expect(lineAndColumn(source, 1000)).toEqual({ line: 4, column: 1 });
    expect(lineAndColumn(source, -1)).toEqual({ line: 1, column: 1 });
  });

  it('agree with splitting the text into lines', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a\n]{0,40}$/), fc.nat(45), (text, offset) => {
        const before = text.slice(0, offset).split('\n');
        expect(lineAndColumn(textSource('x', text), offset)).toEqual({
          line: before.length,
          column: before.at(-1)!.length + 1,
        });
      }),
    );
  });

  it('keep every byte: Latin-1, a character a byte', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = textOf({ name: 'x', form: 'text', bytes });
    expect([...text].map((character) => character.charCodeAt(0))).toEqual([...bytes]);
  });

  it('follow line markers', () => {
    // cpp's "# 70 "soc.dtsi"" ended at offset 4: the line that begins there is line 70.
    const marked: Source = { ...source, lineMarkers: [{ offset: 4, name: 'soc.dtsi', line: 70 }] };
    expect(formatPlace({ source: marked, start: 0, end: 1 })).toBe('a.dts:1.1');
    expect(formatPlace({ source: marked, start: 5, end: 6 })).toBe('soc.dtsi:71.1');
    expect(placeOf({ source: marked, start: 5, end: 8 })).toEqual({
      line: 71,
      column: 1,
      endLine: 71,
      endColumn: 4,
      name: 'soc.dtsi',
    });
  });
});

describe('places in blobs', () => {
  const source: Source = { name: 'a.dtb', form: 'blob', bytes: new Uint8Array(16) };

  it('are byte offsets', () => {
    expect(placeOf({ source, start: 8, end: 12 })).toEqual({ offset: 8, length: 4 });
    expect(formatPlace({ source, start: 8, end: 12 })).toBe('a.dtb@0x8');
  });
});
