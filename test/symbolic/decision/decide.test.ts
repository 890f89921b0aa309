import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arithmetic,
  bitwise,
  type ChoiceVariable,
  choiceValue,
  chosenFrom,
  compare,
  equivalent,
  excludes,
  type FieldSymbol,
  gather,
  implies,
  isPossible,
  not,
  type Quantity,
  sum,
} from '../../../src/symbolic/index.ts';
import { runs } from '../../runs.ts';
import { fieldOf as field } from '../fields.ts';
import { anyCondition, contents, meaningOf } from '../small-world.ts';

const of = (condition: Quantity) => {
  const meaning = meaningOf(condition);
  return (content: Parameters<typeof meaning>[0]) => meaning(content) !== 0;
};

describe('every content of small fields says the same', () => {
  test('what is possible', () => {
    fc.assert(
      fc.property(anyCondition, (condition) => {
        expect(isPossible(condition)).toBe(contents().some(of(condition)));
      }),
      { numRuns: runs(800) },
    );
  });

  test('what follows, excludes and equals', () => {
    fc.assert(
      fc.property(anyCondition, anyCondition, (a, b) => {
        const [holdsA, holdsB] = [of(a), of(b)];
        const pairs = contents().map((content) => [holdsA(content), holdsB(content)] as const);
        expect(implies(a, b)).toBe(pairs.every(([x, y]) => !x || y));
        expect(excludes(a, b)).toBe(!pairs.some(([x, y]) => x && y));
        expect(equivalent(a, b)).toBe(pairs.every(([x, y]) => x === y));
      }),
      { numRuns: runs(150) },
    );
  });
});

describe('wide fields', () => {
  const below = (limit: bigint) => (value: Quantity) => compare('lt', value, limit);
  const plus = (a: Quantity, b: Quantity, constant = 0n): Quantity =>
    sum(64, constant, [
      { coefficient: 1n, of: a },
      { coefficient: 1n, of: b },
    ]);
  const [base, length] = [field('M64B', { bits: 64 }), field('M64L', { bits: 64 })];

  test('a sum of 64 bits wraps', () => {
    // The end may be below the start, but not when the start is low and the length is.
    const ends = compare('lt', plus(base, length), base);
    expect(isPossible(ends)).toBe(true);
    expect(excludes(ends, gather('all', [base, length].map(below(1n << 63n))))).toBe(true);
  });

  test('sums in another order are the same', () => {
    const [a, b] = [field('AAAA'), field('BBBB')];
    const one = compare('le', plus(plus(a, b), field('CCCC')), 0xffff_ffffn);
    const other = compare('le', plus(a, plus(field('CCCC'), b)), 0xffff_ffffn);
    expect(equivalent(one, other)).toBe(true);
    expect(equivalent(one, compare('le', plus(a, b), 0xffff_ffffn))).toBe(false);
  });

  test('what takes too much work is left open', () => {
    // The middle bits of a product have no small diagram, in whatever order (Bryant 1991).
    const product = arithmetic('multiply', 64, base, length);
    expect(isPossible(compare('eq', product, 0x1234_5678_9abc_def1n))).toBe(undefined);
    expect(implies(compare('eq', product, 7n), compare('eq', base, 7n))).toBe(undefined);
  });
});

describe('which bits are the same', () => {
  const at = (more: Partial<FieldSymbol>): Quantity => field('FLD0', { address: 0x1000n, bits: 8, ...more });
  const same = (a: Quantity, b: Quantity): boolean | undefined =>
    implies(compare('eq', a, 0x20n), compare('eq', b, 0x20n));

  test('two names of one place', () => {
    expect(same(at({}), at({ path: '\\FLD1', name: 'FLD1' }))).toBe(true);
    const upper = field('UPPR', { address: 0x1000n, bitOffset: 4, bits: 4 });
    expect(implies(compare('eq', at({}), 0x20n), compare('eq', upper, 2n))).toBe(true);
    const word = field('WORD', { address: 0xfffn, bits: 16 });
    expect(implies(compare('eq', word, 0x2000n), compare('eq', at({}), 0x20n))).toBe(true);
  });

  test('another read, another space, another device, an unknown place: other bits', () => {
    const other = { path: '\\FLD1', name: 'FLD1' };
    expect(same(at({}), at({ epoch: 1 }))).toBe(false);
    expect(same(at({}), at({ ...other, space: 'SystemIO' }))).toBe(false);
    expect(same(at({ space: 'PCI_Config' }), at({ ...other, space: 'PCI_Config' }))).toBe(false);
    const of = (within: string) => ({ space: 'PCI_Config', within });
    expect(same(at(of('\\_SB.PCI0')), at({ ...other, ...of('\\_SB.PCI1') }))).toBe(false);
    expect(same(at(of('\\_SB.PCI0')), at({ ...other, ...of('\\_SB.PCI0') }))).toBe(true);
    expect(same(at({ address: undefined }), at({ ...other, address: undefined }))).toBe(false);
  });
});

describe('choices', () => {
  const release: ChoiceVariable = {
    id: 'release',
    values: ['5.4', '5.19', '6.1', '6.7', '7.1'],
    ordered: true,
  };

  test('no value is after the last', () => {
    // Five values in three bits: 5, 6 and 7 are none.
    expect(isPossible(compare('lt', 4n, choiceValue(release)))).toBe(false);
    const each = release.values.map((_, i) => compare('eq', choiceValue(release), BigInt(i)));
    expect(equivalent(gather('any', each), 1n)).toBe(true);
    expect(implies(chosenFrom(release, '7.1'), chosenFrom(release, '6.7'))).toBe(true);
  });

  test('a condition and its opposite', () => {
    const condition = gather('any', [
      chosenFrom(release, '6.1'),
      compare('eq', bitwise('and', field('PAM0', { bits: 8 }), 3n), 0n),
    ]);
    expect(excludes(condition, not(condition))).toBe(true);
    expect(equivalent(gather('any', [condition, not(condition)]), 1n)).toBe(true);
  });
});
