/** What holds on the path being run, and what follows from it for conditions and numbers. */
import {
  choose,
  compare,
  type Expr,
  gather,
  isKnown,
  maximumOf,
  minimumOf,
  not,
  type Quantity,
  sameQuantity,
} from '../../../symbolic/index.ts';

/** Numbers an expression may be, as far as the assumptions say: from `least` to `most`, none of `excluded`. */
interface Range {
  least: bigint;
  most: bigint;
  readonly excluded: bigint[];
}

export class PathCondition {
  readonly #assumptions: Expr[] = [];
  /** Comparisons made, to be counted against a budget. */
  protected comparisons = 0;

  /** Conditions that hold on the path being run. */
  get assumptions(): readonly Expr[] {
    return this.#assumptions;
  }

  /** Takes a condition as given, until {@link retract}. */
  assume(condition: Expr): void {
    // What holds together holds each by itself.
    if (condition.kind === 'all') for (const part of condition.of) this.assume(part);
    else this.#assumptions.push(condition);
  }

  retract(length: number): void {
    this.#assumptions.length = length;
  }

  /** Takes back one assumption, wherever it stands. */
  protected dismiss(assumption: Expr | undefined): void {
    const at = assumption === undefined ? -1 : this.#assumptions.lastIndexOf(assumption);
    if (at >= 0) this.#assumptions.splice(at, 1);
  }

  /** As {@link assume}, in one piece: what {@link dismiss} takes back. */
  protected assumeWhole(assumption: Expr): void {
    this.#assumptions.push(assumption);
  }

  /** Whether a condition holds on this path: 1n, 0n, or what is left of it to decide. */
  decided(condition: Quantity): Quantity {
    if (isKnown(condition) || this.#assumptions.length === 0) return condition;
    const said = this.#said(condition);
    if (said !== undefined) return said;
    const left = this.#reduced(condition);
    // What is left may be the very thing that was assumed when it was left before.
    return isKnown(left) || left === condition ? left : (this.#said(left) ?? left);
  }

  /** What an assumption says of the condition as a whole. */
  #said(condition: Expr): Quantity | undefined {
    const opposite = not(condition);
    this.comparisons += this.#assumptions.length;
    for (const assumption of this.#assumptions) {
      if (sameQuantity(assumption, condition)) return 1n;
      if (sameQuantity(assumption, opposite)) return 0n;
    }
    return undefined;
  }

  #reduced(condition: Expr): Quantity {
    switch (condition.kind) {
      case 'compare':
        return this.#decidedComparison(condition);
      case 'all':
      case 'any':
        return gather(
          condition.kind,
          condition.of.map((part) => this.decided(part)),
        );
      case 'not':
        return not(this.decided(condition.of));
      case 'choose': {
        const when = this.decided(condition.when);
        return isKnown(when) ? this.decided(when === 0n ? condition.no : condition.yes) : condition;
      }
      default:
        return condition;
    }
  }

  #decidedComparison(condition: Extract<Expr, { kind: 'compare' }>): Quantity {
    const { op, left, right } = condition;
    const known = isKnown(right) ? right : isKnown(left) ? left : undefined;
    const of = isKnown(right) ? left : right;
    if (isKnown(of)) return condition;
    const range = this.#rangeOf(of);
    if (known === undefined) {
      // Two numbers nobody knows: one may have been found to be a plain one.
      if (range?.least === range?.most && range !== undefined) return compare(op, left, range.least);
      const other = isKnown(left) ? undefined : this.#rangeOf(left);
      return other !== undefined && other.least === other.most ? compare(op, other.least, right) : condition;
    }
    if (range === undefined) return condition;
    const { least, most, excluded } = range;
    if (least === most) return compare(op, isKnown(left) ? left : least, isKnown(right) ? right : least);
    if (op === 'eq' || op === 'ne') {
      const impossible = known < least || known > most || excluded.includes(known);
      return impossible ? (op === 'eq' ? 0n : 1n) : condition;
    }
    // `of` on the left: below (or at most) the number; else above it.
    const below = isKnown(right);
    const strict = op === 'lt';
    if (below) {
      if (strict ? most < known : most <= known) return 1n;
      if (strict ? least >= known : least > known) return 0n;
    } else {
      if (strict ? least > known : least >= known) return 1n;
      if (strict ? most <= known : most < known) return 0n;
    }
    return condition;
  }

  /** What the assumptions say of a number; undefined when nothing. */
  #rangeOf(of: Expr): Range | undefined {
    let range: Range | undefined;
    for (const assumption of this.#assumptions) {
      if (assumption.kind !== 'compare') continue;
      const { op, left, right } = assumption;
      const onLeft = isKnown(right);
      const bound = onLeft ? right : left;
      if (!isKnown(bound) || !sameQuantity(onLeft ? left : right, of)) continue;
      range ??= { least: minimumOf(of), most: maximumOf(of), excluded: [] };
      if (op === 'ne') range.excluded.push(bound);
      else {
        const step = op === 'lt' ? 1n : 0n;
        if ((op === 'eq' || !onLeft) && bound + step > range.least) range.least = bound + step;
        if ((op === 'eq' || onLeft) && bound - step < range.most) range.most = bound - step;
      }
    }
    if (range === undefined) return undefined;
    while (range.least < range.most && range.excluded.includes(range.least)) range.least += 1n;
    while (range.most > range.least && range.excluded.includes(range.most)) range.most -= 1n;
    return range;
  }

  /** A number, without the choices that this path has made. */
  refined(value: Quantity): Quantity {
    let at = value;
    while (!isKnown(at) && at.kind === 'choose') {
      const when = this.decided(at.when);
      if (!isKnown(when)) return choose(when, at.yes, at.no);
      at = when === 0n ? at.no : at.yes;
    }
    return at;
  }
}
