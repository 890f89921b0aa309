/**
 * What differs between kernels in Linux' address translation (drivers/of/address.c). Which release does what is passed in
 * by the caller; nothing here knows of releases.
 */
export interface AddressingProfile {
  /**
   * A bus without #address-cells of its own, whose type doesn't fix them: its children use the counts of its ancestors
   * (`inherited`), or it matches no bus type and no address of its children translates (`no-bus`).
   */
  readonly missingCells: 'inherited' | 'no-bus';
  /** An empty `ranges` keeps the flags cell of an address; else the flags become 0. */
  readonly emptyRangesKeepFlags: boolean;
  /** Three address cells have a flags cell also on a bus that is neither PCI nor ISA, and entries must match it. */
  readonly threeCellsHaveFlags: boolean;
}

/** Linux 6.12, which the reference translations of this project were checked with. */
export const DEFAULT_ADDRESSING: AddressingProfile = {
  missingCells: 'inherited',
  emptyRangesKeepFlags: true,
  threeCellsHaveFlags: true,
};

/** The translation of other kernels, reported where it makes a difference. */
export interface AddressingVariant {
  /** Which kernels: `Linux 6.13 and newer`. */
  readonly kernels: string;
  readonly profile: AddressingProfile;
}

/**
 * Rules of a kernel beyond the Devicetree Specification that are the same in every release. Passed in by the caller, like a
 * profile; nothing here knows whose rules they are.
 */
export interface TreeRules {
  /** Where a missing `ranges` is 1:1: lower-case `compatible` strings of the root or of the bus itself. */
  readonly openWithoutRanges: { readonly roots: readonly string[]; readonly buses: readonly string[] };
  readonly reservedMemory: {
    /** What `/reserved-memory` must have not to be ignored: the root's cell counts, and `ranges`. */
    readonly needs: readonly ('#size-cells' | '#address-cells' | 'ranges')[];
    /** A region whose `status` isn't okay is not kept out of RAM. */
    readonly needsOkay: boolean;
    /** A `reg` or `alloc-ranges` that is no whole number of entries: all of it is left out, or only its end. */
    readonly partialList: 'left out' | 'cut';
  };
}

/** The specification alone (v0.4, 2.3.8 and 3.5). */
export const SPECIFICATION_RULES: TreeRules = {
  openWithoutRanges: { roots: [], buses: [] },
  reservedMemory: { needs: [], needsOkay: true, partialList: 'cut' },
};
