/** What was judged before: the same table or tree stands in an image again and again, and is read once. */
import type { Access } from '../containers/access.ts';

/** Contents that are told apart by their first bytes: those of an ACPI table's header. */
const HEAD_BYTES = 36;
/** Contents with the same beginning that are compared. */
const MOST_ALIKE = 4;
/** What is held of all, and of one at most. */
const ROOM_BYTES = 16 << 20;
const MOST_BYTES = 1 << 20;
/** What is compared at once: what fits into a processor's own memory. */
const COMPARED_AT_ONCE = 128 * 1024;

const scratch = new Uint8Array(COMPARED_AT_ONCE);

/** Whether just these bytes stand at a place. */
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
  /** By the length and the first bytes. */
  readonly #kept = new Map<string, readonly Kept<T>[]>();
  #held = 0;

  #key(access: Access, at: number, size: number): string {
    return `${size} ${String.fromCharCode(...access.read(at, Math.min(HEAD_BYTES, size)))}`;
  }

  /** What was found out about the same bytes. @param onCompare told before bytes are compared */
  find(access: Access, at: number, size: number, onCompare: () => void): T | undefined {
    if (size > MOST_BYTES || this.#kept.size === 0) return undefined;
    const alike = this.#kept.get(this.#key(access, at, size));
    if (alike === undefined) return undefined;
    onCompare();
    return alike.find(({ bytes }) => holds(access, at, bytes))?.value;
  }

  /** Keeps what was found out about bytes, for as long as there is room. */
  keep(access: Access, at: number, size: number, value: T): void {
    if (size > MOST_BYTES) return;
    const key = this.#key(access, at, size);
    const alike = this.#kept.get(key) ?? [];
    if (alike.length >= MOST_ALIKE) return;
    // Lets go of what was kept first.
    for (const [other, list] of this.#kept) {
      if (this.#held + size <= ROOM_BYTES || other === key) break;
      this.#kept.delete(other);
      for (const { bytes } of list) this.#held -= bytes.length;
    }
    this.#kept.set(key, [...alike, { bytes: access.read(at, size).slice(), value }]);
    this.#held += size;
  }
}
