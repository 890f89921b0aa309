import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evaluateKconfigExpression,
  type KconfigExpression,
  parseKconfigExpression,
} from '../../../src/linux/kconfig/expression.ts';

const VALUES: Readonly<Record<string, string>> = { A: 'n', B: 'm', C: 'y', D: 'm', S: 'foo', N: '12' };
const parsed = (text: string): KconfigExpression => {
  const expression = parseKconfigExpression(text);
  if (typeof expression === 'string') throw new Error(expression);
  return expression;
};
const values = (text: string, lookup: (symbol: string) => string | undefined): string =>
  evaluateKconfigExpression(parsed(text), lookup).values.join('');

describe('an expression', () => {
  // What conf of Linux 6.12 makes of `select T if EXPRESSION` with these values (--olddefconfig, T tristate).
  test.each([
    ['C', 'y'],
    ['B', 'm'],
    ['A', 'n'],
    ['!A', 'y'],
    ['!B', 'm'],
    ['A || B', 'm'],
    ['B && C', 'm'],
    ['A && C', 'n'],
    ['B || C', 'y'],
    ['!(A || B)', 'm'],
    ['!A && !B', 'm'],
    ['C && (A || !A)', 'y'],
    ['A || B && C', 'm'],
    ['(A || B) && C', 'm'],
    ['!A && B || C && D', 'm'],
    ['B = D', 'y'],
    ['B = m', 'y'],
    ['B != m', 'n'],
    ['A < B', 'y'],
    ['C > m', 'y'],
    ['B >= "m"', 'y'],
    ['!B = m', 'n'],
    ['!(B = m)', 'n'],
    ['S = "foo"', 'y'],
    ['S != "foo"', 'n'],
    ['N < 9', 'n'],
    ['N >= 10', 'y'],
    ['N = 12 && B', 'm'],
    ['UNDEFINED', 'n'],
    ['!UNDEFINED', 'y'],
    ['N > B', 'y'],
    ['S > B', 'n'],
  ])('%s is %s', (text, value) => {
    expect(values(text, (symbol) => VALUES[symbol] ?? 'n')).toBe(value);
  });

  test.each([
    '',
    'A &&',
    '&& A',
    'A B',
    '(A',
    'A)',
    '!',
    'A = (B)',
    '(A) = B',
    'A = !B',
    'A = B = C',
    'A & B',
    '$(shell, ls)',
  ])('%j is none', (text) => {
    expect(parseKconfigExpression(text)).toBeTypeOf('string');
  });

  test('what is no part of one is quoted', () => {
    expect(parseKconfigExpression('A & B  ')).toBe('"& B" is not a part of an expression');
  });

  test('what is not known stays open, unless it decides nothing', () => {
    const known = (symbol: string): string | undefined => ({ EFI: 'y', OFF: 'n' })[symbol];
    expect(evaluateKconfigExpression(parsed('EFI && !VTL'), known)).toEqual({
      values: ['n', 'm', 'y'],
      open: ['VTL'],
    });
    expect(evaluateKconfigExpression(parsed('OFF && !VTL'), known)).toEqual({ values: ['n'], open: [] });
    expect(evaluateKconfigExpression(parsed('EFI || VTL'), known)).toEqual({ values: ['y'], open: [] });
    // X is m or its mirror is: never n.
    expect(values('X || !X', known)).toBe('my');
  });

  test('every completion of what is not known gives one of the values left open, and each is given', () => {
    const symbol = fc.constantFrom('A', 'B', 'C');
    const { text } = fc.letrec((tie) => ({
      text: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        symbol,
        symbol.map((name) => `!${name}`),
        symbol.map((name) => `${name} = m`),
        fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${String(a)} && ${String(b)})`),
        fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${String(a)} || ${String(b)})`),
        tie('text').map((a) => `!(${String(a)})`),
      ),
    })) as { text: fc.Arbitrary<string> };
    fc.assert(
      fc.property(text, fc.subarray(['A', 'B', 'C']), (expression, hidden) => {
        const found = new Set<string>();
        for (const a of 'nmy')
          for (const b of 'nmy')
            for (const c of 'nmy') {
              const full: Record<string, string> = { A: a, B: b, C: c };
              // The known ones are all m.
              if (['A', 'B', 'C'].some((name) => !hidden.includes(name) && full[name] !== 'm')) continue;
              found.add(values(expression, (name) => full[name]));
            }
        const open = values(expression, (name) => (hidden.includes(name) ? undefined : 'm'));
        expect([...open].sort()).toEqual([...found].sort());
      }),
      { numRuns: 200 },
    );
  });

  test('a long one is no burden', () => {
    const long = Array.from({ length: 400 }, (_, index) => `S${index}`).join(' || ');
    expect(evaluateKconfigExpression(parsed(long), () => undefined).values).toEqual(['n', 'm', 'y']);
    expect(parseKconfigExpression('('.repeat(100_000))).toBeTypeOf('string');
  });
});
