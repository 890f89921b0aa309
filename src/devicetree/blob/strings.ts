/** The strings block of a blob: NUL-terminated property names, to which properties have offsets. */

/**
 * Names that address decoding looks up in every node. Their offsets are found once for the whole blob, and the reader
 * records where each node has such a property, so that no node is searched for these.
 */
const SOUGHT_NAMES = [
  'reg',
  'ranges',
  'dma-ranges',
  'status',
  '#address-cells',
  '#size-cells',
  'device_type',
  'compatible',
] as const;

/** Slot numbers of these names, from 1; 0 is any other name. */
const slots = new Map<string, number>(SOUGHT_NAMES.map((name, index) => [name, index + 1]));
export const REG = 1;
export const RANGES = 2;
export const DMA_RANGES = 3;
export const COMPATIBLE = 8;
/** As they are in the block. */
const SOUGHT_BYTES = SOUGHT_NAMES.map((name) => `${name}\0`);
/** Number of slots, slot 0 included. */
export const SLOTS = SOUGHT_NAMES.length + 1;

/** The slot of a name; undefined when it has none. */
export function slotOf(name: string): number | undefined {
  return slots.get(name);
}

/** Longer than any valid name: the specification allows 31 characters (0.4, section 2.2.4.1). */
const LONG_NAME = 128;

export class BlobStrings {
  /** Offset of the last NUL: a name that starts at or before it is terminated. */
  readonly lastEnd: number;
  /** Slot of the name that starts at each offset. */
  readonly slots: Uint8Array;
  /** Whether a string in the block is longer than any valid name. */
  readonly hasLongNames: boolean;
  readonly #text: string;
  readonly #names = new Map<number, string>();
  readonly #asked = new Map<string, boolean>();

  /** @param bytes of the block, without what follows it */
  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes;
    this.#text = Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
    this.lastEnd = this.#text.lastIndexOf('\0');
    this.hasLongNames = this.#searchLongName();
    this.slots = new Uint8Array(this.lastEnd + 1);
    for (let index = 0; index < SOUGHT_BYTES.length; index += 1) {
      const ended = SOUGHT_BYTES[index]!;
      // One name may be the end of another.
      for (let at = this.#text.indexOf(ended); at >= 0; at = this.#text.indexOf(ended, at + 1))
        this.slots[at] = index + 1;
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

  /** Whether a property may have this name. Most names that are looked up are in no node of a blob. */
  mayHave(name: string): boolean {
    let isThere = this.#asked.get(name);
    if (isThere === undefined) {
      isThere = this.#text.includes(`${name}\0`);
      this.#asked.set(name, isThere);
    }
    return isThere;
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
