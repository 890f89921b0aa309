import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arithmetic,
  compare,
  DecisionContext,
  gather,
  isPossible,
  not,
  type Quantity,
  sum,
} from '../../../src/symbolic/index.ts';
import { runs } from '../../runs.ts';
import { fieldOf } from '../fields.ts';
import { anyCondition } from '../small-world.ts';

const field = (name: string, bits = 32): Quantity => fieldOf(name, { bits });

describe('what is kept answers as what is made from scratch', () => {
  test('whatever was asked before', () => {
    fc.assert(
      fc.property(fc.array(anyCondition, { minLength: 1, maxLength: 8 }), (conditions) => {
        const context = new DecisionContext();
        for (let end = 1; end <= conditions.length; end++)
          for (let start = 0; start < end; start++) {
            const some = conditions.slice(start, end);
            expect(context.possible(some)).toBe(isPossible(gather('all', some)));
            const [condition, ...others] = some;
            const opposite = [not(condition!), ...others];
            expect(context.possible(opposite)).toBe(isPossible(gather('all', opposite)));
          }
      }),
      { numRuns: runs(60) },
    );
  });

  test('one condition beside others that can hold together, however those were put together', () => {
    fc.assert(
      fc.property(fc.array(anyCondition, { minLength: 2, maxLength: 6 }), ([condition, ...others]) => {
        const context = new DecisionContext();
        fc.pre(context.possible(others) === true);
        const together = isPossible(gather('all', [condition!, ...others]));
        expect(context.allows(context.together(others), condition!)).toBe(together);
        // Put together one by one, and asked about both sides at once.
        let known = context.together([]);
        for (const other of others) known = context.with(known, other);
        expect(context.allows(known, condition!)).toBe(together);
        if (typeof condition === 'bigint') return;
        const fails = isPossible(gather('all', [not(condition!), ...others]));
        expect(context.sides(known, condition!)).toEqual({ yes: together, no: fails });
      }),
      { numRuns: runs(200) },
    );
  });
});

describe('wide fields', () => {
  const ends = (base: Quantity, length: Quantity): Quantity =>
    sum(64, -1n, [
      { coefficient: 1n, of: base },
      { coefficient: 1n, of: length },
    ]);
  const [a, b, c, d] = ['AAAA', 'BBBB', 'CCCC', 'DDDD'].map((name) => field(name)) as [
    Quantity,
    Quantity,
    Quantity,
    Quantity,
  ];

  test('fields that stood apart are compared later', () => {
    const context = new DecisionContext();
    const first = [compare('lt', ends(a, b), 0x1_0000_0000n), not(compare('eq', b, 0n))];
    const second = [compare('le', 0x8000_0000n, c), compare('lt', d, 0x1000n)];
    expect(context.possible([...first, ...second])).toBe(true);
    // A window that ends above all of 32 bits starts there or holds what is there.
    const above = compare('lt', ends(c, d), a);
    expect(context.possible([...first, ...second, above])).toBe(true);
    expect(context.possible([...first, ...second, above, compare('lt', a, 0x7fff_ffffn)])).toBe(false);
    expect(context.possible([...first, ...second])).toBe(true);
  });

  test('one question that takes too much work does not keep it from the next', () => {
    const context = new DecisionContext();
    const [x, y] = [field('XXXX', 64), field('YYYY', 64)];
    // The middle bits of a product have no small diagram, in whatever order (Bryant 1991).
    const hard = compare('eq', arithmetic('multiply', 64, x, y), 0x1234_5678_9abc_def1n);
    expect(context.possible([hard])).toBe(undefined);
    expect(context.possible([compare('lt', x, 3n), compare('lt', 3n, x)])).toBe(false);
    expect(context.possible([compare('lt', x, 3n), compare('lt', y, 3n)])).toBe(true);
    expect(context.possible([hard, compare('lt', a, 3n), compare('lt', 3n, a)])).toBe(false);
  });
});
