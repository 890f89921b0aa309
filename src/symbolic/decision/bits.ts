/** Quantities and conditions as functions of bits. What a function is of is settled by {@link BitOrder}. */
import { compare, not } from '../conditions.ts';
import { sameExpr } from '../identity.ts';
import { maskOf, widthOf } from '../known-bits.ts';
import {
  type ChoiceVariable,
  type Comparison,
  type Expr,
  type ExprOf,
  isKnown,
  type Quantity,
} from '../quantity.ts';
import type { Variable } from '../variables.ts';
import { type Bdd, BddManager, FALSE, OutOfWork, TRUE } from './bdd.ts';
import { BitOrder, variableOf } from './order.ts';

/** Bounds of one question, so that the worst takes about a tenth of a second. */
export const MAX_NODES = 1 << 16;
export const MAX_STEPS = 1 << 18;

export class Bits {
  #bdds = new BddManager(MAX_NODES, MAX_STEPS);
  readonly #order: BitOrder;
  #vectors = new Map<Expr, Bdd[]>();
  #conditions = new Map<Expr, Bdd>();
  /** Comparisons that were made here, by their hash. */
  readonly #comparisons = new Map<number, Expr[]>();

  /**
   * For questions about these expressions and what can be made of their variables. Throws {@link WorkLimitReached} when there
   * are too many.
   */
  constructor(values: readonly Quantity[]) {
    const order = BitOrder.of(values);
    if (order === undefined) throw new OutOfWork('too many bits');
    this.#order = order;
  }

  get bdds(): BddManager {
    return this.#bdds;
  }

  /**
   * That more expressions are to be asked about. False when all functions that were made so far are void; undefined
   * when there are too many bits, and nothing can be asked any more.
   */
  announce(values: readonly Quantity[]): boolean | undefined {
    const same = this.#order.add(values);
    if (same === false) this.forget();
    return same;
  }

  /** Starts again without any function: those that were made so far are void. */
  forget(): void {
    this.#bdds = new BddManager(MAX_NODES, MAX_STEPS);
    this.#vectors = new Map();
    this.#conditions = new Map();
  }

  /** That each choice takes one of its values. */
  domain(choices: Iterable<ChoiceVariable> = this.#order.choices.values()): Bdd {
    let domain: Bdd = TRUE;
    for (const choice of choices) {
      const index = this.#variables({ kind: 'choice', choice });
      domain = this.bdds.and(domain, this.below(index, BigInt(choice.values.length)));
    }
    return domain;
  }

  /** The levels of each choice's bits. */
  choiceLevels(): number[][] {
    return [...this.#order.choices.values()].map((choice) => this.levelsOf({ kind: 'choice', choice }));
  }

  /** Bits of a variable, from `low` on; what it doesn't have is 0. */
  #variables(variable: Variable, low = 0, count = Infinity): Bdd[] {
    const levels = this.#order.levelsOf(variable, low, count);
    if (levels.includes(-1)) throw new OutOfWork('a variable that was not announced');
    return levels.map((level) => this.bdds.variable(level));
  }

  /** The levels of a variable's bits, the lowest bit first; -1 for one that no expression had. */
  levelsOf(variable: Variable): number[] {
    return this.#order.levelsOf(variable);
  }

  /** When a condition holds. */
  condition(of: Quantity): Bdd {
    if (isKnown(of)) return of === 0n ? FALSE : TRUE;
    const known = this.#conditions.get(of);
    if (known !== undefined) return known;
    const made = this.#condition(of);
    this.#conditions.set(of, made);
    return made;
  }

  // Recurses no deeper than an expression's size.
  #condition(of: Expr): Bdd {
    const { bdds } = this;
    switch (of.kind) {
      case 'all':
        return of.of.reduce((all: Bdd, part) => bdds.and(all, this.condition(part)), TRUE);
      case 'any':
        return of.of.reduce((any: Bdd, part) => bdds.or(any, this.condition(part)), FALSE);
      case 'not':
        return bdds.not(this.condition(of.of));
      case 'choose':
        return bdds.choose(this.condition(of.when), this.condition(of.yes), this.condition(of.no));
      case 'compare': {
        const { op, left, right } = of;
        // A choice is decided before what it chooses among is compared: the numbers need no function of their own.
        const inner = !isKnown(left) && left.kind === 'choose' ? left : right;
        if (!isKnown(inner) && inner.kind === 'choose') {
          const side = (taken: Quantity): Bdd =>
            inner === left ? this.#compared(op, taken, right) : this.#compared(op, left, taken);
          return bdds.choose(this.condition(inner.when), side(inner.yes), side(inner.no));
        }
        switch (op) {
          case 'eq':
            return this.#equal(left, right);
          case 'ne':
            return bdds.not(this.#equal(left, right));
          case 'lt':
            return this.#less(left, right);
          case 'le':
            return bdds.not(this.#less(right, left));
        }
        break;
      }
      default:
    }
    // Other than zero.
    return this.vector(of).reduce((any, bit) => bdds.or(any, bit), FALSE);
  }

  /** A comparison that no expression has as it is: what several choices choose is compared once. */
  #compared(op: Comparison, left: Quantity, right: Quantity): Bdd {
    const made = comparison(op, left, right);
    if (isKnown(made)) return this.condition(made);
    const same = this.#comparisons.get(made.hash)?.find((each) => sameExpr(each, made));
    if (same !== undefined) return this.condition(same);
    const others = this.#comparisons.get(made.hash);
    if (others === undefined) this.#comparisons.set(made.hash, [made]);
    else others.push(made);
    return this.condition(made);
  }

  #equal(left: Quantity, right: Quantity): Bdd {
    const width = Math.max(widthOf(left), widthOf(right));
    const [a, b] = [this.#extended(left, width), this.#extended(right, width)];
    let equal: Bdd = TRUE;
    // The lowest first, and the result is made from the bottom.
    for (let i = 0; i < width && equal !== FALSE; i++)
      equal = this.bdds.and(this.bdds.not(this.bdds.xor(a[i]!, b[i]!)), equal);
    return equal;
  }

  #less(left: Quantity, right: Quantity): Bdd {
    const width = Math.max(widthOf(left), widthOf(right));
    return this.lessVector(this.#extended(left, width), this.#extended(right, width));
  }

  /** When a number is less than another, and when they are equal. */
  order(left: Quantity, right: Quantity): { readonly less: Bdd; readonly equal: Bdd } {
    return { less: this.#less(left, right), equal: this.#equal(left, right) };
  }

  /** When `a` is less than `b`, of as many bits each. */
  lessVector(a: readonly Bdd[], b: readonly Bdd[]): Bdd {
    const { bdds } = this;
    let less: Bdd = FALSE;
    for (let i = 0; i < a.length; i++) less = bdds.choose(bdds.xor(a[i]!, b[i]!), b[i]!, less);
    return less;
  }

  /** When a number is less than a plain one. */
  below(of: readonly Bdd[], limit: bigint): Bdd {
    if (limit >> BigInt(of.length) > 0n) return TRUE;
    return this.lessVector(of, constantBits(limit, of.length));
  }

  #extended(value: Quantity, width: number): readonly Bdd[] {
    if (isKnown(value)) return constantBits(value, width);
    const bits = this.vector(value);
    return bits.length >= width ? bits.slice(0, width) : [...bits, ...constantBits(0n, width - bits.length)];
  }

  /** Each bit of a number, the lowest first: as many as its width. */
  vector(of: Expr): readonly Bdd[] {
    let bits = this.#vectors.get(of);
    if (bits === undefined) {
      bits = this.#vector(of);
      this.#vectors.set(of, bits);
    }
    return bits;
  }

  #vector(of: Expr): Bdd[] {
    const { bdds } = this;
    const width = of.bits;
    switch (of.kind) {
      case 'field':
      case 'choice':
      case 'opaque':
        return fitted(this.#variables(variableOf(of)), width);
      case 'slice': {
        const { of: whole, low } = of;
        if (whole.kind === 'field' || whole.kind === 'opaque')
          return fitted(this.#variables(variableOf(whole), low, width), width);
        return fitted(this.vector(whole).slice(low), width);
      }
      case 'join': {
        const bits: Bdd[] = [];
        for (const part of of.parts) bits.push(...this.#extended(part.value, part.bits));
        return fitted(bits, width);
      }
      case 'sum':
        return this.#sum(of);
      case 'bitwise': {
        const [a, b] = [this.#extended(of.left, width), this.#extended(of.right, width)];
        const each =
          of.op === 'and'
            ? (i: number) => bdds.and(a[i]!, b[i]!)
            : of.op === 'or'
              ? (i: number) => bdds.or(a[i]!, b[i]!)
              : (i: number) => bdds.xor(a[i]!, b[i]!);
        return Array.from({ length: width }, (_, i) => each(i));
      }
      case 'choose': {
        const when = this.condition(of.when);
        const [yes, no] = [this.#extended(of.yes, width), this.#extended(of.no, width)];
        return Array.from({ length: width }, (_, i) => bdds.choose(when, yes[i]!, no[i]!));
      }
      case 'arithmetic':
        return this.#arithmetic(of);
      default:
        return fitted([this.condition(of)], width);
    }
  }

  #sum({ bits: width, constant, terms }: ExprOf<'sum'>): Bdd[] {
    let total: readonly Bdd[] = constantBits(constant, width);
    for (const { coefficient, of } of terms) {
      const bits = this.#extended(of, width);
      const size = coefficient < 0n ? -coefficient : coefficient;
      for (let shift = 0; size >> BigInt(shift) > 0n && shift < width; shift++) {
        if (((size >> BigInt(shift)) & 1n) === 0n) continue;
        const shifted = fitted([...constantBits(0n, shift), ...bits], width);
        total =
          coefficient < 0n
            ? this.#added(
                total,
                shifted.map((bit) => bit ^ 1),
                TRUE,
              )
            : this.#added(total, shifted);
      }
    }
    return [...total];
  }

  /** a + b + carry, of as many bits, what is carried out dropped. */
  #added(a: readonly Bdd[], b: readonly Bdd[], carry: Bdd = FALSE): Bdd[] {
    const { bdds } = this;
    return a.map((bit, i) => {
      const other = b[i]!;
      const differ = bdds.xor(bit, other);
      const result = bdds.xor(differ, carry);
      carry = bdds.choose(differ, carry, bit);
      return result;
    });
  }

  #arithmetic({ bits: width, op, left, right }: ExprOf<'arithmetic'>): Bdd[] {
    const all = Math.max(width, widthOf(left), widthOf(right));
    const [a, b] = [this.#extended(left, all), this.#extended(right, all)];
    switch (op) {
      case 'multiply': {
        let total: Bdd[] = constantBits(0n, all);
        for (let i = 0; i < all; i++)
          if (b[i] !== FALSE)
            total = this.#added(
              total,
              fitted([...constantBits(0n, i), ...a.map((bit) => this.bdds.and(bit, b[i]!))], all),
            );
        return fitted(total, width);
      }
      case 'divide':
      case 'modulo':
        return fitted(this.#divided(a, b)[op === 'divide' ? 'quotient' : 'rest'], width);
      case 'shift-left':
      case 'shift-right':
        return fitted(this.#shifted(a, b, op === 'shift-left'), width);
    }
  }

  /** What is divided by zero gives 0, rest 0: AML fails there, and known bits of a result allow for nothing else. */
  #divided(a: readonly Bdd[], b: readonly Bdd[]): { quotient: Bdd[]; rest: Bdd[] } {
    const width = a.length;
    const divisor = [...b, FALSE];
    let rest: Bdd[] = constantBits(0n, width + 1);
    const quotient: Bdd[] = constantBits(0n, width);
    for (let i = width - 1; i >= 0; i--) {
      rest = [a[i]!, ...rest.slice(0, width)];
      const fits = this.bdds.not(this.lessVector(rest, divisor));
      const less = this.#added(
        rest,
        divisor.map((bit) => bit ^ 1),
        TRUE,
      );
      rest = rest.map((bit, k) => this.bdds.choose(fits, less[k]!, bit));
      quotient[i] = fits;
    }
    const something = b.reduce((any, bit) => this.bdds.or(any, bit), FALSE);
    const valid = (bits: readonly Bdd[]): Bdd[] => bits.map((bit) => this.bdds.and(bit, something));
    return { quotient: valid(quotient), rest: valid(rest.slice(0, width)) };
  }

  #shifted(a: readonly Bdd[], by: readonly Bdd[], up: boolean): Bdd[] {
    const width = a.length;
    let result = [...a];
    for (let i = 0; i < by.length && by[i] !== undefined; i++) {
      if (by[i] === FALSE) continue;
      const distance = 2 ** i;
      const moved = result.map((_, k) => result[up ? k - distance : k + distance] ?? FALSE);
      result = result.map((bit, k) => this.bdds.choose(by[i]!, moved[k]!, bit));
    }
    return result.slice(0, width);
  }
}

/** A comparison, as what `ne` stands for too. */
function comparison(op: Comparison, left: Quantity, right: Quantity): Quantity {
  return op === 'ne' ? not(compare('eq', left, right)) : compare(op, left, right);
}

/** The bits of a plain number. */
export function constantBits(value: bigint, width: number): Bdd[] {
  const bits = value & maskOf(width);
  return Array.from({ length: width }, (_, i) => (((bits >> BigInt(i)) & 1n) === 1n ? TRUE : FALSE));
}

function fitted(bits: readonly Bdd[], width: number): Bdd[] {
  return bits.length >= width ? bits.slice(0, width) : [...bits, ...constantBits(0n, width - bits.length)];
}
