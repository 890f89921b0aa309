/** What a kernel does, as far as it differs between releases. The rows of `changes.ts` switch these. */
import type { AddressingProfile } from '../devicetree/address/profile.ts';

/** With how addresses of a device tree are translated. */
export interface Behaviour extends AddressingProfile {
  /** Below this release the driver has no list of windows to model: it kept one range and drivers searched it themselves. */
  readonly windowList: boolean;
  /** Order in which `vmbus_walk_resources` keeps windows that do not overlap. */
  readonly windowOrder: 'ascending' | 'descending';
  /** A range that touches a window already in the list joins it. */
  readonly mergesTouching: boolean;
  /** Ranges that end below 1 MiB are ignored. */
  readonly floor: boolean;
  /** What is left of a range that reaches over the virtual TPM at 0xfed40000. */
  readonly vtpmCut: 'none' | 'keeps-first-byte' | 'below';
  /** The walk up the ancestors ends before the namespace root. */
  readonly stopsAtNamespaceRoot: boolean;
  /** `vmbus_reserve_fb` exists. */
  readonly reservesFramebuffer: boolean;
  /** Where the framebuffer's base comes from on a BIOS boot (Generation 1). */
  readonly biosFramebuffer: 'screen-info' | 'pci-bar';
  /** screen_info is only read with CONFIG_SYSFB. */
  readonly sysfbGate: boolean;
  /** lfb_base 0 means the first window's start; the size is half of what is left below 4 GiB, at most 128 MiB. */
  readonly lowBaseFallback: boolean;
  /** The size tried is an `int`: 2 GiB and more come out negative. */
  readonly reservationSizeIsInt: boolean;
  /** Where the kernel keeps what the boot loader said about the framebuffer. */
  readonly screenInfo: 'screen_info' | 'sysfb_primary_display';
  /** The allocator itself skips starts and ends inside the reservation. */
  readonly framebufferTest: boolean;
  /** Freeing inside the reservation leaves the windows' claims alone. */
  readonly freeSkipsFramebuffer: boolean;
  /** How `__release_region` words its complaint. */
  readonly freeMessage: 'bare' | 'prefixed';
  /** The driver takes its windows from a device tree. */
  readonly deviceTree: boolean;
  /** On arm64 the node's interrupt is asked for before its `ranges` are read. */
  readonly deviceTreeIrqFirst: boolean;
  /** The `ranges` parser refuses impossible cell counts. */
  readonly refusesBadCells: boolean;
  /** How CONFIG_SYSFB comes to be set, apart from the drivers that select it. */
  readonly sysfbSymbol: 'absent' | 'default-yes' | 'selected-only';
  /** What of Hyper-V selects CONFIG_SYSFB, with the condition beside. */
  readonly hypervSelectsSysfb: 'nothing' | 'HYPERV' | 'HYPERV_VMBUS';
  /** The condition of that select asks for CONFIG_EFI. */
  readonly selectNeedsEfi: boolean;
  /** CONFIG_DRM_EFIDRM and CONFIG_DRM_VESADRM exist; both select CONFIG_SYSFB. */
  readonly drmSysfb: boolean;
  /** CONFIG_HYPERV_VTL_MODE exists. */
  readonly vtlMode: boolean;
  /** CONFIG_HYPERV_VMBUS exists beside CONFIG_HYPERV. */
  readonly vmbusSymbol: boolean;
  /** Entries of E820 keep new BARs out of host bridge windows: for every BIOS, or only for one of before 2023. */
  readonly e820Clipping: 'always' | 'never' | 'bios-before-2023';
  /** Large EfiMemoryMappedIO regions are taken out of E820. */
  readonly removesEfiMmio: boolean;
  /** Neighbouring windows of a host bridge that continue each other become one. */
  readonly coalescesBridgeWindows: boolean;
  /** A device tree host bridge without `ranges`: its probe fails, or it has no windows. */
  readonly bridgeWithoutRanges: 'fails' | 'no-windows';
  /** A non-prefetchable window of a device tree bridge of 4 GiB and more is warned of. */
  readonly warnsOfLargeWindow: boolean;
  /** A device tree bridge without `bus-range` is told of. */
  readonly tellsDefaultBusRange: boolean;
}

/** A Linux 4.0 kernel: every row of the table comes on top. */
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
