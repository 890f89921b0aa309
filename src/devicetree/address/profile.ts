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
