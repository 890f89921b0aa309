/**
 * What in Linux' address translation (drivers/of/address.c) is not the same in every kernel. Which release does what is
 * told from outside: nothing here knows of releases.
 */
export interface AddressingProfile {
  /**
   * A bus that has no #address-cells of its own, and whose type doesn't fix them: its children's addresses have the
   * counts of its ancestors, or no bus type fits it and none of them translates.
   */
  readonly missingCells: 'inherited' | 'no-bus';
  /** Through an empty `ranges` an address keeps its flags cell; else it comes out with flags 0. */
  readonly emptyRangesKeepFlags: boolean;
  /** Three address cells mean a flags cell also where the bus is neither PCI nor ISA: entries match by it. */
  readonly threeCellsHaveFlags: boolean;
}

/** The kernel that the reference translations of this project were checked with: 6.12. */
export const DEFAULT_ADDRESSING: AddressingProfile = {
  missingCells: 'inherited',
  emptyRangesKeepFlags: true,
  threeCellsHaveFlags: true,
};

/** Another kernel's translation, to be told where it makes a difference. */
export interface AddressingVariant {
  /** Which kernels: `Linux 6.13 and newer`. */
  readonly kernels: string;
  readonly profile: AddressingProfile;
}

/**
 * What a kernel decides about a description beyond the Devicetree Specification, in every release alike. Data, told from
 * outside like a profile: nothing here knows whose rules they are.
 */
export interface TreeRules {
  /** Where a missing `ranges` lets addresses pass 1:1: `compatible` in small letters, of the root or of the bus itself. */
  readonly openWithoutRanges: { readonly roots: readonly string[]; readonly buses: readonly string[] };
  readonly reservedMemory: {
    /** `/reserved-memory` counts only with the root's own cell counts, and with `ranges`. */
    readonly needs: readonly ('#size-cells' | '#address-cells' | 'ranges')[];
    /** A region whose `status` isn't okay is not kept out of RAM. */
    readonly needsOkay: boolean;
    /** A `reg` or `alloc-ranges` that is no whole number of entries: all of it is left out, or its last part is. */
    readonly partialList: 'left out' | 'cut';
  };
}

/** The specification alone (v0.4, 2.3.8 and 3.5). */
export const SPECIFICATION_RULES: TreeRules = {
  openWithoutRanges: { roots: [], buses: [] },
  reservedMemory: { needs: [], needsOkay: true, partialList: 'cut' },
};
