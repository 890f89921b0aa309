/**
 * How comparisons of made numbers are written: of bits with fixed ones among them, of fields that lie over each other, of
 * values that a choice doesn't have. What is written is one comparison where one says it, and says what was asked.
 */
import { describe, expect, test } from 'vitest';
import {
  arithmetic,
  bitsOf,
  bitwise,
  type ChoiceVariable,
  choiceValue,
  choose,
  compare,
  type Expr,
  formatCondition,
  gather,
  join,
  not,
  type Quantity,
  simplified,
  sum,
} from '../../../src/symbolic/index.ts';
import { Names, withNames } from '../../../src/symbolic/names.ts';
import { fieldOf, symbolOf } from '../fields.ts';
import { holdsText } from '../reading.ts';

const F = fieldOf('FFFF', { bits: 3 });
const OPS = ['eq', 'ne', 'lt', 'le'] as const;
const related = {
  eq: (a: bigint, b: bigint) => a === b,
  ne: (a: bigint, b: bigint) => a !== b,
  lt: (a: bigint, b: bigint) => a < b,
  le: (a: bigint, b: bigint) => a <= b,
};
const count = (text: string): number => text.split(/ and |, or /).length;

describe('a number made of a field', () => {
  const made: readonly (readonly [string, Quantity, (value: bigint) => bigint])[] = [
    ['shifted', sum(8, 0n, [{ coefficient: 4n, of: F }]), (value) => value << 2n],
    ['shifted, with a bit below', sum(8, 1n, [{ coefficient: 4n, of: F }]), (value) => (value << 2n) | 1n],
    ['with a bit above', bitwise('or', F, 0x10n), (value) => value | 0x10n],
    [
      'with bits on both sides',
      join([
        { bits: 2, value: 1n },
        { bits: 3, value: F },
        { bits: 2, value: 2n },
      ]),
      (value) => (value << 2n) | 0x41n,
    ],
    [
      'with a bit between',
      join([
        { bits: 2, value: bitsOf(F, 0, 2) },
        { bits: 1, value: 1n },
        { bits: 1, value: bitsOf(F, 2, 1) },
      ]),
      (value) => (value & 3n) | 4n | ((value & 4n) << 1n),
    ],
    ['with a bit left out', bitwise('and', F, 5n), (value) => value & 5n],
    ['with a bit set', bitwise('or', F, 2n), (value) => value | 2n],
    ['the other way round', bitwise('xor', F, 7n), (value) => value ^ 7n],
    ['subtracted', sum(3, 6n, [{ coefficient: -1n, of: F }]), (value) => (6n - value) & 7n],
    ['three times', sum(8, 0n, [{ coefficient: 3n, of: F }]), (value) => 3n * value],
    [
      'twice itself',
      sum(8, 0n, [
        { coefficient: 1n, of: F },
        { coefficient: 8n, of: F },
      ]),
      (value) => 9n * value,
    ],
  ];

  test.each(made)('%s, compared with every number', (_, number, of) => {
    const values = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n];
    for (let by = 0n; by < 82n; by += 1n)
      for (const op of OPS)
        for (const isLeft of [true, false]) {
          const condition = isLeft ? compare(op, number, by) : compare(op, by, number);
          const wanted = values.map((value) =>
            isLeft ? related[op](of(value), by) : related[op](by, of(value)),
          );
          const text = formatCondition(condition);
          expect([text, values.map((value) => holdsText(text, () => value))]).toEqual([text, wanted]);
          const less = simplified(condition);
          const told = formatCondition(less);
          expect(values.map((value) => holdsText(told, () => value))).toEqual(wanted);
          // All or none of the values is no comparison, and one bound or one value is one.
          const changes = wanted.filter((is, i) => i > 0 && is !== wanted[i - 1]).length;
          if (changes === 0) expect([0n, 1n]).toContain(less);
          else if (changes === 1) expect([text, count(told)]).toEqual([text, 1]);
        }
  });
});

describe('conditions and choices inside of numbers', () => {
  const A = compare('lt', F, 3n);
  const B = compare('eq', fieldOf('GGGG', { bits: 2 }), 1n);
  const numbers: readonly (readonly [string, Quantity, (a: bigint, b: bigint) => bigint])[] = [
    [
      'a sum',
      sum(8, 1n, [
        { coefficient: 3n, of: A },
        { coefficient: 1n, of: B },
      ]),
      (a, b) => 1n + 3n * a + b,
    ],
    [
      'side by side',
      join([
        { bits: 2, value: A },
        { bits: 2, value: B },
      ]),
      (a, b) => a + 4n * b,
    ],
    [
      'bit by bit',
      bitwise('xor', choose(A, 5n, 3n), choose(B, 1n, 6n)),
      (a, b) => (a ? 5n : 3n) ^ (b ? 1n : 6n),
    ],
    ['a choice of them', choose(A, B, not(B)), (a, b) => (a ? b : 1n - b)],
    ...(
      [
        ['multiply', (x, y) => (x * y) & 0xffn],
        ['divide', (x, y) => (y === 0n ? 0n : x / y)],
        ['modulo', (x, y) => (y === 0n ? 0n : x % y)],
        ['shift-left', (x, y) => (y > 7n ? 0n : (x << y) & 0xffn)],
        ['shift-right', (x, y) => (y > 63n ? 0n : x >> y)],
      ] as const satisfies readonly (readonly [string, (x: bigint, y: bigint) => bigint])[]
    ).flatMap(([op, calculate]) =>
      (
        [
          [8n, 5n, 2n, 3n],
          [0xf0n, 1n, 0n, 8n],
          [7n, 200n, 9n, 70n],
        ] as const
      ).map(
        ([x, y, u, v]) =>
          [
            `${op} of ${x} or ${y} and ${u} or ${v}`,
            arithmetic(op, 8, choose(A, x, y), choose(B, u, v)),
            (a: bigint, b: bigint) => calculate(a ? x : y, b ? u : v),
          ] as const,
      ),
    ),
  ];

  test.each(numbers)('%s', (_, number, of) => {
    const contents = Array.from({ length: 32 }, (_, i) => [BigInt(i & 7), BigInt(i >> 3)] as const);
    const valueAt = ([f, g]: readonly [bigint, bigint]): bigint => of(f < 3n ? 1n : 0n, g === 1n ? 1n : 0n);
    const values = new Set(contents.map(valueAt));
    for (const by of [...values, 0n, 255n])
      for (const op of OPS) {
        const condition = compare(op, number, by);
        for (const each of [condition, simplified(condition)]) {
          const text = formatCondition(each);
          const meets = contents.map(([f, g]) => holdsText(text, (name) => (name === 'FFFF' ? f : g)));
          expect([text, meets]).toEqual([text, contents.map((content) => related[op](valueAt(content), by))]);
        }
      }
  });
});

describe('fields that overlap', () => {
  const at = (name: string, address: bigint, bitOffset: number, bits: number): Expr =>
    fieldOf(name, { address, bitOffset, bits });
  const WORD = at('WORD', 0x1000n, 0, 16);
  const is = (of: Quantity, value: bigint): Quantity => compare('eq', of, value);
  const both = (a: Quantity, b: Quantity): string => formatCondition(gather('all', [a, b]));

  test.each<[string, Expr, bigint]>([
    ['the lower half', at('LOWB', 0x1000n, 0, 8), 0x34n],
    ['the upper half, by its bits', at('HIGH', 0x1000n, 8, 8), 0x12n],
    ['the upper half, by its address', at('NEXT', 0x1001n, 0, 8), 0x12n],
    ['bits in the middle', at('MIDD', 0x1000n, 4, 8), 0x23n],
    ['the topmost bits', at('TOPB', 0x1001n, 4, 4), 0x1n],
  ])('%s of it says nothing more, or contradicts it', (_, part, value) => {
    const whole = is(WORD, 0x1234n);
    for (const pair of [
      [whole, is(part, value)],
      [is(part, value), whole],
    ] as const)
      expect(both(pair[0], pair[1])).toBe('WORD == 0x1234');
    expect(both(whole, is(part, value + 1n))).toBe('1 == 0');
    expect(both(whole, not(is(part, value)))).toBe('1 == 0');
  });

  test.each<[string, Expr]>([
    ['the byte before it', at('PREV', 0xfffn, 0, 8)],
    ['the byte behind it', at('NEXT', 0x1002n, 0, 8)],
    ['bits behind it', at('NEXT', 0x1000n, 16, 8)],
    ['somewhere', fieldOf('SOME', { bits: 8 })],
  ])('%s is another one', (_, other) => {
    const text = both(is(WORD, 0x1234n), is(other, 5n));
    expect(text.split(' and ')).toHaveLength(2);
    expect(text).toContain('WORD == 0x1234');
  });
});

describe('values that a choice does not have', () => {
  const [three, five] = [3, 5].map(
    (n): ChoiceVariable => ({ id: `c${n}`, values: ['a', 'b', 'c', 'd', 'e'].slice(0, n), ordered: true }),
  );
  const without: ChoiceVariable = { ...three!, id: 'u3', ordered: false };

  test.each<[ChoiceVariable]>([[three!], [five!], [without]])('$id', (choice) => {
    const n = BigInt(choice.values.length);
    const value = choiceValue(choice);
    for (const beyond of [n, n + 1n, 7n]) {
      expect(formatCondition(compare('eq', value, beyond))).toBe('1 == 0');
      expect(formatCondition(compare('ne', value, beyond))).toBe('1 == 1');
      expect(formatCondition(compare('lt', value, beyond))).toBe('1 == 1');
      expect(formatCondition(compare('le', beyond, value))).toBe('1 == 0');
      expect(simplified(compare('lt', value, beyond))).toBe(1n);
    }
    expect(formatCondition(compare('lt', value, n - 1n)) === '1 == 1').toBe(false);
  });
});

describe('names', () => {
  const named = (...symbols: Parameters<typeof symbolOf>[]): string[] => {
    const all = symbols.map((each) => ({ kind: 'field', field: symbolOf(...each) }) as const);
    return withNames((names) => all.map((variable) => names.of(variable)));
  };

  test('are short as long as they are apart', () => {
    expect(named(['A', { path: '\\X.A' }], ['B', { path: '\\X.B' }])).toEqual(['A', 'B']);
    expect(named(['A', { path: '\\X.A' }], ['A', { path: '\\Y.A' }])).toEqual(['A', '\\Y.A']);
    expect(named(['A', { path: '\\A' }], ['A', { path: '\\A', address: 0x10n, bitOffset: 3 }])).toEqual([
      'A',
      expect.stringMatching(/^\\A/),
    ]);
    const places = named(
      ['A', { path: '\\A', address: 0x10n }],
      ['A', { path: '\\A', address: 0x20n }],
      ['A', { path: '\\A', address: 0x20n, bitOffset: 4 }],
      ['A', { path: '\\A', address: 0x30n }],
    );
    expect(places).toEqual(['A', '\\A', '\\A@0x20.4', '\\A@0x30']);
  });

  test('tell reads apart where there are several of one place', () => {
    const read = (epoch: number, more = {}) =>
      ['A', { path: '\\A', address: 0x10n, epoch, ...more }] as [string, object];
    expect(named(read(0), read(1))).toEqual(['A', "A'1"]);
    expect(named(read(2))).toEqual(['A']);
    expect(named(read(1), read(2))).toEqual(["A'1", "A'2"]);
    // Reads of two places.
    expect(named(read(1), read(2, { path: '\\B', address: 0x20n }))).toEqual(['A', '\\B']);
    expect(named(read(1), read(2, { bitOffset: 8 }))).toEqual(['A', expect.stringMatching(/^\\A/)]);
  });

  test('are the same each time', () => {
    const names = new Names();
    const one = { kind: 'field', field: symbolOf('A') } as const;
    expect([names.of(one), names.of(one), names.named().length]).toEqual(['A', 'A', 1]);
    expect(names.of({ kind: 'choice', choice: { id: 'release', values: ['a', 'b'], ordered: true } })).toBe(
      'release',
    );
  });
});
