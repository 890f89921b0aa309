/**
 * The passage of one bus: how addresses of its children become addresses of the bus it sits on, by the entries of its
 * `ranges` or `dma-ranges`, as Linux' of_translate_one (drivers/of/address.c) does it.
 *
 * Addresses move as two halves of 32 bits. A tree has tens of thousands of them, each moved through several buses, and
 * bigints take several times as long; nobody outside sees the halves.
 */
import type { Span } from '../bytes/source.ts';
import { type Bus, sameSpace } from './bus.ts';
import { bigintOf, CellList } from './cell-list.ts';
import type { CellCount } from './cells.ts';
import { cellListOf, type DtNode, pathOf, propertyOf } from './tree.ts';

export type TranslationItem = 'ranges' | 'dma-ranges';

/** An entry of `ranges` or `dma-ranges`: addresses without a flags cell, size in bytes. */
export interface PassageEntry {
  readonly child: bigint;
  readonly parent: bigint;
  readonly size: bigint;
}

/**
 * An address on the way up. In the kernel it is an array of up to four cells; of that only two things are ever looked
 * at: the first cell (flags, on buses that have them) and the 64-bit number that the cells after the flags end in.
 */
export class MovingAddress {
  /** The first cell, and the upper and lower 32 bits of the number. */
  readonly #words = new Uint32Array(3);

  /** Sets out anew with the address whose cells begin at `at`. */
  setOut(cells: CellList, at: number, { addressCells, flagCells }: Bus): void {
    const end = at + addressCells.cells;
    const width = addressCells.cells - flagCells;
    this.set(cells.at(at), cells.upper(end, width), cells.lower(end, width));
  }

  set(first: number, high: number, low: number): void {
    this.#words[0] = first;
    this.#words[1] = high;
    this.#words[2] = low;
  }

  get first(): number {
    return this.#words[0]!;
  }

  get high(): number {
    return this.#words[1]!;
  }

  get low(): number {
    return this.#words[2]!;
  }

  get number(): bigint {
    return bigintOf(this.high, this.low);
  }
}

/** Cells before the last two only hold something when they are flags, or when no CPU has such an address. */
export function isBeyond64Bit(cells: CellList, at: number, { addressCells, flagCells }: Bus): boolean {
  for (let index = flagCells; index < addressCells.cells - 2; index += 1)
    if (cells.at(at + index) !== 0) return true;
  return false;
}

/** What became of an address, where it is not the index of the entry that passed it on. */
export const PASSED_UNCHANGED = -1;
export const NOT_PASSED = -2;
export const PASSED_BEYOND_64_BIT = -3;

const NO_CELLS = new CellList(new DataView(new ArrayBuffer(0)), 0, 0);

/** The way through a bus node to the bus it sits on. */
export class Passage {
  readonly device: DtNode;
  readonly item: TranslationItem;
  readonly inner: Bus;
  readonly outer: Bus;
  readonly how: 'entries' | 'empty' | 'missing';
  /** Number of entries. */
  readonly length: number;
  private readonly cells: CellList;
  /** Of an entry: cells of the child address's number, without flags, and of the parent address's; of the size. */
  private readonly childWidth: number;
  private readonly parentWidth: number;
  private readonly sizeWidth: number;
  /** Cells ahead of the parent address, ahead of the size, and of a whole entry. */
  private readonly parentOffset: number;
  private readonly sizeOffset: number;
  private readonly entryCells: number;
  /**
   * First and one past the last address of each entry as doubles, which keep the order of what they round. Buses with
   * hundreds of entries are searched thousands of times; an entry that may have the address is then looked at exactly.
   */
  private readonly lowest: number[];
  private readonly highest: number[];

  constructor(device: DtNode, item: TranslationItem, inner: Bus, outer: Bus) {
    const property = propertyOf(device, item);
    const cells = property ? cellListOf(property) : NO_CELLS;
    this.device = device;
    this.item = item;
    this.inner = inner;
    this.outer = outer;
    this.how = !property ? 'missing' : cells.byteLength === 0 ? 'empty' : 'entries';
    this.cells = cells;
    this.parentOffset = inner.addressCells.cells;
    this.sizeOffset = this.parentOffset + outer.addressCells.cells;
    this.sizeWidth = inner.sizeCells.cells;
    this.entryCells = this.sizeOffset + this.sizeWidth;
    this.childWidth = inner.addressCells.cells - inner.flagCells;
    this.parentWidth = outer.addressCells.cells - outer.flagCells;
    this.length = Math.floor(cells.length / this.entryCells);
    this.lowest = [];
    this.highest = [];
    for (let index = 0; index < this.length; index += 1) {
      const at = index * this.entryCells;
      const child = roundedNumber(cells, at + this.parentOffset, this.childWidth);
      const end = child + roundedNumber(cells, at + this.entryCells, this.sizeWidth);
      this.lowest.push(child);
      // A sum of rounded numbers may itself be a little low.
      this.highest.push(end <= Number.MAX_SAFE_INTEGER ? end : end * (1 + 2 * Number.EPSILON));
    }
  }

  get counts(): { readonly child: CellCount; readonly parent: CellCount; readonly size: CellCount } {
    const { inner, outer } = this;
    return { child: inner.addressCells, parent: outer.addressCells, size: inner.sizeCells };
  }

  entryAt(index: number): PassageEntry {
    const at = index * this.entryCells;
    return {
      child: this.cells.last64Bits(at + this.parentOffset, this.childWidth),
      parent: this.cells.last64Bits(at + this.sizeOffset, this.parentWidth),
      size: this.cells.last64Bits(at + this.entryCells, this.sizeWidth),
    };
  }

  spanOf(index: number): Span | undefined {
    const span = propertyOf(this.device, this.item)?.valueSpan;
    return span && entrySpan(span, index, this.entryCells);
  }

  /** Why an address that is {@link NOT_PASSED} goes no further. */
  get why(): string {
    const { item, device } = this;
    return this.how === 'missing'
      ? `no ${item} in ${pathOf(device)}`
      : `not in the ${item} of ${pathOf(device)}`;
  }

  /** Moves an address to the outer bus; gives the index of the entry that did, or what else became of it. */
  pass(address: MovingAddress): number {
    if (this.how === 'entries') return this.passByEntry(address);
    if (this.how === 'missing' && this.item === 'ranges') return NOT_PASSED;
    // All cells count here, a flags cell too; on the outer bus the first one is taken for its flags.
    const high = this.inner.kind === 'isa' ? (address.first | address.high) >>> 0 : address.high;
    this.arrive(address, address.first, high, address.low);
    return PASSED_UNCHANGED;
  }

  private passByEntry(address: MovingAddress): number {
    const { inner, outer, cells, childWidth, parentWidth, sizeWidth } = this;
    const { high, low } = address;
    const about = high * TWO_TO_32 + low;
    for (let index = 0; index < this.length; index += 1) {
      if (about < this.lowest[index]! || about > this.highest[index]!) continue;
      const at = index * this.entryCells;
      if (inner.flagCells === 1 && !sameSpace(inner.kind, address.first, cells.at(at))) continue;
      const parentAt = at + this.parentOffset;
      const sizeAt = at + this.sizeOffset;
      const end = at + this.entryCells;
      const childHigh = cells.upper(parentAt, childWidth);
      const childLow = cells.lower(parentAt, childWidth);
      const offsetLow = (low - childLow) >>> 0;
      const offsetHigh = high - childHigh - (low < childLow ? 1 : 0);
      const sizeHigh = cells.upper(end, sizeWidth);
      const sizeLow = cells.lower(end, sizeWidth);
      if (offsetHigh < 0 || offsetHigh > sizeHigh) continue;
      if (offsetHigh === sizeHigh && offsetLow >= sizeLow) continue;
      // As in the kernel the end wraps: an entry that would reach 2^64 contains nothing.
      if (childHigh + sizeHigh + (childLow + sizeLow >= TWO_TO_32 ? 1 : 0) >= TWO_TO_32) continue;
      const sumLow = cells.lower(sizeAt, parentWidth) + offsetLow;
      const sumHigh = cells.upper(sizeAt, parentWidth) + offsetHigh + (sumLow >= TWO_TO_32 ? 1 : 0);
      if (sumHigh >= TWO_TO_32 || isBeyond64Bit(cells, parentAt, outer)) return PASSED_BEYOND_64_BIT;
      this.arrive(address, cells.at(parentAt), sumHigh, sumLow % TWO_TO_32);
      return index;
    }
    return NOT_PASSED;
  }

  /** The address on the outer bus, cut to the cells that it has there. @param flags first cell, if it is flags there */
  private arrive(address: MovingAddress, flags: number, high: number, low: number): void {
    const width = this.parentWidth;
    const first = width === 1 ? low : width === 2 ? high : 0;
    address.set(this.outer.flagCells === 1 ? flags : first, width === 1 ? 0 : high, low);
  }
}

const TWO_TO_32 = 0x1_0000_0000;

/** The last 64 bits of `width` cells that end before `end`, rounded to a double. */
function roundedNumber(cells: CellList, end: number, width: number): number {
  return cells.upper(end, width) * TWO_TO_32 + cells.lower(end, width);
}

/** Entry `index` of a list of entries that are `entryCells` long; of text only the whole list has a place. */
export function entrySpan(list: Span, index: number, entryCells: number): Span {
  if (list.source.form === 'text') return list;
  const start = list.start + index * entryCells * 4;
  return { ...list, start, end: start + entryCells * 4 };
}
