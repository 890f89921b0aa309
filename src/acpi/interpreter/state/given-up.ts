/** What was given up on one machine: what its state can't be relied on for, and why. */
import type { AmlFault } from './fault.ts';

export class GivenUp {
  readonly #state: string[] = [];
  readonly #places = new Map<string, AmlFault>();
  #skipped: string | undefined;

  /** Why the state is not to be relied on from some point on, the last reason: conditions were not followed up. */
  get unreliable(): string | undefined {
    return this.#state.at(-1);
  }

  /** Why some of the tables' own code was not run: what it declares may be missing. */
  get skipped(): string | undefined {
    return this.#skipped;
  }

  /** Notes that the state can't be relied on from here. */
  state(reason: string): void {
    if (!this.#state.includes(reason)) this.#state.push(reason);
  }

  /** Notes where code is given up. Gives the reason by which what it may change isn't known. */
  code(why: AmlFault): string {
    const reason = why.place === undefined ? why.message : `${why.message}, in ${why.place.path}`;
    if (!this.#places.has(reason)) this.#places.set(reason, why);
    return reason;
  }

  /** As {@link code}, of a table's own, which goes on without it. */
  tableCode(why: AmlFault): void {
    const reason = this.code(why);
    this.#skipped ??= reason;
  }

  /** Where code was given up, by the reason that values carry which it may have changed. */
  placeOf(reason: string): AmlFault | undefined {
    return this.#places.get(reason);
  }
}
