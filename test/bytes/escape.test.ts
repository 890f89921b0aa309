import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls, escapeToAscii } from '../../src/bytes/escape.ts';

describe('strings from firmware', () => {
  it('cannot steer a terminal', () => {
    expect(escapeControls('a\x1b[2Jb\n\x00\x9b')).toBe('a\\x1b[2Jb\\x0a\\x00\\x9b');
  });

  it('cannot hide or turn around text', () => {
    // Right-to-left override, zero width space, byte order mark.
    expect(escapeControls('\u202e\u200b\ufeff')).toBe('\\u{202e}\\u{200b}\\u{feff}');
  });

  it('keep letters of any script, unless for ASCII', () => {
    expect(escapeControls('Grüße 日本')).toBe('Grüße 日本');
    expect(escapeToAscii('ü日')).toBe('\\u{fc}\\u{65e5}');
  });

  it('come out printable, whatever they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeControls(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(escapeToAscii(text)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});
