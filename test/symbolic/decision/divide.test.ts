import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factored, type Tree } from '../../../src/symbolic/decision/divide.ts';
import { runs } from '../../runs.ts';

const LITERALS = 6;

/** Alternatives of which none has all literals of another. */
const anyTerms = fc
  .uniqueArray(fc.uniqueArray(fc.integer({ min: 0, max: LITERALS - 1 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 8,
    selector: (term) => [...term].sort().join(),
  })
  .map((terms) =>
    terms.filter(
      (term) => !terms.some((other) => other !== term && other.every((literal) => term.includes(literal))),
    ),
  )
  .filter((terms) => terms.length > 0);

function holds(tree: Tree<number>, taken: number): boolean {
  if (tree.kind === 'leaf') return ((taken >> tree.leaf) & 1) === 1;
  return tree.kind === 'all'
    ? tree.of.every((each) => holds(each, taken))
    : tree.of.some((each) => holds(each, taken));
}

function leaves(tree: Tree<number>): number[] {
  return tree.kind === 'leaf' ? [tree.leaf] : tree.of.flatMap(leaves);
}

function written(tree: Tree<number>): string {
  if (tree.kind === 'leaf') return 'abcdef'[tree.leaf]!;
  return `(${tree.of.map(written).join(tree.kind === 'all' ? ' ' : ' + ')})`;
}

const free = (): void => {};
const sameLength = (): number => 5;

test('what is in brackets says the same, and nothing more often', () => {
  fc.assert(
    fc.property(anyTerms, (terms) => {
      const tree = factored(terms, sameLength, free);
      for (let taken = 0; taken < 1 << LITERALS; taken++)
        expect(holds(tree, taken)).toBe(
          terms.some((term) => term.every((literal) => ((taken >> literal) & 1) === 1)),
        );
      for (let literal = 0; literal < LITERALS; literal++)
        expect(leaves(tree).filter((leaf) => leaf === literal).length).toBeLessThanOrEqual(
          terms.filter((term) => term.includes(literal)).length,
        );
    }),
    { numRuns: runs(500) },
  );
});

test('what several alternatives have in common stands before the bracket', () => {
  // ab + ac = a (b + c)
  expect(
    written(
      factored(
        [
          [0, 1],
          [0, 2],
        ],
        sameLength,
        free,
      ),
    ),
  ).toBe('(a (b + c))');
  // ac + ad + bc + bd + e = (a + b)(c + d) + e: found by what two have in common, divided by what is left of them.
  expect(written(factored([[0, 2], [0, 3], [1, 2], [1, 3], [4]], sameLength, free))).toBe(
    '(((a + b) (c + d)) + e)',
  );
  // abc + abd + e: two literals in common.
  expect(written(factored([[0, 1, 2], [0, 1, 3], [4]], sameLength, free))).toBe('((a b (c + d)) + e)');
});

test('brackets that save nothing are not made', () => {
  expect(
    written(
      factored(
        [
          [0, 1],
          [0, 2],
        ],
        () => 0,
        free,
      ),
    ),
  ).toBe('(a (b + c))');
  expect(
    written(
      factored(
        [
          [0, 1],
          [2, 3],
        ],
        sameLength,
        free,
      ),
    ),
  ).toBe('((a b) + (c d))');
});
