/** Lines with quote marks, marks of omission, and blanks that don't break. */
import { describe, expect, test } from 'vitest';
import { isOmission, quotedLines, withPlainBlanks } from '../../../src/artifact/text/lines.ts';

describe('a line', () => {
  test.each([
    ['', ['']],
    ['a', ['a']],
    ['a\nb', ['a', 'b']],
    ['a\n', ['a', '']],
    ['> a\n>> b\n| c\n> | d\n>e\n>  f', ['a', 'b', 'c', 'd', 'e', ' f']],
    ['  > a', ['a']],
    ['a > b', ['a > b']],
    ['>', ['']],
  ])('of %j has its words behind the quote marks', (text, words) => {
    const lines = quotedLines(text);
    expect(lines.map(({ content, end }) => text.slice(content, end))).toEqual(words);
    expect(lines.map(({ start, end }) => text.slice(start, end)).join('\n')).toBe(text);
  });
});

describe('a mark of omission', () => {
  test.each([
    '[...]',
    '<...>',
    '...',
    '..',
    '…',
    '[…]',
    '  (...)  ',
    '- - ... - -',
    '<snip>',
    '[snipped]',
    'snippet',
    '--- cut here ---',
    '[cut]',
    '(trimmed)',
    'truncated',
    '[skipped]',
    'omitted',
    'elided',
    '[12 lines omitted]',
    '3 more lines skipped',
    'line deleted',
    '[some output removed]',
    'more output trimmed',
    '--8<--',
    '----8<----8<----',
    '>8 --',
    '.'.repeat(120),
  ])('is %j', (line) => {
    expect(isOmission(line)).toBe(true);
  });

  test.each([
    '',
    '.',
    '[.]',
    '[]',
    '--',
    'a ...',
    '... and so on',
    'cut the wire',
    'lines',
    '12 lines',
    '12 lines of code omitted here',
    'snipe',
    '-- 8 <--',
    '.'.repeat(121),
    `${' '.repeat(118)}...`,
  ])('is not %j', (line) => {
    expect(isOmission(line)).toBe(false);
  });
});

describe('blanks that do not break', () => {
  test.each([
    ['a b', 'a b'],
    ['\u00a0', ' '],
    ['a\u00a0\u00a0b', 'a  b'],
    ['\u00a0a\u00a0', ' a '],
    // Other characters that begin or end with the same bytes: C2 A9, C3 A0.
    ['©à', '©à'],
    ['©\u00a0à\u00a0', '© à '],
  ])('%j are ordinary ones', (text, plain) => {
    expect(Buffer.from(withPlainBlanks(Buffer.from(text))).toString()).toBe(plain);
  });

  test('half of one is none', () => {
    expect([...withPlainBlanks(Uint8Array.of(0x61, 0xc2))]).toEqual([0x61, 0xc2]);
    expect([...withPlainBlanks(Uint8Array.of(0xc2, 0xa0, 0xa0, 0xc2))]).toEqual([0x20, 0xa0, 0xc2]);
  });

  test('where there are none the bytes are the same, not a copy', () => {
    const bytes = new Uint8Array(Buffer.from('© a'));
    expect(withPlainBlanks(bytes)).toBe(bytes);
  });
});
