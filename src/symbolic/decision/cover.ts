/** Conditions as alternatives: which comparisons have to hold together. */
import { allOf, anyOf } from '../conditions.ts';
import { type Condition, isKnown, type Quantity } from '../quantity.ts';
import { atomsOf } from './atoms.ts';
import { FALSE, OutOfWork } from './bdd.ts';
import { Bits } from './bits.ts';
import { asBuilt } from './built.ts';
import { Cells } from './cells.ts';
import { bounded } from './decide.ts';
import { Grower } from './grow.ts';
import { conditionOfLiteral, type Literal } from './literal.ts';
import { SubjectReader } from './subjects.ts';

/** Alternatives, each of literals that hold together. None: it never holds. One without literals: it always holds. */
export interface Cover {
  readonly alternatives: readonly (readonly Literal[])[];
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

/** That one of several alternatives holds. */
export function conditionOfAlternatives(alternatives: Cover['alternatives']): Condition {
  return anyOf(alternatives.map((literals) => allOf(literals.map(conditionOfLiteral))));
}

export function alternativesOf(condition: Quantity, given: Quantity): Literal[][] {
  const bits = new Bits([condition, given]);
  const { bdds } = bits;
  const open = bdds.and(bits.domain(), bits.condition(given));
  const holds = bits.condition(condition);
  const lower = bdds.and(holds, open);
  if (lower === FALSE) return [];
  if (bdds.implies(open, holds)) return [[]];
  const reader = new SubjectReader(bits);
  const isUsed = (
    { levels }: { readonly levels: ReadonlySet<number> },
    support: ReadonlySet<number>,
  ): boolean => [...levels].some((level) => support.has(level));
  for (const atom of atomsOf(condition, reader.isPlain)) reader.add(atom);
  const own = reader.count;
  for (const atom of atomsOf(given, reader.isPlain)) reader.add(atom);
  const all = reader.subjects(bits.domain());
  const mine = all.slice(0, own).filter((subject) => isUsed(subject, bdds.support(holds)));
  const others = all.slice(own).filter((subject) => isUsed(subject, bdds.support(open)));
  const subjects = [...mine, ...others];
  const cells = new Cells(bdds, subjects, bits.domain());
  const openCells = cells.of(open);
  const holdsCells = cells.of(holds);
  const upper = cells.bdds.or(holdsCells, cells.bdds.not(openCells));
  const terms = new Grower(cells, subjects, mine.length).cover(cells.bdds.and(holdsCells, openCells), upper);
  const alternatives = terms.map((term) => term.map(({ literal }) => literal));
  // Whatever pieces were looked at: nothing is told that isn't the condition.
  const made = bits.condition(conditionOfAlternatives(alternatives));
  if (bdds.and(bdds.xor(made, holds), open) !== FALSE)
    throw new OutOfWork('the alternatives are not the condition');
  return alternatives;
}
