/** Conditions as alternatives: which comparisons have to hold together. */
import { allOf, anyOf } from '../conditions.ts';
import { type Condition, type Expr, isKnown, type Quantity } from '../quantity.ts';
import { atomsOf } from './atoms.ts';
import { type Bdd, FALSE, OutOfWork, TRUE } from './bdd.ts';
import { Bits } from './bits.ts';
import { asBuilt } from './built.ts';
import { Cells } from './cells.ts';
import { bounded } from './decide.ts';
import { Grower, type Part } from './grow.ts';
import { conditionOfLiteral, type Literal } from './literal.ts';
import { type Subject, SubjectReader } from './subjects.ts';

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

/** A condition as a function of what its comparisons tell apart. */
interface Situation {
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

/** Undefined where it is decided: `never`, or it always holds. Throws {@link OutOfWork}. */
function situationOf(condition: Quantity, given: Quantity): Situation | 'always' | 'never' {
  const bits = new Bits([condition, given]);
  const { bdds } = bits;
  const open = bdds.and(bits.domain(), bits.condition(given));
  const holds = bits.condition(condition);
  if (bdds.and(holds, open) === FALSE) return 'never';
  if (bdds.implies(open, holds)) return 'always';
  const reader = new SubjectReader(bits);
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
function checked(alternatives: Literal[][], { bits, open, holds }: Situation): Literal[][] {
  const made = bits.condition(conditionOfAlternatives(alternatives));
  if (bits.bdds.and(bits.bdds.xor(made, holds), open) !== FALSE)
    throw new OutOfWork('the alternatives are not the condition');
  return alternatives;
}

function alternativesOf(condition: Quantity, given: Quantity): Literal[][] {
  const situation = situationOf(condition, given);
  if (situation === 'never') return [];
  if (situation === 'always') return [[]];
  const { grower, lower, upper } = situation;
  return checked(literalsOf(grower.cover(lower, upper)), situation);
}

function literalsOf(terms: readonly (readonly Part[])[]): Literal[][] {
  return terms.map((term) => term.map(({ literal }) => literal));
}

/**
 * The condition as one conjunction, of literals and of alternatives in brackets, where it falls into independent parts:
 * `(A || B) != 0 and C > 0`. Undefined where it doesn't, or past the bound on work. What independent parts come to
 * multiplied out is long, and hides that they are.
 */
export function factorsOf(condition: Quantity): Literal[] | undefined {
  return bounded(() => {
    const situation = situationOf(condition, 1n);
    if (situation === 'never' || situation === 'always') return undefined;
    const { cells, grower, lower, upper } = situation;
    const { bdds } = cells;
    // Each alternative of the opposite is a clause that it breaks; clauses that share no subject are independent.
    const clauses = grower.cover(bdds.not(upper), bdds.not(lower));
    const valid = cells.of(TRUE);
    const factors = independent(clauses).map((group): Literal[] => {
      const holds = group.reduce(
        (all: Bdd, clause) => bdds.and(all, bdds.not(grower.together(clause))),
        valid,
      );
      const ways = literalsOf(grower.cover(holds, bdds.or(holds, bdds.not(valid))));
      return ways.length === 1 ? ways[0]! : [bracketed(ways)];
    });
    return factors.length === 1 ? undefined : checked([factors.flat()], situation)[0];
  });
}

/** The alternatives of a literal that {@link factorsOf} put in brackets; undefined for any other. */
export function bracketedIn({ left, op, right }: Literal): Cover | undefined {
  if (isKnown(left) || left.kind !== 'any' || op !== '!=' || right !== 0n) return undefined;
  return { alternatives: asBuilt(left), complete: true };
}

function bracketed(ways: readonly (readonly Literal[])[]): Literal {
  return { left: conditionOfAlternatives(ways) as Expr, op: '!=', right: 0n };
}

/** Clauses, those together that share a subject with another of the group. */
function independent(clauses: readonly Part[][]): Part[][][] {
  let groups: { readonly clauses: Part[][]; readonly subjects: ReadonlySet<number> }[] = [];
  for (const clause of clauses) {
    const subjects = new Set(clause.map(({ subject }) => subject));
    const shares = (group: { readonly subjects: ReadonlySet<number> }): boolean =>
      [...subjects].some((subject) => group.subjects.has(subject));
    const met = groups.filter(shares);
    groups = [
      ...groups.filter((group) => !shares(group)),
      {
        clauses: [...met.flatMap((group) => group.clauses), clause],
        subjects: new Set([...met.flatMap((group) => [...group.subjects]), ...subjects]),
      },
    ];
  }
  const first = (group: { readonly subjects: ReadonlySet<number> }): number => Math.min(...group.subjects);
  return groups.sort((a, b) => first(a) - first(b)).map((group) => group.clauses);
}
