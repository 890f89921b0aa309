/** What is known about Hyper-V's Generation 2 firmware, for gaps whose bounds the tables leave open. */

import { quantityField, type ResourceDescriptor } from '../../../acpi/resources/descriptor.ts';
import { FOUR_GIB, ONE_MIB } from '../../../bytes/address.ts';
import {
  type Condition,
  compare,
  fieldsOf,
  gather,
  isKnown,
  type Quantity,
  sum,
} from '../../../symbolic/index.ts';
import type { Constraint } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import { type AcpiSubject, descriptorsOf } from '../subject.ts';

/** `Set-VM -LowMemoryMappedIoSpace` takes at least 128 MiB, which is the default of Hyper-V and openvmm. */
const LEAST_LOW_GAP = 0x8000000n;
/** One bit more than 64, so that no sum of a base and a length wraps. */
const WIDE = 65;

/**
 * The low gap, if it exists, is between 1 MiB and 4 GiB and has at least 128 MiB; where its length is 0 the base is not
 * known. The high gap is a range whose base is at or above 4 GiB; if there is none, base and length are 0.
 */
export function firmwareAuthority(subject: AcpiSubject): Constraint[] {
  const conditions: Quantity[] = [];
  const names = new Set<string>();
  for (const descriptor of descriptorsOf(subject)) {
    const condition = gapCondition(descriptor);
    if (condition === undefined) continue;
    conditions.push(condition);
    for (const { name } of fieldsOf(condition)) names.add(name);
  }
  if (conditions.length === 0) return [];
  return [
    {
      id: 'gen2-gaps',
      kind: 'authority',
      condition: gather('all', conditions) as Condition,
      text: `${[...names].join(', ')} are Hyper-V's MMIO gaps: the low one, if it exists, has at least 128 MiB below 4 GiB, and the high one is above`,
      source: AUTHORITY.gaps,
      defeatedBy: 'values given by --set or --memory',
    },
  ];
}

/** Of a descriptor whose minimum or length is open; undefined for any other. */
function gapCondition(descriptor: ResourceDescriptor): Quantity | undefined {
  if (descriptor.type !== 'dword-address' && descriptor.type !== 'qword-address') return undefined;
  const min = quantityField(descriptor, 'min');
  const length = quantityField(descriptor, 'length');
  if (min === undefined || length === undefined || (isKnown(min) && isKnown(length))) return undefined;
  const end = sum(WIDE, 0n, [
    { coefficient: 1n, of: min },
    { coefficient: 1n, of: length },
  ]);
  if (descriptor.type === 'dword-address') {
    const there = [
      compare('le', ONE_MIB, min),
      compare('le', LEAST_LOW_GAP, length),
      compare('le', end, FOUR_GIB),
    ];
    return gather('any', [compare('eq', length, 0n), gather('all', there)]);
  }
  const none = [compare('eq', length, 0n), compare('eq', min, 0n)];
  const there = [compare('le', FOUR_GIB, min), compare('le', end, 1n << 64n)];
  return gather('any', [gather('all', none), gather('all', there)]);
}
