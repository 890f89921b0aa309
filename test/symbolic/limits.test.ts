/** How large an expression may become, kind by kind: 160 operators and values, conditions that are gathered 8,192. */
import { describe, expect, test } from 'vitest';
import {
  allOf,
  anyOf,
  arithmetic,
  bitsOf,
  bitwise,
  choose,
  compare,
  type Expr,
  fieldsOf,
  formatQuantity,
  gather,
  isKnown,
  join,
  not,
  opaqueReasons,
  type Quantity,
  sameQuantity,
  sum,
} from '../../src/symbolic/index.ts';
import { fieldOf } from './fields.ts';

const MOST = 160;
const TOO_LARGE = /^the expression is too large/;

function field(name: string, bits = 32): Expr {
  return fieldOf(name, { bits });
}
const many = (count: number, bits = 32): Expr[] =>
  Array.from({ length: count }, (_, i) => field(`F${i}`, bits));

/** What grows by one part at a time, each part of a size: the size of `count` parts. */
const GROWING: Readonly<
  Record<string, { of: (count: number) => Quantity; size: (count: number) => number }>
> = {
  // 1 for the sum, 1 for each term.
  sum: {
    of: (count) =>
      sum(
        64,
        1n,
        many(count).map((of) => ({ coefficient: 3n, of })),
      ),
    size: (count) => 1 + count,
  },
  // 1 for the whole, 1 for each part.
  join: {
    of: (count) => join(many(count, 3).map((value) => ({ bits: 3, value }))),
    size: (count) => 1 + count,
  },
  // Each comparison is 3: itself, the field and the number.
  all: {
    of: (count) =>
      gather(
        'all',
        many(count).map((of) => compare('lt', of, 7n)),
      ),
    size: (count) => 1 + 3 * count,
  },
  any: {
    of: (count) =>
      gather(
        'any',
        many(count).map((of) => compare('lt', of, 7n)),
      ),
    size: (count) => 1 + 3 * count,
  },
  // n fields and n - 1 operators.
  'exclusive or': {
    of: (count) => many(count).reduce<Quantity>((all, each) => bitwise('xor', all, each), 0n),
    size: (count) => 2 * count - 1,
  },
  product: {
    of: (count) =>
      many(count).reduce<Quantity>(
        (all, each) => (all === 1n ? each : arithmetic('multiply', 64, all, each)),
        1n,
      ),
    size: (count) => 2 * count - 1,
  },
  // A product of n fields, held against another field.
  comparison: {
    of: (count) =>
      compare(
        'lt',
        many(count).reduce<Quantity>(
          (all, each) => (all === 1n ? each : arithmetic('multiply', 64, all, each)),
          1n,
        ),
        field('X'),
      ),
    size: (count) => 2 * count + 1,
  },
  // 1 for the choice, 1 for the condition, 1 for each side.
  choice: {
    of: (count) =>
      many(count, 1).reduce<Quantity>((no, when, i) => choose(when, BigInt(i + 2), no), field('X')),
    size: (count) => 1 + 3 * count,
  },
};

describe('an expression that grew past the limit is not known, but for what it is of', () => {
  test.each(Object.entries(GROWING))('%s', (_, { of, size }) => {
    let within = 1;
    while (size(within + 1) <= MOST) within += 1;
    const largest = of(within) as Expr;
    expect(largest.size).toBe(size(within));
    expect(opaqueReasons(largest)).toEqual([]);
    const beyond = of(within + 1);
    expect(opaqueReasons(beyond)).toEqual([expect.stringMatching(TOO_LARGE)]);
    expect(fieldsOf(beyond).length).toBeGreaterThan(0);
  });

  test('a slice, an opposite', () => {
    const full = GROWING.product!.of(80) as Expr;
    expect(full.size).toBe(159);
    expect(opaqueReasons(bitsOf(full, 3, 4))).toEqual([]);
    // 160 with the product in it: what cuts a part out of it is one too many.
    const most = choose(
      field('B', 1),
      arithmetic('divide', 64, GROWING.product!.of(78), field('Y')),
      5n,
    ) as Expr;
    expect(most.size).toBe(160);
    expect(opaqueReasons(arithmetic('divide', 64, most, 3n))).toEqual([expect.stringMatching(TOO_LARGE)]);
    const condition = gather('any', [...many(53).map((of) => compare('lt', of, 7n))]) as Expr;
    expect(condition.size).toBe(160);
    expect(opaqueReasons(not(condition))).toEqual([]);
  });

  test('conditions that windows and reports gather may be much larger, also the other way round', () => {
    const parts = many(500).map((of) => compare('lt', of, 7n));
    for (const large of [allOf(parts), anyOf(parts)]) {
      expect(isKnown(large)).toBe(false);
      expect((large as Expr).size).toBe(1501);
      const opposite = not(large) as Expr;
      expect(opposite.size).toBe(1501);
      expect(opposite.kind).not.toBe((large as Expr).kind);
      expect(sameQuantity(not(opposite), large)).toBe(true);
    }
    expect(opaqueReasons(anyOf(many(2731).map((of) => compare('lt', of, 7n))))).toEqual([
      expect.stringMatching(TOO_LARGE),
    ]);
  });

  test('says which limit it was', () => {
    expect(opaqueReasons(GROWING.sum!.of(200))[0]).toContain('expression-size');
    expect(opaqueReasons(anyOf(many(3000).map((of) => compare('lt', of, 7n))))[0]).toContain(
      'condition-size',
    );
    expect(formatQuantity(GROWING.sum!.of(200))).toBe('unknown1');
  });
});
