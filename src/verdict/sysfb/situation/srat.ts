/** What SRAT shows about gaps whose bounds a Generation 2 table leaves open: an inference, which can only make an answer worse. */
import { quantityField, type ResourceDescriptor } from '../../../acpi/resources/descriptor.ts';
import type { AcpiTable } from '../../../acpi/tables/table.ts';
import { formatMemRange } from '../../../bytes/address.ts';
import type { MachineFacts, MmioGap } from '../../../evidence/facts.ts';
import { mmioGaps, sratRanges } from '../../../evidence/srat.ts';
import {
  type Condition,
  compare,
  fieldsOf,
  gather,
  isKnown,
  type Quantity,
} from '../../../symbolic/index.ts';
import { factOrigin } from '../../facts/strength.ts';
import type { Default, EvidenceItem, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import { type AcpiSubject, descriptorsOf } from '../subject.ts';

/** The gaps between the ranges of SRAT, and their source: the table itself, or a log. */
export interface ShownGaps {
  readonly gaps: readonly MmioGap[];
  readonly evidence: EvidenceItem;
}

/** Undefined where there is no SRAT, or it leaves no gap that counts. */
export function shownGaps(tables: readonly AcpiTable[], facts: MachineFacts): ShownGaps | undefined {
  for (const table of tables) {
    if (table.signature !== 'SRAT') continue;
    const gaps = mmioGaps(sratRanges(table.bytes));
    if (gaps.length > 0) return { gaps, evidence: { text: `the ranges of ${table.name}` } };
  }
  const [first] = facts.srat;
  const gaps = mmioGaps(facts.srat.map(({ value }) => value));
  return first === undefined || gaps.length === 0
    ? undefined
    : {
        gaps,
        evidence: { text: first.text, origin: factOrigin(first.artifact, first.text, first.span) },
      };
}

/** The default that the open bounds of the device's windows are those gaps; undefined where none is open. */
export function gapsDefault(
  subject: AcpiSubject,
  { gaps, evidence }: ShownGaps,
): { readonly assumed: Default; readonly rule: RuleFinding } | undefined {
  const descriptors = descriptorsOf(subject);
  // A gap with a window of known bounds in it is that window's, or several windows' together.
  const unclaimed = gaps.filter((gap) => !descriptors.some((descriptor) => isKnownWithin(descriptor, gap)));
  const conditions: Quantity[] = [];
  const names = new Set<string>();
  const used = new Set<MmioGap>();
  for (const descriptor of descriptors) {
    const found = boundsIn(descriptor, unclaimed);
    if (found === undefined) continue;
    used.add(found.gap);
    conditions.push(...found.conditions);
    for (const condition of found.conditions) for (const { name } of fieldsOf(condition)) names.add(name);
  }
  if (conditions.length === 0) return undefined;
  const list = [...used].map(({ base, size }) => formatMemRange(base, size)).join(' and ');
  return {
    assumed: {
      condition: gather('all', conditions) as Condition,
      text: `${[...names].join(', ')} are the gaps in SRAT: ${list}`,
      otherwise: 'their values: --set NAME=VALUE, or --memory DUMP@ADDRESS',
    },
    rule: {
      id: 'srat-gaps',
      says: `The ranges of SRAT leave out ${list}; on Hyper-V these are the MMIO gaps. This is an inference: it can make an answer worse, not better.`,
      evidence: [{ ...evidence, authority: AUTHORITY.srat }],
    },
  };
}

/** Whether a descriptor's window has known bounds and overlaps the gap. */
function isKnownWithin(descriptor: ResourceDescriptor, { base, size }: MmioGap): boolean {
  if (descriptor.type !== 'dword-address' && descriptor.type !== 'qword-address') return false;
  const [min, max] = [quantityField(descriptor, 'min'), quantityField(descriptor, 'max')];
  if (min === undefined || max === undefined || !isKnown(min) || !isKnown(max)) return false;
  return min < max && max >= base && min < base + size;
}

/** Conditions that a descriptor with an open minimum or length is the gap of its kind, if there is exactly one. */
function boundsIn(
  descriptor: ResourceDescriptor,
  gaps: readonly MmioGap[],
): { readonly gap: MmioGap; readonly conditions: readonly Condition[] } | undefined {
  if (descriptor.type !== 'dword-address' && descriptor.type !== 'qword-address') return undefined;
  const kind = descriptor.type === 'dword-address' ? 'low' : 'high';
  const [gap, ...others] = gaps.filter((each) => each.class === kind);
  const min = quantityField(descriptor, 'min');
  const length = quantityField(descriptor, 'length');
  if (gap === undefined || others.length > 0 || min === undefined || length === undefined) return undefined;
  const conditions = [compare('eq', min, gap.base), compare('eq', length, gap.size)];
  // Known bounds that differ belong to another range.
  if (conditions.some((condition) => condition === 0n)) return undefined;
  const open = conditions.filter((condition) => !isKnown(condition)) as Condition[];
  return open.length === 0 ? undefined : { gap, conditions: open };
}
