/** State of the address space handlers of operation regions, which changes during boot. */

/** Binary logarithm of a bound of table lengths. */
const TABLE_ADDRESS_BITS = 32n;

export class Handlers {
  #tablesLoading = true;
  #cutsPorts = false;
  /** Nesting of index register selections. */
  #depth = 0;
  readonly #tables = new Map<Uint8Array, bigint>();

  /** Tables are being loaded, and only the early handlers are installed. */
  get tablesLoading(): boolean {
    return this.#tablesLoading;
  }

  /** Port addresses are truncated to 16 bits: code has called `_OSI` for a Windows interface, and tables are loaded. */
  get cutsPorts(): boolean {
    return this.#cutsPorts;
  }

  /** All handlers are installed from now on. */
  endLoading(): void {
    this.#tablesLoading = false;
  }

  cutPorts(cuts: boolean): void {
    this.#cutsPorts = cuts;
  }

  /** Selects an index register, which may itself be an index field. @param work is called with the nesting */
  throughIndex(work: (depth: number) => void): void {
    this.#depth += 1;
    try {
      work(this.#depth);
    } finally {
      this.#depth -= 1;
    }
  }

  /** The address of a table for DataTableRegions, in a separate space. */
  addressOfTable(bytes: Uint8Array): bigint {
    let address = this.#tables.get(bytes);
    if (address === undefined) {
      address = BigInt(this.#tables.size) << TABLE_ADDRESS_BITS;
      this.#tables.set(bytes, address);
    }
    return address;
  }
}
