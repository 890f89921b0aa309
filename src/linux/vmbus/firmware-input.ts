/** From what the firmware readers give to what the VMBus driver sees: `_CRS` levels and the node's `ranges`. */
import type { CrsEntry } from '../../acpi/crs/crs.ts';
import { quantityField, type ResourceDescriptor } from '../../acpi/resources/descriptor.ts';
import type { AddressEntry } from '../../devicetree/address/entries.ts';
import { type DtNode, propertyOf } from '../../devicetree/tree.ts';
import { fieldsOf, formatQuantity, isKnown, type Quantity } from '../../symbolic/index.ts';
import type { AcpiDescriptor, AcpiLevel } from './acpi-pool.ts';
import type { RangesEntry, VmbusNode } from './device-tree-pool.ts';

/** Something that only the running machine knows. */
export interface OpenInput {
  readonly path: string;
  /** What isn't known, in the firmware's names. */
  readonly why: string;
  /** The firmware's fields whose values would tell. */
  readonly fields: readonly string[];
}

/** `_CRS` of a device on the way up; undefined when it has none. */
export interface CrsLevel {
  readonly path: string;
  readonly entry: CrsEntry | undefined;
}

/** A level as the driver walks it, bounds as far as they are known. */
export function driverLevel(name: string, resources: readonly ResourceDescriptor[]): AcpiLevel<Quantity> {
  return { name, crs: resources.map(descriptorOf) };
}

/** The levels as the driver walks them, in plain numbers, and what in them isn't known. With something open the levels are not complete. */
export function levelsOf(levels: readonly CrsLevel[]): {
  readonly levels: readonly AcpiLevel[];
  readonly open: readonly OpenInput[];
} {
  const open: OpenInput[] = [];
  const walked = levels.map(({ path, entry }): AcpiLevel => {
    if (entry === undefined) return { name: path, crs: null, lacksCrs: true };
    if (entry.status === 'error') return { name: path, crs: null };
    if (entry.status === 'alternatives' || entry.status === 'unknown') {
      open.push({ path, why: entry.why ?? 'it cannot be evaluated', fields: fieldsIn(entry) });
      return { name: path, crs: null };
    }
    return {
      name: path,
      crs: entry.resources.map((resource) => {
        const { min, max, ...rest } = descriptorOf(resource);
        if (isKnown(min) && isKnown(max)) return { ...rest, min, max };
        const why = isKnown(min)
          ? `the maximum is ${formatQuantity(max)}`
          : `the minimum is ${formatQuantity(min)}`;
        open.push({ path, why, fields: [...fieldsOf(min), ...fieldsOf(max)].map(({ name }) => name) });
        return { type: 'other', min: 0n, max: 0n };
      }),
    };
  });
  return { levels: walked, open };
}

/** The fields that conditions and bounds of an entry are made of. */
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

/** A VMBus node from the tree's entries. An address that cannot be translated is one for Linux too. */
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
