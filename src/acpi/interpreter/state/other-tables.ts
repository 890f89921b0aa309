/** Tables that aren't among those given: whether there may be any, and what is counted of them. */

export class OtherTables {
  /** Are values unknown at all? In a simulation there are no other tables, as acpiexec has no others. */
  readonly #possible: boolean;
  #open: boolean;
  #unknown = false;
  #values = 0;

  /** @param complete the tables given are all that the machine starts with */
  constructor(possible: boolean, complete: boolean) {
    this.#possible = possible;
    this.#open = possible && !complete;
  }

  /** May names exist that none of the tables declares: are there other tables, or such that code loads? */
  get open(): boolean {
    return this.#open;
  }

  /** Code may have loaded a table of which nothing is known. */
  get unknown(): boolean {
    return this.#unknown;
  }

  /** From here on names that no table has may be made by tables that code loaded. */
  loadUnknown(): void {
    this.#open = this.#possible;
    this.#unknown ||= this.#possible;
  }

  /** Numbers the values that their objects have had, from 1. */
  nextValue(): number {
    this.#values += 1;
    return this.#values;
  }
}
