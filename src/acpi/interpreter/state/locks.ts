/** The mutexes that an evaluation holds, and its sync level (ACPI 6.5, 19.6.2; ACPICA exmutex.c). */
import { fault } from './fault.ts';
import type { Journal } from './journal.ts';
import type { MethodObject, MutexObject } from './objects.ts';

interface Held {
  readonly mutex: MutexObject;
  /** The sync level before it was acquired. */
  readonly level: number;
}

/** What is held at some time, to be held again. */
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

  /** The sync level: nothing of a lower one may be acquired. */
  get level(): number {
    return this.#level;
  }

  /** May the mutex be acquired now? A fault otherwise. */
  checkOrder({ syncLevel }: MutexObject): void {
    if (this.#level > syncLevel)
      fault('AE_AML_MUTEX_ORDER', `sync level ${this.#level} is held, the mutex has ${syncLevel}`);
  }

  /** Acquires a mutex that nobody else holds. */
  acquire(mutex: MutexObject): void {
    this.#journal.set(mutex, 'depth', mutex.depth + 1);
    if (mutex.depth > 1) return;
    this.#held.push({ mutex, level: this.#level });
    this.#level = mutex.syncLevel;
  }

  /** Releases a mutex that is held: the sync level must be its own. */
  release(mutex: MutexObject): void {
    if (mutex.syncLevel !== this.#level)
      fault(
        'AE_AML_MUTEX_ORDER',
        `sync level ${this.#level} is held, the mutex released has ${mutex.syncLevel}`,
      );
    const previous = this.#held.at(-1)?.level ?? 0;
    this.#journal.set(mutex, 'depth', mutex.depth - 1);
    if (mutex.depth > 0) return;
    const index = this.#held.findLastIndex((held) => held.mutex === mutex);
    if (index >= 0) this.#held.splice(index, 1);
    this.#level = previous;
  }

  /** What an evaluation still holds at its end is released. */
  releaseAll(): void {
    for (const { mutex } of this.#held) this.#journal.set(mutex, 'depth', 0);
    this.#held.length = 0;
    this.#level = 0;
  }

  /** A serialized method is called that doesn't run yet. */
  enter({ syncLevel }: MethodObject): void {
    this.#level = syncLevel;
  }

  /** The last call of a serialized method ends. @param level the sync level before the call */
  leave(level: number): void {
    this.#level = level;
  }

  /** What is held now. */
  hold(): Hold {
    return { mutexes: [...this.#held], level: this.#level };
  }

  /** Holds what was held then. The mutexes themselves know: the journal takes back what they count. */
  restore({ mutexes, level }: Hold): void {
    if (this.#held.length > 0 || mutexes.length > 0) this.#held.splice(0, this.#held.length, ...mutexes);
    this.#level = level;
  }

  /** Runs something of which no sync level is known. */
  aside<T>(work: () => T): T {
    const level = this.#level;
    this.#level = 0;
    const result = work();
    this.#level = level;
    return result;
  }
}
