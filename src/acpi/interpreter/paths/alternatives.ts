/** What an evaluation gives, told apart by the conditions it hangs on. */
import {
  type ByteValue,
  bitsOf,
  bytesOfQuantity,
  choose,
  compare,
  type Expr,
  gather,
  isKnown,
  not,
  partsOf,
  type Quantity,
  quantityOfByte,
  sameByte,
} from '../../../symbolic/index.ts';
import type { NamespaceNode } from '../../namespace/node.ts';
import { packBytes } from '../state/buffer-bytes.ts';
import type { AmlFault } from '../state/fault.ts';
import { type AmlValue, BufferObject, Choice } from '../state/objects.ts';

/** One outcome, and when it is the outcome. */
export interface Branch {
  readonly when: Quantity;
  readonly value: AmlValue | NamespaceNode | undefined;
  readonly fault?: AmlFault;
}

/** More outcomes than this are not told apart. */
export const MAX_ALTERNATIVES = 16;
/** Conditions that the bytes of one buffer are split by. */
const MAX_SPLITS = 4;

/**
 * The outcomes of a value: sides of Choices, and buffers in which a condition chooses between bytes. Undefined when
 * there are too many. A single branch means that nothing hangs on a condition (bytes may still be unknown).
 */
export function alternativesOf(
  value: AmlValue | NamespaceNode | undefined,
  when: Quantity,
  faults: readonly { readonly when: Quantity; readonly fault: AmlFault }[],
): Branch[] | undefined {
  const fine = gather('all', [when, ...faults.map((failing) => not(failing.when))]);
  const branches: { when: Quantity; value: Branch['value']; fault?: AmlFault }[] = [];
  const pending: { value: AmlValue | NamespaceNode | undefined; when: Quantity; splits: number }[] = [
    { value, when: fine, splits: 0 },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.when === 0n) continue;
    const { value: at, splits } = next;
    if (at instanceof Choice) {
      if (branches.length + pending.length > MAX_ALTERNATIVES) return undefined;
      pending.push({ value: at.no, when: gather('all', [next.when, not(at.when)]), splits });
      pending.push({ value: at.yes, when: gather('all', [next.when, at.when]), splits });
      continue;
    }
    const condition = at instanceof BufferObject && splits < MAX_SPLITS ? conditionIn(at) : undefined;
    if (
      condition !== undefined &&
      at instanceof BufferObject &&
      branches.length + pending.length < MAX_ALTERNATIVES
    ) {
      pending.push({
        value: given(at, condition, false),
        when: gather('all', [next.when, not(condition)]),
        splits: splits + 1,
      });
      pending.push({
        value: given(at, condition, true),
        when: gather('all', [next.when, condition]),
        splits: splits + 1,
      });
      continue;
    }
    const same = branches.find(({ value: other }) => sameBytes(other, at));
    if (same !== undefined) same.when = gather('any', [same.when, next.when]);
    else branches.push({ when: next.when, value: at });
  }
  // One outcome is all there is, whatever the conditions came to.
  if (branches.length === 1) branches[0]!.when = fine;
  for (const { when: failing, fault } of faults) branches.push({ when: failing, value: undefined, fault });
  return branches;
}

/** Are these two buffers of the same bytes? */
function sameBytes(a: Branch['value'], b: Branch['value']): boolean {
  if (a === b) return true;
  if (!(a instanceof BufferObject && b instanceof BufferObject) || a.unknown !== b.unknown) return false;
  if (a.unknown !== undefined || a.bytes.length !== b.bytes.length) return false;
  for (let i = 0; i < a.bytes.length; i++) if (!sameByte(a.bytes[i]!, b.bytes[i]!)) return false;
  return true;
}

/** A condition that a byte of the buffer is chosen by. */
function conditionIn(buffer: BufferObject): Expr | undefined {
  for (const byte of buffer.bytes) {
    if (typeof byte === 'number') continue;
    const part = quantityOfByte(byte);
    if (!isKnown(part) && part.kind === 'choose') return part.when;
  }
  return undefined;
}

/** The buffer where a condition holds, or doesn't. */
function given(buffer: BufferObject, condition: Expr, holds: boolean): BufferObject {
  const bytes: ByteValue[] = [];
  const source = buffer.bytes;
  let last: { of: Expr; now: Quantity } | undefined;
  for (const byte of source) {
    if (typeof byte === 'number') {
      bytes.push(byte);
      continue;
    }
    if (last?.of !== byte.of) last = { of: byte.of, now: under(byte.of, condition, holds) };
    const [now] = bytesOfQuantity(bitsOf(last.now, byte.index * 8, 8), 1);
    const { now: whole } = last;
    bytes.push(typeof now === 'number' || isKnown(whole) ? now! : { of: whole, index: byte.index });
  }
  return new BufferObject(packBytes(bytes));
}

/** An expression where a condition holds, or doesn't: its choices by that condition are made. */
export function under(value: Quantity, condition: Expr, holds: boolean): Quantity {
  if (isKnown(value)) return value;
  if (compare('eq', value, condition) === 1n) return holds ? 1n : 0n;
  if (value.kind === 'choose') {
    const same = compare('eq', value.when, condition);
    if (same === 1n) return under(holds ? value.yes : value.no, condition, holds);
    return choose(
      under(value.when, condition, holds),
      under(value.yes, condition, holds),
      under(value.no, condition, holds),
    );
  }
  if (value.kind === 'slice') return bitsOf(under(value.of, condition, holds), value.low, value.bits);
  if (value.kind === 'all' || value.kind === 'any')
    return gather(
      value.kind,
      value.of.map((part) => under(part, condition, holds)),
    );
  if (partsOf(value).every((part) => isKnown(part) || part.kind === 'field')) return value;
  return value;
}
