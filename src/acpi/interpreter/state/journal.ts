/**
 * An undo log of the machine's state. While paths are explored, every change is recorded with the old value, so that the
 * changes of one side of a fork can be collected, rolled back and merged with those of the other side. Values in places
 * are immutable between two steps: a buffer's byte array is copied at its first change in each step.
 */

/** An object with places: the keys of a Map, or properties of any other object. */
export type Holder = object;
export type Key = string | number | bigint;

interface Entry {
  readonly holder: Holder;
  readonly key: Key;
  readonly old: unknown;
}

/** New values of changed places. */
export type Delta = Map<Holder, Map<Key, unknown>>;

export function readPlace(holder: Holder, key: Key): unknown {
  return holder instanceof Map
    ? holder.get(key)
    : (holder as Record<string | number, unknown>)[key as string];
}

export function writePlace(holder: Holder, key: Key, value: unknown): void {
  if (!(holder instanceof Map)) (holder as Record<string | number, unknown>)[key as string] = value;
  else if (value === undefined) holder.delete(key);
  else holder.set(key, value);
}

export class Journal {
  /** Changes are recorded. False if there are no unknown values. */
  readonly active: boolean;
  /** Incremented when a state must be preserved from later changes. */
  step = 1;
  readonly #entries: Entry[] = [];

  constructor(active: boolean) {
    this.active = active;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Must be called before a place is changed. */
  note(holder: Holder, key: Key): void {
    if (this.active) this.#entries.push({ holder, key, old: readPlace(holder, key) });
  }

  /** Changes a place and records the old value. */
  set(holder: Holder, key: Key, value: unknown): void {
    this.note(holder, key);
    writePlace(holder, key, value);
  }

  /** A position to which changes can be rolled back. */
  mark(): number {
    this.step += 1;
    return this.#entries.length;
  }

  /** Clears the log, since no path is open. */
  settle(): void {
    this.#entries.length = 0;
  }

  /** The current values of places that changed since the mark. */
  changesSince(mark: number): Delta {
    const delta: Delta = new Map();
    for (let i = mark; i < this.#entries.length; i++) {
      const { holder, key } = this.#entries[i]!;
      place(delta, holder).set(key, readPlace(holder, key));
    }
    return delta;
  }

  /** The values at `later` of the places that changed between `mark` and `later`. */
  changesBetween(mark: number, later: number): Delta {
    const delta: Delta = new Map();
    for (let i = mark; i < later; i++) {
      const { holder, key } = this.#entries[i]!;
      place(delta, holder).set(key, readPlace(holder, key));
    }
    // A place that changed after `later` had the first old value since then.
    for (let i = this.#entries.length - 1; i >= later; i--) {
      const { holder, key, old } = this.#entries[i]!;
      const known = delta.get(holder);
      if (known?.has(key)) known.set(key, old);
    }
    return delta;
  }

  /** The values before `mark` of the places that changed since. */
  originalsSince(mark: number): Delta {
    const delta: Delta = new Map();
    for (let i = this.#entries.length - 1; i >= mark; i--) {
      const { holder, key, old } = this.#entries[i]!;
      place(delta, holder).set(key, old);
    }
    return delta;
  }

  /** Rolls back all changes since the mark. */
  rollBack(mark: number): void {
    for (let i = this.#entries.length - 1; i >= mark; i--) {
      const { holder, key, old } = this.#entries[i]!;
      writePlace(holder, key, old);
    }
    this.#entries.length = mark;
    this.step += 1;
  }

  /** Applies a delta to the state and records the old values. */
  apply(delta: Delta): void {
    for (const [holder, values] of delta) for (const [key, value] of values) this.set(holder, key, value);
    this.step += 1;
  }
}

/** Overwrites values of an older delta, which is modified and returned, with those of a newer one. */
export function overlay(older: Delta, newer: Delta): Delta {
  for (const [holder, values] of newer) {
    const known = older.get(holder);
    if (known === undefined) older.set(holder, new Map(values));
    else for (const [key, value] of values) known.set(key, value);
  }
  return older;
}

/**
 * A copy of a delta with the places added that only another delta changed, with their values before both.
 *
 * @param originals values at the mark of both deltas of the places that changed since
 */
export function completed(delta: Delta, other: Delta, originals: Delta): Delta {
  const full: Delta = new Map([...delta].map(([holder, values]) => [holder, new Map(values)]));
  for (const [holder, values] of other) {
    const known = place(full, holder);
    const before = originals.get(holder);
    for (const key of values.keys())
      if (!known.has(key)) known.set(key, before?.has(key) ? before.get(key) : readPlace(holder, key));
  }
  return full;
}

function place(delta: Delta, holder: Holder): Map<Key, unknown> {
  let values = delta.get(holder);
  if (values === undefined) {
    values = new Map();
    delta.set(holder, values);
  }
  return values;
}
