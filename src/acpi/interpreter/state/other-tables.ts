/** Tables that are not given: whether there may be any, and a counter for values of their objects. */

export class OtherTables {
  /** False in a simulation, which like acpiexec has no other tables. */
  readonly #possible: boolean;
  #open: boolean;
  #unknown = false;
  #values = 0;

  /** @param complete the machine has no other tables at boot */
  constructor(possible: boolean, complete: boolean) {
    this.#possible = possible;
    this.#open = possible && !complete;
  }

  /** Names that none of the tables declares may exist. */
  get open(): boolean {
    return this.#open;
  }

  /** Code may have loaded an unknown table. */
  get unknown(): boolean {
    return this.#unknown;
  }

  /** Code may load an unknown table, so any name may exist from now on. */
  loadUnknown(): void {
    this.#open = this.#possible;
    this.#unknown ||= this.#possible;
  }

  /** The next number, from 1, for a value of one of their objects. */
  nextValue(): number {
    this.#values += 1;
    return this.#values;
  }
}
