/**
 * Changes to a machine's state that can be taken back. While paths are explored that part on an unknown condition,
 * every change is noted with the old value, so one side's changes can be collected, undone, and put together with the
 * other side's. Values in places are treated as immutable between two steps: a buffer's byte array is copied at its
 * first change in each step.
 */

/** Something that holds values: a Map by its keys, anything else by its properties. */
export type Holder = object;
export type Key = string | number | bigint;

interface Entry {
  readonly holder: Holder;
  readonly key: Key;
  readonly old: unknown;
}

/** Values of changed places. */
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
  /** Are changes noted at all? Only where unknown values can come up. */
  readonly active: boolean;
  /** Counts up whenever a state must be kept apart from what follows. */
  step = 1;
  readonly #entries: Entry[] = [];

  constructor(active: boolean) {
    this.active = active;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** To be called before a place is changed. */
  note(holder: Holder, key: Key): void {
    if (this.active) this.#entries.push({ holder, key, old: readPlace(holder, key) });
  }

  /** Changes a place, noting what was there. */
  set(holder: Holder, key: Key, value: unknown): void {
    this.note(holder, key);
    writePlace(holder, key, value);
  }

  /** A point to which changes can be taken back. */
  mark(): number {
    this.step += 1;
    return this.#entries.length;
  }

  /** Forgets how to take back: no path is open. */
  settle(): void {
    this.#entries.length = 0;
  }

  /** What changed since the mark, with the values there are now. */
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
    // What changed after `later` had at `later` the oldest value noted since.
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

  /** Takes back everything since the mark. */
  rollBack(mark: number): void {
    for (let i = this.#entries.length - 1; i >= mark; i--) {
      const { holder, key, old } = this.#entries[i]!;
      writePlace(holder, key, old);
    }
    this.#entries.length = mark;
    this.step += 1;
  }

  /** Makes a delta's values the current ones, noting the old. */
  apply(delta: Delta): void {
    for (const [holder, values] of delta) for (const [key, value] of values) this.set(holder, key, value);
    this.step += 1;
  }
}

/** Puts the values of a newer delta over those of an older one, which is changed and given back. */
export function overlay(older: Delta, newer: Delta): Delta {
  for (const [holder, values] of newer) {
    const known = older.get(holder);
    if (known === undefined) older.set(holder, new Map(values));
    else for (const [key, value] of values) known.set(key, value);
  }
  return older;
}

/**
 * Adds the places that only another path changed, with the value they had before both.
 *
 * @param originals values at the mark that both deltas count from, of the places that changed since
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
