/** The cells of a value: 32-bit words, most significant byte first. */
import type { Source, Span } from '../bytes/source.ts';

const TWO_TO_32 = 0x1_0000_0000;

/**
 * A view of the cells of a property value, without a copy; trailing bytes that make no whole cell are left out. Reads go
 * through a DataView, whose 32-bit words V8 knows to be unsigned; with byte shifts it learns that late and recompiles.
 */
export class CellList {
  declare private readonly view: DataView;
  declare private readonly start: number;
  /** In bytes, trailing bytes included. */
  declare readonly byteLength: number;
  declare private readonly source: Source | undefined;

  /**
   * @param start offset of the first byte in the view
   * @param end exclusive
   * @param source whose bytes the view shows, all of them
   */
  constructor(view: DataView, start: number, end: number, source?: Source) {
    this.view = view;
    this.start = start;
    this.byteLength = end - start;
    this.source = source;
  }

  /** Where the cells of [start, end) are in the source; undefined where the cells are a copy. */
  spanOf(start: number, end: number): Span | undefined {
    const { source } = this;
    return source && { source, start: this.start + 4 * start, end: this.start + 4 * end };
  }

  get length(): number {
    return this.byteLength >>> 2;
  }

  /** @param index below {@link length} */
  at(index: number): number {
    return this.view.getUint32(this.start + 4 * index);
  }

  /** Whether any cell of [start, end) is not 0. */
  hasAny(start: number, end: number): boolean {
    for (let index = start; index < end; index += 1) if (this.at(index) !== 0) return true;
    return false;
  }

  /** `width` cells from cell `start` on as one number of any size. */
  number(start: number, width: number): bigint {
    if (width <= 2) return this.last64Bits(start, width);
    let number = 0n;
    for (let index = start; index < start + width; index += 1)
      number = (number << 32n) | BigInt(this.at(index));
    return number;
  }

  /** The low 64 bits of `width` cells from cell `start` on: what Linux' of_read_number() keeps. */
  last64Bits(start: number, width: number): bigint {
    if (width > 1) return this.view.getBigUint64(this.start + 4 * (start + width - 2));
    return width === 1 ? BigInt(this.at(start)) : 0n;
  }

  /** The same, rounded to a double: exact below 2^53. */
  rounded(start: number, width: number): number {
    const last = this.start + 4 * (start + width - 1);
    if (width > 1) return this.view.getUint32(last - 4) * TWO_TO_32 + this.view.getUint32(last);
    return width === 1 ? this.view.getUint32(last) : 0;
  }

  slice(start: number, end: number): number[] {
    const cells: number[] = [];
    for (let index = start; index < end; index += 1) cells.push(this.at(index));
    return cells;
  }
}
