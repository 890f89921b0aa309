/** Where a source begins to say something. HERE stands where that is. */
import { describe, expect, test } from 'vitest';
import { firstCode } from '../../../src/artifact/text/first-code.ts';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

describe('the first code is behind', () => {
  test.each([
    'HERE',
    ' \t\v\f\r\nHERE',
    '// one\nHERE',
    '// one \\\nstill the comment\nHERE',
    '// one \\\r\nstill the comment\r\nHERE',
    '// one \\\n\nHERE',
    '// one \\ \nHERE',
    '/**/HERE',
    '/* one\n * two */ HERE',
    // A slash behind the star that opens a comment closes nothing.
    '/*/ one */HERE',
    '/* one *//* two */// three\nHERE',
    '#define A 1\nHERE',
    '#define A(x) \\\n  x \\\r\n  + 1\nHERE',
    '#define A /* one\n  two */ HERE',
    '#define A /* one */ 1\nHERE',
    '#define A /* one */ 1 /* two\n three */HERE',
    // No such comment ever ends: the line is a directive all the same.
    '#define A /* one\nHERE',
    '# define A\n#\tdefine B\nHERE',
    '#\nHERE',
    '#\r\nHERE',
    '#  \nHERE',
    '# 12 "board.dts" 2\nHERE',
    ...(
      'undef A|include "a.h"|include_next <a.h>|import <a>|if A|ifdef A|ifndef A|elif A|elifdef A|elifndef A|else|endif|' +
      'line 1|error no|warning no|pragma once|ident "a"'
    )
      .split('|')
      .map((line) => `#${line}\nHERE`),
  ])('%j', (text) => {
    expect(firstCode(bytesOf(text))).toBe(text.indexOf('HERE'));
  });

  test.each([
    '#address-cells = <2>;',
    '#size-cells = <1>;',
    '# CONFIG_SYSFB is not set',
    '#define-cells = <1>;',
    '#line,cells = <1>;',
    '#defined A',
    '# 12 board.dts',
    '#12',
    '/ { };',
    '/',
    '/dts-v1/;',
    '\x08',
    '\x0e',
  ])('nothing in %j', (text) => {
    expect(firstCode(bytesOf(text))).toBe(0);
  });

  test.each(['', ' \n', '// one', '// one \\\n', '/* one', '/*/', '#define A 1', '#define A /* one'])(
    'all of %j',
    (text) => {
      expect(firstCode(bytesOf(text))).toBe(text.length);
    },
  );

  test('16 MiB at most', () => {
    const most = 16 * 1024 * 1024;
    expect(firstCode(new Uint8Array(most + 9).fill(0x0a))).toBe(most);
    const late = new Uint8Array(most).fill(0x0a);
    late[most - 1] = 0x2f;
    expect(firstCode(late)).toBe(most - 1);
  });

  test('is counted from the first byte of a part of a buffer', () => {
    const whole = bytesOf('/* one */ HERE');
    expect(firstCode(whole.subarray(9))).toBe(1);
    expect(firstCode(whole.subarray(0, 9))).toBe(9);
  });
});
