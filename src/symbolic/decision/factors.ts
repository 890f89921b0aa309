/**
 * Conditions with brackets: where parts are multiplied out that are independent or have something in common, what is
 * printed is long and hides it.
 */
import { type Expr, isKnown } from '../quantity.ts';
import { type Bdd, FALSE, TRUE } from './bdd.ts';
import { bounded } from './decide.ts';
import { factored, gathered, type Tree } from './divide.ts';
import type { Part } from './grow.ts';
import { asBuilt, type Literal } from './literal.ts';
import {
  type Alternatives,
  checked,
  conditionOfAlternatives,
  type Situation,
  type TakenApart,
} from './situation.ts';

/** How long alternatives are when they are printed. */
export type LengthOf = (alternatives: Alternatives) => number;

/**
 * The condition with alternatives inside of literals: `(A || B && (C || D)) != 0 and E > 0`. Undefined past the bound on
 * work.
 */
export function factorsIn(situation: TakenApart, lengthOf: LengthOf): Alternatives | undefined {
  if (situation === 'never' || situation === 'always') return undefined;
  return bounded(() => new Factoring(situation, lengthOf).alternatives());
}

/** The alternatives of a literal in which {@link factorsIn} put them; undefined for any other. */
export function bracketedIn({ left, op, right }: Literal): Alternatives | undefined {
  return !isKnown(left) && left.kind === 'any' && op === '!=' && right === 0n ? asBuilt(left) : undefined;
}

type Kind = 'all' | 'any';

/** A way to write a function, and how long it is. */
interface Written {
  readonly tree: Tree<Part>;
  readonly length: number;
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
    const { lower, upper } = this.#situation;
    const best = shorter(this.#form('any', lower, upper, false), this.#form('all', lower, upper, false));
    if (best === undefined) return undefined;
    const tree = bounded(() => this.#pruned(best.tree)) ?? best.tree;
    return checked(alternativesOf(tree), this.#situation);
  }

  /**
   * A function as a disjunction, or as a conjunction: of independent parts, each in the shorter of both ways.
   *
   * @param isOther it was written in the other way before
   */
  #form(kind: Kind, lower: Bdd, upper: Bdd, isOther: boolean): Written | undefined {
    return bounded(() => {
      const { cells, grower } = this.#situation;
      const { bdds } = cells;
      // Each alternative of the opposite is a clause that it breaks.
      const isAny = kind === 'any';
      const terms = isAny ? grower.cover(lower, upper) : grower.cover(bdds.not(upper), bdds.not(lower));
      const groups = independent(terms);
      const trees = groups.map((group): Tree<Part> => {
        const written = this.#written(this.#divided(kind, group));
        if (group.length === 1 || (isOther && groups.length === 1)) return written.tree;
        const any = group.reduce((all: Bdd, term) => bdds.or(all, grower.together(term)), FALSE);
        const holds = bdds.and(this.#valid, isAny ? any : bdds.not(any));
        const other = this.#form(isAny ? 'all' : 'any', holds, this.#orInvalid(holds), true);
        return shorter(written, other)!.tree;
      });
      return this.#written(gathered(kind, trees));
    });
  }

  #orInvalid(holds: Bdd): Bdd {
    const { bdds } = this.#situation.cells;
    return bdds.or(holds, bdds.not(this.#valid));
  }

  #written(tree: Tree<Part>): Written {
    return { tree, length: this.#lengthOf(alternativesOf(tree)) };
  }

  /** Alternatives with what they have in common before brackets; of a conjunction, those of its opposite. */
  #divided(kind: Kind, terms: readonly Part[][]): Tree<Part> {
    const numbers = new Map<string, number>();
    const parts: { readonly tree: Tree<Part>; readonly length: number }[] = [];
    const numbered = terms.map((term) =>
      term.map((part) => {
        const key = `${part.subject} ${part.holds}`;
        let number = numbers.get(key);
        if (number === undefined) {
          number = parts.length;
          numbers.set(key, number);
          parts.push(this.#written(kind === 'any' ? { kind: 'leaf', leaf: part } : this.#opposite(part)));
        }
        return number;
      }),
    );
    const { bdds } = this.#situation.cells;
    const tree = factored(
      numbered,
      (number) => parts[number]!.length,
      (steps) => bdds.charge(steps),
    );
    const put = (of: Tree<number>): Tree<Part> => {
      if (of.kind === 'leaf') return parts[of.leaf]!.tree;
      const other = of.kind === 'all' ? 'any' : 'all';
      return gathered(kind === 'any' ? of.kind : other, of.of.map(put));
    };
    return put(tree);
  }

  #opposite({ holds }: Part): Tree<Part> {
    const { cells, grower } = this.#situation;
    const opposite = cells.bdds.and(this.#valid, cells.bdds.not(holds));
    const terms = grower.cover(opposite, this.#orInvalid(opposite));
    return gathered(
      'any',
      terms.map((term) =>
        gathered(
          'all',
          term.map((leaf) => ({ kind: 'leaf', leaf })),
        ),
      ),
    );
  }

  /** Without what the rest makes redundant: each part was found apart from the others. */
  #pruned(tree: Tree<Part>): Tree<Part> {
    const { cells, lower, upper } = this.#situation;
    const { bdds } = cells;
    const functionOf = (of: Tree<Part>): Bdd => {
      if (of.kind === 'leaf') return of.leaf.holds;
      return of.kind === 'all'
        ? of.of.reduce((all: Bdd, each) => bdds.and(all, functionOf(each)), TRUE)
        : of.of.reduce((any: Bdd, each) => bdds.or(any, functionOf(each)), FALSE);
    };
    const fits = (whole: Tree<Part>): boolean => {
      const holds = functionOf(whole);
      return bdds.implies(lower, holds) && bdds.implies(holds, upper);
    };
    // `put` is the whole with what it is given in the place of this node.
    const prune = (of: Tree<Part>, put: (instead: Tree<Part>) => Tree<Part>): Tree<Part> => {
      if (of.kind === 'leaf') return of;
      const { kind } = of;
      let parts = [...of.of];
      for (const part of of.of) {
        const others = parts.filter((each) => each !== part);
        if (others.length > 0 && fits(put({ kind, of: others }))) parts = others;
      }
      for (const part of parts) {
        const at = parts.indexOf(part);
        parts[at] = prune(part, (instead) => put({ kind, of: parts.with(at, instead) }));
      }
      return gathered(kind, parts);
    };
    return prune(tree, (instead) => instead);
  }
}

function shorter(a: Written | undefined, b: Written | undefined): Written | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.length < a.length ? b : a;
}

function alternativesOf(tree: Tree<Part>): Literal[][] {
  const ways = tree.kind === 'any' ? tree.of : [tree];
  return ways.map((way) => (way.kind === 'all' ? way.of : [way]).map(literalOf));
}

function literalOf(tree: Tree<Part>): Literal {
  if (tree.kind === 'leaf') return tree.leaf.literal;
  return { left: conditionOfAlternatives(alternativesOf(tree)) as Expr, op: '!=', right: 0n };
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
