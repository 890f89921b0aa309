/** The strings block of a blob: the names of its properties, each ended by a NUL; a property has an offset into it. */

/**
 * Names that address decoding asks every node or every bus for. Where they stand is found once for the whole blob, and
 * the reader notes down where a node has one of them: nobody searches a node for these.
 */
const SOUGHT_NAMES = [
  'reg',
  'ranges',
  'dma-ranges',
  'status',
  '#address-cells',
  '#size-cells',
  'device_type',
] as const;

/** Numbers for sought names, from 1; 0 is every other name. */
const slots = new Map<string, number>(SOUGHT_NAMES.map((name, index) => [name, index + 1]));
export const REG = 1;
export const RANGES = 2;
export const DMA_RANGES = 3;
/** How many numbers there are. */
export const SLOTS = SOUGHT_NAMES.length + 1;

/** The number of a name, 0 when it is not sought. */
export function slotOf(name: string): number {
  return slots.get(name) ?? 0;
}

/** No name of a property has more than 31 characters by the specification. */
const LONG_NAME = 128;

export class BlobStrings {
  /** Offset of the last NUL: every name that starts before has an end, and so has the empty one there. */
  readonly lastEnd: number;
  /** By offset of a name: its number among the sought ones. */
  readonly slots: Uint8Array;
  /** Whether a text in the block is longer than any name should be. */
  readonly hasLongNames: boolean;
  readonly #text: string;
  readonly #names = new Map<number, string>();

  /** @param bytes of the block, without what follows it */
  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes;
    this.#text = Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
    this.lastEnd = this.#text.lastIndexOf('\0');
    this.hasLongNames = this.#searchLongName();
    this.slots = new Uint8Array(this.lastEnd + 1);
    for (const [name, slot] of slots) {
      const ended = `${name}\0`;
      // One name may be the end of another.
      for (let at = this.#text.indexOf(ended); at >= 0; at = this.#text.indexOf(ended, at + 1))
        this.slots[at] = slot;
    }
  }

  #searchLongName(): boolean {
    for (let at = 0; at < this.lastEnd; ) {
      const end = this.#text.lastIndexOf('\0', at + LONG_NAME);
      if (end < at) return true;
      at = end + 1;
    }
    return false;
  }

  /** Length of the name at an offset, which is no larger than {@link lastEnd}. */
  lengthAt(offset: number): number {
    return this.#text.indexOf('\0', offset) - offset;
  }

  /** The name at an offset, which is no larger than {@link lastEnd}. */
  nameAt(offset: number): string {
    let name = this.#names.get(offset);
    if (name === undefined) {
      name = this.#text.slice(offset, offset + this.lengthAt(offset));
      this.#names.set(offset, name);
    }
    return name;
  }
}
