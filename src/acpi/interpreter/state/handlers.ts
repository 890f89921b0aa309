/** Who answers accesses of operation regions, and where that isn't plain: what changes while a machine comes up. */

/** No table is longer. */
const TABLE_ADDRESS_BITS = 32n;

export class Handlers {
  #tablesLoading = true;
  #cutsPorts = false;
  /** Index fields being selected inside each other. */
  #depth = 0;
  readonly #tables = new Map<Uint8Array, bigint>();

  /** Tables are being loaded: only the first handlers are there. */
  get tablesLoading(): boolean {
    return this.#tablesLoading;
  }

  /** A Windows interface was asked for and tables are loaded: port addresses have 16 bits. */
  get cutsPorts(): boolean {
    return this.#cutsPorts;
  }

  /** All are there from here on. */
  endLoading(): void {
    this.#tablesLoading = false;
  }

  cutPorts(cuts: boolean): void {
    this.#cutsPorts = cuts;
  }

  /** Selects an index register, which may lie behind another one: `work` is told how many there are. */
  throughIndex(work: (depth: number) => void): void {
    this.#depth += 1;
    try {
      work(this.#depth);
    } finally {
      this.#depth -= 1;
    }
  }

  /** Where a table lies that a DataTableRegion is over: in a space of tables. */
  addressOfTable(bytes: Uint8Array): bigint {
    let address = this.#tables.get(bytes);
    if (address === undefined) {
      address = BigInt(this.#tables.size) << TABLE_ADDRESS_BITS;
      this.#tables.set(bytes, address);
    }
    return address;
  }
}
