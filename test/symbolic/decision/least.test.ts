/**
 * How many comparisons a condition is told in, held against the least number that there can be: that is calculated here
 * over sets of values, for every set. And what is printed says what was asked, of each value.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bitsOf,
  bitwise,
  type ChoiceVariable,
  chosen,
  chosenFrom,
  compare,
  coverOf,
  formatCondition,
  gather,
  not,
  type Quantity,
  simplified,
  sum,
} from '../../../src/symbolic/index.ts';
import { runs } from '../../runs.ts';
import { fieldOf } from '../fields.ts';
import { holdsText } from '../reading.ts';

/** What is known of one comparison: the values that it leaves, as bits. */
function literalsOf(n: number, ordered: boolean, cubes: boolean): number[] {
  const full = (1 << n) - 1;
  const literals: number[] = [];
  for (let v = 0; v < n; v += 1) {
    literals.push(1 << v, full & ~(1 << v));
    if (ordered && v > 0) literals.push((1 << v) - 1, full & ~((1 << v) - 1));
    // Two values that differ in one bit are one of the other bits.
    if (cubes)
      for (const bit of [1, 2, 4]) {
        const both = (1 << v) | (1 << (v ^ bit));
        literals.push(both, full & ~both);
      }
  }
  return literals;
}

/** Conjunctions of up to four comparisons, each with how many it takes. */
function termsOf(full: number, literals: readonly number[]): Map<number, number> {
  let terms = new Map([[full, 0]]);
  for (let k = 0; k < 4; k += 1) {
    const next = new Map(terms);
    for (const [set, cost] of terms)
      for (const literal of literals) {
        const less = set & literal;
        if ((next.get(less) ?? Number.POSITIVE_INFINITY) > cost + 1) next.set(less, cost + 1);
      }
    terms = next;
  }
  return terms;
}

/** By set: the least number of comparisons in alternatives of conjunctions. */
function leastOf(n: number, ordered: boolean, cubes = false): number[] {
  const full = (1 << n) - 1;
  const terms = termsOf(full, literalsOf(n, ordered, cubes));
  const least = new Array<number>(full + 1).fill(Number.POSITIVE_INFINITY);
  least[0] = 0;
  for (let isOpen = true; isOpen; ) {
    isOpen = false;
    for (let set = 0; set <= full; set += 1)
      for (const [term, cost] of terms) {
        const more = set | term;
        if (least[set]! + cost >= least[more]!) continue;
        least[more] = least[set]! + cost;
        isOpen = true;
      }
  }
  return least;
}

const count = (text: string): number => text.split(/ and |, or /).length;
const valuesIn = (set: number, n: number): number[] =>
  Array.from({ length: n }, (_, value) => value).filter((value) => (set >> value) & 1);

const ORDERED: ChoiceVariable = { id: 'ORDR', values: ['aa', 'bb', 'cc', 'dd', 'ee', 'ff'], ordered: true };
const UNORDERED: ChoiceVariable = {
  id: 'UNOR',
  values: ['aa', 'bb', 'cc', 'dd', 'ee', 'ff'],
  ordered: false,
};
const FIELD = fieldOf('FFFF', { bits: 3 });
const WIDE = fieldOf('WIDE', { bits: 8 });
const is = (of: Quantity) => (value: number) => compare('eq', of, BigInt(value));

/** Names and values of choices, by the value that is tried. */
const meaning =
  (value: number) =>
  (name: string): bigint =>
    name === 'FFFF' || name === 'WIDE' || name === 'ORDR' || name === 'UNOR'
      ? BigInt(value)
      : BigInt(ORDERED.values.indexOf(name));

describe('sets of values', () => {
  test.each<{
    what: string;
    n: number;
    ordered: boolean;
    cubes?: boolean;
    holds: (value: number) => Quantity;
    /** The value that a name stands for where the subject has this one. */
    whole?: (value: number) => number;
    /** Comparisons beyond the least: of one set, and of a hundred that would do. */
    most: number;
    share: number;
  }>([
    { what: 'a field', n: 8, ordered: true, holds: is(FIELD), most: 1, share: 0.5 },
    {
      what: 'a field and a constant',
      ...{ n: 8, ordered: true, most: 1, share: 2.5 },
      holds: (value) => is(sum(3, 5n, [{ coefficient: 1n, of: FIELD }]))((value + 5) % 8),
    },
    {
      what: 'bits in the middle',
      ...{ n: 8, ordered: true, cubes: true, most: 2, share: 13.5 },
      holds: is(bitsOf(WIDE, 3, 3)),
      whole: (value) => value << 3,
    },
    {
      what: 'bits in their place',
      ...{ n: 8, ordered: true, cubes: true, most: 2, share: 13.5 },
      holds: (value) => compare('eq', bitwise('and', WIDE, 0x38n), BigInt(value) << 3n),
      whole: (value) => (value << 3) | 0x87,
    },
    {
      what: 'the topmost bits',
      ...{ n: 8, ordered: true, cubes: true, most: 2, share: 13.5 },
      holds: is(bitsOf(WIDE, 5, 3)),
      whole: (value) => (value << 5) | 0x1f,
    },
    {
      what: 'the lowest bits',
      ...{ n: 8, ordered: true, cubes: true, most: 2, share: 13.5 },
      holds: is(bitsOf(WIDE, 0, 3)),
      whole: (value) => value | 0xa8,
    },
    {
      what: 'an ordered choice',
      ...{ n: 6, ordered: true, most: 0, share: 0 },
      holds: (value) => chosen(ORDERED, ORDERED.values[value]!),
    },
    {
      what: 'an ordered choice, by bounds',
      ...{ n: 6, ordered: true, most: 1, share: 2 },
      holds: (value) =>
        gather('all', [
          chosenFrom(ORDERED, ORDERED.values[value]!),
          value === 5 ? 1n : not(chosenFrom(ORDERED, ORDERED.values[value + 1]!)),
        ]),
    },
    {
      what: 'a choice without order',
      ...{ n: 6, ordered: false, most: 2, share: 8 },
      holds: (value) => chosen(UNORDERED, UNORDERED.values[value]!),
    },
  ])('$what', ({ n, ordered, cubes, holds, whole = (value) => value, most, share }) => {
    const least = leastOf(n, ordered, cubes);
    /** The values for which the text holds. */
    const saidBy = (text: string): number =>
      Array.from({ length: n }, (_, value) => Number(holdsText(text, meaning(whole(value)))) << value).reduce(
        (all, bit) => all | bit,
      );
    let [wanted, told] = [0, 0];
    // Of sets of masked bits every third: they take longest.
    for (let set = 1; set < (1 << n) - 1; set += cubes ? 3 : 1) {
      const condition = gather('any', valuesIn(set, n).map(holds));
      const text = formatCondition(condition);
      const less = formatCondition(simplified(condition));
      expect([text, saidBy(text), count(text) <= least[set]! + most]).toEqual([text, set, true]);
      expect([less, saidBy(less), count(less) <= least[set]! + Math.max(1, most)]).toEqual([less, set, true]);
      wanted += least[set]!;
      told += count(text);
    }
    expect((100 * (told - wanted)) / wanted).toBeLessThanOrEqual(share);
  });
});

describe('two subjects', () => {
  const A = fieldOf('AAAA', { bits: 2 });
  const B = fieldOf('BBBB', { bits: 2 });
  /** Cells are a + 4 * b; comparisons of one side leave whole rows or columns. */
  const sides = literalsOf(4, true, false);
  const across = (of: readonly number[], cell: (value: number, other: number) => number): number[] =>
    of.map((set) =>
      valuesIn(set, 4).reduce(
        (cells, value) => [0, 1, 2, 3].reduce((all, other) => all | (1 << cell(value, other)), cells),
        0,
      ),
    );
  const TERMS = termsOf(0xffff, [
    ...across(sides, (a, b) => a + 4 * b),
    ...across(sides, (b, a) => a + 4 * b),
  ]);

  /** The least number for one set of cells: over its subsets, each covered as it can be. */
  function leastFor(cells: number): number {
    const terms = [...TERMS].filter(([set]) => set !== 0 && (set & ~cells) === 0);
    const least = new Map([[0, 0]]);
    // Subsets grow as numbers do.
    const open = [0];
    const cheapest = (): number | undefined => {
      let best = 0;
      if (open.length === 0) return undefined;
      for (let i = 1; i < open.length; i += 1) if (least.get(open[i]!)! < least.get(open[best]!)!) best = i;
      return open.splice(best, 1)[0];
    };
    for (let at = cheapest(); at !== undefined; at = cheapest()) {
      if (at === cells) return least.get(at)!;
      const next = cells & ~at & -(cells & ~at);
      for (const [set, cost] of terms) {
        if ((set & next) === 0) continue;
        const to = at | set;
        const known = least.get(to);
        if (known !== undefined && known <= least.get(at)! + cost) continue;
        if (known === undefined || !open.includes(to)) open.push(to);
        least.set(to, least.get(at)! + cost);
      }
    }
    return Number.POSITIVE_INFINITY;
  }

  test('alternatives of both', () => {
    let [wanted, told] = [0, 0];
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: 15 }), { minLength: 1, maxLength: 9 }),
        fc.boolean(),
        (list, isNot) => {
          const cells = list.reduce((all, cell) => all | (1 << cell), 0);
          const points = list.map((cell) => gather('all', [is(A)(cell & 3), is(B)(cell >> 2)]));
          const condition = isNot ? not(not(gather('any', points))) : gather('any', points);
          const { alternatives, complete } = coverOf(condition);
          expect(complete).toBe(true);
          const least = leastFor(cells);
          const number = alternatives.flat().length;
          expect(number).toBeGreaterThanOrEqual(least);
          expect(number).toBeLessThanOrEqual(least + 4);
          wanted += least;
          told += number;
          const text = formatCondition(condition);
          for (let cell = 0; cell < 16; cell += 1)
            expect(holdsText(text, (name) => BigInt(name === 'AAAA' ? cell & 3 : cell >> 2))).toBe(
              ((cells >> cell) & 1) === 1,
            );
        },
      ),
      { numRuns: runs(150) },
    );
    expect(told / wanted).toBeLessThan(1.1);
  });
});
