/** The output of a decoder: memory that grows as it is written, up to a limit. */

/** How a decoder ended. */
export interface Decoded {
  readonly bytes: Uint8Array;
  /** Bytes of the input that belong to the stream, with its trailer. */
  readonly consumed: number;
  /**
   * `whole`: the end of the stream was reached and its checksums are right. `truncated`: the input ended first. `limit`:
   * the output exceeds the limit. `damaged`: the stream is invalid or a checksum is wrong. `bytes` has the output so far.
   */
  readonly end: 'whole' | 'truncated' | 'limit' | 'damaged';
  /** What is damaged, as text for a person. */
  readonly why?: string;
  /** The stream is certainly of this format but uses an unsupported feature. */
  readonly unknown?: true;
}

/**
 * Decodes the stream at the first byte; bytes after its end are not read.
 * @param limit most bytes of output
 */
export type Decoder = (input: Uint8Array, limit: number) => Decoded | Promise<Decoded>;

const FIRST_BYTES = 64 * 1024;
/** From this size on the whole limit is allocated: the system provides pages of large allocations only when written to. */
const LAZY_BYTES = 32 * 1024 * 1024;

export class Output {
  /** The allocated memory; empty until something is written. */
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  /** Most bytes of output. */
  readonly limit: number;
  readonly #first: number;

  /** @param hint the size that the input declares; not trusted, but a good first size */
  constructor(limit: number, hint = FIRST_BYTES) {
    this.limit = Math.max(0, Math.floor(limit));
    this.#first = hint > LAZY_BYTES ? FIRST_BYTES : Math.max(hint, 1);
  }

  /** Makes room for `count` more bytes; false, with room up to the limit, if that exceeds the limit. */
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

  /** Appends bytes; false if not all fit below the limit. */
  append(bytes: Uint8Array): boolean {
    const enough = this.reserve(bytes.length);
    const taken = enough ? bytes : bytes.subarray(0, this.bytes.length - this.length);
    this.bytes.set(taken, this.length);
    this.length += taken.length;
    return enough;
  }

  /** Appends one byte `count` times; false if not all fit below the limit. */
  fill(byte: number, count: number): boolean {
    const enough = this.reserve(count);
    const end = enough ? this.length + count : this.bytes.length;
    this.bytes.fill(byte, this.length, end);
    this.length = end;
    return enough;
  }

  /**
   * Appends `count` bytes from `distance` back, overlapping as Lempel-Ziv copies do; false if not all fit below the limit.
   * The caller has checked that `distance` is at most the length.
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

  /** The bytes written so far; they share memory with this. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** Memory that is not cleared, so that unused pages cost nothing. */
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
