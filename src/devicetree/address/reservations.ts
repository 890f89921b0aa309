/**
 * `/reserved-memory` as Linux takes it (drivers/of/fdt.c, fdt_scan_reserved_mem; drivers/of/of_reserved_mem.c): ignored
 * as a whole when its cell counts aren't the root's, read with the root's counts, never translated; regions without `reg`
 * are allocated when Linux boots.
 */

import { formatMemRange, hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { limit } from '../../limits/limits.ts';
import { type DeviceTree, type DtNode, type DtProperty, pathOf, propertyOf } from '../tree.ts';
import { isAvailable, isOkay } from './bus.ts';
import { cellsOf, firstCell, numberOf } from './cells.ts';
import type { AddressEntry } from './entries.ts';
import {
  common,
  type Extent,
  extentsOf,
  type MemoryEntry,
  type RootCells,
  topLevel,
} from './memory-entry.ts';
import type { TreeRules } from './profile.ts';

export interface Reservations {
  /** Regions without an address. */
  readonly entries: readonly MemoryEntry[];
  /** Nodes whose `reg` Linux ignores, and why. */
  readonly ignored: ReadonlyMap<DtNode, string>;
}

/** A reserved range. */
interface Reserved extends Extent {
  /** `/reserved-memory/x`, `/memreserve/`. */
  readonly name: string;
  readonly node: DtNode | undefined;
}

/**
 * The regions of `/reserved-memory` that have no address; faults of all regions and of `/memreserve/` go to `sink`.
 * @param entries of the tree, from `addressEntries`
 * @param rules which regions the kernel accepts
 * @param ram what Linux takes as RAM; undefined when the tree doesn't describe all of it
 */
export function reservationProblems(
  tree: DeviceTree,
  cells: RootCells,
  entries: readonly AddressEntry[],
  ram: readonly Extent[] | undefined,
  rules: TreeRules['reservedMemory'],
  sink: DiagnosticSink,
): Reservations {
  const ignored = new Map<DtNode, string>();
  const pools: MemoryEntry[] = [];
  const reserved: Reserved[] = [];
  const holder = topLevel(tree.root, 'reserved-memory');
  if (holder) {
    const unsupported = whyUnsupported(holder, cells, rules);
    if (unsupported) {
      const path = pathOf(holder);
      const where = { path, ...(holder.span ? { span: holder.span } : {}) };
      sink.add(finding('dt/reserved-memory-ignored', { path, why: unsupported }, where));
      for (const child of holder.children) ignored.set(child, `${pathOf(holder)} is ignored: ${unsupported}`);
    }
    for (const child of holder.children) {
      const reg = propertyOf(child, 'reg');
      if (!reg) {
        const pool = poolOf(
          child,
          cells,
          rules,
          unsupported && `${pathOf(holder)} is ignored: ${unsupported}`,
        );
        if (pool) pools.push(pool);
        continue;
      }
      if (unsupported || (rules.needsOkay && !isOkay(propertyOf(child, 'status')))) continue;
      const entryBytes = 4 * (cells.address + cells.size);
      if (rules.partialList === 'left out' && entryBytes > 0 && reg.value.length % entryBytes !== 0) {
        ignored.set(
          child,
          `Linux skips it: its reg of ${reg.value.length} bytes is not a multiple of ${entryBytes}`,
        );
        continue;
      }
      for (const extent of extentsOf(reg, cells))
        if (extent.size > 0n) reserved.push({ ...extent, name: pathOf(child), node: child });
    }
  }
  reportOverlaps(reserved, sink);
  const memreserve = tree.reservations.map(
    ({ address, size }): Reserved => ({ base: address, size, name: '/memreserve/', node: undefined }),
  );
  if (ram && isWhole(entries)) reportOutside([...memreserve, ...reserved], ram, sink);
  return { entries: pools, ignored };
}

/** Why the kernel ignores all of `/reserved-memory`; undefined when it doesn't. */
function whyUnsupported(
  holder: DtNode,
  cells: RootCells,
  { needs }: TreeRules['reservedMemory'],
): string | undefined {
  for (const [name, wanted] of [
    ['#size-cells', cells.size],
    ['#address-cells', cells.address],
  ] as const) {
    if (!needs.includes(name)) continue;
    const property = propertyOf(holder, name);
    const count = property && firstCell(property);
    if (count === undefined) return `it has no ${name}`;
    if (count !== wanted) return `its ${name} is ${count}, the root's is ${wanted}`;
  }
  return !needs.includes('ranges') || propertyOf(holder, 'ranges') ? undefined : 'it has no ranges';
}

/** A region that Linux allocates: its `size` and where it may be (__reserved_mem_alloc_size). */
function poolOf(
  node: DtNode,
  cells: RootCells,
  { partialList }: TreeRules['reservedMemory'],
  holderIgnored: string | undefined,
): MemoryEntry | undefined {
  const property = propertyOf(node, 'size');
  if (!property) return undefined;
  const size = numberIn(property, cells.size);
  const alignment = propertyOf(node, 'alignment');
  const aligned = alignment && numberIn(alignment, cells.address);
  const ranges = propertyOf(node, 'alloc-ranges');
  const extents = ranges && extentsOf(ranges, cells);
  const isList =
    partialList === 'cut' || !ranges || ranges.value.length % (4 * (cells.address + cells.size)) === 0;
  const problem =
    size === undefined
      ? `its size has ${property.value.length} bytes, not ${cells.size} cells`
      : alignment && aligned === undefined
        ? `its alignment has ${alignment.value.length} bytes, not ${cells.address} cells`
        : isList
          ? undefined
          : `its alloc-ranges of ${ranges.value.length} bytes is not a list of ${cells.address} + ${cells.size} cells`;
  const limits = [
    ...(aligned === undefined ? [] : [`aligned to ${hex(aligned)}`]),
    ...(extents && extents.length > 0
      ? [`in ${extents.map((extent) => formatMemRange(extent.base, extent.size)).join(' or ')}`]
      : []),
  ];
  const where = limits.length > 0 ? `, ${limits.join(', ')}` : '';
  return {
    node,
    item: 'size',
    index: 0,
    role: 'reserved',
    base: null,
    size: size ?? null,
    why: `Linux places it when it boots${where}`,
    available: isAvailable(node),
    ignored: holderIgnored ?? (problem && `Linux skips it: ${problem}`),
    text: `size of ${pathOf(node)}: ${size === undefined ? 'unreadable' : hex(size)}${where}`,
    span: property.valueSpan,
  };
}

function numberIn({ value }: DtProperty, count: number): bigint | undefined {
  return value.length === 4 * count ? numberOf(cellsOf(value), 0, count) : undefined;
}

/** Arguments of the finding that ends a list past the limit. */
const MORE = { name: 'tree-problems', rest: 'the rest is left out' } as const;

/** Regions that overlap ("OVERLAP DETECTED!", __rmem_check_for_overlap). */
function reportOverlaps(reserved: readonly Reserved[], sink: DiagnosticSink): void {
  const inOrder = reserved.toSorted((a, b) =>
    a.base === b.base ? (a.size < b.size ? -1 : 1) : a.base < b.base ? -1 : 1,
  );
  let reaching: Reserved | undefined;
  let reported = 0;
  for (const region of inOrder) {
    if (reaching && region.base < reaching.base + reaching.size) {
      reported += 1;
      if (reported > limit('tree-problems')) {
        sink.add(finding('fwmap/limit-told', MORE, { path: region.name }));
        return;
      }
      const both = common(reaching, region)!;
      const args = { one: region.name, other: reaching.name, range: formatMemRange(both.base, both.size) };
      sink.add(finding('dt/reserved-memory-overlap', args, { path: region.name, ...placeOf(region) }));
    }
    if (!reaching || region.base + region.size > reaching.base + reaching.size) reaching = region;
  }
}

/** Whether the memory nodes describe all RAM: a size of 0 is for the boot loader to fill in. */
function isWhole(entries: readonly AddressEntry[]): boolean {
  return !entries.some(({ role, size }) => role === 'ram' && size === 0n);
}

function reportOutside(reserved: readonly Reserved[], ram: readonly Extent[], sink: DiagnosticSink): void {
  const inOrder = ram.toSorted((a, b) => (a.base < b.base ? -1 : 1));
  let reported = 0;
  for (const region of reserved) {
    if (region.size === 0n) continue;
    const end = region.base + region.size;
    let covered = region.base;
    for (const { base, size } of inOrder) if (base <= covered && base + size > covered) covered = base + size;
    if (covered >= end) continue;
    reported += 1;
    if (reported > limit('tree-problems')) {
      sink.add(finding('fwmap/limit-told', MORE, { path: region.name }));
      return;
    }
    const inside = inOrder.some((extent) => common(extent, region));
    const args = { name: region.name, range: formatMemRange(region.base, region.size), partly: inside };
    sink.add(finding('dt/reserved-memory-outside', args, { path: region.name, ...placeOf(region) }));
  }
}

function placeOf({ node }: Reserved): { span?: NonNullable<DtProperty['valueSpan']> } {
  const span = node && propertyOf(node, 'reg')?.valueSpan;
  return span ? { span } : {};
}
