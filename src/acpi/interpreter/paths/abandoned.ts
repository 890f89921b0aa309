/**
 * Abandoned paths. Their effects are merged into the state once, at the end of the evaluation, not at every fork. A place
 * that a path changed becomes unknown unless all paths left the same value there, and so does every place that the
 * remaining code of the paths may write.
 */
import {
  type ByteValue,
  bytesOfQuantity,
  insertBits,
  maximumOf,
  onesOf,
  opaque,
  type Quantity,
  quantityOfByte,
  sameByte,
} from '../../../symbolic/index.ts';
import { type Delta, type Holder, type Journal, type Key, readPlace } from '../state/journal.ts';
import type { Frame } from '../state/machine.ts';
import {
  type AmlValue,
  BufferObject,
  Choice,
  NamespaceNode,
  StringObject,
  TYPE,
  typeOf,
  UnknownInteger,
  UnknownObject,
} from '../state/objects.ts';
import { type MergeContext, mergePlace } from './merge.ts';
import { type Cause, Writes } from './writes.ts';

/** Maximum number of different values recorded for one place; with more it is unknown anyway. */
const MAX_VALUES = 4;

/** The values that paths left in a place, and the number of paths that changed it. */
interface Left {
  readonly values: unknown[];
  paths: number;
}

export class AbandonedPaths {
  readonly #places = new Map<Holder, Map<Key, Left>>();
  /** Keys of code that was analyzed already. */
  readonly #seen = new Set<string>();
  /** What the remaining code of the paths may write. */
  readonly writes = new Writes();
  #count = 0;
  #reason = '';

  get any(): boolean {
    return this.#count > 0;
  }

  /** Why the first of them was abandoned. */
  get reason(): string {
    return this.#reason;
  }

  /** Whether remaining code with this key was analyzed already. */
  has(key: string): boolean {
    return this.#seen.has(key);
  }

  /**
   * Adds an abandoned path with its changes and frames.
   * @param key of its remaining code, see `keyOfRest`
   * @param writes what that code may write, unless it was analyzed already
   */
  add(
    reason: string,
    changes: Delta,
    frames: readonly Frame[],
    key: string,
    writes: Writes | undefined,
  ): void {
    this.#count += 1;
    this.#reason ||= reason;
    this.#seen.add(key);
    if (writes !== undefined) this.writes.add(writes);
    for (const [holder, values] of changes) {
      if (frames.some((frame) => frame.slots === holder || frame.slotTypes === holder)) continue;
      for (const [place, value] of values) this.#note(holder, place, value);
    }
  }

  #note(holder: Holder, key: Key, value: unknown): void {
    let places = this.#places.get(holder);
    if (places === undefined) {
      places = new Map();
      this.#places.set(holder, places);
    }
    const left = places.get(key);
    if (left === undefined) {
      places.set(key, { values: [value], paths: 1 });
      return;
    }
    left.paths += 1;
    if (left.values.length <= MAX_VALUES && !left.values.includes(value)) left.values.push(value);
  }

  /**
   * Merges the effects of the paths into the final state of the others.
   * @param mark journal position of the first fork: older changes are the same on all paths
   */
  settle(journal: Journal, mark: number, why: Cause, merging: MergeContext): void {
    const originals = journal.originalsSince(mark);
    // On an abandoned path, a place that only other paths changed has its original value.
    for (const [holder, values] of originals)
      for (const key of values.keys())
        if (!this.#places.get(holder)?.has(key))
          this.#mix(journal, holder, key, [values.get(key)], why, merging);
    for (const [holder, places] of this.#places) {
      for (const [key, { values, paths }] of places) {
        const before = originals.get(holder);
        const original = before?.has(key) ? before.get(key) : readPlace(holder, key);
        const others = paths < this.#count ? [original, ...values] : values;
        this.#mix(journal, holder, key, others, why, merging);
      }
    }
  }

  #mix(
    journal: Journal,
    holder: Holder,
    key: Key,
    others: readonly unknown[],
    why: Cause,
    merging: MergeContext,
  ): void {
    const now = readPlace(holder, key);
    let mixed = now;
    for (const other of others)
      if (other !== mixed) mixed = mixPlace(why, holder, key, other, mixed, merging);
    if (mixed !== now) journal.set(holder, key, mixed);
  }
}

/** The value of a place that has one of two values under an unknown condition. */
function mixPlace(
  why: Cause,
  holder: Holder,
  key: Key,
  a: unknown,
  b: unknown,
  merging: MergeContext,
): unknown {
  const unsettled = opaque(1, why.reason, why.inputs);
  if (key === 'bytes') {
    const [left, right] = [a as ArrayLike<ByteValue>, b as ArrayLike<ByteValue>];
    if (left.length === right.length) return mixBytes(why, left, right);
  } else if (holder instanceof Map) {
    const byte = (value: unknown): ByteValue => (value ?? merging.initialByte(holder, key)) as ByteValue;
    return mixByte(why, byte(a), byte(b));
  } else if (
    key === 'object' ||
    key === 'value' ||
    (Array.isArray(holder) && !(typeof a === 'number' || typeof b === 'number'))
  )
    return mixValues(why, a as Held, b as Held, merging);
  return mergePlace(unsettled, holder, key, a, b, merging);
}

function mixBytes(why: Cause, a: ArrayLike<ByteValue>, b: ArrayLike<ByteValue>): ByteValue[] {
  return Array.from(a, (byte, i) => mixByte(why, byte, b[i]!));
}

/** Bits that are equal in both remain known. */
function mixByte(why: Cause, a: ByteValue, b: ByteValue): ByteValue {
  if (sameByte(a, b)) return a;
  const [left, right] = [quantityOfByte(a), quantityOfByte(b)];
  const ones = onesOf(left) & onesOf(right);
  const open = (maximumOf(left) | maximumOf(right)) & ~ones;
  let mixed: Quantity = ones;
  for (let bit = 0; bit < 8; ) {
    let end = bit;
    while (end < 8 && ((open >> BigInt(end)) & 1n) === 1n) end += 1;
    if (end > bit) mixed = insertBits(mixed, 8, bit, end - bit, opaque(end - bit, why.reason, why.inputs));
    bit = end + 1;
  }
  return bytesOfQuantity(mixed, 1)[0]!;
}

type Held = AmlValue | NamespaceNode | undefined;

function mixValues(why: Cause, a: Held, b: Held, merging: MergeContext): Held {
  if (a instanceof UnknownObject) return a;
  if (b instanceof UnknownObject) return b;
  // Whether the object exists remains a condition.
  if (a === undefined || b === undefined) {
    const there = (a ?? b) as AmlValue;
    return there instanceof NamespaceNode
      ? new UnknownObject(why.reason)
      : new Choice(opaque(1, why.reason, why.inputs), there, undefined);
  }
  if (!(a instanceof NamespaceNode || b instanceof NamespaceNode)) {
    const type = typeOf(a);
    if (type === typeOf(b)) {
      if (type === TYPE.integer) return new UnknownInteger(opaque(merging.bits, why.reason, why.inputs));
      if (a instanceof StringObject) return new StringObject(undefined);
      if (a instanceof BufferObject && b instanceof BufferObject && a.bytes.length === b.bytes.length)
        return new BufferObject(mixBytes(why, a.bytes, b.bytes), a.unknown ?? b.unknown);
      if (type === TYPE.scope || type === TYPE.device) return a;
    }
  }
  return new UnknownObject(why.reason);
}
