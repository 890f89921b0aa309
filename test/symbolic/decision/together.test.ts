/** Conditions that hold together: what is beside them, which of them a question concerns, and what work is counted. */
import { expect, test } from 'vitest';
import { BddManager, FALSE } from '../../../src/symbolic/decision/bdd.ts';
import {
  arithmetic,
  compare,
  DecisionContext,
  type Expr,
  gather,
  not,
  type Quantity,
  simplified,
} from '../../../src/symbolic/index.ts';
import { fieldOf } from '../fields.ts';

const [A, B, C] = ['AAAA', 'BBBB', 'CCCC'].map((name) => fieldOf(name, { bits: 8 })) as [Expr, Expr, Expr];
const is = (of: Quantity, value: bigint): Expr => compare('eq', of, value) as Expr;

test('what never holds allows nothing, and stays so', () => {
  const context = new DecisionContext();
  for (const conditions of [[0n], [is(A, 1n), 0n], [is(A, 1n), not(is(A, 1n))]]) {
    const never = context.together(conditions);
    expect(context.allows(never, is(B, 1n))).toBe(false);
    expect(context.allows(never, 1n)).toBe(false);
    expect(context.allows(context.with(never, is(B, 1n)), is(C, 1n))).toBe(false);
    expect(context.sides(never, is(B, 1n))).toEqual({ yes: false, no: false });
  }
  const some = context.together([is(A, 1n)]);
  expect(context.allows(context.with(some, 0n), is(B, 1n))).toBe(false);
  expect(context.allows(some, 0n)).toBe(false);
  expect(context.with(some, 1n)).toBe(some);
  expect(context.allows(some, 1n)).toBe(true);
  expect(context.possible([])).toBe(true);
  expect(context.possible([1n])).toBe(true);
});

test('one that is known, and its opposite', () => {
  const context = new DecisionContext();
  const known = context.together([is(A, 1n), compare('lt', B, 5n)]);
  expect(context.sides(known, is(A, 1n))).toEqual({ yes: true, no: false });
  expect(context.sides(known, is(A, 2n))).toEqual({ yes: false, no: true });
  expect(context.sides(known, is(B, 2n))).toEqual({ yes: true, no: true });
  expect(context.sides(known, is(B, 5n))).toEqual({ yes: false, no: true });
  expect(context.sides(known, compare('lt', B, 9n) as Expr)).toEqual({ yes: true, no: false });
  expect(context.sides(known, is(C, 9n))).toEqual({ yes: true, no: true });
  expect(context.sides(known, not(is(A, 1n)) as Expr)).toEqual({ yes: false, no: true });
});

test('one of a set concerns a question where it shares a variable with it, or with one that does', () => {
  const context = new DecisionContext();
  const [a1, b1, c1] = [is(A, 1n), is(B, 1n), is(C, 1n)];
  const both = compare('lt', A, B);
  const concerns = (set: readonly Quantity[], one: Quantity, about: Quantity): boolean =>
    context.concerns(context.together(set), one, about);
  expect(concerns([a1, b1], a1, is(A, 3n))).toBe(true);
  expect(concerns([a1, b1], b1, is(A, 3n))).toBe(false);
  expect(concerns([a1, b1], b1, is(C, 3n))).toBe(false);
  // Through a condition of both fields.
  expect(concerns([both, b1], b1, is(A, 3n))).toBe(true);
  expect(concerns([both, b1, c1], c1, is(A, 3n))).toBe(false);
  expect(concerns([both, b1, c1], c1, compare('lt', B, C))).toBe(true);
  // Several gathered in one, and a question of several.
  expect(concerns([a1, b1, c1], gather('all', [b1, c1]), is(C, 3n))).toBe(true);
  expect(concerns([a1, b1], b1, gather('all', [is(A, 3n), is(B, 3n)]))).toBe(true);
  // Where nothing holds together, nothing is left out.
  expect(concerns([0n], a1, is(B, 3n))).toBe(true);
  expect(concerns([a1], 0n, is(B, 3n))).toBe(true);
  expect(concerns([a1], a1, 0n)).toBe(true);
});

test('work is counted, and only grows', () => {
  const context = new DecisionContext();
  const wide = ['M64A', 'M64B'].map((name) => fieldOf(name, { bits: 64 })) as [Expr, Expr];
  const product = (by: bigint) => compare('eq', arithmetic('multiply', 64, ...wide), by);
  let before = context.work;
  expect(before).toBe(0);
  for (const condition of [
    compare('lt', A, B),
    product(0x1234_5678_9abc_def1n),
    compare('lt', B, C),
    product(0x77n),
  ]) {
    context.possible([condition, compare('lt', A, C)]);
    expect(context.work).toBeGreaterThan(before);
    before = context.work;
  }
});

test('what was asked before takes no work again', () => {
  const context = new DecisionContext();
  const conditions = [compare('lt', A, B), compare('lt', B, C), compare('lt', C, A)];
  expect(context.possible(conditions)).toBe(false);
  const once = context.work;
  for (let i = 0; i < 20; i += 1) expect(context.possible(conditions)).toBe(false);
  // Twenty times less than the first.
  expect(context.work - once).toBeLessThanOrEqual(once);
});

test('functions that meet nowhere are found to do so once', () => {
  const bdds = new BddManager(1 << 16, 1 << 20);
  // More ones than zeros, and less, among 12 variables.
  let counts = [bdds.not(FALSE)];
  for (let level = 11; level >= 0; level -= 1) {
    const variable = bdds.variable(level);
    counts = Array.from({ length: counts.length + 1 }, (_, i) =>
      bdds.or(bdds.and(variable, counts[i - 1] ?? FALSE), bdds.and(bdds.not(variable), counts[i] ?? FALSE)),
    );
  }
  const [more, less] = [counts.slice(7), counts.slice(0, 6)].map((some) =>
    some.reduce((a, b) => bdds.or(a, b), FALSE),
  ) as [number, number];
  const before = bdds.work;
  expect(bdds.meets(more, less)).toBe(false);
  const first = bdds.work - before;
  for (let i = 0; i < 20; i += 1) expect(bdds.meets(more, less)).toBe(false);
  expect(bdds.work - before - first).toBeLessThanOrEqual(Math.max(20, first));
  expect(bdds.meets(more, counts[8]!)).toBe(true);
  expect(bdds.meets(counts[6]!, more)).toBe(false);
  expect(bdds.and(more, less)).toBe(FALSE);
});

test('a condition is simplified under what it says itself, and what contradicts it', () => {
  const a = is(A, 1n);
  expect([simplified(a, a), simplified(not(a), a), simplified(a, not(a))]).toEqual([1n, 0n, 0n]);
});
