/** Splits the result of an evaluation by the conditions on which it depends. */
import { limit } from '../../../limits/limits.ts';
import {
  allOf,
  anyOf,
  type ByteValue,
  bitsOf,
  bytesOfQuantity,
  type Condition,
  type Expr,
  given,
  isKnown,
  not,
  opaqueReasons,
  type Quantity,
  quantityOfByte,
  sameByte,
} from '../../../symbolic/index.ts';
import { packBytes } from '../state/buffer-bytes.ts';
import type { AmlFault } from '../state/fault.ts';
import { type AmlValue, BufferObject, Choice, type NamespaceNode } from '../state/objects.ts';

/** One outcome and its condition. */
export interface Branch {
  readonly when: Condition;
  readonly value: AmlValue | NamespaceNode | undefined;
  readonly fault?: AmlFault;
}

/** The condition by which to split a buffer next; `undefined` for none. @param splits number of splits so far */
export type Splitting = (buffer: BufferObject, splits: number) => Expr | undefined;

/** Maximum number of conditions by which {@link byAnyByte} splits a buffer. */
const MAX_SPLITS = 4;

/** Splits by conditions of any byte. */
export const byAnyByte: Splitting = (buffer, splits) =>
  splits < MAX_SPLITS ? conditionIn(buffer) : undefined;

/**
 * The outcomes of a value: sides of Choices, and buffers split by conditions. Their conditions exclude each other, and
 * one of them is true whenever `when` is. `undefined` if there are too many. A single branch means that nothing depends
 * on a condition (bytes may still be unknown).
 * @param faults paths that faulted
 * @param failed the fault of all other paths, if they faulted too
 * @param onLimit called where the limit keeps a buffer from being split
 */
export function alternativesOf(
  value: AmlValue | NamespaceNode | undefined,
  when: Quantity,
  faults: readonly { readonly when: Quantity; readonly fault: AmlFault }[],
  failed: AmlFault | undefined,
  splitting: Splitting,
  onLimit: () => void,
): Branch[] | undefined {
  const fine = allOf([when, ...faults.map((failing) => not(failing.when))]);
  const branches: { when: Condition; value: Branch['value']; fault?: AmlFault }[] = [];
  const pending: { value: AmlValue | NamespaceNode | undefined; when: Condition; splits: number }[] =
    failed === undefined ? [{ value, when: fine, splits: 0 }] : [];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.when === 0n) continue;
    const { value: at, splits } = next;
    if (at instanceof Choice) {
      if (branches.length + pending.length > limit('crs-alternatives')) return undefined;
      pending.push({ value: at.no, when: allOf([next.when, not(at.when)]), splits });
      pending.push({ value: at.yes, when: allOf([next.when, at.when]), splits });
      continue;
    }
    const condition = at instanceof BufferObject ? splitting(at, splits) : undefined;
    const isFull = branches.length + pending.length >= limit('crs-alternatives');
    if (condition !== undefined && isFull) onLimit();
    if (condition !== undefined && at instanceof BufferObject && !isFull) {
      for (const holds of [false, true])
        pending.push({
          value: bufferGiven(at, condition, holds),
          when: allOf([next.when, holds ? condition : not(condition)]),
          splits: splits + 1,
        });
      continue;
    }
    const same = branches.find(({ value: other }) => sameBytes(other, at));
    if (same !== undefined) same.when = anyOf([same.when, next.when]);
    else branches.push({ when: next.when, value: at });
  }
  // A single outcome has the whole condition.
  if (branches.length === 1) branches[0]!.when = fine;
  if (failed !== undefined) branches.push({ when: fine, value: undefined, fault: failed });
  for (const [i, { when: failing, fault }] of faults.entries()) {
    // Its condition excludes those of the faults before, unless it became opaque; then they are excluded here.
    const before =
      opaqueReasons(failing).length === 0 ? [] : faults.slice(0, i).map((each) => not(each.when));
    branches.push({ when: allOf([when, failing, ...before]), value: undefined, fault });
  }
  return branches.filter((branch) => branch.when !== 0n);
}

/** Whether both are buffers with the same bytes, or the same value. */
function sameBytes(a: Branch['value'], b: Branch['value']): boolean {
  if (a === b) return true;
  if (!(a instanceof BufferObject && b instanceof BufferObject) || a.unknown !== b.unknown) return false;
  if (a.unknown !== undefined || a.bytes.length !== b.bytes.length) return false;
  for (let i = 0; i < a.bytes.length; i++) if (!sameByte(a.bytes[i]!, b.bytes[i]!)) return false;
  return true;
}

/** The condition of the first byte of the buffer that depends on one. */
function conditionIn({ bytes }: BufferObject): Expr | undefined {
  for (const byte of bytes) {
    const condition = conditionOf(byte);
    if (condition !== undefined) return condition;
  }
  return undefined;
}

/** The condition on which a byte depends; `undefined` if it depends on none. */
export function conditionOf(byte: ByteValue | undefined): Expr | undefined {
  if (byte === undefined || typeof byte === 'number') return undefined;
  const part = quantityOfByte(byte);
  return !isKnown(part) && part.kind === 'choose' ? part.when : undefined;
}

/** The buffer under the assumption that a condition is true or false. */
function bufferGiven(buffer: BufferObject, condition: Expr, holds: boolean): BufferObject {
  const bytes: ByteValue[] = [];
  const source = buffer.bytes;
  let last: { of: Expr; now: Quantity } | undefined;
  for (const byte of source) {
    if (typeof byte === 'number') {
      bytes.push(byte);
      continue;
    }
    if (last?.of !== byte.of) last = { of: byte.of, now: given(byte.of, condition, holds) };
    const [now] = bytesOfQuantity(bitsOf(last.now, byte.index * 8, 8), 1);
    const { now: whole } = last;
    bytes.push(typeof now === 'number' || isKnown(whole) ? now! : { of: whole, index: byte.index });
  }
  return new BufferObject(packBytes(bytes));
}
