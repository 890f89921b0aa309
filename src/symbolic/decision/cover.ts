/** Conditions as alternatives: which comparisons have to hold together. */
import { maskOf } from '../known-bits.ts';
import { type Condition, type Expr, isKnown, type Quantity } from '../quantity.ts';
import { asBuilt } from './built.ts';
import { bounded } from './decide.ts';
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

function alternativesOf(condition: Quantity, given: Quantity): Alternatives {
  const situation = situationOf(condition, given);
  if (situation === 'never') return [];
  if (situation === 'always') return [[]];
  const { grower, lower, upper } = situation;
  return checked(literalsOf(grower.cover(lower, upper)), situation);
}
