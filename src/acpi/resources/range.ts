/**
 * The address range of a descriptor by the rules of Linux (drivers/acpi/resource.c), which decide what ACPI 6.5, 6.4,
 * leaves open: which of minimum, maximum and length count, when a translation is added, and which ranges are invalid.
 * Values may be expressions: a range with unknown bounds has expressions for its bounds and for its validity.
 */
import {
  allOf,
  anyOf,
  bitLength,
  type Condition,
  choiceIn,
  compare,
  type Expr,
  gather,
  given,
  isKnown,
  not,
  type Quantity,
  sameQuantity,
  sum,
} from '../../symbolic/index.ts';
import { isExpr, quantityField, type ResourceDescriptor } from './descriptor.ts';

export type RangeSpace = 'memory' | 'io' | 'bus';

export interface AddressRange {
  readonly space: RangeSpace;
  /** CPU address, port or bus number of the first byte. */
  readonly first: Quantity;
  /** Inclusive, as descriptors and `struct resource` have it. */
  readonly last: Quantity;
  /** CPU address minus bus address, modulo 2^64. */
  readonly offset: Quantity;
  /** Length in the descriptor, in bytes; in an address descriptor it may differ from `last - first + 1`. */
  readonly length: Quantity;
  /** 1 if Linux uses the range, 0 if it ignores it (for the reason `why`), or a condition. */
  readonly taken: Quantity;
  readonly why?: string;
  /** A producer's range, which the device passes to its children (IORESOURCE_WINDOW). */
  readonly window: boolean;
  readonly prefetchable: boolean;
}

/** Rules that differ between architectures. */
export interface RangeRules {
  /**
   * Exclusive end of valid ports: x86 has 64 Ki ports, but Linux accepts ports up to 0x10002
   * (acpi_iospace_resource_valid). `undefined` if ports are memory-mapped.
   */
  readonly portsEnd?: bigint;
}

export const X86_RULES: RangeRules = { portsEnd: 0x10003n };
export const MEMORY_MAPPED_PORTS: RangeRules = {};

const BITS = 64;
/** The resource type of memory (ACPI 6.5, table 6.47). */
const MEMORY = 0n;

function plus(...parts: readonly (readonly [bigint, Quantity])[]): Quantity {
  return sum(
    BITS,
    0n,
    parts.map(([coefficient, of]) => ({ coefficient, of })),
  );
}

/** The range of a descriptor; `undefined` if it has none (an interrupt, a connection) or lacks fields for it. */
export function rangeOf(
  descriptor: ResourceDescriptor,
  rules: RangeRules = X86_RULES,
): AddressRange | undefined {
  switch (descriptor.type) {
    case 'word-address':
    case 'dword-address':
    case 'qword-address':
    case 'extended-address':
      return addressSpaceRange(descriptor, rules);
    // acpi_dev_resource_memory() ignores maximum and alignment.
    case 'memory24':
      return lengthRange(descriptor, 'memory', 'min', 256n, rules);
    case 'memory32':
      return lengthRange(descriptor, 'memory', 'min', 1n, rules);
    case 'memory32-fixed':
      return lengthRange(descriptor, 'memory', 'base', 1n, rules);
    // acpi_dev_resource_io()
    case 'io':
      return lengthRange(descriptor, 'io', 'min', 1n, rules);
    case 'fixed-io':
      return lengthRange(descriptor, 'io', 'base', 1n, rules);
    default:
      return undefined;
  }
}

/** A possible range of a descriptor. */
export interface RangeCase {
  readonly range: AddressRange;
  /** The condition under which the range has these bounds and Linux uses it. */
  readonly when: Condition;
}

/** Maximum number of cases of one range. With more, the bounds remain expressions with conditions. */
const MAX_CASES = 16;

/**
 * The range of a descriptor with one case for each of the bounds that depend on conditions. The cases exclude each other;
 * if none of their conditions is true Linux ignores the range. Empty if the descriptor has no range that Linux uses.
 */
export function rangeCases(descriptor: ResourceDescriptor, rules: RangeRules = X86_RULES): RangeCase[] {
  const whole = rangeOf(descriptor, rules);
  if (whole === undefined) return [];
  const cases: { range: AddressRange; when: Condition }[] = [];
  const pending: { range: AddressRange; when: Condition }[] = [{ range: whole, when: 1n }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { range, when } = next;
    const full = cases.length + pending.length + 2 > MAX_CASES;
    const condition = full
      ? undefined
      : (choiceIn(range.first) ?? choiceIn(range.last) ?? choiceIn(range.offset));
    if (condition !== undefined) {
      for (const holds of [false, true])
        pending.push({
          range: rangeGiven(range, condition, holds),
          when: allOf([when, holds ? condition : not(condition)]),
        });
      continue;
    }
    const taken = allOf([when, range.taken]);
    if (taken === 0n) continue;
    const same = cases.find(({ range: other }) => haveSameBounds(other, range));
    if (same === undefined) cases.push({ range, when: taken });
    else same.when = anyOf([same.when, taken]);
  }
  return cases;
}

function rangeGiven(range: AddressRange, condition: Expr, holds: boolean): AddressRange {
  const side = (value: Quantity): Quantity => given(value, condition, holds);
  const { first, last, offset, length, taken } = range;
  return {
    ...range,
    first: side(first),
    last: side(last),
    offset: side(offset),
    length: side(length),
    taken: side(taken),
  };
}

function haveSameBounds(a: AddressRange, b: AddressRange): boolean {
  return (
    a.space === b.space &&
    sameQuantity(a.first, b.first) &&
    sameQuantity(a.last, b.last) &&
    sameQuantity(a.offset, b.offset)
  );
}

function lengthRange(
  descriptor: ResourceDescriptor,
  space: RangeSpace,
  startField: 'min' | 'base',
  unit: bigint,
  rules: RangeRules,
): AddressRange | undefined {
  const start = quantityField(descriptor, startField);
  const units = quantityField(descriptor, 'length');
  if (start === undefined || units === undefined) return undefined;
  const first = plus([unit, start]);
  const length = plus([unit, units]);
  const last = sum(BITS, -1n, [
    { coefficient: 1n, of: first },
    { coefficient: 1n, of: length },
  ]);
  return {
    space,
    first,
    last,
    offset: 0n,
    length,
    ...accepted(space, first, last, length, rules),
    window: false,
    prefetchable: false,
  };
}

/** acpi_decode_space(): the bounds are minimum and maximum; the length only decides whether the range is valid. */
function addressSpaceRange(descriptor: ResourceDescriptor, rules: RangeRules): AddressRange | undefined {
  const { fields } = descriptor;
  const min = quantityField(descriptor, 'min');
  const max = quantityField(descriptor, 'max');
  const length = quantityField(descriptor, 'length');
  if (min === undefined || max === undefined || length === undefined) return undefined;
  // A range of unknown type may be memory.
  const open = isExpr(fields.space) ? fields.space : undefined;
  const space = open === undefined ? fields.space : 'memory';
  if (space !== 'memory' && space !== 'io' && space !== 'bus') return undefined;
  const window = fields.producer === true || isExpr(fields.producer);
  // ACPI requires a translation of 0 unless the device is a bridge; Linux ignores any other value.
  const offset = window ? (quantityField(descriptor, 'translation') ?? 0n) : 0n;
  const first = plus([1n, min], [1n, offset]);
  const last = plus([1n, max], [1n, offset]);
  const { taken, why } = accepted(space, first, last, length, rules);
  return {
    space,
    first,
    last,
    offset,
    length,
    taken: open === undefined ? taken : gather('all', [taken, compare('eq', open, MEMORY)]),
    ...(why === undefined ? {} : { why }),
    window,
    prefetchable: fields.caching === 'Prefetchable',
  };
}

/** acpi_dev_resource_len_valid() and acpi_iospace_resource_valid(). */
function accepted(
  space: RangeSpace,
  first: Quantity,
  last: Quantity,
  length: Quantity,
  rules: RangeRules,
): { readonly taken: Quantity; readonly why?: string } {
  if (length === 0n) return { taken: 0n, why: 'the length is 0' };
  const ordered = compare('le', first, last);
  if (ordered === 0n) return { taken: 0n, why: 'it ends before it starts' };
  if (isKnown(first) && isKnown(last) && last - first + 1n === 1n << 64n) {
    return { taken: 0n, why: 'it has 2^64 bytes, which Linux computes as a length of 0' };
  }
  const conditions = [compare('ne', length, 0n), ordered];
  if (space === 'io' && rules.portsEnd !== undefined) {
    const within = compare('lt', last, rules.portsEnd);
    if (within === 0n) return { taken: 0n, why: 'it ends after the last port' };
    conditions.push(within);
  }
  return { taken: gather('all', conditions) };
}

/**
 * `last - first + 1`, computed in the width of the bounds, which is enough for a valid range. So a sum in the bounds
 * cancels even if it may wrap: `MG2B + MG2L - 1` in 32 bits minus `MG2B` is `MG2L`.
 */
export function spanOf(first: Quantity, last: Quantity): Quantity {
  if (isKnown(first) && isKnown(last)) return last - first + 1n;
  const width = Math.max(widthOf(first), widthOf(last));
  return sum(width, 1n, [
    { coefficient: 1n, of: last },
    { coefficient: -1n, of: first },
  ]);
}

function widthOf(value: Quantity): number {
  return isKnown(value) ? bitLength(value) : value.bits;
}
