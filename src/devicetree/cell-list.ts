/** The cells of a value: 32-bit words, most significant byte first. */

const scratch = new DataView(new ArrayBuffer(8));

/** A number from its upper and lower 32 bits. Through memory: several times as fast as with shifts of bigints. */
export function bigintOf(high: number, low: number): bigint {
  scratch.setUint32(0, high);
  scratch.setUint32(4, low);
  return scratch.getBigUint64(0);
}

/**
 * Cells where they lie, in a blob or in a value of their own; bytes left over at the end are not in it. Read with a
 * DataView, whose words are unsigned to the engine too: with shifts of bytes it finds that out late, and compiles anew.
 */
export class CellList {
  private readonly view: DataView;
  private readonly start: number;
  /** In bytes, what is left over included. */
  readonly byteLength: number;

  /** @param start first byte in the view, and `end` one past the last */
  constructor(view: DataView, start: number, end: number) {
    this.view = view;
    this.start = start;
    this.byteLength = end - start;
  }

  get length(): number {
    return this.byteLength >>> 2;
  }

  /** Cell `index`, of those there are. */
  at(index: number): number {
    return this.view.getUint32(this.start + 4 * index);
  }

  /** Of a number of `width` cells that ends before cell `end`, the last 32 bits. */
  lower(end: number, width: number): number {
    return width > 0 ? this.at(end - 1) : 0;
  }

  /** Of the same number the 32 bits before those. */
  upper(end: number, width: number): number {
    return width > 1 ? this.at(end - 2) : 0;
  }

  /** `width` cells from `start` on as one number of any size. */
  number(start: number, width: number): bigint {
    const end = start + width;
    if (width <= 2) return bigintOf(this.upper(end, width), this.lower(end, width));
    let number = 0n;
    for (let index = start; index < end; index += 1) number = (number << 32n) | BigInt(this.at(index));
    return number;
  }

  /** The last 64 bits of `width` cells that end before `end`: as much as Linux' of_read_number keeps. */
  last64Bits(end: number, width: number): bigint {
    return bigintOf(this.upper(end, width), this.lower(end, width));
  }

  slice(start: number, end: number): number[] {
    const cells: number[] = [];
    for (let index = start; index < end; index += 1) cells.push(this.at(index));
    return cells;
  }
}
