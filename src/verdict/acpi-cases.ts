/**
 * The ways in which the `_CRS` of VMBus' ancestors may come out, when something in them hangs on values that only the
 * running machine has.
 */

import { quantityField, type ResourceDescriptor } from '../acpi/resources/descriptor.ts';
import { FOUR_GIB, ONE_MIB } from '../bytes/address.ts';
import { compare, formatQuantity, isKnown, minimumOf, not, type Quantity } from '../symbolic/index.ts';
import type { Conjunction } from '../window/conditions.ts';
import type { SubjectLevel } from './subject.ts';

/** How many combinations of the alternatives that `_CRS` methods leave open are looked at. */
export const MAX_CASES = 64;

/** A descriptor that the VMBus driver reads, with a bound that isn't known. */
export interface OpenDescriptor {
  readonly level: SubjectLevel;
  readonly index: number;
  readonly descriptor: ResourceDescriptor;
  readonly min: Quantity;
  readonly max: Quantity;
}

export interface CrsCase {
  /** In the firmware's names; empty when nothing is open. */
  readonly when: readonly string[];
  /** The levels with one outcome each; descriptors with open bounds are still in them. */
  readonly levels: readonly SubjectLevel[];
  readonly open: readonly OpenDescriptor[];
}

/** All combinations of the levels' alternatives. `complete` is false when there are more than {@link MAX_CASES}. */
export function casesOf(levels: readonly SubjectLevel[]): { cases: readonly CrsCase[]; complete: boolean } {
  let cases: { when: readonly string[]; levels: readonly SubjectLevel[] }[] = [{ when: [], levels: [] }];
  let complete = true;
  for (const level of levels) {
    cases = cases.flatMap((each) =>
      waysOf(level).map((way) => ({
        when: way.when === undefined ? each.when : [...each.when, way.when],
        levels: [...each.levels, way.level],
      })),
    );
    if (cases.length > MAX_CASES) {
      complete = false;
      cases = cases.slice(0, MAX_CASES);
    }
  }
  return { cases: cases.map((each) => ({ ...each, open: openDescriptors(each.levels) })), complete };
}

function waysOf(level: SubjectLevel): { when?: string; level: SubjectLevel }[] {
  const { entry } = level;
  if (entry?.alternatives === undefined) return [{ level }];
  return entry.alternatives.map((way) => ({
    when: way.when,
    level: {
      path: level.path,
      entry:
        way.why === undefined
          ? { ...entry, status: 'ok', bytes: way.bytes, resources: way.resources }
          : { ...entry, status: 'error', why: way.why, resources: [] },
    },
  }));
}

/** The address space descriptors that vmbus_walk_resources() reads and whose minimum or maximum is an expression. */
function openDescriptors(levels: readonly SubjectLevel[]): OpenDescriptor[] {
  return levels.flatMap((level) =>
    (level.entry?.resources ?? []).flatMap((descriptor, index) => {
      if (descriptor.type !== 'dword-address' && descriptor.type !== 'qword-address') return [];
      const min = quantityField(descriptor, 'min');
      const max = quantityField(descriptor, 'max');
      if (min === undefined || max === undefined || (isKnown(min) && isKnown(max))) return [];
      return [{ level, index, descriptor, min, max }];
    }),
  );
}

/** May the window start below 4 GiB? */
export function mayBeLow({ min }: OpenDescriptor): boolean {
  return minimumOf(min) < FOUR_GIB;
}

/**
 * When the window is there and starts below 4 GiB, as literals in the firmware's names that hold together, and the
 * literals any one of which says that it isn't so.
 */
export function lowWhen({ descriptor, min, max }: OpenDescriptor): {
  readonly holds: Conjunction;
  readonly fails: readonly string[];
} {
  const length = quantityField(descriptor, 'length');
  const there =
    length !== undefined && !isKnown(length) ? compare('ne', length, 0n) : compare('le', ONE_MIB, max);
  const low = compare('lt', min, FOUR_GIB);
  const open = [there, low].filter((condition) => !isKnown(condition));
  return {
    holds: open.map((condition) => formatQuantity(condition)),
    fails: open.map((condition) => formatQuantity(not(condition))),
  };
}
