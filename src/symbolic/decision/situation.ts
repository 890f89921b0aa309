/** A condition as a function of what its comparisons tell apart: what is needed to say it in another way. */
import { allOf, anyOf } from '../conditions.ts';
import type { Condition, Quantity } from '../quantity.ts';
import { atomsOf } from './atoms.ts';
import { type Bdd, FALSE, OutOfWork } from './bdd.ts';
import { Bits } from './bits.ts';
import { Cells } from './cells.ts';
import { Grower, type Part } from './grow.ts';
import { conditionOfLiteral, type Literal } from './literal.ts';
import { type Subject, SubjectReader } from './subjects.ts';

/** Alternatives, each of literals that hold together. None: it never holds. One without literals: it always holds. */
export type Alternatives = readonly (readonly Literal[])[];

/** That one of several alternatives holds. */
export function conditionOfAlternatives(alternatives: Alternatives): Condition {
  return anyOf(alternatives.map((literals) => allOf(literals.map(conditionOfLiteral))));
}

export interface Situation {
  readonly bits: Bits;
  readonly cells: Cells;
  readonly grower: Grower;
  /** Cases in which it has to hold, and cases in which it may. */
  readonly lower: Bdd;
  readonly upper: Bdd;
  /** Cases that count: the condition and what is made of it are the same there. */
  readonly open: Bdd;
  readonly holds: Bdd;
}

/**
 * `never` or `always` where it is decided. Throws {@link OutOfWork}.
 * @param ranges a sum of one field is told by ranges of the field, also where the sum is short
 */
export function situationOf(
  condition: Quantity,
  given: Quantity,
  ranges = false,
): Situation | 'always' | 'never' {
  const bits = new Bits([condition, given]);
  const { bdds } = bits;
  const open = bdds.and(bits.domain(), bits.condition(given));
  const holds = bits.condition(condition);
  if (bdds.and(holds, open) === FALSE) return 'never';
  if (bdds.implies(open, holds)) return 'always';
  const reader = new SubjectReader(bits, ranges);
  for (const atom of atomsOf(condition, reader.isPlain)) reader.add(atom);
  const own = reader.count;
  for (const atom of atomsOf(given, reader.isPlain)) reader.add(atom);
  const all = reader.subjects(bits.domain());
  const using = (subjects: readonly Subject[], of: Bdd): Subject[] => {
    const support = bdds.support(of);
    return subjects.filter(({ levels }) => [...levels].some((level) => support.has(level)));
  };
  const mine = using(all.slice(0, own), holds);
  const subjects = [...mine, ...using(all.slice(own), open)];
  const cells = new Cells(bdds, subjects, bits.domain());
  const openCells = cells.of(open);
  const holdsCells = cells.of(holds);
  return {
    bits,
    cells,
    grower: new Grower(cells, subjects, mine.length),
    lower: cells.bdds.and(holdsCells, openCells),
    upper: cells.bdds.or(holdsCells, cells.bdds.not(openCells)),
    open,
    holds,
  };
}

/** Whatever pieces were looked at: nothing is told that isn't the condition. */
export function checked<A extends Alternatives>(alternatives: A, { bits, open, holds }: Situation): A {
  const made = bits.condition(conditionOfAlternatives(alternatives));
  if (bits.bdds.and(bits.bdds.xor(made, holds), open) !== FALSE)
    throw new OutOfWork('the alternatives are not the condition');
  return alternatives;
}

export function literalsOf(terms: readonly (readonly Part[])[]): Literal[][] {
  return terms.map((term) => term.map(({ literal }) => literal));
}
