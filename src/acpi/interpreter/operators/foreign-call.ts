/** Calls of methods that another table may declare. */

import { forget } from '../paths/forget.ts';
import { writesThrough } from '../paths/may-write.ts';
import type { Forgetting } from '../state/machine.ts';
import type { ForeignObject, Resolved } from '../state/objects.ts';
import { isValue, renewed } from '../values/foreign.ts';

/**
 * The value of a foreign name. A method may modify its arguments, which become unknown, but nothing else of the given
 * tables.
 */
export function foreignResult(
  m: Forgetting,
  foreign: ForeignObject,
  args: readonly Resolved[],
): ForeignObject {
  if (args.length === 0 && isValue(m, foreign)) return foreign;
  forget(m, writesThrough(m, args), { reason: foreign.reason, inputs: [] });
  return renewed(m, foreign);
}
