/**
 * Memory as Linux takes it from a tree: RAM, the properties that limit it, reservations, simple framebuffers. These
 * properties are read with the root's cell counts and are not translated (drivers/of/fdt.c: early_init_dt_scan_memory,
 * early_init_dt_check_for_usable_mem_range, fdt_scan_reserved_mem; of_reserved_mem.c).
 */
import { hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { type DeviceTree, type DtNode, type DtProperty, pathOf, propertyOf } from '../tree.ts';
import { cString, isAvailable, isOkay } from './bus.ts';
import { cellsOf, countsBelow, numberOf } from './cells.ts';
import type { AddressEntry } from './entries.ts';
import { framebufferEntries } from './framebuffers.ts';
import {
  common,
  type Extent,
  extentsOf,
  type MemoryEntry,
  type RootCells,
  spanOfExtent,
  topLevel,
} from './memory-entry.ts';
import { SPECIFICATION_RULES, type TreeRules } from './profile.ts';
import { reservationProblems } from './reservations.ts';
import { isMemoryNode } from './roles.ts';

export interface LinuxMemory {
  /** RAM, ranges that `/chosen` names, reservations without an address, framebuffers; each in tree order. */
  readonly entries: readonly MemoryEntry[];
  /** Nodes whose `reg` Linux ignores, and why. */
  readonly ignored: ReadonlyMap<DtNode, string>;
}

/** As in Linux (drivers/of/fdt.c): the ranges of `linux,usable-memory-range` that are read. */
const MAX_USABLE_RANGES = 2;

/**
 * The memory that Linux finds in a tree.
 * @param entries of the same tree, from `addressEntries`
 * @param sink gets what is ignored, what overlaps, and what is outside of RAM
 */
export function linuxMemory(
  tree: DeviceTree,
  entries: readonly AddressEntry[],
  sink: DiagnosticSink,
  rules: TreeRules = SPECIFICATION_RULES,
): LinuxMemory {
  // A fragment has neither RAM nor /chosen around it, and those of an overlay are in its base tree.
  if (tree.form === 'dts-fragment' || tree.overlay) return { entries: [], ignored: new Map() };
  const counts = countsBelow(tree.root);
  const cells: RootCells = { address: counts.address.cells, size: counts.size.cells };
  const memory = new MemoryReader(tree, cells, sink);
  memory.readRam(entries);
  memory.readChosen();
  const reserved = reservationProblems(tree, cells, entries, memory.ram, rules.reservedMemory, sink);
  const framebuffers = framebufferEntries(tree, entries);
  return {
    entries: [...memory.entries, ...reserved.entries, ...framebuffers.entries],
    ignored: new Map([...memory.ignored, ...reserved.ignored, ...framebuffers.ignored]),
  };
}

class MemoryReader {
  readonly entries: MemoryEntry[] = [];
  readonly ignored = new Map<DtNode, string>();
  /** What Linux takes as RAM; undefined when the tree doesn't describe all of it. */
  ram: Extent[] | undefined = [];
  readonly #tree: DeviceTree;
  readonly #cells: RootCells;
  readonly #sink: DiagnosticSink;
  readonly #chosen: DtNode | undefined;

  constructor(tree: DeviceTree, cells: RootCells, sink: DiagnosticSink) {
    this.#tree = tree;
    this.#cells = cells;
    this.#sink = sink;
    this.#chosen = topLevel(tree.root, 'chosen');
  }

  /** Records and reports that a node's `reg` is ignored. */
  #ignore(node: DtNode, why: string): void {
    this.ignored.set(node, why);
    const span = propertyOf(node, 'reg')?.valueSpan ?? node.span;
    const path = pathOf(node);
    this.#sink.add(finding('dt/memory-ignored', { path, why }, { path, ...(span ? { span } : {}) }));
  }

  readRam(entries: readonly AddressEntry[]): void {
    const nodes = new Set<DtNode>();
    for (let index = 0; index < entries.length; index += 1)
      if (entries[index]!.role === 'ram') nodes.add(entries[index]!.node);
    const { root } = this.#tree;
    for (const child of root.children)
      if (isMemoryNode(child) && propertyOf(child, 'linux,usable-memory')) nodes.add(child);
    const given: { readonly node: DtNode; readonly extent: Extent }[] = [];
    for (const node of nodes) {
      const type = propertyOf(node, 'device_type');
      const usable = propertyOf(node, 'linux,usable-memory');
      if (node.parent !== root) this.#ignore(node, 'it is not a child of the root');
      else if (!type || cString(type) !== 'memory') this.#ignore(node, 'it has no device_type = "memory"');
      else if (usable) {
        if (propertyOf(node, 'reg')) this.#ignore(node, 'its linux,usable-memory is used instead');
        for (const [index, extent] of extentsOf(usable, this.#cells).entries()) {
          if (extent.size === 0n) continue;
          if (isOkay(propertyOf(node, 'status'))) given.push({ node, extent });
          this.#add({ node, item: 'linux,usable-memory', index, role: 'ram', ...extent }, usable);
        }
      } else if (isOkay(propertyOf(node, 'status')))
        for (const extent of extentsOf(propertyOf(node, 'reg')!, this.#cells))
          if (extent.size > 0n) given.push({ node, extent });
    }
    if (given.length === 0) this.ram = undefined;
    else this.ram = given.map(({ extent }) => extent);
    this.#cap(new Set(given.map(({ node }) => node)));
    if (this.#chosen && UEFI_PROPERTIES.every((name) => propertyOf(this.#chosen!, name))) this.#uefi(nodes);
  }

  /** A kernel that the EFI stub starts reads UEFI's memory map instead (drivers/firmware/efi/efi-init.c, reserve_regions). */
  #uefi(nodes: ReadonlySet<DtNode>): void {
    const why = 'Linux takes RAM from the UEFI memory map that /chosen names';
    for (const node of nodes) if (!this.ignored.has(node)) this.#ignore(node, why);
    for (const [index, entry] of this.entries.entries())
      if (entry.role === 'ram') this.entries[index] = { ...entry, ignored: entry.ignored ?? why };
    this.ram = undefined;
  }

  /** `linux,usable-memory-range`: RAM is limited to its first range; a second one is added to RAM. */
  #cap(nodes: ReadonlySet<DtNode>): void {
    const property = this.#chosen && propertyOf(this.#chosen, 'linux,usable-memory-range');
    if (!property || !this.#chosen) return;
    const { address, size } = this.#cells;
    // The kernel divides the length in bytes by the number of cells.
    if (address + size <= 0 || property.value.length % (address + size) !== 0) return;
    const [first, ...more] = extentsOf(property, this.#cells).slice(0, MAX_USABLE_RANGES);
    if (!first || first.size === 0n) return;
    const path = pathOf(this.#chosen);
    const why = `${property.name} of ${path} limits RAM`;
    for (const node of nodes) if (!this.ignored.has(node)) this.#ignore(node, why);
    for (const [index, entry] of this.entries.entries())
      if (entry.item === 'linux,usable-memory') this.entries[index] = { ...entry, ignored: why };
    // Where the tree describes no RAM, the range is all that is known of it.
    const left = this.ram === undefined ? [first] : this.ram.flatMap((extent) => common(extent, first) ?? []);
    for (const extent of left) this.#usable(property, 0, extent);
    for (const [index, extent] of more.entries())
      if (extent.size > 0n) this.#usable(property, index + 1, extent);
    this.ram = [...left, ...more.filter((extent) => extent.size > 0n)];
  }

  #usable(property: DtProperty, index: number, extent: Extent): void {
    this.#add(
      { node: this.#chosen!, item: 'linux,usable-memory-range', index, role: 'ram', ...extent },
      property,
    );
  }

  readChosen(): void {
    const node = this.#chosen;
    if (!node) return;
    const initrd = propertyOf(node, 'linux,initrd-start');
    const end = propertyOf(node, 'linux,initrd-end');
    if (initrd && end) {
      const from = wholeNumber(initrd);
      const to = wholeNumber(end);
      if (to > from)
        this.#add(
          { node, item: 'linux,initrd-start', index: 0, role: 'reserved', base: from, size: to - from },
          initrd,
        );
    }
    const core = propertyOf(node, 'linux,elfcorehdr');
    const [header] = core ? extentsOf(core, this.#cells) : [];
    if (core && header && header.size > 0n)
      this.#add({ node, item: 'linux,elfcorehdr', index: 0, role: 'reserved', ...header }, core);
  }

  #add(entry: Pick<MemoryEntry, 'node' | 'item' | 'index' | 'role'> & Extent, property: DtProperty): void {
    const { node, item, index, base, size } = entry;
    const span = spanOfExtent(property, index, this.#cells);
    this.entries.push({
      ...entry,
      available: isAvailable(node),
      text: `${item} of ${pathOf(node)}: ${hex(base)}, size ${hex(size)}`,
      ...(span ? { span } : {}),
    });
  }
}

/** What the EFI stub writes into /chosen; only with all of them Linux boots by UEFI (drivers/firmware/efi/fdtparams.c). */
const UEFI_PROPERTIES = [
  'linux,uefi-system-table',
  'linux,uefi-mmap-start',
  'linux,uefi-mmap-size',
  'linux,uefi-mmap-desc-size',
  'linux,uefi-mmap-desc-ver',
] as const;

/** All cells of a value as one number, cut to its low 64 bits (of_read_number with the property's own length). */
function wholeNumber({ value }: DtProperty): bigint {
  const cells = cellsOf(value);
  return BigInt.asUintN(64, numberOf(cells, 0, cells.length));
}
