/** The comparisons that a condition is made of, each without choices inside where those can be taken apart. */
import { choose, compare, gather, not } from '../conditions.ts';
import { bitLength, maskOf } from '../known-bits.ts';
import { arithmetic, bitsOf, bitwise, join, sum } from '../numbers.ts';
import { type ArithmeticOperator, type Expr, isKnown, type Quantity } from '../quantity.ts';

/** Choices inside of comparisons that are taken apart, in one condition. */
const MAX_LIFTED = 32;

/**
 * The conditions that a condition is gathered from and chosen by, each once; the condition is a function of them.
 *
 * @param isPlain which comparisons are taken as they are, whatever they hold
 */
export function atomsOf(condition: Quantity, isPlain: (atom: Expr) => boolean): Expr[] {
  const atoms = new Set<Expr>();
  const seen = new Set<Expr>();
  let lifted = 0;
  const pending: Quantity[] = [condition];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (isKnown(next) || seen.has(next)) continue;
    seen.add(next);
    switch (next.kind) {
      case 'all':
      case 'any':
        pending.push(...[...next.of].reverse());
        continue;
      case 'not':
        pending.push(next.of);
        continue;
      case 'choose':
        pending.push(next.no, next.yes, next.when);
        continue;
      case 'compare': {
        const inner = lifted < MAX_LIFTED && !isPlain(next) ? innerCondition(next) : undefined;
        if (inner === undefined) break;
        lifted += 1;
        const side = (taken: boolean): Quantity => {
          const replace = (part: Quantity): Quantity =>
            replaced(part, inner.in, taken ? inner.yes : inner.no);
          const { op, left, right } = next;
          return op === 'ne'
            ? not(compare('eq', replace(left), replace(right)))
            : compare(op, replace(left), replace(right));
        };
        pending.push(side(false), side(true), inner.when);
        continue;
      }
      default:
    }
    atoms.add(next);
  }
  return [...atoms];
}

interface Inner {
  readonly in: Expr;
  readonly when: Expr;
  readonly yes: Quantity;
  readonly no: Quantity;
}

/** A choice, or a condition taken as a number, inside of the sides of a comparison. */
function innerCondition(atom: Extract<Expr, { kind: 'compare' }>): Inner | undefined {
  const pending: Quantity[] = [atom.right, atom.left];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (isKnown(next)) continue;
    switch (next.kind) {
      case 'choose':
        return { in: next, when: next.when, yes: next.yes, no: next.no };
      case 'compare':
      case 'all':
      case 'any':
      case 'not':
        return { in: next, when: next, yes: 1n, no: 0n };
      case 'sum':
        pending.push(...next.terms.map(({ of }) => of).reverse());
        break;
      case 'join':
        pending.push(...next.parts.map(({ value }) => value).reverse());
        break;
      case 'slice':
        pending.push(next.of);
        break;
      case 'bitwise':
      case 'arithmetic':
        pending.push(next.right, next.left);
        break;
      default:
    }
  }
  return undefined;
}

/** The expression with one part put in place of another, wherever that one stands. Recurses no deeper than its size. */
function replaced(value: Quantity, what: Expr, by: Quantity): Quantity {
  if (value === what) return by;
  if (isKnown(value) || value.size <= what.size) return value;
  const of = (part: Quantity): Quantity => replaced(part, what, by);
  switch (value.kind) {
    case 'sum':
      return sum(
        value.bits,
        value.constant,
        value.terms.map((term) => ({ coefficient: term.coefficient, of: of(term.of) })),
      );
    case 'bitwise':
      return bitwise(value.op, of(value.left), of(value.right));
    case 'arithmetic': {
      const [left, right] = [of(value.left), of(value.right)];
      return isKnown(left) && isKnown(right)
        ? calculated(value.op, value.bits, left, right)
        : arithmetic(value.op, value.bits, left, right);
    }
    case 'slice':
      return bitsOf(of(value.of), value.low, value.bits);
    case 'join':
      return join(value.parts.map((part) => ({ bits: part.bits, value: of(part.value) })));
    case 'choose':
      return choose(of(value.when), of(value.yes), of(value.no));
    case 'compare':
      return compare(value.op, of(value.left), of(value.right));
    case 'all':
    case 'any':
      return gather(value.kind, value.of.map(of));
    case 'not':
      return not(of(value.of));
    default:
      return value;
  }
}

/** Of plain numbers; division by zero as in {@link Bits}. */
function calculated(op: ArithmeticOperator, bits: number, left: bigint, right: bigint): bigint {
  const all = maskOf(bits);
  switch (op) {
    case 'multiply':
      return (left * right) & all;
    case 'divide':
      return right === 0n ? 0n : (left / right) & all;
    case 'modulo':
      return right === 0n ? 0n : (left % right) & all;
    case 'shift-left':
      return right >= BigInt(bits) ? 0n : (left << right) & all;
    case 'shift-right':
      return right >= BigInt(bitLength(left)) ? 0n : (left >> right) & all;
  }
}
