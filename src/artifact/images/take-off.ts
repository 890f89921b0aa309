/** What is compressed around an image as a whole. */
import { type Access, accessTo } from '../../containers/access.ts';
import type { Budget } from '../../containers/limits.ts';
import { limit } from '../../limits/limits.ts';
import { compressionOf, withoutZeros } from '../unpack.ts';

const HEAD_BYTES = 64;

/** One compression that was around all of an input. */
export interface TakenOff {
  readonly format: string;
  readonly size: number;
  readonly unpacked: number;
}

/**
 * Takes off what is compressed around an input as a whole. What is cut short or followed by something else stays: it is
 * one thing among others in the input.
 */
export async function takeOffWhole(
  access: Access,
  budget: Budget,
): Promise<{ readonly access: Access; readonly taken: readonly TakenOff[] }> {
  const taken: TakenOff[] = [];
  let current = access;
  while (taken.length < budget.limits.depth && current.size <= limit('input-bytes')) {
    const row = compressionOf(current.read(0, HEAD_BYTES));
    if (row === undefined) break;
    const stored = current.read(0, current.size);
    const decoded = await row.decode(stored, budget.room);
    if (decoded.end !== 'whole' || withoutZeros(stored, decoded.consumed).bytes.length > 0) break;
    budget.take(decoded.bytes.length);
    taken.push({ format: row.format, size: stored.length, unpacked: decoded.bytes.length });
    current = accessTo(decoded.bytes);
  }
  return { access: current, taken };
}
