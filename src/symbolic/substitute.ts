/** Expressions in which some fields and choices have got a value. */
import { choose, compare, gather, not } from './conditions.ts';
import { maskOf } from './known-bits.ts';
import { arithmetic, bitsOf, bitwise, join, sum } from './numbers.ts';
import { type ArithmeticOperator, isKnown, type Quantity } from './quantity.ts';
import { keyOfVariable, type Variable } from './variables.ts';

/** Values of variables. */
export class Assignment {
  readonly #values = new Map<string | object, bigint>();

  get size(): number {
    return this.#values.size;
  }

  set(variable: Variable, value: bigint): void {
    this.#values.set(keyOfVariable(variable), value);
  }

  get(variable: Variable): bigint | undefined {
    return this.#values.get(keyOfVariable(variable));
  }
}

/** What an expression comes to where the variables have these values. Recurses no deeper than an expression's size. */
export function substitute(value: Quantity, assignment: Assignment): Quantity {
  if (isKnown(value) || assignment.size === 0) return value;
  const at = (part: Quantity): Quantity => substitute(part, assignment);
  switch (value.kind) {
    case 'field':
      return assignment.get({ kind: 'field', field: value.field }) ?? value;
    case 'choice':
      return assignment.get({ kind: 'choice', choice: value.choice }) ?? value;
    case 'opaque':
      return value;
    case 'sum':
      return sum(
        value.bits,
        value.constant,
        value.terms.map(({ coefficient, of }) => ({ coefficient, of: at(of) })),
      );
    case 'bitwise':
      return bitwise(value.op, at(value.left), at(value.right));
    case 'arithmetic': {
      const [left, right] = [at(value.left), at(value.right)];
      return (
        (isKnown(left) && isKnown(right)
          ? calculated(value.op, left, right, maskOf(value.bits))
          : undefined) ?? arithmetic(value.op, value.bits, left, right)
      );
    }
    case 'slice':
      return bitsOf(at(value.of), value.low, value.bits);
    case 'join':
      return join(value.parts.map((part) => ({ bits: part.bits, value: at(part.value) })));
    case 'compare':
      return compare(value.op, at(value.left), at(value.right));
    case 'all':
    case 'any':
      return gather(value.kind, value.of.map(at));
    case 'not':
      return not(at(value.of));
    case 'choose':
      return choose(at(value.when), at(value.yes), at(value.no));
  }
}

/** Shifts of this much and more leave nothing of a 64-bit number. */
const WIDEST_SHIFT = 128n;

/** Undefined for a division by zero, at which AML never arrives. */
function calculated(op: ArithmeticOperator, left: bigint, right: bigint, mask: bigint): bigint | undefined {
  switch (op) {
    case 'multiply':
      return (left * right) & mask;
    case 'divide':
      return right === 0n ? undefined : left / right;
    case 'modulo':
      return right === 0n ? undefined : left % right;
    case 'shift-left':
      return right >= WIDEST_SHIFT ? 0n : (left << right) & mask;
    case 'shift-right':
      return right >= WIDEST_SHIFT ? 0n : left >> right;
  }
}
