/** A cache of results by content: the same table or tree occurs in an image many times, and is parsed once. */
import type { Access } from '../containers/access.ts';

/** The first bytes that are part of the key: the size of an ACPI table's header. */
const HEAD_BYTES = 36;
/** The most contents kept per key. */
const MOST_ALIKE = 4;
/** The most bytes kept, of all contents and of one. */
const ROOM_BYTES = 16 << 20;
const MOST_BYTES = 1 << 20;
/** The bytes compared at once, which fit into the processor's cache. */
const COMPARED_AT_ONCE = 128 * 1024;

const scratch = new Uint8Array(COMPARED_AT_ONCE);

/** Whether the bytes at an offset are equal to `expected`. */
export function holds(access: Access, at: number, expected: Uint8Array): boolean {
  for (let done = 0; done < expected.length; done += COMPARED_AT_ONCE) {
    const part = expected.subarray(done, done + COMPARED_AT_ONCE);
    let there: Uint8Array = scratch.subarray(0, part.length);
    if (access.readInto === undefined) there = access.read(at + done, part.length);
    else there = there.subarray(0, access.readInto(at + done, there));
    if (there.length !== part.length || Buffer.compare(there, part) !== 0) return false;
  }
  return true;
}

interface Kept<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
}

export class Known<T> {
  /** By length and first bytes. */
  readonly #kept = new Map<string, readonly Kept<T>[]>();
  #held = 0;

  #key(access: Access, at: number, size: number): string {
    return `${size} ${String.fromCharCode(...access.read(at, Math.min(HEAD_BYTES, size)))}`;
  }

  /** The result for equal bytes. @param onCompare called before bytes are compared */
  find(access: Access, at: number, size: number, onCompare: () => void): T | undefined {
    if (size > MOST_BYTES || this.#kept.size === 0) return undefined;
    const alike = this.#kept.get(this.#key(access, at, size));
    if (alike === undefined) return undefined;
    onCompare();
    return alike.find(({ bytes }) => holds(access, at, bytes))?.value;
  }

  /** Keeps a result; the oldest are dropped when there is no room. */
  keep(access: Access, at: number, size: number, value: T): void {
    if (size > MOST_BYTES) return;
    const key = this.#key(access, at, size);
    const alike = this.#kept.get(key) ?? [];
    if (alike.length >= MOST_ALIKE) return;
    // Drops the oldest.
    for (const [other, list] of this.#kept) {
      if (this.#held + size <= ROOM_BYTES || other === key) break;
      this.#kept.delete(other);
      for (const { bytes } of list) this.#held -= bytes.length;
    }
    this.#kept.set(key, [...alike, { bytes: access.read(at, size).slice(), value }]);
    this.#held += size;
  }
}
