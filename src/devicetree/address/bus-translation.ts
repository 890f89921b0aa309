/**
 * The translation of one bus: from its children's addresses to those of its parent bus, by the entries of its `ranges` or
 * `dma-ranges`, as of_translate_one() in Linux' drivers/of/address.c does it.
 *
 * Addresses are doubles while they are exact (below 2^53) and bigints beyond: a tree has tens of thousands, each translated
 * by several buses, and bigints take several times as long. Callers see bigints only.
 */
import type { Span } from '../../bytes/source.ts';
import { CellList } from '../cell-list.ts';
import { cellListOf, type DtNode, pathOf, propertyOf } from '../tree.ts';
import { type AddressFlags, addressFlags, type Bus, type BusKind, sameSpace } from './bus.ts';
import type { CellCount } from './cells.ts';
import type { AddressingProfile } from './profile.ts';

export type TranslationItem = 'ranges' | 'dma-ranges';

/** An entry of `ranges` or `dma-ranges`: addresses without a flags cell, size in bytes. */
export interface RangeEntry {
  readonly child: bigint;
  readonly parent: bigint;
  readonly size: bigint;
  /** Of the child's and the parent's address, on PCI and ISA. */
  readonly childSpace: AddressFlags['space'];
  readonly parentSpace: AddressFlags['space'];
}

/** The largest integer up to which doubles hold every integer. */
const EXACT = Number.MAX_SAFE_INTEGER;
const TWO_TO_32 = 0x1_0000_0000;
const TWO_TO_64 = 1n << 64n;

/**
 * An address during translation. The kernel holds it as an array of up to four cells, of which only two things matter: the
 * first cell, on buses where it is flags, and the low 64 bits of the cells after the flags.
 */
export class MovingAddress {
  /** The flags cell; meaningless on buses without one. */
  flags = 0;
  /** The number, rounded to a double. Starts as NaN, so that V8 doesn't type the field as a small integer. */
  rounded = Number.NaN;
  /** The number where it is larger than {@link EXACT}. */
  #large = 0n;

  /** Loads the address whose cells begin at cell `at`. */
  load(cells: CellList, at: number, { addressCells, flagCells }: Bus): void {
    const width = addressCells.cells - flagCells;
    if (flagCells === 1) this.flags = cells.at(at);
    this.rounded = cells.rounded(at + flagCells, width);
    if (this.rounded > EXACT) this.#large = cells.last64Bits(at + flagCells, width);
  }

  get number(): bigint {
    return this.rounded > EXACT ? this.#large : BigInt(this.rounded);
  }

  set number(number: bigint) {
    this.rounded = Number(number);
    this.#large = number;
  }
}

/** Whether an address needs more than 64 bits: a cell before the last two that is not flags and not 0. */
export function isBeyond64Bit(cells: CellList, at: number, { addressCells, flagCells }: Bus): boolean {
  return cells.hasAny(at + flagCells, at + addressCells.cells - 2);
}

/** Results of {@link BusTranslation.translate} that are not the index of an entry. */
export const UNCHANGED = -1;
export const NOT_TRANSLATED = -2;
export const TRANSLATED_BEYOND_64_BIT = -3;

const NO_CELLS = new CellList(new DataView(new ArrayBuffer(0)), 0, 0);

/** How a bus node translates its children's addresses to those of its parent bus. */
export class BusTranslation {
  readonly device: DtNode;
  readonly item: TranslationItem;
  readonly inner: Bus;
  readonly outer: Bus;
  /** With `missing`, addresses pass only when `isOpen`. */
  readonly how: 'entries' | 'empty' | 'missing';
  /** Number of entries. */
  readonly length: number;
  private readonly cells: CellList;
  private readonly entryCells: number;
  /**
   * Three doubles per entry: first child address, one past the last, and the offset to the parent address, which is NaN when
   * not all of the entry is exact. Buses with hundreds of entries are searched thousands of times.
   */
  private readonly table: Float64Array;
  private readonly profile: AddressingProfile;
  /** Whether a missing property means 1:1. */
  private readonly isOpen: boolean;

  constructor(
    device: DtNode,
    item: TranslationItem,
    inner: Bus,
    outer: Bus,
    profile: AddressingProfile,
    isOpen: boolean,
  ) {
    const property = propertyOf(device, item);
    const cells = property ? cellListOf(property) : NO_CELLS;
    this.device = device;
    this.item = item;
    this.profile = profile;
    this.isOpen = isOpen;
    this.inner = inner;
    this.outer = outer;
    this.how = !property ? 'missing' : cells.byteLength === 0 ? 'empty' : 'entries';
    this.cells = cells;
    this.entryCells = inner.addressCells.cells + outer.addressCells.cells + inner.sizeCells.cells;
    this.length = Math.floor(cells.length / this.entryCells);
    this.table = new Float64Array(3 * this.length);
    for (let index = 0; index < this.length; index += 1) this.tabulate(index);
  }

  private tabulate(index: number): void {
    const { table, cells, inner, outer } = this;
    const at = index * this.entryCells;
    const parentAt = at + inner.addressCells.cells;
    const sizeAt = parentAt + outer.addressCells.cells;
    const child = cells.rounded(at + inner.flagCells, inner.addressCells.cells - inner.flagCells);
    const parent = cells.rounded(parentAt + outer.flagCells, outer.addressCells.cells - outer.flagCells);
    const size = cells.rounded(sizeAt, inner.sizeCells.cells);
    const isExact = child + size <= EXACT && parent + size <= EXACT && !isBeyond64Bit(cells, parentAt, outer);
    table[3 * index] = child;
    // A sum of rounded numbers may come out a little low: rounded up, and checked exactly in translateExactly().
    table[3 * index + 1] = isExact ? child + size : (child + size) * (1 + 2 * Number.EPSILON);
    table[3 * index + 2] = isExact ? parent - child : Number.NaN;
  }

  get counts(): { readonly child: CellCount; readonly parent: CellCount; readonly size: CellCount } {
    const { inner, outer } = this;
    return { child: inner.addressCells, parent: outer.addressCells, size: inner.sizeCells };
  }

  entryAt(index: number): RangeEntry {
    const { cells, inner, outer } = this;
    const at = index * this.entryCells;
    const parentAt = at + inner.addressCells.cells;
    const sizeAt = parentAt + outer.addressCells.cells;
    return {
      child: cells.last64Bits(at + inner.flagCells, inner.addressCells.cells - inner.flagCells),
      parent: cells.last64Bits(parentAt + outer.flagCells, outer.addressCells.cells - outer.flagCells),
      size: cells.last64Bits(sizeAt, inner.sizeCells.cells),
      childSpace: addressFlags(inner.kind, cells.at(at))?.space,
      parentSpace: addressFlags(outer.kind, cells.at(parentAt))?.space,
    };
  }

  spanOf(index: number): Span | undefined {
    const span = propertyOf(this.device, this.item)?.valueSpan;
    return span && entrySpan(span, index, this.entryCells);
  }

  /** Why an address is {@link NOT_TRANSLATED}. */
  get why(): string {
    const { item, device } = this;
    return this.how === 'missing'
      ? `no ${item} in ${pathOf(device)}`
      : `not in the ${item} of ${pathOf(device)}`;
  }

  /**
   * Translates `address`, in place, to the outer bus.
   * @returns the index of the entry that translated it, or one of the negative constants above
   */
  translate(address: MovingAddress): number {
    if (this.how === 'entries') return this.translateByEntry(address);
    if (this.how === 'missing' && !this.isOpen) return NOT_TRANSLATED;
    if (this.inner.flagCells === 1 || this.outer.flagCells === 1) this.copyFlags(address);
    this.cut(address);
    return UNCHANGED;
  }

  private translateByEntry(address: MovingAddress): number {
    const { table, inner, outer, cells } = this;
    const { rounded } = address;
    for (let index = 0; index < this.length; index += 1) {
      if (rounded < table[3 * index]! || rounded >= table[3 * index + 1]!) continue;
      const at = index * this.entryCells;
      if (inner.flagCells === 1 && !this.sameSpace(address.flags, cells.at(at))) continue;
      const added = table[3 * index + 2]!;
      if (Number.isNaN(added)) {
        const passed = this.translateExactly(address, index);
        if (passed === NOT_TRANSLATED) continue;
        if (passed === TRANSLATED_BEYOND_64_BIT) return passed;
      } else {
        address.rounded = rounded + added;
      }
      if (outer.flagCells === 1) address.flags = cells.at(at + inner.addressCells.cells);
      this.cut(address);
      return index;
    }
    return NOT_TRANSLATED;
  }

  private sameSpace(address: number, entry: number): boolean {
    const { kind } = this.inner;
    if (kind === 'default-flags' && !this.profile.threeCellsHaveFlags) return true;
    return sameSpace(kind, address, entry);
  }

  /** Translates by an entry that doubles can't hold exactly. */
  private translateExactly(address: MovingAddress, index: number): number {
    const { child, parent, size } = this.entryAt(index);
    const offset = address.number - child;
    // As in the kernel (of_bus_default_map), the end wraps: an entry that reaches 2^64 contains nothing.
    if (offset < 0n || offset >= size || child + size >= TWO_TO_64) return NOT_TRANSLATED;
    const parentAt = index * this.entryCells + this.inner.addressCells.cells;
    if (parent + offset >= TWO_TO_64 || isBeyond64Bit(this.cells, parentAt, this.outer))
      return TRANSLATED_BEYOND_64_BIT;
    address.number = parent + offset;
    return index;
  }

  /**
   * 1:1 from or to a bus with flags: all cells are copied, flags included, and the outer bus reads the first as its flags;
   * older kernels lose it (`emptyRangesKeepFlags`).
   */
  private copyFlags(address: MovingAddress): void {
    const { kind, flagCells, addressCells } = this.inner;
    address.number = wholeNumber(address, kind);
    if (!this.profile.emptyRangesKeepFlags) address.flags = 0;
    else if (flagCells === 0)
      address.flags = Number(address.number >> (32n * BigInt(addressCells.cells - 1)));
  }

  /** Cuts an address to the number of cells of the outer bus. */
  private cut(address: MovingAddress): void {
    const { addressCells, flagCells } = this.outer;
    if (address.rounded >= TWO_TO_32 && addressCells.cells - flagCells === 1)
      address.number = BigInt.asUintN(32, address.number);
  }
}

/** All cells of an address as one number; on ISA that includes its flags cell. */
export function wholeNumber(address: MovingAddress, kind: BusKind): bigint {
  return kind === 'isa' ? (BigInt(address.flags) << 32n) | address.number : address.number;
}

/** The span of entry `index` of a list with `entryCells` cells an entry; in source that of the whole list. */
export function entrySpan(list: Span, index: number, entryCells: number): Span {
  if (list.source.form === 'text') return list;
  const start = list.start + index * entryCells * 4;
  return { ...list, start, end: start + entryCells * 4 };
}
