/** The answer in words, of made tables. */
import { describe, expect, test } from 'vitest';
import { compare } from '../../../src/symbolic/index.ts';
import type { Folded } from '../../../src/verdict/sysfb/fold.ts';
import { reasonOf, summaryOf } from '../../../src/verdict/sysfb/summary.ts';
import type { Answer, Case } from '../../../src/verdict/sysfb/verdict.ts';
import { fieldOf } from '../../symbolic/fields.ts';

const row = (name: string, answer: Answer, because: string): Case => ({
  ...{ answer, because, effective: null },
  when: compare('eq', fieldOf(name), 1n) as never,
});
const folded = (because: string, ...cases: Case[]): Folded => ({ shown: { because }, cases }) as never;

describe('why', () => {
  test('not needed: each reason once, three at most', () => {
    expect(reasonOf('not-needed', folded('nothing'), [], [])).toBe('nothing');
    const rows = ['a', 'b', 'a', 'c', 'd'].map((because, i) => row(`F${i}`, 'not-needed', because));
    expect(reasonOf('not-needed', folded('x', ...rows), [], [])).toBe('a; or b; or c');
    expect(reasonOf('not-needed', folded('x', row('F', 'not-needed', 'a')), [], [])).toBe('a');
  });

  test('needed: as the case that is shown', () => {
    expect(reasonOf('needed', folded('it is inside', row('F', 'needed', 'a')), [], [])).toBe('it is inside');
  });

  test('unknown: what was not read, else as it is', () => {
    expect(reasonOf('unknown', folded('nobody knows'), [], [])).toBe('nobody knows');
    const gap = { reason: 'a file is cut' } as never;
    expect(reasonOf('unknown', folded('x'), [gap, { reason: 'y' } as never], [])).toBe(
      'what was not read may hide a window or a framebuffer (a file is cut)',
    );
  });

  test('depends: of each answer the first row, three at most, the short ones', () => {
    const why = (...cases: Case[]) => reasonOf('depends', folded('x'), [], cases);
    const [a, b, c, d] = [
      row('A', 'needed', ''),
      row('B', 'needed', ''),
      row('C', 'not-needed', ''),
      row('D', 'unknown', ''),
    ] as const;
    expect(why(a, c)).toBe('needed if A == 1; not-needed if C == 1');
    expect(why(a, b, c)).toBe('needed if A == 1; not-needed if C == 1; needed if B == 1');
    expect(why(a, b, c, d)).toBe(
      'needed if A == 1; not-needed if C == 1; unknown if D == 1; and 1 more case',
    );
    expect(why(a, b, c, d, row('E', 'needed', ''))).toMatch(/; and 2 more cases$/);
    // "needed if NAME == 1" of 120 characters is told, of 121 not, unless there is no other.
    const long = (length: number) => row('N'.repeat(length - 'needed if  == 1'.length), 'needed', '');
    expect(why(long(120), c)).toMatch(/^needed if N{105} == 1; not-needed if C == 1$/);
    expect(why(long(121), c)).toBe('not-needed if C == 1; and 1 more case');
    expect(why(long(121))).toMatch(/^needed if N+ == 1$/);
  });
});

test.each<[Answer, boolean | null, string]>([
  ['not-needed', false, 'CONFIG_SYSFB is not needed: why.'],
  ['needed', true, 'CONFIG_SYSFB is needed: why.'],
  ['needed', false, 'A reservation is needed, and CONFIG_SYSFB would not make it: why.'],
  ['needed', null, 'A reservation is needed, and it is open whether CONFIG_SYSFB makes it: why.'],
  ['depends', null, 'It depends: why.'],
  ['unknown', null, 'Unknown: why.'],
])('%s, %s', (answer, effective, text) => {
  expect(summaryOf(answer, effective, 'why')).toBe(text);
});
