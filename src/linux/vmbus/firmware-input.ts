/** From what the firmware readers give to what the VMBus driver sees: `_CRS` levels and the node's `ranges`. */
import type { CrsEntry } from '../../acpi/crs/crs.ts';
import { quantityField, type ResourceDescriptor } from '../../acpi/resources/descriptor.ts';
import type { AddressEntry } from '../../devicetree/address/entries.ts';
import { type DtNode, propertyOf } from '../../devicetree/tree.ts';
import { fieldsOf, formatQuantity, isKnown } from '../../symbolic/index.ts';
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

/** The levels as the driver walks them, and what in them isn't known. With something open the levels are not complete. */
export function levelsOf(levels: readonly CrsLevel[]): {
  readonly levels: readonly AcpiLevel[];
  readonly open: readonly OpenInput[];
} {
  const open: OpenInput[] = [];
  const walked = levels.map(({ path, entry }): AcpiLevel => {
    if (entry === undefined || entry.status === 'error') return { name: path, crs: null };
    if (entry.status === 'alternatives' || entry.status === 'unknown') {
      const ways = entry.alternatives ?? [];
      const hangs = ways.map((way) => way.when).join(' or ');
      const why = entry.why ?? (hangs === '' ? 'it cannot be evaluated' : `it hangs on ${hangs}`);
      const named = ways.flatMap((way) => way.when.match(FIELD_NAME) ?? []);
      const inside = ways.flatMap((way) => way.resources.flatMap(fieldNames));
      open.push({ path, why, fields: [...new Set([...inside, ...named])] });
      return { name: path, crs: null };
    }
    return {
      name: path,
      crs: entry.resources.map((descriptor) => {
        const read = descriptorOf(descriptor);
        if ('why' in read) open.push({ path, why: read.why, fields: fieldNames(descriptor) });
        return 'why' in read ? { type: 'other', min: 0n, max: 0n } : read;
      }),
    };
  });
  return { levels: walked, open };
}

/** A name in a condition: `MG2L` of `MG2L > 0`. */
const FIELD_NAME = /\b[A-Z_][A-Z0-9_]*\b/g;

/** The fields that a descriptor's bounds are made of. */
function fieldNames(descriptor: ResourceDescriptor): string[] {
  const bounds = [quantityField(descriptor, 'min'), quantityField(descriptor, 'max')];
  return bounds.flatMap((bound) => (bound === undefined ? [] : fieldsOf(bound).map(({ name }) => name)));
}

function descriptorOf(descriptor: ResourceDescriptor): AcpiDescriptor | { readonly why: string } {
  const { type } = descriptor;
  const name = type;
  if (type === 'dword-address' || type === 'qword-address') {
    const min = quantityField(descriptor, 'min');
    const max = quantityField(descriptor, 'max');
    if (min === undefined || max === undefined) return { type: 'other', min: 0n, max: 0n, name };
    if (!isKnown(min)) return { why: `the minimum is ${formatQuantity(min)}` };
    if (!isKnown(max)) return { why: `the maximum is ${formatQuantity(max)}` };
    return { type: type === 'dword-address' ? 'dword' : 'qword', min, max, name };
  }
  if (type !== 'extended-irq') return { type: 'other', min: 0n, max: 0n, name };
  const { interrupts } = descriptor.fields;
  return {
    type: 'extended-irq',
    min: 0n,
    max: 0n,
    name,
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
