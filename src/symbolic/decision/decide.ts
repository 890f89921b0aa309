/**
 * What follows from conditions, whatever the fields hold and the choices are: decided bit by bit. Opaque values are
 * numbers like others, each one equal only to itself.
 *
 * All answers may be undefined: there are more bits, or the question takes more work, than the bounds allow.
 */
import { isKnown, type Quantity } from '../quantity.ts';
import { FALSE, OutOfWork } from './bdd.ts';
import { Bits } from './bits.ts';

/** An answer found within the bounds on work; undefined past them. */
export function bounded<T>(answer: () => T): T | undefined {
  try {
    return answer();
  } catch (error) {
    if (error instanceof OutOfWork) return undefined;
    throw error;
  }
}

/** Is there a content of the fields, and a value of each choice, for which the condition holds? */
export function isPossible(condition: Quantity): boolean | undefined {
  return canHold([condition]);
}

/** Does `b` hold wherever `a` does? */
export function implies(a: Quantity, b: Quantity): boolean | undefined {
  const counterexample = canHold([a], [b]);
  return counterexample === undefined ? undefined : !counterexample;
}

/** Do the two hold in the same cases? */
export function equivalent(a: Quantity, b: Quantity): boolean | undefined {
  const there = implies(a, b);
  if (there === false) return false;
  const back = implies(b, a);
  return back === false ? false : there && back;
}

/** Can the two not hold together? */
export function excludes(a: Quantity, b: Quantity): boolean | undefined {
  const together = canHold([a, b]);
  return together === undefined ? undefined : !together;
}

/**
 * Can all of the first conditions hold, and none of the others?
 * @param onWork called with the steps that it took
 */
export function canHold(
  together: readonly Quantity[],
  without: readonly Quantity[] = [],
  onWork: (steps: number) => void = () => {},
): boolean | undefined {
  const conditions = [...together, ...without];
  if (conditions.every(isKnown))
    return together.every((condition) => condition !== 0n) && without.every((condition) => condition === 0n);
  return bounded(() => {
    const bits = new Bits(conditions);
    const { bdds } = bits;
    try {
      let all = bits.domain();
      for (const condition of together) all = bdds.and(all, bits.condition(condition));
      for (const condition of without) all = bdds.and(all, bdds.not(bits.condition(condition)));
      return all !== FALSE;
    } finally {
      onWork(bdds.work);
    }
  });
}
