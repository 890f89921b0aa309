import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Conjunction,
  conjunction,
  formatAlternatives,
  literalsOf,
  simplified,
} from '../../src/window/conditions.ts';

/** What a literal says for given values of A, B and C: the meaning that simplifying must keep. */
function holds(literal: string, values: Readonly<Record<string, number>>): boolean {
  const [, name, relation, value] = /^(\w) (==|!=|>|<|>=) (\d+)$/.exec(literal)!;
  const [left, right] = [values[name!]!, Number(value)];
  switch (relation) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '>':
      return left > right;
    case '<':
      return left < right;
    default:
      return left >= right;
  }
}

const all = (literals: Conjunction, values: Readonly<Record<string, number>>): boolean =>
  literals.every((literal) => holds(literal, values));

const literal = fc
  .tuple(fc.constantFrom('A', 'B', 'C'), fc.constantFrom('== 0', '!= 0', '> 0', '< 2', '>= 2'))
  .map((parts) => parts.join(' '));
const values = fc.record({ A: fc.nat(3), B: fc.nat(3), C: fc.nat(3) });

describe('conditions', () => {
  it('keep their meaning', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(literal, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
        values,
        (given, at) => {
          const possible = given.flatMap((literals) => {
            const made = conjunction(literals);
            return made === undefined ? [] : [made];
          });
          const before = given.some((literals) => all(literals, at));
          expect(possible.some((literals) => all(literals, at))).toBe(before);
          expect(simplified(possible).some((literals) => all(literals, at))).toBe(before);
        },
      ),
    );
  });

  it('drop what repeats and what cannot be', () => {
    expect(conjunction(['A != 0 && B == 0', 'A > 0'])).toEqual(['A > 0', 'B == 0']);
    expect(conjunction(['A != 0', 'A == 0'])).toBeUndefined();
    expect(conjunction(['X << 20 < 0x100000000', 'X << 20 >= 0x100000000'])).toBeUndefined();
  });

  it('join what holds either way', () => {
    const cases = [
      ['A > 0', 'B == 0'],
      ['A > 0', 'B > 0'],
      ['A == 0', 'B > 0', 'C < 2'],
    ];
    expect(formatAlternatives(simplified(cases))).toBe('A > 0, or A == 0 and B > 0 and C < 2');
  });

  it('leave what they cannot take apart', () => {
    expect(literalsOf('(A == 0 || B > 0) && C')).toEqual(['(A == 0 || B > 0) && C']);
  });
});
