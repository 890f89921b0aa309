/**
 * Conditions with brackets: where independent parts are multiplied out, what is printed is long and hides that they are
 * independent.
 */
import { type Expr, isKnown, type Quantity } from '../quantity.ts';
import { type Bdd, FALSE, TRUE } from './bdd.ts';
import { asBuilt } from './built.ts';
import { bounded } from './decide.ts';
import type { Part } from './grow.ts';
import type { Literal } from './literal.ts';
import {
  type Alternatives,
  checked,
  conditionOfAlternatives,
  literalsOf,
  type Situation,
  situationOf,
} from './situation.ts';

/** How long a conjunction is when it is printed. */
export type LengthOf = (literals: readonly Literal[]) => number;

/**
 * The condition with alternatives inside of literals: `(A || B) != 0 and C > 0`. Undefined where nothing is gained, or
 * past the bound on work.
 */
export function factorsOf(condition: Quantity, lengthOf: LengthOf): Alternatives | undefined {
  return bounded(() => {
    const situation = situationOf(condition, 1n);
    if (situation === 'never' || situation === 'always') return undefined;
    return new Factoring(situation, lengthOf).alternatives();
  });
}

/** The alternatives of a literal in which {@link factorsOf} put them; undefined for any other. */
export function bracketedIn({ left, op, right }: Literal): Alternatives | undefined {
  return !isKnown(left) && left.kind === 'any' && op === '!=' && right === 0n ? asBuilt(left) : undefined;
}

class Factoring {
  readonly #situation: Situation;
  readonly #lengthOf: LengthOf;
  /** Pieces that there are: codes of no piece stand for nothing. */
  readonly #valid: Bdd;

  constructor(situation: Situation, lengthOf: LengthOf) {
    this.#situation = situation;
    this.#lengthOf = lengthOf;
    this.#valid = situation.cells.of(TRUE);
  }

  alternatives(): Alternatives | undefined {
    const { cells, grower, lower, upper } = this.#situation;
    const terms = bounded(() => grower.cover(lower, upper));
    if (terms === undefined) {
      const whole = this.#conjunction(lower, upper);
      return whole && checked([whole], this.#situation);
    }
    let gained = false;
    const alternatives = independent(terms).flatMap((group): Alternatives => {
      const plain = literalsOf(group);
      if (group.length === 1) return plain;
      const holds = group.reduce((any: Bdd, term) => cells.bdds.or(any, grower.together(term)), FALSE);
      const one = this.#conjunction(cells.bdds.and(holds, this.#valid), this.#orInvalid(holds));
      if (one === undefined) return plain;
      gained = true;
      return [one];
    });
    return gained ? checked(alternatives, this.#situation) : undefined;
  }

  #orInvalid(holds: Bdd): Bdd {
    const { bdds } = this.#situation.cells;
    return bdds.or(holds, bdds.not(this.#valid));
  }

  /** A function as one conjunction; undefined where that is one literal with all of it in brackets. */
  #conjunction(lower: Bdd, upper: Bdd): Literal[] | undefined {
    const { cells, grower } = this.#situation;
    const { bdds } = cells;
    // Each alternative of the opposite is a clause that it breaks. Clauses that share no subject are independent.
    const groups = independent(grower.cover(bdds.not(upper), bdds.not(lower)));
    const factors = groups.map((clauses): Literal[] => {
      const each = clauses.map((clause) => this.#clause(clause));
      const holds = clauses.reduce(
        (all: Bdd, clause) => bdds.and(all, bdds.not(grower.together(clause))),
        this.#valid,
      );
      const ways = bounded(() => literalsOf(grower.cover(holds, this.#orInvalid(holds))));
      if (ways === undefined) return each;
      const whole = ways.length === 1 ? [...ways[0]!] : [bracketed(ways)];
      return this.#lengthOf(whole) <= this.#lengthOf(each) ? whole : each;
    });
    const [only, ...more] = factors;
    return more.length === 0 && only?.length === 1 ? undefined : factors.flat();
  }

  /** That not all literals of an alternative hold. */
  #clause(parts: readonly Part[]): Literal {
    const { cells, grower } = this.#situation;
    const ways = parts.flatMap(({ holds }) => {
      const opposite = cells.bdds.and(this.#valid, cells.bdds.not(holds));
      return literalsOf(grower.cover(opposite, this.#orInvalid(opposite)));
    });
    const [only, ...more] = ways;
    return only?.length === 1 && more.length === 0 ? only[0]! : bracketed(ways);
  }
}

function bracketed(ways: Alternatives): Literal {
  return { left: conditionOfAlternatives(ways) as Expr, op: '!=', right: 0n };
}

/** Alternatives, those together that share a subject with another of the group. */
function independent(terms: readonly Part[][]): Part[][][] {
  let groups: { readonly terms: Part[][]; readonly subjects: ReadonlySet<number> }[] = [];
  for (const term of terms) {
    const subjects = new Set(term.map(({ subject }) => subject));
    const shares = (group: { readonly subjects: ReadonlySet<number> }): boolean =>
      [...subjects].some((subject) => group.subjects.has(subject));
    const met = groups.filter(shares);
    groups = [
      ...groups.filter((group) => !shares(group)),
      {
        terms: [...met.flatMap((group) => group.terms), term],
        subjects: new Set([...met.flatMap((group) => [...group.subjects]), ...subjects]),
      },
    ];
  }
  const first = (group: { readonly subjects: ReadonlySet<number> }): number => Math.min(...group.subjects);
  return groups.sort((a, b) => first(a) - first(b)).map((group) => group.terms);
}
