/**
 * Cells: the big-endian 32-bit words of addresses and sizes, and how many of them a bus uses.
 */
import type { Span } from '../../bytes/source.ts';
import { CellList } from '../cell-list.ts';
import { cellListOf, type DtNode, type DtProperty, pathOf, propertyOf } from '../tree.ts';

/** How many cells an address or size has, and why. */
export interface CellCount {
  readonly cells: number;
  /**
   * Where the count is from: the bus node itself, an ancestor, Linux' default of 1, the bus type; for a fragment, which has
   * no tree around it, given by the user or inferred from the cells.
   */
  readonly from: 'own' | 'ancestor' | 'default' | 'bus type' | 'given' | 'inferred';
  /** Path of the node with the property; for a bus type that of the bus, for a default the root. */
  readonly node: string;
  readonly span?: Span | undefined;
}

/** Linux' default when no node up to the root has a count (OF_ROOT_NODE_ADDR_CELLS_DEFAULT, …_SIZE_CELLS_DEFAULT). */
export const DEFAULT_CELLS = 1;

/** The counts for the children of a bus, by the tree's properties. */
export interface BusCounts {
  readonly address: BusCount;
  readonly size: BusCount;
}

/**
 * The cell counts for the children of `bus`, as Linux' of_bus_n_addr_cells() and of_bus_n_size_cells() find them: on the
 * node, else on the nearest ancestor that has the property, else 1. The Devicetree Specification (0.4, section 2.3.5) has
 * no such inheritance: there a missing count is 2 for addresses and 1 for sizes.
 * @param outer this function's result for the parent; nothing for the root
 */
export function countsBelow(bus: DtNode, outer: BusCounts = NO_COUNTS): BusCounts {
  const address = propertyOf(bus, '#address-cells');
  const size = propertyOf(bus, '#size-cells');
  return {
    address: (address && ownCount(bus, address)) ?? outer.address.inherited,
    size: (size && ownCount(bus, size)) ?? outer.size.inherited,
  };
}

function ownCount(bus: DtNode, property: DtProperty): BusCount | undefined {
  const cells = firstCell(property);
  // The kernel holds the count in an int.
  return cells === undefined ? undefined : new BusCount(cells | 0, 'own', bus, property);
}

/** A count of a bus: from a property, from the bus type, or the default. */
class BusCount implements CellCount {
  declare readonly cells: number;
  declare readonly from: CellCount['from'];
  declare private readonly bus: DtNode | undefined;
  declare private readonly property: DtProperty | undefined;
  declare private ofDescendants: BusCount | undefined;

  constructor(
    cells: number,
    from: CellCount['from'],
    node: DtNode | undefined,
    property: DtProperty | undefined,
  ) {
    this.cells = cells;
    this.from = from;
    this.bus = node;
    this.property = property;
    this.ofDescendants = undefined;
  }

  /** The same count for descendants without one of their own. */
  get inherited(): BusCount {
    if (this.from === 'ancestor' || this.from === 'default') return this;
    this.ofDescendants ??= new BusCount(this.cells, 'ancestor', this.bus, this.property);
    return this.ofDescendants;
  }

  get node(): string {
    return this.bus ? pathOf(this.bus) : '/';
  }

  get span(): Span | undefined {
    return this.property?.valueSpan;
  }
}

const NO_COUNT = new BusCount(DEFAULT_CELLS, 'default', undefined, undefined);
const NO_COUNTS: BusCounts = { address: NO_COUNT, size: NO_COUNT };

/** A count that the bus type fixes. */
export function fixedCount(bus: DtNode, cells: number): BusCount {
  return new BusCount(cells, 'bus type', bus, undefined);
}

/** The first cell of a value; undefined when the value is shorter than a cell. */
export function firstCell(property: DtProperty): number | undefined {
  const cells = cellListOf(property);
  return cells.length === 0 ? undefined : cells.at(0);
}

/** A value as cells; trailing bytes are left out. */
export function cellsOf(value: Uint8Array): number[] {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const cells = new CellList(view, 0, value.length);
  return cells.slice(0, cells.length);
}

/** `count` cells from `start` as one number of any width. */
export function numberOf(cells: readonly number[], start: number, count: number): bigint {
  let value = 0n;
  for (let index = start; index < start + count; index += 1) value = (value << 32n) | BigInt(cells[index]!);
  return value;
}

/** The first node of each phandle. */
export function phandlesOf(nodes: Iterable<DtNode>): Map<number, DtNode> {
  const phandles = new Map<number, DtNode>();
  for (const node of nodes) {
    const property = propertyOf(node, 'phandle') ?? propertyOf(node, 'linux,phandle');
    const value = property && firstCell(property);
    if (value !== undefined && !phandles.has(value)) phandles.set(value, node);
  }
  return phandles;
}

/** Whether a count is on the bus itself. */
export function isSaid({ from }: CellCount): boolean {
  return from === 'own' || from === 'bus type';
}
