/** Behaviour of the kernel that differs between releases. The rows of `changes.ts` set it. */
import type { AddressingProfile } from '../devicetree/address/profile.ts';

export interface Behaviour extends AddressingProfile {
  /** The driver has a list of windows. Earlier it kept one range, which drivers searched themselves; that is not modelled. */
  readonly windowList: boolean;
  /** Order in which `vmbus_walk_resources` keeps windows that do not overlap. */
  readonly windowOrder: 'ascending' | 'descending';
  /** A range that is adjacent to a listed window is merged with it. */
  readonly mergesTouching: boolean;
  /** Ranges that end below 1 MiB are ignored. */
  readonly floor: boolean;
  /** The rest of a range that contains the virtual TPM at 0xfed40000. */
  readonly vtpmCut: 'none' | 'keeps-first-byte' | 'below';
  /** The walk up the ancestors ends before the namespace root. */
  readonly stopsAtNamespaceRoot: boolean;
  /** `vmbus_reserve_fb` exists. */
  readonly reservesFramebuffer: boolean;
  /** Source of the framebuffer's base on a BIOS boot (Generation 1). */
  readonly biosFramebuffer: 'screen-info' | 'pci-bar';
  /** screen_info is read with CONFIG_SYSFB only. */
  readonly sysfbGate: boolean;
  /** With lfb_base 0 the base is the first window's start; the size is half of the rest below 4 GiB, at most 128 MiB. */
  readonly lowBaseFallback: boolean;
  /** The size to reserve is an `int`: 2 GiB or more are negative. */
  readonly reservationSizeIsInt: boolean;
  /** The variable with the framebuffer's data from the boot loader. */
  readonly screenInfo: 'screen_info' | 'sysfb_primary_display';
  /** The allocator explicitly skips ranges that start or end inside the reservation. */
  readonly framebufferTest: boolean;
  /** Freeing a range inside the reservation does not release claims in windows. */
  readonly freeSkipsFramebuffer: boolean;
  /** Form of the message of `__release_region`. */
  readonly freeMessage: 'bare' | 'prefixed';
  /** The driver takes its windows from a device tree. */
  readonly deviceTree: boolean;
  /** On arm64 the node's interrupt is requested before its `ranges` are read. */
  readonly deviceTreeIrqFirst: boolean;
  /** The `ranges` parser rejects impossible cell counts. */
  readonly refusesBadCells: boolean;
  /** Default of CONFIG_SYSFB, if no driver selects it. */
  readonly sysfbSymbol: 'absent' | 'default-yes' | 'selected-only';
  /** The Hyper-V symbol that selects CONFIG_SYSFB. */
  readonly hypervSelectsSysfb: 'nothing' | 'HYPERV' | 'HYPERV_VMBUS';
  /** That select depends on CONFIG_EFI. */
  readonly selectNeedsEfi: boolean;
  /** CONFIG_DRM_EFIDRM and CONFIG_DRM_VESADRM exist; both select CONFIG_SYSFB. */
  readonly drmSysfb: boolean;
  /** CONFIG_HYPERV_VTL_MODE exists. */
  readonly vtlMode: boolean;
  /** CONFIG_HYPERV_VMBUS exists beside CONFIG_HYPERV. */
  readonly vmbusSymbol: boolean;
  /** New BARs are not placed where E820 has entries: for every BIOS, or only for those before 2023. */
  readonly e820Clipping: 'always' | 'never' | 'bios-before-2023';
  /** Large EfiMemoryMappedIO regions are removed from E820. */
  readonly removesEfiMmio: boolean;
  /** Contiguous neighbouring windows of a host bridge are merged. */
  readonly coalescesBridgeWindows: boolean;
  /** What happens with a device tree host bridge without `ranges`. */
  readonly bridgeWithoutRanges: 'fails' | 'no-windows';
  /** There is a warning about non-prefetchable windows of 4 GiB or more of a device tree bridge. */
  readonly warnsOfLargeWindow: boolean;
  /** There is a message about a device tree bridge without `bus-range`. */
  readonly tellsDefaultBusRange: boolean;
}

/** The behaviour of Linux 4.0, to which the rows of the table are applied. */
export const BASE_BEHAVIOUR: Behaviour = {
  windowList: false,
  windowOrder: 'descending',
  mergesTouching: false,
  floor: false,
  vtpmCut: 'none',
  stopsAtNamespaceRoot: false,
  reservesFramebuffer: false,
  biosFramebuffer: 'screen-info',
  sysfbGate: false,
  lowBaseFallback: false,
  reservationSizeIsInt: true,
  screenInfo: 'screen_info',
  framebufferTest: false,
  freeSkipsFramebuffer: false,
  freeMessage: 'bare',
  deviceTree: false,
  deviceTreeIrqFirst: false,
  refusesBadCells: false,
  missingCells: 'inherited',
  emptyRangesKeepFlags: false,
  threeCellsHaveFlags: false,
  sysfbSymbol: 'absent',
  hypervSelectsSysfb: 'nothing',
  selectNeedsEfi: false,
  drmSysfb: false,
  vtlMode: false,
  vmbusSymbol: false,
  e820Clipping: 'always',
  removesEfiMmio: false,
  coalescesBridgeWindows: false,
  bridgeWithoutRanges: 'fails',
  warnsOfLargeWindow: false,
  tellsDefaultBusRange: true,
};
