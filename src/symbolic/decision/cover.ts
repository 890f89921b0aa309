/** Conditions as alternatives: which comparisons have to hold together. */
import { maskOf } from '../known-bits.ts';
import { type Condition, type Expr, type FieldSymbol, isKnown, partsOf, type Quantity } from '../quantity.ts';
import { keyOfVariable, type Variable, variablesOf } from '../variables.ts';
import { type Bdd, FALSE } from './bdd.ts';
import { Bits } from './bits.ts';
import { bounded } from './decide.ts';
import { asBuilt, conditionOfLiteral, type Literal } from './literal.ts';
import {
  type Alternatives,
  checked,
  conditionOfAlternatives,
  literalsOf,
  renew,
  situationOf,
  type TakenApart,
} from './situation.ts';
import type { Ground } from './subjects/subjects.ts';

export interface Cover {
  readonly alternatives: Alternatives;
  /** False when the bound on work was reached: the alternatives are the condition, but may be redundant or impossible. */
  readonly complete: boolean;
}

/**
 * The condition as an irredundant disjunction of conjunctions.
 *
 * @param given what is known to hold: the cover equals the condition wherever this does
 */
export function coverOf(condition: Quantity, given: Quantity = 1n): Cover {
  if (isKnown(condition)) return { alternatives: condition === 0n ? [] : [[]], complete: true };
  if (given === 1n && isPlain(condition))
    return { alternatives: asBuilt(condition).map(plainly), complete: true };
  return coverIn(condition, takenApart(condition, given));
}

/** As {@link coverOf}, of a condition that was taken apart. The next question about it may take as much work again. */
export function coverIn(condition: Expr, situation: TakenApart | undefined): Cover {
  const alternatives = situation && bounded(() => alternativesIn(situation));
  if (alternatives === undefined) return { alternatives: asBuilt(condition), complete: false };
  if (typeof situation === 'object') renew(situation);
  return { alternatives, complete: true };
}

/** As {@link situationOf}; undefined past the bound on work. */
export function takenApart(condition: Quantity, given: Quantity = 1n): TakenApart | undefined {
  return bounded(() => situationOf(condition, given));
}

/**
 * Comparisons of different fields and choices, each with one value, all of which have to hold: nothing shorter says so, and
 * most conditions are no more than that.
 */
export function isPlain(condition: Expr): boolean {
  if (condition.kind === 'compare') return isPlainComparison(condition);
  if (condition.kind !== 'all' || !condition.of.every(isPlainComparison)) return false;
  const variables = condition.of.flatMap((each) => variablesOf(each));
  return (
    new Set(variables.map(keyOfVariable)).size === variables.length &&
    variables.every((one, i) => variables.every((other, k) => k <= i || !mayOverlap(one, other)))
  );
}

/** Of two values that a choice has, the one that it takes is named. */
function plainly(literals: readonly Literal[]): Literal[] {
  return literals.map((literal) => {
    const { left, op } = literal;
    return op === '!=' && isOneOfTwo(left) ? { left, op: '==', right: 1n } : literal;
  });
}

/** Is it a choice between two values that have no order? As a condition it is that the second one is taken. */
function isOneOfTwo(value: Quantity): boolean {
  return (
    !isKnown(value) && value.kind === 'choice' && !value.choice.ordered && value.choice.values.length === 2
  );
}

/** Is it written as it is, whatever else could be? */
function isPlainComparison(condition: Expr): boolean {
  if (condition.kind !== 'compare') return isOneOfTwo(condition.kind === 'not' ? condition.of : condition);
  const { op, left, right } = condition;
  if (op === 'eq' || op === 'ne') {
    if (isKnown(left) || !isKnown(right)) return false;
    // A bit, and a choice of two values, is held against no number: compare() makes it the bit itself, or its opposite.
    if (left.kind === 'field') return right < maskOf(left.bits);
    if (left.kind !== 'choice' || right >= BigInt(left.choice.values.length)) return false;
    // The ends of an ordered choice are ranges.
    const { values, ordered } = left.choice;
    return !ordered || (right > 0n && right < BigInt(values.length - 1));
  }
  // From a value of an ordered choice on, or before one: `release >= 6.7`, `release < 6.7`.
  const [choice, value] = op === 'le' ? [right, left] : [left, right];
  return (
    !isKnown(choice) &&
    choice.kind === 'choice' &&
    choice.choice.ordered &&
    isKnown(value) &&
    value > 0n &&
    value < BigInt(choice.choice.values.length)
  );
}

/** Bits of one place in memory: then one may say something about the other. */
function mayOverlap(one: Variable, other: Variable): boolean {
  if (one.kind !== 'field' || other.kind !== 'field') return false;
  const [a, b] = [one.field, other.field];
  if (a.address === undefined || b.address === undefined) return false;
  const endOf = ({ address, bitOffset, bits }: FieldSymbol): bigint =>
    8n * (address ?? 0n) + BigInt(bitOffset + bits);
  return 8n * a.address + BigInt(a.bitOffset) < endOf(b) && 8n * b.address + BigInt(b.bitOffset) < endOf(a);
}

/** As {@link coverOf}, with sums of one field told by ranges of the field. Undefined past the bound on work. */
export function rangeCoverOf(condition: Quantity): Cover | undefined {
  const alternatives = bounded(() => alternativesOf(condition, 1n, true));
  return alternatives && { alternatives, complete: true };
}

/** Comparisons in a condition as it was built, above which it isn't looked at as it is. */
const MAX_BUILT = 24;

/**
 * The condition as it was built, but for what is redundant in it. Undefined where it is no disjunction of a few
 * conjunctions of comparisons, or past the bound on work.
 *
 * @param situation where it was taken apart already
 */
export function builtCoverOf(condition: Expr, situation?: TakenApart): Cover | undefined {
  const built = asBuilt(condition);
  const literals = built.flat();
  if (literals.length > MAX_BUILT || !literals.every(isComparison)) return undefined;
  const alternatives = bounded(() => {
    const bits = typeof situation === 'object' ? situation.bits : new Bits([condition]);
    const { bdds } = bits;
    const domain = bits.domain();
    const holds = bdds.and(bits.condition(condition), domain);
    const known = new Map(literals.map((each) => [each, bits.condition(conditionOfLiteral(each))]));
    const together = (way: readonly Literal[]): Bdd =>
      way.reduce((all: Bdd, each) => bdds.and(all, known.get(each)!), domain);
    let ways = built
      .filter((way) => together(way) !== FALSE)
      .map((way) =>
        way.reduce((kept, each) => {
          const without = kept.filter((other) => other !== each);
          return bdds.implies(together(without), holds) ? without : kept;
        }, way),
      );
    for (const way of [...ways].sort((a, b) => b.length - a.length)) {
      const others = ways.filter((each) => each !== way);
      const covered = others.reduce((any: Bdd, each) => bdds.or(any, together(each)), FALSE);
      if (bdds.implies(together(way), covered)) ways = others;
    }
    return ways;
  });
  return alternatives && { alternatives, complete: true };
}

/** Two numbers without conditions in them. */
function isComparison({ left, right }: Literal): boolean {
  const pending: Quantity[] = [left, right];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isKnown(next)) continue;
    if (next.bits === 1 && next.kind !== 'field' && next.kind !== 'slice') return false;
    if (next.kind === 'choose') return false;
    pending.push(...partsOf(next));
  }
  return true;
}

/**
 * An equivalent condition without what is redundant: 0n or 1n where it is decided. Past the bound on work it is the
 * condition that was given; {@link coverOf} of it is not complete then.
 *
 * @param given what is known to hold: the result equals the condition wherever this does
 */
export function simplified(condition: Quantity, given: Quantity = 1n): Condition {
  const { alternatives, complete } = coverOf(condition, given);
  if (!complete) return condition as Condition;
  return conditionOfAlternatives(alternatives);
}

/** Throws {@link WorkLimitReached}. @param ground as for {@link situationOf} */
export function alternativesOf(
  condition: Quantity,
  given: Quantity,
  ranges = false,
  ground?: Ground,
): Alternatives {
  return alternativesIn(situationOf(condition, given, ranges, ground));
}

function alternativesIn(situation: TakenApart): Alternatives {
  if (situation === 'never') return [];
  if (situation === 'always') return [[]];
  const { grower, lower, upper } = situation;
  return checked(literalsOf(grower.cover(lower, upper)), situation);
}
