/** A condition as a function of what its comparisons tell apart: what is needed to say it in another way. */
import { allOf, anyOf } from '../conditions.ts';
import type { ChoiceVariable, Condition, Quantity } from '../quantity.ts';
import { variablesOf } from '../variables.ts';
import { atomsOf } from './atoms.ts';
import { type Bdd, FALSE, OutOfWork } from './bdd.ts';
import { Bits, MAX_STEPS } from './bits.ts';
import { Grower, type Part } from './grow.ts';
import { conditionOfLiteral, type Literal } from './literal.ts';
import { BitOrder } from './order.ts';
import { Cells } from './subjects/cells.ts';
import { Ground, type Subject, SubjectReader } from './subjects/subjects.ts';

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

/** What {@link situationOf} gives. */
export type TakenApart = Situation | 'always' | 'never';

/**
 * `never` or `always` where it is decided. Throws {@link WorkLimitReached}.
 * @param ranges a sum of one field is told by ranges of the field, also where the sum is short
 * @param ground functions of the comparisons in both, where they are there already
 */
export function situationOf(
  condition: Quantity,
  given: Quantity,
  ranges = false,
  ground?: Ground,
): TakenApart {
  const own = ground ?? new Ground(new Bits([condition, given]));
  const { bits } = own;
  const { bdds } = bits;
  const domain = ground === undefined ? bits.domain() : bits.domain(choicesIn([condition, given]));
  const open = bdds.and(domain, bits.condition(given));
  const holds = bits.condition(condition);
  if (bdds.and(holds, open) === FALSE) return 'never';
  if (bdds.implies(open, holds)) return 'always';
  const reader = new SubjectReader(own, ranges);
  for (const atom of atomsOf(condition, reader.isPlain)) reader.add(atom);
  const count = reader.count;
  for (const atom of atomsOf(given, reader.isPlain)) reader.add(atom);
  const all = reader.subjects(domain);
  const using = (subjects: readonly Subject[], of: Bdd): Subject[] => {
    const support = own.supportOf(of);
    return subjects.filter(({ levels }) => [...levels].some((level) => support.has(level)));
  };
  const mine = using(all.slice(0, count), holds);
  const subjects = [...mine, ...using(all.slice(count), open)];
  const order = ground === undefined ? undefined : orderOf([condition, given], bits);
  const cells = new Cells(bdds, subjects, domain, order);
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

/** Another question about it may take as many steps as the first. */
export function renew({ bits, cells }: Situation): void {
  bits.bdds.allow(MAX_STEPS);
  cells.renew();
}

function choicesIn(values: readonly Quantity[]): ChoiceVariable[] {
  return variablesOf(...values).flatMap((variable) => (variable.kind === 'choice' ? [variable.choice] : []));
}

/** The levels that bits would have if there were no other conditions: what is told is not to depend on those. */
function orderOf(values: readonly Quantity[], bits: Bits): (level: number) => number {
  const order = BitOrder.of(values);
  const levels = new Map<number, number>();
  for (const variable of variablesOf(...values)) {
    const own = order?.levelsOf(variable) ?? [];
    for (const [bit, level] of bits.levelsOf(variable).entries()) {
      const alone = own[bit] ?? -1;
      levels.set(level, alone < 0 ? level : alone);
    }
  }
  return (level) => levels.get(level) ?? level;
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
