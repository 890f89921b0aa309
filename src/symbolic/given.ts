/** Expressions on one side of a condition. */
import { choose, compare, gather, not } from './conditions.ts';
import { arithmetic, bitsOf, bitwise, join, sum } from './numbers.ts';
import { type Expr, isKnown, partsOf, type Quantity } from './quantity.ts';

/** An expression where a condition holds, or doesn't: its choices by that condition are made. */
export function given(value: Quantity, condition: Expr, holds: boolean): Quantity {
  if (isKnown(value)) return value;
  if (compare('eq', value, condition) === 1n) return holds ? 1n : 0n;
  const side = (part: Quantity): Quantity => given(part, condition, holds);
  switch (value.kind) {
    case 'choose': {
      if (compare('eq', value.when, condition) === 1n) return side(holds ? value.yes : value.no);
      return choose(side(value.when), side(value.yes), side(value.no));
    }
    case 'slice':
      return bitsOf(side(value.of), value.low, value.bits);
    case 'all':
    case 'any':
      return gather(value.kind, value.of.map(side));
    case 'sum':
      return sum(
        value.bits,
        value.constant,
        value.terms.map(({ coefficient, of }) => ({ coefficient, of: side(of) })),
      );
    case 'join':
      return join(value.parts.map((part) => ({ bits: part.bits, value: side(part.value) })));
    case 'bitwise':
      return bitwise(value.op, side(value.left), side(value.right));
    case 'arithmetic':
      return arithmetic(value.op, value.bits, side(value.left), side(value.right));
    case 'compare':
      return compare(value.op, side(value.left), side(value.right));
    case 'not':
      return not(side(value.of));
    case 'field':
    case 'choice':
    case 'opaque':
      return value;
  }
}

/** A condition that part of an expression is chosen by; undefined when nothing in it is. */
export function choiceIn(value: Quantity): Expr | undefined {
  const pending: Quantity[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isKnown(next)) continue;
    if (next.kind === 'choose') return next.when;
    pending.push(...partsOf(next));
  }
  return undefined;
}
