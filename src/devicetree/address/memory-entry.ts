/** Ranges of memory that properties other than `reg` describe, and how such properties are read. */
import type { Span } from '../../bytes/source.ts';
import type { DtNode, DtProperty } from '../tree.ts';
import { entrySpan } from './bus-translation.ts';
import { cellsOf, numberOf } from './cells.ts';

/** A property that describes memory. `size` is that of a region which Linux allocates itself. */
export type MemoryItem =
  | 'linux,usable-memory'
  | 'linux,usable-memory-range'
  | 'linux,initrd-start'
  | 'linux,elfcorehdr'
  | 'size'
  | 'memory-region'
  | 'reg'
  | 'compatible';

/** A range of memory that is described by something other than an entry of `reg`. */
export interface MemoryEntry {
  readonly node: DtNode;
  readonly item: MemoryItem;
  /** From 0. */
  readonly index: number;
  readonly role: 'ram' | 'reserved' | 'framebuffer';
  /** CPU physical address; null when the tree doesn't give it, with the reason in `why`. */
  readonly base: bigint | null;
  /** In bytes; null when the tree doesn't give it. */
  readonly size: bigint | null;
  readonly why?: string | undefined;
  /** The node's and all its ancestors' `status` is okay. */
  readonly available: boolean;
  /** Why Linux ignores it. */
  readonly ignored?: string | undefined;
  /** How it was found, in words. */
  readonly text: string;
  readonly span?: Span | undefined;
}

/** A range of addresses; `size` in bytes. */
export interface Extent {
  readonly base: bigint;
  readonly size: bigint;
}

/** The root's cell counts, which these properties are read with. */
export interface RootCells {
  readonly address: number;
  readonly size: number;
}

/** The whole entries of address and size in a value; a partial one at the end is left out, as by Linux. */
export function extentsOf({ value }: DtProperty, { address, size }: RootCells): Extent[] {
  const cells = cellsOf(value);
  const extents: Extent[] = [];
  const entryCells = address + size;
  if (entryCells <= 0) return extents;
  for (let at = 0; at + entryCells <= cells.length; at += entryCells)
    extents.push({ base: numberOf(cells, at, address), size: numberOf(cells, at + address, size) });
  return extents;
}

/** The span of entry `index` of such a value. */
export function spanOfExtent(
  { valueSpan }: DtProperty,
  index: number,
  { address, size }: RootCells,
): Span | undefined {
  return valueSpan && entrySpan(valueSpan, index, address + size);
}

/** A child of the root as libfdt finds it: a name without unit address matches any (fdt_subnode_offset_namelen). */
export function topLevel(root: DtNode, name: string): DtNode | undefined {
  return root.children.find((child) => child.name === name || child.name.startsWith(`${name}@`));
}

/** The intersection of two ranges; undefined when it is empty. */
export function common(a: Extent, b: Extent): Extent | undefined {
  const base = a.base > b.base ? a.base : b.base;
  const end = a.base + a.size < b.base + b.size ? a.base + a.size : b.base + b.size;
  return end > base ? { base, size: end - base } : undefined;
}
