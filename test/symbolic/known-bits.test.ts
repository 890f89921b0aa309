/**
 * What is known of a number that isn't: for small fields the bits that are the same for every content are calculated one
 * content after the other. What is made of one field has to know all of them; what is decided has to be decided when it
 * is made; and an operation that changes nothing gives the number itself.
 */
import { describe, expect, test } from 'vitest';
import {
  arithmetic,
  bitLength,
  bitsOf,
  bitwise,
  choose,
  compare,
  type Expr,
  gather,
  insertBits,
  isKnown,
  join,
  maximumOf,
  minimumOf,
  not,
  onesOf,
  type Quantity,
  sameQuantity,
  sum,
  truth,
} from '../../src/symbolic/index.ts';
import {
  isExactSum,
  isPowerOfTwo,
  trailingKnownZeros,
  trailingZeros,
  widthOf,
} from '../../src/symbolic/known-bits.ts';
import { fieldOf } from './fields.ts';

const BITS = 4;
const ALL = Array.from({ length: 1 << BITS }, (_, value) => BigInt(value));
const F = fieldOf('FFFF', { bits: BITS });
const G = fieldOf('GGGG', { bits: BITS });

/** The bits that are 1, and those that are 0, for every content. */
function exactly(values: readonly bigint[]): { ones: bigint; any: bigint } {
  return {
    ones: values.reduce((all, value) => all & value),
    any: values.reduce((all, value) => all | value),
  };
}

function expectExact(value: Quantity, meaning: (content: bigint) => bigint): void {
  const { ones, any } = exactly(ALL.map(meaning));
  expect([onesOf(value), maximumOf(value)]).toEqual([ones, any]);
  if (ones === any) expect(value).toBe(ones);
}

test.each(['and', 'or', 'xor'] as const)('%s with a constant', (op) => {
  for (let by = 0n; by < (op === 'or' ? 16n : 40n); by += 1n) {
    const calculate = (content: bigint): bigint =>
      op === 'and' ? content & by : op === 'or' ? content | by : content ^ by;
    expectExact(bitwise(op, F, by), calculate);
    expectExact(bitwise(op, by, F), calculate);
  }
});

test('bits cut out and put in their place', () => {
  const shifted = sum(8, 0n, [{ coefficient: 8n, of: F }]);
  for (let low = 0; low < 9; low += 1)
    for (let bits = 0; bits < 6; bits += 1) {
      const mask = (1n << BigInt(bits)) - 1n;
      expectExact(bitsOf(F, low, bits), (content) => (content >> BigInt(low)) & mask);
      expectExact(bitsOf(shifted, low, bits), (content) => ((content << 3n) >> BigInt(low)) & mask);
      expectExact(
        join([
          { bits: low, value: 0n },
          { bits, value: bitsOf(F, 0, bits) },
        ]),
        (content) => (content & mask) << BigInt(low),
      );
    }
});

test('a multiple of a field, with a constant below it', () => {
  for (let shift = 0n; shift < 5n; shift += 1n)
    for (let low = 0n; low < 1n << shift; low += 1n) {
      const made = sum(9, low, [{ coefficient: 1n << shift, of: F }]);
      expectExact(made, (content) => (content << shift) + low);
    }
});

test.each(['divide', 'shift-right', 'modulo'] as const)(
  '%s: as many bits as the largest result has',
  (op) => {
    for (let by = 1n; by < 20n; by += 1n) {
      const of = (content: bigint): bigint =>
        op === 'divide' ? content / by : op === 'modulo' ? content % by : content >> by;
      const largest = ALL.reduce((most, content) => (of(content) > most ? of(content) : most), 0n);
      expect(bitLength(maximumOf(arithmetic(op, BITS, F, by)))).toBe(bitLength(largest));
    }
  },
);

test('by what is not known: no more than without', () => {
  // A divisor of 0 gives 0, and one that has a bit set is that large at least.
  const atLeast4 = bitwise('or', G, 4n);
  expect(maximumOf(arithmetic('divide', BITS, F, atLeast4))).toBe(3n);
  expect(maximumOf(arithmetic('divide', BITS, F, G))).toBe(15n);
  expect(maximumOf(arithmetic('shift-right', BITS, F, bitwise('or', G, 2n)))).toBe(3n);
  expect(maximumOf(arithmetic('modulo', 8, fieldOf('HHHH', { bits: 8 }), G))).toBe(15n);
  expect(maximumOf(arithmetic('modulo', BITS, bitsOf(F, 0, 2), G))).toBe(3n);
  expect(maximumOf(arithmetic('multiply', 8, F, G))).toBe(255n);
});

describe('comparisons', () => {
  test('with a constant are decided when they are made, where all contents say the same', () => {
    const made: readonly (readonly [Quantity, (content: bigint) => bigint])[] = [
      [F, (content) => content],
      [bitwise('or', F, 4n), (content) => content | 4n],
      [bitwise('and', F, 6n), (content) => content & 6n],
      [sum(8, 0n, [{ coefficient: 4n, of: F }]), (content) => 4n * content],
    ];
    for (const [value, meaning] of made)
      for (let by = 0n; by < 70n; by += 1n)
        for (const [op, holds] of [
          ['eq', (x: bigint, y: bigint) => x === y],
          ['ne', (x: bigint, y: bigint) => x !== y],
          ['lt', (x: bigint, y: bigint) => x < y],
          ['le', (x: bigint, y: bigint) => x <= y],
        ] as const) {
          for (const isLeft of [true, false]) {
            const results = new Set(
              ALL.map((content) => (isLeft ? holds(meaning(content), by) : holds(by, meaning(content)))),
            );
            const built = isLeft ? compare(op, value, by) : compare(op, by, value);
            const expected = results.size > 1 ? undefined : results.has(true) ? 1n : 0n;
            expect([op, by, isKnown(built) ? built : undefined]).toEqual([op, by, expected]);
          }
        }
  });

  test('of two numbers that can not meet', () => {
    const high = bitwise('or', F, 8n);
    const low = bitsOf(G, 0, 3);
    expect(compare('lt', low, high)).toBe(1n);
    expect(compare('le', high, low)).toBe(0n);
    expect(compare('eq', high, low)).toBe(0n);
    expect(compare('ne', low, high)).toBe(1n);
    const odd = bitwise('or', F, 1n);
    const even = bitwise('and', G, 0xen);
    expect(compare('eq', odd, even)).toBe(0n);
    expect(isKnown(compare('lt', odd, even))).toBe(false);
    // They meet at 8 only.
    const upTo8 = choose(compare('eq', F, 0n), 8n, low);
    expect(isKnown(compare('lt', upTo8, high))).toBe(false);
    expect(compare('lt', F, 0n)).toBe(0n);
    expect(compare('le', F, 15n)).toBe(1n);
    expect(compare('lt', bitwise('or', F, 15n), F)).toBe(0n);
  });

  test('with itself', () => {
    expect(['eq', 'ne', 'lt', 'le'].map((op) => compare(op as 'eq', F, F))).toEqual([1n, 0n, 0n, 1n]);
  });

  test('of one bit, and of a value that is shifted', () => {
    const bit = bitsOf(F, 2, 1) as Expr;
    expect(compare('eq', bit, 1n)).toBe(bit);
    expect(compare('eq', 1n, bit)).toBe(bit);
    expect(compare('eq', bit, 0n)).toBe(not(bit));
    expect(truth(bit)).toBe(bit);
    const zero = compare('eq', F, 0n);
    expect(sameQuantity(compare('eq', sum(8, 0n, [{ coefficient: 16n, of: F }]), 0n), zero)).toBe(true);
    // A bit is shifted out: 8 << 5 is 0 in 8 bits, too.
    expect(sameQuantity(compare('eq', sum(8, 0n, [{ coefficient: 32n, of: F }]), 0n), zero)).toBe(false);
    expect(compare('eq', sum(8, 1n, [{ coefficient: 16n, of: F }]), 0n)).toBe(0n);
    expect(sameQuantity(not(compare('lt', 0n, F)), zero)).toBe(true);
    expect(sameQuantity(truth(F), not(zero))).toBe(true);
    expect(truth(bitwise('or', F, 1n))).toBe(1n);
    expect([truth(0n), truth(5n)]).toEqual([0n, 1n]);
  });
});

describe('what changes nothing is the number itself', () => {
  const A = compare('eq', F, 3n) as Expr;
  const B = compare('lt', F, G) as Expr;

  test.each<[string, Quantity, Quantity]>([
    ['and with ones', bitwise('and', F, 15n), F],
    ['and with more ones', bitwise('and', F, 0xffn), F],
    [
      'and with a number that has all ones',
      bitwise('and', bitsOf(F, 0, 2), bitwise('or', G, 3n)),
      bitsOf(F, 0, 2),
    ],
    ['or with 0', bitwise('or', F, 0n), F],
    ['or with what it has', bitwise('or', bitwise('or', F, 6n), 2n), bitwise('or', F, 6n)],
    [
      'or with a part of its ones',
      bitwise('or', bitwise('or', F, 12n), bitwise('and', G, 8n)),
      bitwise('or', F, 12n),
    ],
    ['xor with 0', bitwise('xor', F, 0n), F],
    ['with itself', bitwise('and', F, F), F],
    ['all bits', bitsOf(F, 0, 4), F],
    ['more bits than there are', bitsOf(F, 0, 9), F],
    [
      'bits put together again',
      join([
        { bits: 2, value: bitsOf(F, 0, 2) },
        { bits: 2, value: bitsOf(F, 2, 2) },
      ]),
      F,
    ],
    ['a sum of nothing more', sum(8, 0n, [{ coefficient: 1n, of: F }]), F],
    [
      'added and taken away',
      sum(8, 0n, [
        { coefficient: 1n, of: F },
        { coefficient: 3n, of: G },
        { coefficient: -3n, of: G },
      ]),
      F,
    ],
    ['cut out of bits', bitsOf(bitsOf(F, 1, 3), 1, 2), bitsOf(F, 2, 2)],
    ['cut out of a shift', bitsOf(sum(8, 0n, [{ coefficient: 4n, of: F }]), 2, 4), F],
    ['a mask of a mask', bitwise('and', bitwise('and', F, 13n), 11n), bitwise('and', F, 9n)],
    ['its own bits put over it', insertBits(F, 4, 1, 2, bitsOf(F, 1, 2)), F],
    ['twice not', not(not(A)), A],
    ['a choice of the same', choose(A, F, F), F],
    ['a choice of 1 and 0', choose(A, 1n, 0n), A],
    ['a choice of 0 and 1', choose(A, 0n, 1n), not(A)],
    ['a choice inside of the same', choose(A, choose(A, F, G), 3n), choose(A, F, 3n)],
    ['a choice inside of the other', choose(A, 3n, choose(A, F, G)), choose(A, 3n, G)],
    ['a choice by the opposite', choose(not(A), F, G), choose(A, G, F)],
    ['one of several that are the same', gather('all', [A, A, 1n]), A],
    ['one that is in there', gather('any', [A, gather('any', [A, B])]), gather('any', [A, B])],
    ['nothing', gather('all', []), 1n],
    ['none of nothing', gather('any', [0n]), 0n],
    ['both ways', gather('any', [A, not(A)]), 1n],
    ['neither', gather('all', [A, B, not(A)]), 0n],
    ['the other way round', not(gather('all', [A, B])), gather('any', [not(A), not(B)])],
    ['0 among conditions', gather('all', [A, 0n]), 0n],
    ['5 is true', gather('any', [A, 5n]), 1n],
  ])('%s', (_, made, expected) => {
    expect(sameQuantity(made, expected)).toBe(true);
  });

  test('conditions by a choice', () => {
    expect(sameQuantity(choose(A, 1n, B), gather('any', [A, B]))).toBe(true);
    expect(sameQuantity(choose(A, B, 0n), gather('all', [A, B]))).toBe(true);
    expect(sameQuantity(choose(A, 0n, B), gather('all', [not(A), B]))).toBe(true);
    expect(sameQuantity(choose(A, B, 1n), gather('any', [not(A), B]))).toBe(true);
    expect(sameQuantity(not(choose(A, B, 0n)), gather('any', [not(A), not(B)]))).toBe(true);
  });

  test('parts side by side that are chosen by one condition', () => {
    const chosen = (yes: bigint, no: bigint) => choose(A, yes, no);
    const both = join([
      { bits: 4, value: chosen(3n, 5n) },
      { bits: 4, value: chosen(1n, 2n) },
    ]);
    expect(sameQuantity(both, chosen(0x13n, 0x25n))).toBe(true);
    const other = join([
      { bits: 4, value: chosen(3n, 5n) },
      { bits: 4, value: choose(B, 1n, 2n) },
    ]);
    expect(isKnown(other) ? '' : other.kind).toBe('join');
  });
});

test('numbers', () => {
  expect([0n, 1n, 2n, 12n, 1n << 63n].map(trailingZeros)).toEqual([64, 0, 1, 2, 63]);
  expect([0n, 1n, 255n, 256n].map(bitLength)).toEqual([0, 1, 8, 9]);
  expect([0n, 1n, 2n, 3n, 12n, 1n << 64n, -2n].map(isPowerOfTwo)).toEqual([
    false,
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
  expect([widthOf(F), widthOf(5n), widthOf(0n)]).toEqual([4, 3, 0]);
  expect(trailingKnownZeros(F)).toBe(0);
  expect(trailingKnownZeros(bitwise('and', F, 12n) as Expr)).toBe(2);
  expect([minimumOf(bitwise('or', F, 6n)), minimumOf(3n)]).toEqual([6n, 3n]);
  const exact = (bits: number, constant: bigint, coefficient: bigint): boolean =>
    isExactSum(
      sum(bits, constant, [
        { coefficient, of: F },
        { coefficient: 1n, of: G },
      ]) as never,
    );
  // 15 * 3 + 15 + 3 = 63.
  expect([exact(6, 3n, 3n), exact(6, 4n, 3n), exact(8, 0n, -1n)]).toEqual([true, false, false]);
});
