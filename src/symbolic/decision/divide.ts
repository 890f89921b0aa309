/**
 * Alternatives in brackets: what several of them have in common is written once, as in `a && (b || c)` for
 * `a && b || a && c`. Division as for polynomials, alternatives as sets of literals (Brayton, McMullen: The decomposition
 * and factorization of Boolean expressions, 1982; pairs of alternatives as divisors: Rajski, Vasudevamurthy, 1992).
 */

/** Leaves that hold together (`all`) or of which one holds (`any`). No node is in one of its own kind. */
export type Tree<L> =
  | { readonly kind: 'leaf'; readonly leaf: L }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Tree<L>[] };

/** A node of trees: those of its own kind are taken apart, one alone stands for itself. */
export function gathered<L>(kind: 'all' | 'any', trees: readonly Tree<L>[]): Tree<L> {
  const of = trees.flatMap((tree) => (tree.kind === kind ? tree.of : [tree]));
  return of.length === 1 ? of[0]! : { kind, of };
}

/** `(` and `)`, and what stands between two parts, in characters. */
const BRACKETS = 2;
const BETWEEN = 4;
/** Alternatives that are compared with one another in the time of a step on a diagram. */
const OPERATIONS_A_STEP = 32;

/** A set of literals: a bit for each. */
type Cube = bigint;

/**
 * A disjunction of conjunctions as a tree of the same meaning, in which no leaf occurs more often than in the disjunction:
 * where no literal and no alternative of that is redundant, no leaf of the tree is.
 *
 * @param terms literals by number: the smaller ones come first in what is made
 * @param lengthOf how long a literal is when it is written
 * @param charge is told of the work that is about to be done, in steps of a diagram
 */
export function factored(
  terms: readonly (readonly number[])[],
  lengthOf: (literal: number) => number,
  charge: (steps: number) => void,
): Tree<number> {
  const cubes = terms.map((term) => term.reduce((all, literal) => all | (1n << BigInt(literal)), 0n));
  return inOrder(new Division(lengthOf, charge).treeOf(cubes));
}

class Division {
  readonly #lengthOf: (literal: number) => number;
  readonly #charge: (steps: number) => void;

  constructor(lengthOf: (literal: number) => number, charge: (steps: number) => void) {
    this.#lengthOf = lengthOf;
    this.#charge = charge;
  }

  // Recurses no deeper than there are literals: what is divided by has fewer of them.
  treeOf(cubes: readonly Cube[]): Tree<number> {
    const common = cubes.reduce((all, cube) => all & cube);
    if (common !== 0n && cubes.length > 1)
      return gathered('all', [...leavesOf(common), this.treeOf(cubes.map((cube) => cube & ~common))]);
    const divisor = cubes.length > 1 ? this.#divisorOf(cubes) : undefined;
    if (divisor === undefined)
      return gathered(
        'any',
        cubes.map((cube) => gathered('all', leavesOf(cube))),
      );
    const { quotient, rest } = divided(cubes, divisor);
    const product = gathered('all', [this.treeOf(quotient), this.treeOf(divisor)]);
    return rest.length === 0 ? product : gathered('any', [product, this.treeOf(rest)]);
  }

  /** What saves the most characters; undefined where nothing does. */
  #divisorOf(cubes: readonly Cube[]): readonly Cube[] | undefined {
    let best: { readonly divisor: readonly Cube[]; readonly saved: number } | undefined;
    for (const divisor of this.#candidates(cubes)) {
      this.#charge(Math.ceil((divisor.length * cubes.length) / OPERATIONS_A_STEP));
      const { quotient } = divided(cubes, divisor);
      const saved = this.#saved(divisor, quotient);
      if (saved > (best?.saved ?? 0)) best = { divisor, saved };
    }
    return best?.divisor;
  }

  /** Of each two alternatives that have something in common: what is left of them, and of all that have it in common. */
  *#candidates(cubes: readonly Cube[]): Generator<readonly Cube[]> {
    const seen = new Set<Cube>();
    for (const [i, one] of cubes.entries())
      for (const other of cubes.slice(i + 1)) {
        const common = one & other;
        if (common === 0n) continue;
        yield [one & ~common, other & ~common];
        if (seen.has(common)) continue;
        seen.add(common);
        const all = cubes.filter((cube) => (cube & common) === common);
        if (all.length > 2) yield all.map((cube) => cube & ~common);
      }
  }

  #saved(divisor: readonly Cube[], quotient: readonly Cube[]): number {
    const [of, by] = [this.#length(quotient), this.#length(divisor)];
    const before = divisor.length * of + quotient.length * by;
    const after = of + by + BRACKETS * (quotient.length > 1 ? 2 : 1);
    return before - after;
  }

  #length(cubes: readonly Cube[]): number {
    return cubes.reduce(
      (sum, cube) => literalsOf(cube).reduce((all, literal) => all + this.#lengthOf(literal) + BETWEEN, sum),
      0,
    );
  }
}

/** The alternatives that are one of the quotient and one of the divisor together, and those that aren't. */
function divided(
  cubes: readonly Cube[],
  divisor: readonly Cube[],
): { readonly quotient: readonly Cube[]; readonly rest: readonly Cube[] } {
  const all = divisor.reduce((any, part) => any | part, 0n);
  let quotient: ReadonlySet<Cube> | undefined;
  for (const part of divisor) {
    const found = new Set<Cube>();
    for (const cube of cubes) {
      const of = cube & ~part;
      if ((cube & part) === part && (of & all) === 0n && (quotient?.has(of) ?? true)) found.add(of);
    }
    quotient = found;
  }
  const made = new Set([...quotient!].flatMap((of) => divisor.map((part) => of | part)));
  return { quotient: [...quotient!], rest: cubes.filter((cube) => !made.has(cube)) };
}

function literalsOf(cube: Cube): number[] {
  const found: number[] = [];
  for (let [at, left] = [0, cube]; left !== 0n; at++, left >>= 1n) if ((left & 1n) === 1n) found.push(at);
  return found;
}

function leavesOf(cube: Cube): Tree<number>[] {
  return literalsOf(cube).map((leaf) => ({ kind: 'leaf', leaf }));
}

function inOrder(tree: Tree<number>): Tree<number> {
  const first = (of: Tree<number>): number => (of.kind === 'leaf' ? of.leaf : Math.min(...of.of.map(first)));
  if (tree.kind === 'leaf') return tree;
  return { kind: tree.kind, of: tree.of.map(inOrder).sort((a, b) => first(a) - first(b)) };
}
