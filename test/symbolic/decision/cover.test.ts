import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arithmetic,
  bitsOf,
  bitwise,
  type Condition,
  choose,
  chosen,
  chosenFrom,
  compare,
  conditionOfLiteral,
  coverOf,
  type Expr,
  formatCondition,
  gather,
  not,
  type Quantity,
  simplified,
  sum,
} from '../../../src/symbolic/index.ts';
import { runs } from '../../runs.ts';
import { fieldOf } from '../fields.ts';
import { anyCondition, contents, meaningOf, RELEASE, SETTING } from '../small-world.ts';

type Cases = ReadonlySet<number>;

const EVERYTHING = contents().map((_, i) => i);

function casesOf(condition: Quantity): Cases {
  const meaning = meaningOf(condition);
  return new Set(EVERYTHING.filter((i) => meaning(contents()[i]!) !== 0));
}

const together = (sets: readonly Cases[]): number[] =>
  EVERYTHING.filter((i) => sets.every((set) => set.has(i)));

describe('a cover of small fields, compared with every content', () => {
  test('is the condition, without what is redundant', () => {
    let complete = 0;
    fc.assert(
      fc.property(anyCondition, (condition) => {
        const cover = coverOf(condition);
        if (cover.complete) complete += 1;
        const wanted = casesOf(condition);
        const terms = cover.alternatives.map((literals) =>
          literals.map((literal) => casesOf(conditionOfLiteral(literal))),
        );
        const covered = new Set(terms.flatMap(together));
        expect([...covered].sort((a, b) => a - b)).toEqual([...wanted]);
        if (!cover.complete) return;
        for (const [i, term] of terms.entries()) {
          expect(together(term)).not.toEqual([]);
          // Without a literal it would be more than the condition.
          for (const literal of term) {
            const more = together(term.filter((each) => each !== literal));
            expect(more.every((at) => wanted.has(at))).toBe(false);
          }
          const others = new Set(terms.filter((_, k) => k !== i).flatMap(together));
          expect(together(term).every((at) => others.has(at))).toBe(false);
        }
      }),
      { numRuns: runs(500) },
    );
    expect(complete).toBeGreaterThan(0.96 * runs(500));
  });

  test('is simplified to the same, also where only some cases count', () => {
    fc.assert(
      fc.property(anyCondition, anyCondition, (condition, given) => {
        const wanted = casesOf(condition);
        expect([...casesOf(simplified(condition))]).toEqual([...wanted]);
        const under = casesOf(simplified(condition, given));
        for (const i of casesOf(given)) expect(under.has(i)).toBe(wanted.has(i));
      }),
      { numRuns: runs(100) },
    );
  });
});

function field(name: string, bits: number): Expr {
  return fieldOf(name, { bits });
}

const any = (...conditions: Quantity[]): Quantity => gather('any', conditions);
const all = (...conditions: Quantity[]): Quantity => gather('all', conditions);
const is = (of: Quantity, value: Quantity): Quantity => compare('eq', of, value);

describe('the shortest comparisons', () => {
  const [pm1l, kind, pam0, mg2l, wide] = [
    field('PM1L', 2),
    field('KIND', 8),
    field('PAM0', 8),
    field('MG2L', 32),
    field('M64L', 64),
  ];
  const low = bitsOf(pam0, 0, 2);
  const high = bitsOf(pam0, 4, 2);
  const shifted = sum(64, 0n, [{ coefficient: 1n << 20n, of: mg2l }]);

  test.each<[string, Quantity]>([
    // Values side by side are a range, and all but zero is more than zero.
    ['PM1L > 0', any(is(pm1l, 1n), is(pm1l, 2n), is(pm1l, 3n))],
    ['PM1L == 1', all(is(pm1l, 1n), not(is(pm1l, 0n)))],
    ['KIND == 1', all(compare('le', 1n, kind), compare('lt', kind, 2n))],
    ['KIND >= 4 and KIND <= 7', any(...[4n, 5n, 6n, 7n].map((value) => is(kind, value)))],
    ['KIND < 4', not(compare('le', 4n, kind))],
    ['KIND != 5', any(compare('lt', kind, 5n), compare('lt', 5n, kind))],
    ['KIND < 0x10 and KIND != 5', all(compare('lt', kind, 16n), not(is(kind, 5n)))],
    ['KIND == 1, or KIND == 5', any(is(kind, 1n), is(kind, 5n))],
    ['KIND == 0xff', not(compare('lt', kind, 255n))],
    // What is printed says what was asked: a choice is not taken apart by `and`.
    [
      'KIND == 1 and MG2L > 0, or KIND == 5 and MG2L > 0',
      all(any(is(kind, 1n), is(kind, 5n)), not(is(mg2l, 0n))),
    ],
    // Bits in their place, whichever way they were cut out.
    ['(PAM0 & 3) == 0', is(low, 0n)],
    ['(PAM0 & 0x30) == 0x10', any(all(is(high, 1n), is(low, 0n)), all(is(high, 1n), not(is(low, 0n))))],
    ['(PAM0 & 0x30) == 0x10', is(bitwise('and', pam0, 0x30n), 0x10n)],
    ['(PAM0 & 0x80) != 0', bitsOf(pam0, 7, 1)],
    ['MG2L << 20 < 0x100000000', compare('lt', shifted, 1n << 32n)],
    ['MG2L == 0', is(shifted, 0n)],
    ['M64L > 0', not(is(wide, 0n))],
    // What can't be, and what always is.
    ['1 == 0', all(is(pm1l, 1n), is(pm1l, 2n))],
    ['1 == 1', any(...[0n, 1n, 2n, 3n].map((value) => is(pm1l, value)))],
    // A choice of a number that is compared is not printed as one.
    ['M64L > 0', not(is(choose(is(wide, 0n), 0n, wide), 0n))],
    // Sums: what is subtracted stands on the other side.
    ['MG2L << 20 != 0xfeb00000', not(is(sum(64, 0xfeb0_0000n, [{ coefficient: -1n, of: shifted }]), 0n))],
    [
      'KIND + 1 != PAM0',
      not(
        is(
          sum(64, 1n, [
            { coefficient: 1n, of: kind },
            { coefficient: -1n, of: pam0 },
          ]),
          0n,
        ),
      ),
    ],
    ['KIND < PAM0', all(compare('lt', kind, pam0), compare('le', kind, pam0), not(is(kind, pam0)))],
    ['KIND != PAM0', any(compare('lt', kind, pam0), compare('lt', pam0, kind))],
    // Choices.
    ['release >= 6.7', chosenFrom(RELEASE, '6.7')],
    ['release < 6.7', not(chosenFrom(RELEASE, '6.7'))],
    ['release >= 7.1', chosen(RELEASE, '7.1')],
    ['release == 6.7', all(chosenFrom(RELEASE, '6.7'), not(chosenFrom(RELEASE, '7.1')))],
    ['SYSFB == n', chosen(SETTING, 'n')],
    ['SYSFB != n', any(chosen(SETTING, 'm'), chosen(SETTING, 'y'))],
    [
      '_OSI("Windows 2021") == 0',
      chosen({ id: '_OSI("Windows 2021")', values: ['0', '1'], ordered: false }, '0'),
    ],
    ['exists(\\ZZZZ) == 1', not(chosen({ id: 'exists(\\ZZZZ)', values: ['0', '1'], ordered: false }, '0'))],
  ])('%s', (text, condition) => {
    expect(formatCondition(condition)).toBe(text);
    expect(formatCondition(simplified(condition))).toBe(text);
  });

  test('values of a choice without order have no bounds', () => {
    const choice = { id: 'place', values: ['a', 'b', 'c', 'd', 'e'], ordered: false };
    const text = (...values: string[]): string =>
      formatCondition(any(...values.map((value) => chosen(choice, value))));
    expect(text('a')).toBe('place == a');
    expect(text('a', 'b')).toBe('place == a, or place == b');
    expect(text('d', 'e')).toBe('place == d, or place == e');
    expect(text('a', 'b', 'c', 'd')).toBe('place != e');
    expect(text('a', 'b', 'c', 'd', 'e')).toBe('1 == 1');
  });

  test('values of an ordered one are ranges, whatever they are called', () => {
    const choice = { id: 'step', values: ['a', 'b', 'c', 'd', 'e'], ordered: true };
    const text = (...values: string[]): string =>
      formatCondition(any(...values.map((value) => chosen(choice, value))));
    expect(text('a')).toBe('step < b');
    expect(text('e')).toBe('step >= e');
    expect(text('b')).toBe('step == b');
    expect(text('a', 'b')).toBe('step < c');
    expect(text('d', 'e')).toBe('step >= d');
    expect(text('b', 'c')).toBe('step >= b and step < d');
    expect(text('a', 'b', 'd', 'e')).toBe('step != c');
    expect(text('b', 'd')).toBe('step == b, or step == d');
    expect(text('a', 'e')).toBe('step < b, or step >= e');
  });

  test.each([
    // 8 by 2, or 5 by 3.
    ['multiply', 16n, 15n],
    ['divide', 4n, 1n],
    ['modulo', 0n, 2n],
    ['shift-left', 32n, 40n],
    ['shift-right', 2n, 0n],
  ] as const)('choices inside of %s are taken apart', (op, yes, no) => {
    const bit = field('BBBB', 1);
    const made = arithmetic(op, 8, choose(bit, 8n, 5n), choose(bit, 2n, 3n));
    expect(formatCondition(is(made, yes))).toBe('BBBB > 0');
    expect(formatCondition(is(made, no))).toBe('BBBB == 0');
    expect(formatCondition(is(made, 77n))).toBe('1 == 0');
    // Wraps, or is shifted out.
    const large = arithmetic(op, 8, choose(bit, 0x80n, 1n), choose(bit, 2n, 1n));
    const wrapped = { multiply: 0n, divide: 0x40n, modulo: 0n, 'shift-left': 0n, 'shift-right': 0x20n }[op];
    expect(formatCondition(all(is(large, wrapped), is(bit, 1n)))).toBe('BBBB > 0');
    // By zero is zero, a shift by more than all leaves nothing.
    const odd = arithmetic(op, 8, choose(bit, 8n, 5n), choose(bit, 0n, 200n));
    const byZero = { multiply: 0n, divide: 0n, modulo: 0n, 'shift-left': 8n, 'shift-right': 8n }[op];
    expect(formatCondition(all(is(odd, byZero), is(bit, 1n)))).toBe('BBBB > 0');
    const farther = { multiply: 0xe8n, divide: 0n, modulo: 5n, 'shift-left': 0n, 'shift-right': 0n }[op];
    expect(formatCondition(all(is(odd, farther), is(bit, 0n)))).toBe('BBBB == 0');
  });

  test('only where it is open', () => {
    const given = not(is(pm1l, 0n));
    expect(formatCondition(simplified(all(is(kind, 1n), given), given))).toBe('KIND == 1');
    expect(simplified(given, given)).toBe(1n);
    expect(simplified(is(pm1l, 0n), given)).toBe(0n);
  });

  test('a field compared with a value is what it is, however it is looked at', () => {
    // Beside an unrelated condition nothing is taken for granted.
    const unrelated = is(kind, 7n);
    for (const bits of [2, 3, 8])
      for (let value = 0n; value < 1n << BigInt(bits); value++)
        for (const op of ['eq', 'ne'] as const) {
          const condition = compare(op, field('WHOL', bits), value);
          expect(coverOf(condition)).toEqual(coverOf(condition, unrelated));
        }
  });

  test('what takes too much work stays whole', () => {
    const product = arithmetic('multiply', 64, wide, field('M64B', 64));
    const condition = all(is(product, 0x1234_5678_9abc_def1n), any(is(kind, 1n), is(kind, 5n))) as Condition;
    expect(coverOf(condition).complete).toBe(false);
    expect(simplified(condition)).toBe(condition);
    expect(formatCondition(condition)).toBe(
      'M64L * M64B == 0x123456789abcdef1 and (KIND == 1 || KIND == 5) != 0',
    );
  });
});
