/**
 * Alternatives that together are a function, each a few literals: from one case that isn't covered yet an alternative
 * grows. Comparisons that aren't needed are left out, the others say as little as they may; what the rest makes
 * redundant at last is left out too. (Expansion and irredundant covers as in ESPRESSO, over values instead of bits:
 * Brayton, Hachtel, McMullen, Sangiovanni-Vincentelli, Logic Minimization Algorithms for VLSI Synthesis, 1984.)
 */
import { isKnown } from '../quantity.ts';
import { type Bdd, FALSE, OutOfWork, TRUE } from './bdd.ts';
import type { Literal } from './literal.ts';
import type { Cells } from './subjects/cells.ts';
import type { Subject } from './subjects/subjects.ts';
import { literalsFor } from './subjects/values.ts';

/** A function that needs more alternatives than this is not covered. */
const MAX_ALTERNATIVES = 64;

/** More alternatives than this are not tried to be made one, two by two: the work grows with their square. */
const MAX_MERGED = 12;

/** A literal that an alternative is made of. */
export interface Part {
  readonly literal: Literal;
  readonly subject: number;
  readonly holds: Bdd;
}

type Pieces = readonly boolean[];

export class Grower {
  readonly #cells: Cells;
  readonly #subjects: readonly Subject[];
  /** Subjects that literals may be of, in the order in which they are tried to be done without: the longest first. */
  readonly #order: readonly number[];
  /** What there is or what stood in the way, by the two functions as one number. */
  readonly #covers = new Map<number, Part[][] | OutOfWork>();

  /** @param own how many of the subjects, the first ones, literals may be of */
  constructor(cells: Cells, subjects: readonly Subject[], own: number) {
    this.#cells = cells;
    this.#subjects = subjects;
    const size = subjects.map(
      ({ form, other }) => form.left.size + (other === undefined || isKnown(other) ? 0 : other.size),
    );
    this.#order = Array.from({ length: own }, (_, i) => i).sort((a, b) => size[b]! - size[a]! || b - a);
  }

  /**
   * Alternatives that hold in all cases of `lower`, and in none that isn't one of `upper`: none of them redundant, nor a
   * literal of them. Throws {@link WorkLimitReached} where those are too many.
   */
  cover(lower: Bdd, upper: Bdd): Part[][] {
    if (lower === FALSE) return [];
    if (upper === TRUE) return [[]];
    const key = lower * 2 ** 24 + upper;
    const known = this.#covers.get(key);
    if (known instanceof OutOfWork) throw known;
    if (known !== undefined) return known;
    try {
      const terms = this.#cover(lower, upper);
      this.#covers.set(key, terms);
      return terms;
    } catch (error) {
      if (error instanceof OutOfWork) this.#covers.set(key, error);
      throw error;
    }
  }

  #cover(lower: Bdd, upper: Bdd): Part[][] {
    const { bdds } = this.#cells;
    let terms: Part[][] = [];
    for (let left = lower; left !== FALSE; ) {
      const grown = this.#grown(left, upper);
      for (const term of grown) left = bdds.and(left, bdds.not(this.together(term)));
      terms.push(...grown);
      if (terms.length > MAX_ALTERNATIVES) throw new OutOfWork('too many alternatives');
    }
    terms = this.#irredundant(terms, lower, upper);
    return this.#sorted(this.#irredundant(this.#merged(terms, upper), lower, upper));
  }

  /** That all of some literals hold. */
  together(parts: readonly Part[]): Bdd {
    return parts.reduce((all: Bdd, { holds }) => this.#cells.bdds.and(all, holds), TRUE);
  }

  /** Alternatives that cover a case of what is left, and as much besides as a few literals can. */
  #grown(left: Bdd, upper: Bdd): Part[][] {
    const { bdds } = this.#cells;
    const chosen = this.#seed(left);
    const holds = chosen.map((piece, i) => (piece === undefined ? TRUE : this.#cells.piece(i, piece)));
    const others = (without: number): Bdd =>
      holds.reduce((all: Bdd, each, i) => (i === without ? all : bdds.and(all, each)), TRUE);
    for (const i of this.#order) {
      if (!bdds.implies(others(i), upper)) continue;
      holds[i] = TRUE;
      chosen[i] = undefined;
    }
    let terms: Part[][] = [[]];
    for (const [i, subject] of this.#subjects.entries()) {
      if (chosen[i] === undefined) continue;
      const rest = others(i);
      const open = bdds.and(rest, left);
      const allowed = subject.pieces.map((_, k) =>
        bdds.implies(bdds.and(rest, this.#cells.piece(i, k)), upper),
      );
      const needed = subject.pieces.map((_, k) => bdds.and(open, this.#cells.piece(i, k)) !== FALSE);
      const ways = this.#partsFor(
        i,
        needed.map((is, k) => is && allowed[k]!),
        allowed,
      );
      holds[i] = ways.reduce((any: Bdd, way) => bdds.or(any, this.together(way)), FALSE);
      terms = terms.flatMap((term) => ways.map((way) => [...term, ...way]));
      if (terms.length > MAX_ALTERNATIVES) throw new OutOfWork('too many alternatives');
    }
    return terms;
  }

  /** The pieces that one case of what is left is in; of subjects that literals may be of. */
  #seed(left: Bdd): (number | undefined)[] {
    const { bdds } = this.#cells;
    const values = bdds.solution(left)!;
    return this.#subjects.map(({ pieces }, i) => {
      if (!this.#order.includes(i)) return undefined;
      const at = pieces.findIndex((_, k) => bdds.holdsFor(this.#cells.piece(i, k), values));
      return at < 0 ? undefined : at;
    });
  }

  #partsFor(subject: number, needed: Pieces, allowed: Pieces): Part[][] {
    const charge = (steps: number): void => this.#cells.bdds.charge(steps);
    return literalsFor(this.#subjects[subject]!, needed, allowed, charge).map((literals) =>
      literals.map(({ literal, pieces }) => ({ literal, subject, holds: this.#cells.in(subject, pieces) })),
    );
  }

  /** Two alternatives become one where the shortest conjunction that both fulfil says no more than the function. */
  #merged(given: readonly Part[][], upper: Bdd): Part[][] {
    const { bdds } = this.#cells;
    if (given.length > MAX_MERGED) return [...given];
    const terms = given.map((parts) => ({ parts, holds: this.together(parts) }));
    for (let i = 0; i < terms.length; i++)
      for (let k = i + 1; k < terms.length; k++) {
        const [a, b] = [terms[i]!, terms[k]!];
        const either = bdds.or(a.holds, b.holds);
        const parts = this.#around(either, new Set([...a.parts, ...b.parts].map(({ subject }) => subject)));
        const holds = this.together(parts);
        if (!bdds.implies(holds, upper)) continue;
        terms[i] = { parts, holds };
        terms.splice(k, 1);
        // What it is now may go together with one that was tried before.
        i = -1;
        break;
      }
    return terms.map(({ parts }) => parts);
  }

  /** What all cases of a function have in common, of some subjects. */
  #around(of: Bdd, which: ReadonlySet<number>): Part[] {
    return [...which].flatMap((i) => {
      const met = this.#subjects[i]!.pieces.map(
        (_, k) => this.#cells.bdds.and(of, this.#cells.piece(i, k)) !== FALSE,
      );
      if (met.every((is) => is)) return [];
      const [only, ...more] = this.#partsFor(i, met, met);
      return only !== undefined && more.length === 0 ? only : [];
    });
  }

  /** Without literals that the others of an alternative make redundant, and alternatives that the others cover. */
  #irredundant(given: readonly (readonly Part[])[], lower: Bdd, upper: Bdd): Part[][] {
    const { bdds } = this.#cells;
    const lengthOf = ({ literal: { left, right } }: Part): number =>
      (isKnown(left) ? 1 : left.size) + (isKnown(right) ? 1 : right.size);
    let terms = given.map((term) => {
      let kept = [...term];
      for (const part of [...term].sort((a, b) => lengthOf(b) - lengthOf(a))) {
        const without = kept.filter((each) => each !== part);
        if (bdds.implies(this.together(without), upper)) kept = without;
      }
      return kept;
    });
    const longestFirst = [...terms].sort((a, b) => b.length - a.length);
    for (const term of longestFirst) {
      const others = terms.filter((each) => each !== term);
      const covered = others.reduce((any: Bdd, each) => bdds.or(any, this.together(each)), FALSE);
      if (bdds.implies(lower, covered)) terms = others;
    }
    return terms;
  }

  /** In the order in which the condition names what they compare; then in that of the alternatives themselves. */
  #sorted(terms: readonly Part[][]): Part[][] {
    const first = inOrder(terms, (part) => part.subject);
    const rank = new Map<number, number>();
    for (const { subject } of first.flat()) if (!rank.has(subject)) rank.set(subject, rank.size);
    return inOrder(first, (part) => rank.get(part.subject)!);
  }
}

function inOrder(terms: readonly Part[][], rank: (part: Part) => number): Part[][] {
  const ranked = terms.map((term) => [...term].sort((a, b) => rank(a) - rank(b)));
  return ranked.sort((a, b) => {
    for (const [i, part] of a.entries()) {
      const other = b[i];
      if (other === undefined) return 1;
      if (part.subject !== other.subject) return rank(part) - rank(other);
      const [x, y] = [part.literal.right, other.literal.right];
      if (isKnown(x) && isKnown(y) && x !== y) return x < y ? -1 : 1;
    }
    return a.length - b.length;
  });
}
