/** Conditions as alternatives: which comparisons have to hold together. */
import { type Condition, isKnown, type Quantity } from '../quantity.ts';
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
  const alternatives = bounded(() => alternativesOf(condition, given));
  return alternatives === undefined
    ? { alternatives: asBuilt(condition), complete: false }
    : { alternatives, complete: true };
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
