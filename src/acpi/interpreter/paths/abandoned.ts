/**
 * Paths that were given up: what hangs on them isn't followed further. What they leave behind is put into the state
 * once, at the end of the evaluation, and not at every fork on the way out: each place they changed may hold what they
 * left there, and everything that the methods they were in may still write is unknown.
 */
import {
  type FieldSymbol,
  fieldsOf,
  isKnown,
  MAX_OPAQUE_INPUTS,
  opaque,
  type Quantity,
} from '../../../symbolic/index.ts';
import type { NamespaceNode } from '../../namespace/node.ts';
import type { Frame } from '../state/frame.ts';
import { type Delta, type Holder, type Journal, type Key, readPlace } from '../state/journal.ts';
import { type MergeContext, mergePlace } from './merge.ts';

/** Different values that are kept of one place; with more it is unknown altogether. */
const MAX_VALUES = 4;

/** What paths left in a place, and how many of them changed it. */
interface Left {
  readonly values: unknown[];
  paths: number;
}

export class AbandonedPaths {
  readonly #places = new Map<Holder, Map<Key, Left>>();
  /** Methods that were running on some of the paths. */
  readonly running = new Set<NamespaceNode>();
  #count = 0;
  #reason = '';

  get any(): boolean {
    return this.#count > 0;
  }

  get reason(): string {
    return this.#reason;
  }

  /** One path is given up, with these changes and frames. */
  add(reason: string, changes: Delta, frames: readonly Frame[]): void {
    this.#count += 1;
    this.#reason ||= reason;
    for (const frame of frames) if (frame.method?.term !== undefined) this.running.add(frame.node);
    for (const [holder, values] of changes) {
      if (frames.some((frame) => frame.slots === holder || frame.slotTypes === holder)) continue;
      for (const [key, value] of values) this.#note(holder, key, value);
    }
  }

  #note(holder: Holder, key: Key, value: unknown): void {
    let places = this.#places.get(holder);
    if (places === undefined) {
      places = new Map();
      this.#places.set(holder, places);
    }
    const left = places.get(key);
    if (left === undefined) {
      places.set(key, { values: [value], paths: 1 });
      return;
    }
    left.paths += 1;
    if (left.values.length <= MAX_VALUES && !left.values.includes(value)) left.values.push(value);
  }

  /**
   * Puts what the lost paths left into the state, in which the others have come to their end.
   *
   * @param mark where the first of all forks was: no path differs in what is older
   */
  settle(journal: Journal, mark: number, when: Quantity, merging: MergeContext): void {
    const originals = journal.originalsSince(mark);
    const inputs = isKnown(when) ? [] : fieldsOf(when, MAX_OPAQUE_INPUTS);
    // What the others changed and no lost path did holds there what it held before.
    for (const [holder, values] of originals)
      for (const key of values.keys())
        if (!this.#places.get(holder)?.has(key))
          this.#mix(journal, holder, key, [values.get(key)], inputs, merging);
    for (const [holder, places] of this.#places) {
      for (const [key, { values, paths }] of places) {
        const before = originals.get(holder);
        const original = before?.has(key) ? before.get(key) : readPlace(holder, key);
        this.#mix(
          journal,
          holder,
          key,
          paths < this.#count ? [original, ...values] : values,
          inputs,
          merging,
        );
      }
    }
  }

  #mix(
    journal: Journal,
    holder: Holder,
    key: Key,
    others: readonly unknown[],
    inputs: readonly FieldSymbol[],
    merging: MergeContext,
  ): void {
    const now = readPlace(holder, key);
    let mixed = now;
    for (const other of others)
      if (other !== mixed)
        mixed = mergePlace(opaque(1, this.#reason, inputs), holder, key, other, mixed, merging);
    if (mixed !== now) journal.set(holder, key, mixed);
  }
}
