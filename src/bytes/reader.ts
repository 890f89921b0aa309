/**
 * A bounds-checked cursor over bytes. A read past the end returns `undefined` and doesn't move the cursor, so that the
 * caller can report what is truncated.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  offset: number;
  /** Exclusive end of the readable bytes. */
  readonly end: number;

  /** `start` is the first readable byte (0 by default), `end` the exclusive end; both are clamped to `bytes`. */
  constructor(bytes: Uint8Array, options: { littleEndian: boolean; start?: number; end?: number }) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = options.littleEndian;
    this.end = Math.min(options.end ?? bytes.length, bytes.length);
    this.offset = Math.min(Math.max(options.start ?? 0, 0), this.end);
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  #take(length: number): number | undefined {
    if (length < 0 || this.remaining < length) return undefined;
    const at = this.offset;
    this.offset += length;
    return at;
  }

  u8(): number | undefined {
    const at = this.#take(1);
    return at === undefined ? undefined : this.#view.getUint8(at);
  }

  u16(): number | undefined {
    const at = this.#take(2);
    return at === undefined ? undefined : this.#view.getUint16(at, this.#littleEndian);
  }

  u32(): number | undefined {
    const at = this.#take(4);
    return at === undefined ? undefined : this.#view.getUint32(at, this.#littleEndian);
  }

  u64(): bigint | undefined {
    const at = this.#take(8);
    return at === undefined ? undefined : this.#view.getBigUint64(at, this.#littleEndian);
  }

  /** The next `length` bytes, as a view of the same buffer. */
  take(length: number): Uint8Array | undefined {
    const at = this.#take(length);
    return at === undefined ? undefined : this.bytes.subarray(at, at + length);
  }

  /** Moves to an absolute offset; false, without moving, when it is outside of the readable bytes. */
  seek(offset: number): boolean {
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > this.end) return false;
    this.offset = offset;
    return true;
  }
}
