/** Where a decoder writes to: memory that grows as it is written, and never past a limit. */

/** How a decoder ended. */
export interface Decoded {
  readonly bytes: Uint8Array;
  /** Bytes of the input that the stream takes, its own trailer included. */
  readonly consumed: number;
  /**
   * `whole`: the stream's own end was reached and its checks hold. `truncated`: the input ended first. `limit`: there is
   * more than the limit. `damaged`: the rest makes no sense, or a check fails. What came before is in `bytes`.
   */
  readonly end: 'whole' | 'truncated' | 'limit' | 'damaged';
  /** What is damaged, for a person. */
  readonly why?: string;
  /** The stream is one for sure, packed in a way that is not known here. */
  readonly unknown?: true;
}

/**
 * Decodes a stream that starts at the first byte; what follows its end is left alone.
 * @param limit most bytes that may come out
 */
export type Decoder = (input: Uint8Array, limit: number) => Decoded | Promise<Decoded>;

const FIRST_BYTES = 64 * 1024;
/** From here on the whole limit is reserved: an allocator gives pages of so large a piece only as they are written to. */
const LAZY_BYTES = 32 * 1024 * 1024;

export class Output {
  /** Memory that is there; empty until something is written. */
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  /** Most bytes that are taken. */
  readonly limit: number;
  readonly #first: number;

  /** @param hint how long it may become, as the input says; not believed, but a good first size */
  constructor(limit: number, hint = FIRST_BYTES) {
    this.limit = Math.max(0, Math.floor(limit));
    this.#first = hint > LAZY_BYTES ? FIRST_BYTES : Math.max(hint, 1);
  }

  /** Makes room for `count` more bytes; false, with room up to the limit, when that is too much. */
  reserve(count: number): boolean {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return true;
    const enough = needed <= this.limit;
    const wanted = Math.max(Math.min(needed, this.limit), this.bytes.length * 2, this.#first);
    const size = Math.min(wanted > LAZY_BYTES ? this.limit : wanted, this.limit);
    if (size > this.bytes.length) {
      const larger = memory(size);
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    return enough;
  }

  /** Appends bytes; false when not all fit below the limit. */
  append(bytes: Uint8Array): boolean {
    const enough = this.reserve(bytes.length);
    const taken = enough ? bytes : bytes.subarray(0, this.bytes.length - this.length);
    this.bytes.set(taken, this.length);
    this.length += taken.length;
    return enough;
  }

  /** Appends `count` times one byte. */
  fill(byte: number, count: number): boolean {
    const enough = this.reserve(count);
    const end = enough ? this.length + count : this.bytes.length;
    this.bytes.fill(byte, this.length, end);
    this.length = end;
    return enough;
  }

  /**
   * Appends `count` bytes from `distance` back, overlapping as Lempel-Ziv copies do. The caller has checked that the
   * distance lies in what was written.
   */
  copy(distance: number, count: number): boolean {
    const enough = this.reserve(count);
    const { bytes } = this;
    let at = this.length;
    const end = enough ? at + count : bytes.length;
    if (distance >= count && count > 32) bytes.copyWithin(at, at - distance, at - distance + (end - at));
    else if (distance === 1) bytes.fill(bytes[at - 1]!, at, end);
    else for (; at < end; at += 1) bytes[at] = bytes[at - distance]!;
    this.length = end;
    return enough;
  }

  /** What was written; shares memory with this. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** Memory that isn't cleared, so that untouched pages cost nothing. */
/** What is used again: the collector comes too late for pieces of this size. */
let spare: ArrayBufferLike | undefined;

/** Takes back what a decoder gave and nobody looks at any more; without an argument it lets go of all that. */
export function giveBack(bytes?: Uint8Array): void {
  spare = bytes !== undefined && bytes.buffer.byteLength > LAZY_BYTES ? bytes.buffer : undefined;
}

function memory(size: number): Uint8Array {
  if (size > LAZY_BYTES && spare !== undefined && spare.byteLength >= size) {
    const again = new Uint8Array(spare, 0, size);
    spare = undefined;
    return again;
  }
  const buffer = Buffer.allocUnsafeSlow(size);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
