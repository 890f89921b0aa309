/** Converts the results of the firmware readers into the VMBus driver's inputs: `_CRS` levels and the node's `ranges`. */
import type { CrsEntry } from '../../acpi/crs/crs.ts';
import { quantityField, type ResourceDescriptor } from '../../acpi/resources/descriptor.ts';
import type { AddressEntry } from '../../devicetree/address/entries.ts';
import { type DtNode, propertyOf } from '../../devicetree/tree.ts';
import { fieldsOf, formatQuantity, isKnown, opaqueReasons, type Quantity } from '../../symbolic/index.ts';
import type { AcpiDescriptor, AcpiLevel } from './acpi-pool.ts';
import type { RangesEntry, VmbusNode } from './device-tree-pool.ts';

/** An unknown input. */
export interface OpenInput {
  readonly path: string;
  /** What is unknown, with names of the firmware. */
  readonly why: string;
  /** Names of firmware fields on which it depends. */
  readonly fields: readonly string[];
}

/** `_CRS` of VMBus or an ancestor; `undefined` if it has none. */
export interface CrsLevel {
  readonly path: string;
  readonly entry: CrsEntry | undefined;
}

/** A level with bounds that may be expressions. */
export function driverLevel(name: string, resources: readonly ResourceDescriptor[]): AcpiLevel<Quantity> {
  return { name, crs: resources.map(descriptorOf) };
}

/** The levels with known numbers, and the unknown inputs. The levels are complete only if nothing is unknown. */
export function levelsOf(levels: readonly CrsLevel[]): {
  readonly levels: readonly AcpiLevel[];
  readonly open: readonly OpenInput[];
} {
  const open: OpenInput[] = [];
  const walked = levels.map(({ path, entry }): AcpiLevel => {
    if (entry === undefined) return { name: path, crs: null, lacksCrs: true };
    if (entry.status === 'error') return { name: path, crs: null };
    if (entry.status === 'alternatives' || entry.status === 'unknown') {
      open.push({ path, why: entry.why ?? whyOpen(entry), fields: fieldsIn(entry) });
      return { name: path, crs: null };
    }
    return {
      name: path,
      crs: entry.resources.map((resource) => {
        const { min, max, ...rest } = descriptorOf(resource);
        if (isKnown(min) && isKnown(max)) return { ...rest, min, max };
        const bound = isKnown(min)
          ? `the maximum is ${formatQuantity(max)}`
          : `the minimum is ${formatQuantity(min)}`;
        const why = [bound, ...new Set([...opaqueReasons(min), ...opaqueReasons(max)])].join('; ');
        open.push({ path, why, fields: [...fieldsOf(min), ...fieldsOf(max)].map(({ name }) => name) });
        return { type: 'other', min: 0n, max: 0n };
      }),
    };
  });
  return { levels: walked, open };
}

/** Why a `_CRS` has several results: firmware fields, and code that was not followed. */
function whyOpen({ causes = [] }: CrsEntry): string {
  return ['its result depends on values that are not known', ...causes.map(({ reason }) => reason)].join(
    '; ',
  );
}

/** The fields on which conditions and bounds of an entry depend. */
function fieldsIn({ alternatives = [] }: CrsEntry): string[] {
  const names = alternatives.flatMap(({ condition, resources }) => [
    ...fieldsOf(condition),
    ...resources.flatMap((resource) =>
      (['min', 'max'] as const).flatMap((name) => {
        const bound = quantityField(resource, name);
        return bound === undefined ? [] : fieldsOf(bound);
      }),
    ),
  ]);
  return [...new Set(names.map(({ name }) => name))];
}

function descriptorOf(descriptor: ResourceDescriptor): AcpiDescriptor<Quantity> {
  const { type } = descriptor;
  const none = { min: 0n, max: 0n, name: type };
  if (type === 'dword-address' || type === 'qword-address') {
    const min = quantityField(descriptor, 'min');
    const max = quantityField(descriptor, 'max');
    if (min === undefined || max === undefined) return { ...none, type: 'other' };
    return { type: type === 'dword-address' ? 'dword' : 'qword', min, max, name: type };
  }
  if (type !== 'extended-irq') return { ...none, type: 'other' };
  const { interrupts } = descriptor.fields;
  return {
    ...none,
    type: 'extended-irq',
    ...(Array.isArray(interrupts) ? { interrupts: interrupts.length } : {}),
  };
}

/** The VMBus node from the tree's address entries. */
export function vmbusNodeOf(node: DtNode, entries: readonly AddressEntry[]): VmbusNode {
  if (propertyOf(node, 'ranges') === undefined) return { ranges: null };
  const own = entries.filter((entry) => entry.node === node && entry.item === 'ranges');
  const ranges = own.map(
    (entry): RangesEntry => ({
      bus: BigInt.asUintN(64, entry.base),
      cpu: entry.cpu,
      size: BigInt.asUintN(64, entry.size ?? 0n),
      ...(entry.flags === undefined ? {} : { flags: BigInt(entry.flags.cell) }),
    }),
  );
  const interrupt =
    propertyOf(node, 'interrupts') !== undefined || propertyOf(node, 'interrupts-extended') !== undefined;
  return { ranges, interrupt };
}
