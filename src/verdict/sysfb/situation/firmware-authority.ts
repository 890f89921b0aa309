/** What is known of Hyper-V's Generation 2 firmware about gaps whose bounds the tables leave open. */

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
import type { AcpiSubject } from '../subject.ts';

/** `Set-VM -LowMemoryMappedIoSpace` takes 128 MiB at least, which is what Hyper-V and openvmm give by default. */
const LEAST_LOW_GAP = 0x8000000n;
/** A bit more than 64: no sum of a base and a length wraps in it. */
const WIDE = 65;

/**
 * The low gap, where there is one, is between 1 MiB and 4 GiB and has 128 MiB at least; where its length is 0 nothing is
 * known of the base. The firmware takes for the high gap the range whose base is at or above 4 GiB, or has none: then base
 * and length are 0.
 */
export function firmwareAuthority(subject: AcpiSubject): Constraint[] {
  const conditions: Quantity[] = [];
  const names = new Set<string>();
  for (const { entry } of subject.levels)
    for (const resources of entry?.alternatives?.map((each) => each.resources) ?? [entry?.resources ?? []])
      for (const descriptor of resources) {
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
      text: `${[...names].join(', ')} are Hyper-V's gaps: the low one, if there is one, at least 128 MiB and below 4 GiB, the high one above`,
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
