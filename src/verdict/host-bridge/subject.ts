/** The PCI host bridges of a machine, and what the description gives each of them. */
import { type CrsEntry, casesOf } from '../../acpi/crs/crs.ts';
import { isHostBridge } from '../../acpi/crs/pci-root.ts';
import { quantityField } from '../../acpi/resources/descriptor.ts';
import { type AddressRange, type RangeRules, rangeCases } from '../../acpi/resources/range.ts';
import type { Artifact } from '../../artifact/artifact.ts';
import { busOf, isAvailable } from '../../devicetree/address/bus.ts';
import { cellsOf, countsBelow } from '../../devicetree/address/cells.ts';
import { type DtNode, pathOf, propertyOf, walk } from '../../devicetree/tree.ts';
import { isRootDevice } from '../../linux/host-bridge/acpi.ts';
import {
  allOf,
  anyOf,
  bitsOf,
  bitwise,
  type Condition,
  isKnown,
  not,
  sameQuantity,
  truth,
} from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import type { TreeDescription } from '../../window/from-device-tree.ts';
import type { BusRange } from './result.ts';

/** The highest bus number there is. */
export const LAST_BUS = 0xff;

export interface AcpiBridge {
  readonly kind: 'acpi';
  readonly artifact: Artifact;
  readonly path: string;
  readonly entry: CrsEntry;
  readonly bus: BusRange;
  /** `_CRS` has a bus range, as far as is known. */
  readonly statesBuses: boolean;
  /** When the device is there. */
  readonly present: Condition;
}

export interface TreeBridge {
  readonly kind: 'device-tree';
  readonly description: TreeDescription;
  readonly node: DtNode;
  readonly path: string;
  readonly bus: BusRange;
  readonly hasBusRange: boolean;
  /** What `bus-range` ends with, which may be more than there are buses. */
  readonly statedLastBus: number;
  readonly hasRanges: boolean;
}

/** A range that the `_CRS` of a bridge may give. */
export interface CrsItem {
  readonly index: number;
  readonly range: AddressRange;
  readonly when: Condition;
}

export function acpiBridges(machine: Machine): AcpiBridge[] {
  const { acpi } = machine;
  if (acpi === undefined) return [];
  // acpi_pci_probe_root_resources(): one without `_CRS` is a bus without windows.
  const bare = acpi.withoutCrs.map(({ artifact, device }) => ({
    artifact,
    entry: { ...device, object: '_CRS', status: 'ok', resources: [] } as const,
    exists: device.when,
  }));
  return [...acpi.crs.map((each) => ({ ...each, exists: 1n })), ...bare]
    .filter(({ entry }) => entry.object === '_CRS' && isHostBridge(entry))
    .map(({ artifact, entry, exists }) => ({
      kind: 'acpi',
      artifact,
      path: entry.device,
      entry,
      ...acpiBus(entry),
      present:
        isRootDevice(entry) || entry.idsUnknown ? allOf([truth(exists) as Condition, isPresent(entry)]) : 0n,
    }));
}

/**
 * acpi_device_is_present(): bit 0 of `_STA`, or bit 3, functional. A device without `_STA` is there; one of which nothing is
 * known counts as present, as every answer is about it.
 */
function isPresent({ staValue }: CrsEntry): Condition {
  if (staValue === undefined) return 1n;
  return truth(bitwise('and', bitsOf(staValue, 0, 32), 9n)) as Condition;
}

/** acpi_pci_root_add(): the last bus range of `_CRS` that isn't empty, else from `_BBN` to 0xff. */
function acpiBus(entry: CrsEntry): Pick<AcpiBridge, 'bus' | 'statesBuses'> {
  const { segment, baseBus } = entry;
  const domain = segment === undefined ? 0 : segment === null ? null : Number(segment);
  let found: { first: number; last: number } | undefined;
  let open = false;
  for (const descriptor of entry.resources) {
    if (descriptor.fields.space !== 'bus') continue;
    const min = quantityField(descriptor, 'min');
    const length = quantityField(descriptor, 'length');
    if (min === undefined || length === undefined) continue;
    if (!isKnown(min) || !isKnown(length)) open = true;
    else if (length > 0n) {
      found = { first: Number(min), last: Number(min + length - 1n) };
      open = false;
    }
  }
  if (open) return { bus: { domain, first: null, last: null }, statesBuses: true };
  if (found !== undefined) return { bus: { domain, ...found }, statesBuses: true };
  const first = baseBus === undefined ? 0 : baseBus === null ? null : Number(baseBus);
  return { bus: { domain, first, last: LAST_BUS }, statesBuses: false };
}

/** The ranges of a bridge's `_CRS`; one that several outcomes have is listed once. */
export function crsItems({ entry, present }: AcpiBridge, rules: RangeRules): CrsItem[] {
  const found: { index: number; range: AddressRange; when: Condition[] }[] = [];
  const byIndex = new Map<number, typeof found>();
  for (const { condition, resources } of casesOf(entry))
    resources.forEach((descriptor, index) => {
      for (const { range, when } of rangeCases(descriptor, rules)) {
        if (range.space === 'bus') continue;
        const there = allOf([present, condition, when]);
        if (there === 0n) continue;
        const like = byIndex.get(index) ?? [];
        const same = like.find((other) => sameRange(other.range, range));
        if (same === undefined) {
          const item = { index, range, when: [there] };
          found.push(item);
          like.push(item);
          byIndex.set(index, like);
        } else same.when.push(there);
      }
    });
  return found.map(({ when, ...item }) => ({ ...item, when: anyOf(when) })).sort((a, b) => a.index - b.index);
}

function sameRange(a: AddressRange, b: AddressRange): boolean {
  return (
    a.space === b.space &&
    a.window === b.window &&
    a.prefetchable === b.prefetchable &&
    sameQuantity(a.first, b.first) &&
    sameQuantity(a.last, b.last) &&
    sameQuantity(a.offset, b.offset)
  );
}

/** The condition under which `_CRS` fails, or returns something other than a template: the bridge then gets no bus. */
export function failureOf({ entry, present }: AcpiBridge): Condition {
  return allOf([
    present,
    anyOf(
      casesOf(entry)
        .filter(({ outcome }) => outcome === 'failure' || outcome === 'none')
        .map(({ condition }) => condition),
    ),
  ]);
}

/** Nodes that are PCI host bridges: PCI buses that aren't below one, and that a driver can match. */
export function treeBridges(machine: Machine): TreeBridge[] {
  return machine.trees.flatMap((description) => {
    const { tree } = description;
    if (tree.form === 'dts-fragment' || tree.overlay) return [];
    const found: TreeBridge[] = [];
    for (const node of tree.nodes ?? walk(tree.root)) {
      if (!isPci(node) || (node.parent !== undefined && isPci(node.parent))) continue;
      if (!isAvailable(node) || propertyOf(node, 'compatible') === undefined) continue;
      const range = propertyOf(node, 'bus-range');
      const cells = range === undefined ? undefined : cellsOf(range.value);
      const domain = propertyOf(node, 'linux,pci-domain');
      const domainCell = domain === undefined ? undefined : cellsOf(domain.value);
      found.push({
        kind: 'device-tree',
        description,
        node,
        path: pathOf(node),
        hasBusRange: cells !== undefined && cells.length >= 2,
        hasRanges: propertyOf(node, 'ranges') !== undefined,
        statedLastBus: cells !== undefined && cells.length >= 2 ? cells.at(1)! : LAST_BUS,
        bus: {
          domain: domainCell !== undefined && domainCell.length > 0 ? domainCell.at(0)! : null,
          first: cells !== undefined && cells.length >= 2 ? cells.at(0)! : 0,
          last: cells !== undefined && cells.length >= 2 ? Math.min(cells.at(1)!, LAST_BUS) : LAST_BUS,
        },
      });
    }
    return found;
  });
}

function isPci(node: DtNode): boolean {
  return busOf(node, countsBelow(node)).kind === 'pci';
}

/** `not(condition)` as a condition. */
export function opposite(condition: Condition): Condition {
  return not(condition) as Condition;
}

/** Whether its bounds and its offset are numbers. */
export function isConcrete({ first, last, offset }: AddressRange): boolean {
  return isKnown(first) && isKnown(last) && isKnown(offset);
}
