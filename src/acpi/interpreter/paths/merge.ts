/** Merges the states of two paths: where they differ, the value is a choice by a condition. */
import { InnerLimit, moreThan } from '../../../limits/limits.ts';
import {
  type ByteValue,
  bytesOfQuantity,
  choose,
  type Expr,
  gather,
  isKnown,
  not,
  type Quantity,
  quantityOfBytes,
  sameByte,
  sameQuantity,
} from '../../../symbolic/index.ts';
import type { Delta, Holder, Journal, Key } from '../state/journal.ts';
import { readPlace } from '../state/journal.ts';
import {
  type AmlValue,
  BufferObject,
  Choice,
  FieldObject,
  ForeignObject,
  IndexReference,
  integer,
  MethodObject,
  NamespaceNode,
  ObjectReference,
  RegionObject,
  ScopeObject,
  SlotReference,
  StringObject,
  TYPE,
  typeOf,
  UnknownInteger,
  UnknownObject,
} from '../state/objects.ts';

const VALUE_CASES = new InnerLimit('value-cases');

/** Merges two deltas to the current state: `yes` applies if the condition is true, `no` otherwise. */
export function mergeDeltas(when: Expr, yes: Delta, no: Delta, context: MergeContext): Delta {
  const merged: Delta = new Map();
  const side = (delta: Delta, holder: Holder, key: Key): unknown => {
    const changed = delta.get(holder);
    return changed?.has(key) ? changed.get(key) : readPlace(holder, key);
  };
  for (const delta of [yes, no]) {
    for (const [holder, changes] of delta) {
      let values = merged.get(holder);
      if (values === undefined) {
        values = new Map();
        merged.set(holder, values);
      }
      for (const key of changes.keys()) {
        if (values.has(key)) continue;
        values.set(
          key,
          mergePlace(when, holder, key, side(yes, holder, key), side(no, holder, key), context),
        );
      }
    }
  }
  return merged;
}

/** Merges a delta into the current state: it applies if the condition is true. */
export function mergeInto(journal: Journal, when: Expr, other: Delta, context: MergeContext): void {
  const merged: Delta = new Map();
  for (const [holder, values] of other) {
    const results = new Map<Key, unknown>();
    for (const [key, value] of values)
      results.set(key, mergePlace(when, holder, key, value, readPlace(holder, key), context));
    merged.set(holder, results);
  }
  journal.apply(merged);
}

export interface MergeContext {
  /** Width of an integer. */
  readonly bits: number;
  readonly initialByte: InitialByte;
  /** Counts work against the budget. */
  spend(work: number): void;
  /** Called if the values of a place cannot be merged: the state is unreliable from then on. */
  abandonState(reason: string): void;
}

/** The initial value of a region's byte at a place. */
export type InitialByte = (holder: Holder, key: Key) => ByteValue;

/** Binary logarithm of the number of bytes that are compared in the time of one instruction. */
const BYTES_PER_WORK = 4;

/** Merges the values of a place. */
export function mergePlace(
  when: Expr,
  holder: Holder,
  key: Key,
  yes: unknown,
  no: unknown,
  context: MergeContext,
): unknown {
  if (yes === no) return yes;
  if (key === 'bytes') {
    const [a, b] = [yes as ArrayLike<ByteValue>, no as ArrayLike<ByteValue>];
    if (a.length === b.length) {
      context.spend(a.length >> BYTES_PER_WORK);
      return mergeBytes(when, a, b);
    }
    context.abandonState('the length of a buffer depends on a condition');
    return yes;
  }
  if (key === 'text') return undefined;
  if (key === 'unknown') return yes ?? no;
  if (key === 'signals') return undefined;
  // Counts of acquisitions.
  if (!(holder instanceof Map) && (typeof yes === 'number' || typeof no === 'number'))
    return Math.max((yes as number | undefined) ?? 0, (no as number | undefined) ?? 0);
  if (holder instanceof Map) {
    const side = (value: unknown): ByteValue =>
      value === undefined ? context.initialByte(holder, key) : (value as ByteValue);
    return mergeBytes(when, [side(yes)], [side(no)])[0];
  }
  return mergeValues(when, yes as MergedValue, no as MergedValue);
}

type MergedValue = AmlValue | NamespaceNode | undefined;

/** A Choice with at least this number of leaves, at most half of them distinct, is rebuilt with each value once. */
const MANY_LEAVES = 12;

/** Merges two values: integers become an expression, other objects a Choice. */
export function mergeValues(
  when: Expr,
  yes: AmlValue | undefined,
  no: AmlValue | undefined,
): AmlValue | undefined;
export function mergeValues(when: Expr, yes: MergedValue, no: MergedValue): MergedValue;
export function mergeValues(when: Expr, yes: MergedValue, no: MergedValue): MergedValue {
  if (yes === no) return yes;
  if (yes instanceof Choice && sameQuantity(yes.when, when)) return mergeValues(when, yes.yes, no);
  if (no instanceof Choice && sameQuantity(no.when, when)) return mergeValues(when, yes, no.no);
  if (yes instanceof NamespaceNode || no instanceof NamespaceNode)
    return new Choice(when, yes as AmlValue, no as AmlValue);
  if (yes !== undefined && no !== undefined) {
    if (typeOf(yes) === TYPE.integer && typeOf(no) === TYPE.integer)
      return integer(choose(when, quantityOf(yes), quantityOf(no)));
    if (sameObject(yes, no)) return yes;
  }
  const merged = new Choice(when, yes, no);
  const leaves = leavesOf(merged);
  if (leaves.length < MANY_LEAVES && leaves.length <= VALUE_CASES.now) return merged;
  if (leaves.length <= VALUE_CASES.now && 2 * new Set(leaves).size > leaves.length) return merged;
  const cases = casesOf(merged);
  if (cases !== undefined && cases.length <= VALUE_CASES.now) return chosenOf(cases);
  const reason = moreThan('value-cases');
  return leaves.every((leaf) => leaf instanceof BufferObject)
    ? new BufferObject([], reason)
    : new UnknownObject(reason);
}

function leavesOf(value: MergedValue): MergedValue[] {
  const leaves: MergedValue[] = [];
  const pending = [value];
  while (pending.length > 0 && leaves.length <= 2 * VALUE_CASES.now) {
    const next = pending.pop();
    if (next instanceof Choice) pending.push(next.yes, next.no);
    else leaves.push(next);
  }
  return leaves;
}

/** Number of conditions combined in `casesOf` since the last call of {@link conditionsMerged}. */
let conditions = 0;

/** Returns and resets the number of combined conditions. */
export function conditionsMerged(): number {
  const count = conditions;
  conditions = 0;
  return count;
}

/** The distinct values of a Choice with their conditions; `undefined` if it has too many leaves. */
function casesOf(choice: Choice): { value: MergedValue; when: Quantity }[] | undefined {
  const cases: { value: MergedValue; when: Quantity }[] = [];
  const pending: { value: MergedValue; when: Quantity }[] = [{ value: choice, when: 1n }];
  for (let seen = 0, next = pending.pop(); next; next = pending.pop(), seen++) {
    const { value, when } = next;
    conditions += 1;
    if (seen > 4 * VALUE_CASES.now) return undefined;
    if (value instanceof Choice) {
      pending.push({ value: value.no, when: gather('all', [when, not(value.when)]) });
      pending.push({ value: value.yes, when: gather('all', [when, value.when]) });
      continue;
    }
    const same = cases.find((other) => other.value === value);
    if (same) same.when = gather('any', [same.when, when]);
    else cases.push({ value, when });
  }
  return cases.filter(({ when }) => when !== 0n);
}

/** A Choice among cases, one of whose conditions is true. */
function chosenOf(cases: readonly { value: MergedValue; when: Quantity }[]): MergedValue {
  let result = cases.at(-1)?.value;
  for (let i = cases.length - 2; i >= 0; i--) {
    const { value, when } = cases[i]!;
    if (isKnown(when)) result = when === 0n ? result : value;
    else result = new Choice(when, value as AmlValue, result as AmlValue);
  }
  return result;
}

function quantityOf(value: AmlValue): Quantity {
  return value instanceof UnknownInteger ? value.value : (value as bigint);
}

function sameObject(a: AmlValue, b: AmlValue): boolean {
  if (a instanceof StringObject && b instanceof StringObject)
    return a.text !== undefined && a.text === b.text;
  if (a instanceof ScopeObject && b instanceof ScopeObject) return a.type === b.type;
  if (a instanceof MethodObject && b instanceof MethodObject)
    return a.term === b.term && a.term !== undefined;
  if (a instanceof ForeignObject && b instanceof ForeignObject)
    return a.path === b.path && sameQuantity(a.value, b.value);
  if (a instanceof SlotReference && b instanceof SlotReference)
    return a.frame === b.frame && a.slot === b.slot;
  if (a instanceof IndexReference && b instanceof IndexReference)
    return a.object === b.object && a.index === b.index;
  if (a instanceof ObjectReference && b instanceof ObjectReference)
    return (
      a.target === b.target ||
      (a.target instanceof SlotReference &&
        b.target instanceof SlotReference &&
        sameObject(a.target, b.target))
    );
  if (a instanceof RegionObject && b instanceof RegionObject)
    return (
      a.node === b.node &&
      a.space === b.space &&
      sameQuantity(a.address, b.address) &&
      sameQuantity(a.length, b.length) &&
      a.tableBytes === b.tableBytes
    );
  if (a instanceof FieldObject && b instanceof FieldObject)
    return (
      a.node === b.node &&
      a.bitOffset === b.bitOffset &&
      a.bitLength === b.bitLength &&
      a.flags === b.flags &&
      a.accessBytes === b.accessBytes &&
      a.source.kind === 'region' &&
      b.source.kind === 'region' &&
      a.source.region === b.source.region
    );
  return false;
}

/** Merges two byte lists of equal length. A run of different bytes becomes one choice, so numbers remain one expression. */
export function mergeBytes(
  when: Expr,
  yes: ArrayLike<ByteValue>,
  no: ArrayLike<ByteValue>,
): ArrayLike<ByteValue> {
  const { length } = yes;
  let result: ByteValue[] | undefined;
  for (let i = 0; i < length; ) {
    if (sameByte(yes[i]!, no[i]!)) {
      i += 1;
      continue;
    }
    let end = i + 1;
    while (end < length && !sameByte(yes[end]!, no[end]!)) end += 1;
    const run = (bytes: ArrayLike<ByteValue>): Quantity =>
      quantityOfBytes(Array.from({ length: end - i }, (_, k) => bytes[i + k]!));
    const chosen = bytesOfQuantity(choose(when, run(yes), run(no)), end - i);
    result ??= Array.from(yes);
    for (let k = i; k < end; k++) result[k] = chosen[k - i]!;
    i = end;
  }
  if (result === undefined) return yes;
  return result.every((byte) => typeof byte === 'number') ? Uint8Array.from(result as number[]) : result;
}
