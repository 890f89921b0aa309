/**
 * Cells: the big-endian 32-bit words of addresses and sizes, and how many of them a bus uses.
 */
import type { Span } from '../bytes/source.ts';
import { type DtNode, type DtProperty, pathOf } from './tree.ts';

/** How many cells an address or size has, and why. */
export interface CellCount {
  readonly cells: number;
  /**
   * Where the count was found: on the bus node itself, on an ancestor of it, nowhere (then Linux' default of 1), fixed
   * by the bus type; for a fragment, which has no tree around it to ask, given by the user or inferred from the cells.
   */
  readonly from: 'own' | 'ancestor' | 'default' | 'bus type' | 'given' | 'inferred';
  /** The node that says it; for a bus type the bus, for a default the root. */
  readonly node: string;
  readonly span?: Span | undefined;
}

/** What Linux assumes when no node up to the root says a count (OF_ROOT_NODE_ADDR_CELLS_DEFAULT and its size twin). */
export const DEFAULT_CELLS = 1;

/** The counts that the properties of a tree give for the children of a bus. */
export interface BusCounts {
  readonly address: CellCount;
  readonly size: CellCount;
}

const NO_COUNT: CellCount = { cells: DEFAULT_CELLS, from: 'default', node: '/' };
const NO_COUNTS: BusCounts = { address: NO_COUNT, size: NO_COUNT };

/**
 * The numbers of cells that children of `bus` use, as Linux' of_bus_n_addr_cells and of_bus_n_size_cells find them: on
 * the node, else on the nearest ancestor that has the property, else 1. The Devicetree Specification (0.4, section
 * 2.3.5) has no such inheritance: there a missing count is 2 for addresses and 1 for sizes.
 * @param outer what this function gave for the parent; nothing for the root
 */
export function countsBelow(bus: DtNode, outer: BusCounts = NO_COUNTS): BusCounts {
  let address: CellCount | undefined;
  let size: CellCount | undefined;
  for (const property of bus.properties) {
    const { name } = property;
    if (!address && name === '#address-cells') address = ownCount(bus, property);
    else if (!size && name === '#size-cells') size = ownCount(bus, property);
  }
  return { address: address ?? inherited(outer.address), size: size ?? inherited(outer.size) };
}

/** The same without knowing the parent's. */
export function countsOf(bus: DtNode): BusCounts {
  const path: DtNode[] = [];
  for (let node: DtNode | undefined = bus; node; node = node.parent) path.push(node);
  return path.reduceRight((outer, node) => countsBelow(node, outer), NO_COUNTS);
}

function ownCount(bus: DtNode, property: DtProperty): CellCount | undefined {
  const cells = firstCell(property);
  // The kernel holds the count in an int.
  return cells === undefined ? undefined : new SaidCount(cells | 0, 'own', bus, property);
}

function inherited(count: CellCount): CellCount {
  return count instanceof SaidCount ? count.inherited : count;
}

/** A count that a node says, or fixes by its type. */
class SaidCount implements CellCount {
  readonly cells: number;
  readonly from: CellCount['from'];
  readonly #node: DtNode;
  readonly #property: DtProperty | undefined;
  #inherited: SaidCount | undefined;

  constructor(cells: number, from: CellCount['from'], node: DtNode, property: DtProperty | undefined) {
    this.cells = cells;
    this.from = from;
    this.#node = node;
    this.#property = property;
  }

  /** The same count as descendants have it. */
  get inherited(): SaidCount {
    if (this.from === 'ancestor') return this;
    this.#inherited ??= new SaidCount(this.cells, 'ancestor', this.#node, this.#property);
    return this.#inherited;
  }

  get node(): string {
    return pathOf(this.#node);
  }

  get span(): Span | undefined {
    return this.#property?.valueSpan;
  }
}

/** A count that the type of the bus fixes. */
export function fixedCount(bus: DtNode, cells: number): CellCount {
  return new SaidCount(cells, 'bus type', bus, undefined);
}

/** The first cell of a value; undefined when it is shorter than one. */
export function firstCell({ value }: DtProperty): number | undefined {
  return value.length < 4
    ? undefined
    : ((value[0]! << 24) | (value[1]! << 16) | (value[2]! << 8) | value[3]!) >>> 0;
}

/** A value as cells; bytes left over at its end are left out. */
export function cellsOf(value: Uint8Array): number[] {
  const cells: number[] = [];
  for (let at = 0; at + 4 <= value.length; at += 4)
    cells.push(((value[at]! << 24) | (value[at + 1]! << 16) | (value[at + 2]! << 8) | value[at + 3]!) >>> 0);
  return cells;
}

/** `count` cells from `start` as one number of any width. */
export function numberOf(cells: readonly number[], start: number, count: number): bigint {
  if (count <= 0) return 0n;
  if (count === 1) return BigInt(cells[start]!);
  // Up to 53 bits a double makes the number in one step, and nearly all addresses are that small.
  if (count === 2 && cells[start]! < 0x200000)
    return BigInt(cells[start]! * 0x1_0000_0000 + cells[start + 1]!);
  let value = 0n;
  for (let index = start; index < start + count; index += 1) value = (value << 32n) | BigInt(cells[index]!);
  return value;
}

/** As Linux' of_read_number: only the last 64 bits of `count` cells. */
export function number64Of(cells: readonly number[], start: number, count: number): bigint {
  return count > 2 ? numberOf(cells, start + count - 2, 2) : numberOf(cells, start, count);
}
