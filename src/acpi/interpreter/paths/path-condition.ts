/** The assumptions of the current path, and what follows from them for conditions and numbers. */
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

/** Possible values of an expression: from `least` to `most`, both inclusive, without `excluded`. */
interface Range {
  least: bigint;
  most: bigint;
  readonly excluded: bigint[];
}

export class PathCondition {
  readonly #assumptions: Expr[] = [];
  /** Comparisons of expressions since they were last counted against the budget. */
  protected comparisons = 0;

  /** Conditions that are true on the current path. */
  get assumptions(): readonly Expr[] {
    return this.#assumptions;
  }

  /** Assumes a condition until {@link retract}. */
  assume(condition: Expr): void {
    // The parts of a conjunction are assumed one by one.
    if (condition.kind === 'all') for (const part of condition.of) this.assume(part);
    else this.#assumptions.push(condition);
  }

  retract(length: number): void {
    this.#assumptions.length = length;
  }

  /** Removes one assumption. */
  protected dismiss(assumption: Expr | undefined): void {
    const at = assumption === undefined ? -1 : this.#assumptions.lastIndexOf(assumption);
    if (at >= 0) this.#assumptions.splice(at, 1);
  }

  /** As {@link assume}, without splitting a conjunction, for {@link dismiss}. */
  protected assumeWhole(assumption: Expr): void {
    this.#assumptions.push(assumption);
  }

  /** Whether a condition is true on this path: 1n, 0n, or a condition that remains to be decided. */
  decided(condition: Quantity): Quantity {
    if (isKnown(condition) || this.#assumptions.length === 0) return condition;
    const assumed = this.#assumed(condition);
    if (assumed !== undefined) return assumed;
    const left = this.#reduced(condition);
    // The remaining condition may have been assumed before.
    return isKnown(left) || left === condition ? left : (this.#assumed(left) ?? left);
  }

  /** 1n or 0n if the condition or its negation is an assumption. */
  #assumed(condition: Expr): Quantity | undefined {
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
      // Of two unknown numbers, the assumptions may fix one.
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
    // `of < known` or `of <= known` if `below`, otherwise `known < of` or `known <= of`.
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

  /** The range of a number by the assumptions; `undefined` if there are none about it. */
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

  /** A number without choices that are decided on this path. */
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
