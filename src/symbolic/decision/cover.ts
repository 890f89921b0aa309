/** Conditions as alternatives: which comparisons have to hold together. */
import { maskOf } from '../known-bits.ts';
import { type Condition, type Expr, isKnown, partsOf, type Quantity } from '../quantity.ts';
import { type Bdd, FALSE } from './bdd.ts';
import { Bits } from './bits.ts';
import { asBuilt } from './built.ts';
import { bounded } from './decide.ts';
import { conditionOfLiteral, type Literal } from './literal.ts';
import { type Alternatives, checked, conditionOfAlternatives, literalsOf, situationOf } from './situation.ts';

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
  if (given === 1n && isPlain(condition)) return { alternatives: asBuilt(condition), complete: true };
  const alternatives = bounded(() => alternativesOf(condition, given));
  return alternatives === undefined
    ? { alternatives: asBuilt(condition), complete: false }
    : { alternatives, complete: true };
}

/** That a field is, or is not, one of its values: nothing shorter says so. Most conditions are no more than that. */
function isPlain(condition: Expr): boolean {
  if (condition.kind !== 'compare') return false;
  const { op, left, right } = condition;
  return (
    (op === 'eq' || op === 'ne') &&
    !isKnown(left) &&
    left.kind === 'field' &&
    left.bits > 1 &&
    isKnown(right) &&
    right < maskOf(left.bits)
  );
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
 */
export function builtCoverOf(condition: Expr): Cover | undefined {
  const built = asBuilt(condition);
  const literals = built.flat();
  if (literals.length > MAX_BUILT || !literals.every(isComparison)) return undefined;
  const alternatives = bounded(() => {
    const bits = new Bits([condition]);
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

function alternativesOf(condition: Quantity, given: Quantity, ranges = false): Alternatives {
  const situation = situationOf(condition, given, ranges);
  if (situation === 'never') return [];
  if (situation === 'always') return [[]];
  const { grower, lower, upper } = situation;
  return checked(literalsOf(grower.cover(lower, upper)), situation);
}
