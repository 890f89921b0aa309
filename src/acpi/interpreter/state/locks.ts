/** The mutexes that an evaluation holds, and its sync level (ACPI 6.5, 19.6.2; ACPICA exmutex.c). */
import { fault } from './fault.ts';
import type { Journal } from './journal.ts';
import type { MethodObject, MutexObject } from './objects.ts';

interface Held {
  readonly mutex: MutexObject;
  /** The sync level before it was acquired. */
  readonly level: number;
}

/** A snapshot of held mutexes and sync level. */
export interface Hold {
  readonly mutexes: readonly Held[];
  readonly level: number;
}

export class Locks {
  readonly #journal: Journal;
  readonly #held: Held[] = [];
  #level = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The sync level: mutexes of a lower level cannot be acquired. */
  get level(): number {
    return this.#level;
  }

  /** Faults if the mutex cannot be acquired at the current sync level. */
  checkOrder({ syncLevel }: MutexObject): void {
    if (this.#level > syncLevel)
      fault('AE_AML_MUTEX_ORDER', `the mutex has sync level ${syncLevel}, but level ${this.#level} is held`);
  }

  /** Acquires a mutex that no other thread holds. */
  acquire(mutex: MutexObject): void {
    this.#journal.set(mutex, 'depth', mutex.depth + 1);
    if (mutex.depth > 1) return;
    this.#held.push({ mutex, level: this.#level });
    this.#level = mutex.syncLevel;
  }

  /** Releases a held mutex; faults if the current sync level is not its own. */
  release(mutex: MutexObject): void {
    if (mutex.syncLevel !== this.#level)
      fault(
        'AE_AML_MUTEX_ORDER',
        `the released mutex has sync level ${mutex.syncLevel}, but level ${this.#level} is held`,
      );
    const previous = this.#held.at(-1)?.level ?? 0;
    this.#journal.set(mutex, 'depth', mutex.depth - 1);
    if (mutex.depth > 0) return;
    const index = this.#held.findLastIndex((held) => held.mutex === mutex);
    if (index >= 0) this.#held.splice(index, 1);
    this.#level = previous;
  }

  /** Releases all mutexes at the end of an evaluation. */
  releaseAll(): void {
    for (const { mutex } of this.#held) this.#journal.set(mutex, 'depth', 0);
    this.#held.length = 0;
    this.#level = 0;
  }

  /** Called for the first active call of a serialized method. */
  enter({ syncLevel }: MethodObject): void {
    this.#level = syncLevel;
  }

  /** Called when the last active call of a serialized method ends. @param level sync level before the call */
  leave(level: number): void {
    this.#level = level;
  }

  /** A snapshot of the current state. */
  hold(): Hold {
    return { mutexes: [...this.#held], level: this.#level };
  }

  /** Restores a snapshot. The mutexes' own counts are restored by the journal. */
  restore({ mutexes, level }: Hold): void {
    if (this.#held.length > 0 || mutexes.length > 0) this.#held.splice(0, this.#held.length, ...mutexes);
    this.#level = level;
  }

  /** Calls `work` with sync level 0. */
  aside<T>(work: () => T): T {
    const level = this.#level;
    this.#level = 0;
    const result = work();
    this.#level = level;
    return result;
  }
}
