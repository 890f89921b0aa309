/**
 * Conditions as alternatives: which comparisons have to hold together.
 *
 * From one case of the condition that isn't covered yet an alternative grows: comparisons that aren't needed are left
 * out, the others say as little as they may. What is left out at last is what the rest makes redundant. Each step is
 * decided on the whole condition, so the result is the condition, whichever comparisons were looked at.
 */
import { allOf, anyOf, choose, not } from '../conditions.ts';
import { type Condition, type Expr, isKnown, type Quantity } from '../quantity.ts';
import { atomsOf } from './atoms.ts';
import { type Bdd, FALSE, OutOfWork, TRUE } from './bdd.ts';
import { Bits } from './bits.ts';
import { bounded } from './decide.ts';
import { conditionOfLiteral, type Literal } from './literal.ts';
import { type Subject, SubjectReader } from './subjects.ts';
import { literalsFor } from './values.ts';

/** Alternatives, each of literals that hold together. None: it never holds. One without literals: it always holds. */
export interface Cover {
  readonly alternatives: readonly (readonly Literal[])[];
  /** False when the bound on work was reached: the alternatives are the condition, but may be redundant or impossible. */
  readonly complete: boolean;
}

/** A condition that needs more alternatives than this is left as it was built. */
const MAX_ALTERNATIVES = 64;

/**
 * The condition as an irredundant disjunction of conjunctions.
 *
 * @param given what is known to hold: the cover equals the condition wherever this does
 */
export function coverOf(condition: Quantity, given: Quantity = 1n): Cover {
  if (isKnown(condition)) return { alternatives: condition === 0n ? [] : [[]], complete: true };
  return bounded(() => new CoverMaker(condition, given).cover()) ?? asBuilt(condition);
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
  return anyOf(alternatives.map((literals) => allOf(literals.map(conditionOfLiteral))));
}

/** A literal that an alternative is made of, and where it stands among all. */
interface Part {
  readonly literal: Literal;
  readonly subject: number;
  readonly holds: Bdd;
}

type Pieces = readonly boolean[];

class CoverMaker {
  readonly #bits: Bits;
  /** Cases to be covered, and cases that may be. */
  readonly #lower: Bdd;
  readonly #upper: Bdd;
  readonly #subjects: readonly Subject[];
  /** In which order subjects are tried to be done without: the longest first. */
  readonly #order: readonly number[];

  constructor(condition: Quantity, given: Quantity) {
    this.#bits = new Bits([condition, given]);
    const { bdds } = this.#bits;
    const open = bdds.and(this.#bits.domain(), this.#bits.condition(given));
    const holds = this.#bits.condition(condition);
    this.#lower = bdds.and(holds, open);
    this.#upper = bdds.or(holds, bdds.not(open));
    if (this.#lower === FALSE || this.#upper === TRUE) {
      this.#subjects = [];
      this.#order = [];
      return;
    }
    const reader = new SubjectReader(this.#bits);
    for (const atom of atomsOf(condition, reader.isPlain)) reader.add(atom);
    const support = bdds.support(holds);
    this.#subjects = reader
      .subjects(open)
      .filter(({ levels }) => [...levels].some((level) => support.has(level)));
    const size = this.#subjects.map(
      ({ form, other }) => form.left.size + (other === undefined || isKnown(other) ? 0 : other.size),
    );
    this.#order = this.#subjects.map((_, i) => i).sort((a, b) => size[b]! - size[a]! || b - a);
  }

  cover(): Cover {
    if (this.#lower === FALSE) return { alternatives: [], complete: true };
    if (this.#upper === TRUE) return { alternatives: [[]], complete: true };
    const { bdds } = this.#bits;
    let terms: Part[][] = [];
    for (let left = this.#lower; left !== FALSE; ) {
      const grown = this.#grown(left);
      for (const term of grown) left = bdds.and(left, bdds.not(this.#together(term)));
      terms.push(...grown);
      if (terms.length > MAX_ALTERNATIVES) throw new OutOfWork('too many alternatives');
    }
    terms = this.#irredundant(terms);
    const alternatives = this.#sorted(terms).map((term) => term.map(({ literal }) => literal));
    return { alternatives, complete: true };
  }

  #together(parts: readonly { readonly holds: Bdd }[]): Bdd {
    return parts.reduce((all: Bdd, { holds }) => this.#bits.bdds.and(all, holds), TRUE);
  }

  #holdsOf(subject: Subject, pieces: Pieces): Bdd {
    return subject.pieces.reduce(
      (any: Bdd, { holds }, i) => (pieces[i] ? this.#bits.bdds.or(any, holds) : any),
      FALSE,
    );
  }

  /** Alternatives that cover a case of what is left, and as much besides as a few comparisons can. */
  #grown(left: Bdd): Part[][] {
    const { bdds } = this.#bits;
    const subjects = this.#subjects;
    const chosen = this.#seed(left);
    const holds = chosen.map((pieces, i) =>
      pieces === undefined ? TRUE : this.#holdsOf(subjects[i]!, pieces),
    );
    if (!bdds.implies(this.#together(holds.map((each) => ({ holds: each }))), this.#upper))
      throw new OutOfWork('the comparisons do not tell');
    const others = (without: number): Bdd =>
      holds.reduce((all, each, i) => (i === without ? all : bdds.and(all, each)), TRUE);
    for (const i of this.#order) {
      if (!bdds.implies(others(i), this.#upper)) continue;
      holds[i] = TRUE;
      chosen[i] = undefined;
    }
    let terms: Part[][] = [[]];
    for (const [i, subject] of subjects.entries()) {
      const seed = chosen[i];
      if (seed === undefined) continue;
      const rest = others(i);
      const allowed = subject.pieces.map(
        (piece, k) => seed[k]! || bdds.implies(bdds.and(rest, piece.holds), this.#upper),
      );
      const open = bdds.and(rest, left);
      const needed = subject.pieces.map((piece) => bdds.and(open, piece.holds) !== FALSE);
      const ways = literalsFor(subject, needed, allowed).map((literals) =>
        literals.map(
          (literal): Part => ({
            literal,
            subject: i,
            holds: this.#bits.condition(conditionOfLiteral(literal)),
          }),
        ),
      );
      holds[i] = ways.reduce((any: Bdd, way) => bdds.or(any, this.#together(way)), FALSE);
      terms = terms.flatMap((term) => ways.map((way) => [...term, ...way]));
      if (terms.length > MAX_ALTERNATIVES) throw new OutOfWork('too many alternatives');
    }
    return terms;
  }

  /** The pieces that one case of what is left is in. */
  #seed(left: Bdd): (Pieces | undefined)[] {
    const { bdds } = this.#bits;
    const values = bdds.solution(left)!;
    return this.#subjects.map(({ pieces }) => {
      const is = pieces.map(({ holds }) => bdds.holdsFor(holds, values));
      return is.includes(true) ? is : undefined;
    });
  }

  /** Without literals that the others of an alternative make redundant, and alternatives that the others cover. */
  #irredundant(given: readonly (readonly Part[])[]): Part[][] {
    const { bdds } = this.#bits;
    const lengthOf = ({ literal: { left, right } }: Part): number =>
      (isKnown(left) ? 1 : left.size) + (isKnown(right) ? 1 : right.size);
    let terms = given.map((term) => {
      let kept = [...term];
      for (const part of [...term].sort((a, b) => lengthOf(b) - lengthOf(a))) {
        const without = kept.filter((each) => each !== part);
        if (bdds.implies(this.#together(without), this.#upper)) kept = without;
      }
      return kept;
    });
    const longestFirst = [...terms].sort((a, b) => b.length - a.length);
    for (const term of longestFirst) {
      const others = terms.filter((each) => each !== term);
      const covered = others.reduce((any: Bdd, each) => bdds.or(any, this.#together(each)), FALSE);
      if (bdds.implies(this.#lower, covered)) terms = others;
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

/** As it was built, without deciding anything: an alternative for each way, or one literal past the bound. */
function asBuilt(condition: Expr): Cover {
  const ways = taken(condition) ?? [[condition]];
  return { alternatives: ways.map((each) => each.map(builtLiteral)), complete: false };
}

/** Undefined past the bound. Recurses no deeper than an expression's size. */
function taken(condition: Quantity): (readonly Expr[])[] | undefined {
  if (isKnown(condition)) return condition === 0n ? [] : [[]];
  switch (condition.kind) {
    case 'any': {
      const all: (readonly Expr[])[] = [];
      for (const part of condition.of) {
        const ways = taken(part);
        if (ways === undefined || all.length + ways.length > MAX_ALTERNATIVES) return undefined;
        all.push(...ways);
      }
      return all;
    }
    case 'all': {
      let all: (readonly Expr[])[] = [[]];
      for (const part of condition.of) {
        const ways = taken(part);
        if (ways === undefined || all.length * ways.length > MAX_ALTERNATIVES) return undefined;
        all = all.flatMap((each) => ways.map((way) => [...each, ...way]));
      }
      return all;
    }
    case 'not': {
      const opposite = not(condition);
      return !isKnown(opposite) && opposite.kind === 'choose'
        ? taken(choose(opposite.when, not(opposite.yes), not(opposite.no)))
        : [[condition]];
    }
    default:
      return [[condition]];
  }
}

function builtLiteral(condition: Expr): Literal {
  if (condition.kind === 'not') return { left: condition.of, op: '==', right: 0n };
  if (condition.kind !== 'compare') return { left: condition, op: '!=', right: 0n };
  const { op, left, right } = condition;
  if (op === 'eq' || op === 'ne') return { left, op: op === 'eq' ? '==' : '!=', right };
  if (isKnown(left)) return { left: right, op: op === 'lt' ? '>' : '>=', right: left };
  return { left, op: op === 'lt' ? '<' : '<=', right };
}
