/** The plain values in a value, and which of them have elements. */
import { type AmlValue, BufferObject, Choice, PackageObject, StringObject } from '../state/objects.ts';
import type { Container } from './writes.ts';

/** Maximum number of sides of a Choice. */
const MAX_LEAVES = 4096;

/** Whether something has elements that can be written one by one. */
export function isContainer(thing: unknown): thing is Container {
  return thing instanceof BufferObject || thing instanceof PackageObject || thing instanceof StringObject;
}

const NO_LEAVES: readonly never[] = [];

/** The value; all sides of a Choice, except for `undefined` ones. */
export function leavesOf<T>(value: AmlValue | T | undefined): readonly (AmlValue | T)[] {
  if (!(value instanceof Choice)) return value === undefined ? NO_LEAVES : [value];
  const leaves: (AmlValue | T)[] = [];
  const pending: (AmlValue | T | undefined)[] = [value];
  for (let next = pending.pop(); pending.length > 0 || next !== undefined; next = pending.pop()) {
    if (next instanceof Choice) pending.push(next.yes, next.no);
    else if (next !== undefined) leaves.push(next);
    if (leaves.length > MAX_LEAVES) break;
  }
  return leaves;
}
