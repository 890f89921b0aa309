import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allOf,
  anyOf,
  type ChoiceVariable,
  type Condition,
  chosen,
  chosenFrom,
  compare,
  type Expr,
  formatCondition,
  not,
  type Quantity,
  Simplifier,
} from '../../../src/symbolic/index.ts';
import { runs } from '../../runs.ts';
import { fieldOf } from '../fields.ts';
import { anyCondition } from '../small-world.ts';

const STEP: ChoiceVariable = {
  id: 'release',
  values: ['5.10', '5.15', '6.1', '6.7', '6.12'],
  ordered: true,
};
const COMMIT: ChoiceVariable = { id: 'has abc', values: ['n', 'y'], ordered: false };
const FIELD = fieldOf('MG2L', { address: 0x1000n });

const from = (value: string): Condition => chosenFrom(STEP, value) as Condition;
const opposite = (of: Condition): Condition => not(of) as Condition;

/** The limit from which on it is not seen any more that the text is longer. */
function leastOf(ways: readonly (readonly Condition[])[], given: Quantity = 1n): number {
  const least = new Simplifier(given, ways.flat());
  let limit = 0;
  while (least.exceeds(ways, limit)) limit += 1;
  return limit;
}

describe('how long a condition is at least', () => {
  test('a comparison for each value at which it changes', () => {
    const isMiddle = [from('5.15'), opposite(from('6.7'))];
    expect(leastOf([isMiddle])).toBe('release < 5.10'.length + 'release < 6.1'.length + ' or '.length);
    const isOdd = ['5.15', '6.7'].map((value) => [chosen(STEP, value) as Condition]);
    expect(leastOf(isOdd)).toBe('release == 5.15 or release == 6.7'.length);
  });

  test('a choice without order once, however often it is asked', () => {
    const has = chosen(COMMIT, 'y') as Condition;
    const zero = compare('eq', FIELD, 0n) as Condition;
    expect(leastOf([[has, zero], [has]])).toBe('has abc'.length);
  });

  test('nothing for what is given, and for what makes no difference there', () => {
    const has = chosen(COMMIT, 'y') as Condition;
    expect(leastOf([[from('6.7'), has], [opposite(from('6.7'))]], from('6.7'))).toBe('has abc'.length);
    expect(leastOf([[has], [opposite(has)]])).toBe(0);
  });

  test('never more than what is printed', () => {
    let seen = 0;
    fc.assert(
      fc.property(fc.array(fc.array(anyCondition)), anyCondition, (ways, given) => {
        const open = ways.map((way) => way.filter((each): each is Expr => typeof each !== 'bigint'));
        const least = new Simplifier(given, open.flat());
        const printed = formatCondition(least.simplified(anyOf(open.map(allOf))));
        if (least.exceeds(open, 0)) seen += 1;
        expect(least.exceeds(open, printed.length)).toBe(false);
      }),
      { numRuns: runs(30) },
    );
    expect(seen).toBeGreaterThan(0);
  });
});
