/** What follows from conditions: true, false, or undefined where the bound on work was reached. */
import { gather, not } from '../conditions.ts';
import { type Condition, isKnown, type Quantity } from '../quantity.ts';

/** Is there a content of the fields, and a value of the choices, under which the condition holds? */
export function isPossible(condition: Quantity): boolean | undefined {
  return isKnown(condition) ? condition !== 0n : undefined;
}

/** Does `b` hold wherever `a` does? */
export function implies(a: Quantity, b: Quantity): boolean | undefined {
  const counterexample = isPossible(gather('all', [a, not(b)]));
  return counterexample === undefined ? undefined : !counterexample;
}

/** Do the two hold in the same cases? */
export function equivalent(a: Quantity, b: Quantity): boolean | undefined {
  const [there, back] = [implies(a, b), implies(b, a)];
  if (there === false || back === false) return false;
  return there && back;
}

/** Can the two not hold together? */
export function excludes(a: Quantity, b: Quantity): boolean | undefined {
  const together = isPossible(gather('all', [a, b]));
  return together === undefined ? undefined : !together;
}

/**
 * An equivalent condition without what is redundant: 0n or 1n where it is decided, the same condition past the bound on work.
 *
 * @param given what is known to hold; what is given back equals the condition wherever this does
 */
export function simplified(condition: Quantity, given: Quantity = 1n): Condition {
  void given;
  return condition as Condition;
}
