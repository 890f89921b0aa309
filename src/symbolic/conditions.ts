/** Conditions: comparisons, what holds together, and choices by them. Each is of one bit, 1 where it holds. */

import { InnerLimit } from '../limits/limits.ts';
import { choiceValue, make, type Shape, type SizeLimit, sameExpr, sameQuantity } from './identity.ts';
import { isExactSum, maskOf, maximumOf, minimumOf, onesOf, widthOf } from './known-bits.ts';
import {
  type ChoiceVariable,
  type Comparison,
  type Condition,
  type Expr,
  isKnown,
  type Quantity,
} from './quantity.ts';

const EXPRESSION_SIZE = new InnerLimit('expression-size');

/** A choice among constants is calculated through up to this many leaves. */
const MAX_CONSTANT_LEAVES = 24;

/** A comparison, as a condition: 1n, 0n or an expression of one bit. */
export function compare(op: Comparison, left: Quantity, right: Quantity): Quantity {
  if (isKnown(left) && isKnown(right)) {
    const holds =
      op === 'eq'
        ? left === right
        : op === 'ne'
          ? left !== right
          : op === 'lt'
            ? left < right
            : left <= right;
    return holds ? 1n : 0n;
  }
  if (sameQuantity(left, right)) return op === 'eq' || op === 'le' ? 1n : 0n;
  if (op === 'ne') return not(compare('eq', left, right));
  if (op === 'eq') {
    const all = maskOf(Math.max(widthOf(left), widthOf(right)));
    const conflict = (onesOf(left) & all & ~maximumOf(right)) | (onesOf(right) & all & ~maximumOf(left));
    if (conflict !== 0n) return 0n;
    if (isKnown(left)) return compare('eq', right, left);
    // A shifted value is 0 when the value is, if no bit was shifted out.
    if (
      right === 0n &&
      !isKnown(left) &&
      left.kind === 'sum' &&
      left.terms.length === 1 &&
      left.constant === 0n &&
      isExactSum(left)
    )
      return compare('eq', left.terms[0]!.of, 0n);
  } else {
    if (maximumOf(left) < minimumOf(right)) return 1n;
    if (minimumOf(left) > maximumOf(right)) return 0n;
    if (op === 'lt' && minimumOf(left) >= maximumOf(right)) return 0n;
    if (op === 'le' && maximumOf(left) <= minimumOf(right)) return 1n;
    // Below 1 is 0; above 0 is not 0, which `MG2L > 0` keeps as it is written.
    if (op === 'lt' && right === 1n) return compare('eq', left, 0n);
  }
  if (!isKnown(left) && isKnown(right)) {
    const mapped = mapConstantLeaves(left, (leaf) => compare(op, leaf, right));
    if (mapped !== undefined) return mapped;
    if (op === 'eq' && left.bits === 1) return right === 1n ? left : not(left);
  }
  if (isKnown(left) && !isKnown(right)) {
    const mapped = mapConstantLeaves(right, (leaf) => compare(op, left, leaf));
    if (mapped !== undefined) return mapped;
  }
  return make(1, { kind: 'compare', op, left, right } as Shape, 0n, 0n);
}

/** A choice among constants, calculated leaf by leaf; undefined when it isn't one. */
export function mapConstantLeaves(value: Expr, map: (leaf: bigint) => Quantity): Quantity | undefined {
  if (value.kind !== 'choose' || value.size > EXPRESSION_SIZE.now / 2) return undefined;
  let leaves = 0;
  const constant = (part: Quantity): boolean => {
    if (isKnown(part)) return ++leaves <= MAX_CONSTANT_LEAVES;
    return part.kind === 'choose' && constant(part.yes) && constant(part.no);
  };
  if (!constant(value)) return undefined;
  const walk = (part: Quantity): Quantity =>
    isKnown(part)
      ? map(part)
      : part.kind === 'choose'
        ? choose(part.when, walk(part.yes), walk(part.no))
        : part;
  return walk(value);
}

/** Is the value other than zero? */
export function truth(value: Quantity): Quantity {
  if (isKnown(value)) return value === 0n ? 0n : 1n;
  if (value.ones !== 0n) return 1n;
  if (value.bits === 1) return value;
  if (value.kind === 'choose') return choose(value.when, truth(value.yes), truth(value.no));
  return not(compare('eq', value, 0n));
}

/** The opposite of a condition. */
export function not(condition: Quantity): Quantity {
  if (isKnown(condition)) return condition === 0n ? 1n : 0n;
  // The same few conditions are asked for again and again.
  condition.opposite ??= negate(condition);
  return condition.opposite;
}

function negate(condition: Expr): Quantity {
  switch (condition.kind) {
    case 'not':
      return condition.of;
    case 'compare': {
      const { op, left, right } = condition;
      if (op === 'eq' || op === 'ne')
        return make(1, { kind: 'compare', op: op === 'eq' ? 'ne' : 'eq', left, right } as Shape, 0n, 0n);
      // Not above 0 is 0.
      if (op === 'lt' && left === 0n) return compare('eq', right, 0n);
      return make(
        1,
        { kind: 'compare', op: op === 'lt' ? 'le' : 'lt', left: right, right: left } as Shape,
        0n,
        0n,
      );
    }
    case 'all':
    case 'any':
      return gather(
        condition.kind === 'all' ? 'any' : 'all',
        condition.of.map(not),
        // What was allowed to be large may be so the other way round.
        condition.size > EXPRESSION_SIZE.now ? 'condition-size' : 'expression-size',
      );
    case 'choose':
      if (isKnown(condition.yes) || isKnown(condition.no))
        return choose(condition.when, not(condition.yes), not(condition.no));
      break;
    default:
  }
  return make(1, { kind: 'not', of: condition } as Shape, 0n, 0n);
}

function holds(conditions: readonly Expr[], wanted: Expr): boolean {
  const { hash } = wanted;
  for (const condition of conditions) if (condition.hash === hash && sameExpr(condition, wanted)) return true;
  return false;
}

/** All (or any) of several conditions. */
export function gather(
  kind: 'all' | 'any',
  conditions: readonly Quantity[],
  name: SizeLimit = 'expression-size',
): Quantity {
  const decided = kind === 'all' ? 0n : 1n;
  const kept: Expr[] = [];
  for (const next of conditions) {
    if (isKnown(next)) {
      if ((next === 0n ? 0n : 1n) === decided) return decided;
      continue;
    }
    // What was gathered before holds no parts of its own kind.
    const parts = next.kind === kind ? next.of : [next];
    for (const part of parts) {
      if (holds(kept, part)) continue;
      const opposite = not(part);
      if (!isKnown(opposite) && holds(kept, opposite)) return decided;
      kept.push(part);
    }
  }
  if (kept.length === 0) return kind === 'all' ? 1n : 0n;
  if (kept.length === 1) return kept[0]!;
  return make(1, { kind, of: kept } as Shape, 0n, 0n, name);
}

/** As `gather('any', …)`, for windows and reports: what comes out may be larger than what is calculated with. */
export function anyOf(conditions: readonly Quantity[]): Condition {
  return gather('any', conditions, 'condition-size') as Condition;
}

/** As `gather('all', …)`, for windows and reports: what comes out may be larger than what is calculated with. */
export function allOf(conditions: readonly Quantity[]): Condition {
  return gather('all', conditions, 'condition-size') as Condition;
}

/** `then` where the condition holds, else `else`. */
export function choose(when: Quantity, then: Quantity, otherwise: Quantity): Quantity {
  if (isKnown(when)) return when === 0n ? otherwise : then;
  if (sameQuantity(then, otherwise)) return then;
  if (when.kind === 'not') return choose(when.of, otherwise, then);
  if (when.kind === 'compare' && when.op === 'ne') return choose(not(when), otherwise, then);
  let [yes, no] = [then, otherwise];
  if (!isKnown(yes) && yes.kind === 'choose' && sameExpr(yes.when, when)) yes = yes.yes;
  if (!isKnown(no) && no.kind === 'choose' && sameExpr(no.when, when)) no = no.no;
  if (sameQuantity(yes, no)) return yes;
  const bits = Math.max(widthOf(yes), widthOf(no), 1);
  if (bits === 1 && when.bits === 1) {
    if (yes === 1n && no === 0n) return when;
    if (yes === 0n && no === 1n) return not(when);
    if (yes === 1n) return gather('any', [when, no]);
    if (no === 0n) return gather('all', [when, yes]);
    if (yes === 0n) return gather('all', [not(when), no]);
    if (no === 1n) return gather('any', [not(when), yes]);
  }
  const all = maskOf(bits);
  return make(
    bits,
    { kind: 'choose', when, yes, no } as Shape,
    onesOf(yes) & onesOf(no),
    all & ~maximumOf(yes) & ~maximumOf(no),
  );
}

/** That a choice takes the value. Throws a RangeError on a value that isn't one of the choice's: a fault of the caller. */
export function chosen(choice: ChoiceVariable, value: string): Quantity {
  return compare('eq', choiceValue(choice), BigInt(indexIn(choice, value)));
}

/** That an ordered choice takes the value or a later one. */
export function chosenFrom(choice: ChoiceVariable, value: string): Quantity {
  return compare('le', BigInt(indexIn(choice, value)), choiceValue(choice));
}

function indexIn({ id, values }: ChoiceVariable, value: string): number {
  const index = values.indexOf(value);
  if (index < 0) throw new RangeError(`${id} is never ${value}`);
  return index;
}
