import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUtf16, utf16Of } from '../../src/bytes/text-encoding.ts';

const encoded = (text: string, encoding: 'utf-16le' | 'utf-16be'): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
};

describe('UTF-16', () => {
  it.each(['utf-16le', 'utf-16be'] as const)('%s is known with its mark and without', (encoding) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 16 }), fc.boolean(), (text, hasMark) => {
        fc.pre(text.length >= 16);
        const bytes = encoded(hasMark ? `\ufeff${text}` : text, encoding);
        expect(utf16Of(bytes)).toBe(encoding);
        expect(Buffer.from(fromUtf16(bytes, encoding)).toString('utf8')).toBe(text);
      }),
    );
  });

  it('may have a cut last character, and words of other scripts', () => {
    const text = `DefinitionBlock ("", "SSDT", 2, "é", "表", 1) ${'x'.repeat(30)}`;
    const bytes = Buffer.concat([encoded(text, 'utf-16be'), Buffer.from([0])]);
    expect(utf16Of(bytes)).toBe('utf-16be');
    expect(Buffer.from(fromUtf16(bytes, 'utf-16be')).toString('utf8')).toBe(text);
  });

  it('is no blob, no short text and no other text', () => {
    expect(utf16Of(Buffer.from('plain text, one byte a character'))).toBeUndefined();
    expect(utf16Of(Buffer.alloc(64))).toBeUndefined();
    expect(utf16Of(Buffer.from('a\0b\0'))).toBeUndefined();
    // 16-bit numbers below 128 that are no characters.
    expect(
      utf16Of(Buffer.from(Array.from({ length: 64 }, (_, at) => (at % 2 === 0 ? at % 8 : 0)))),
    ).toBeUndefined();
  });
});
