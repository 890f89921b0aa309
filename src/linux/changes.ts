/**
 * The release table: one row for each change of behaviour. A new change is a new row, a backport a new entry in a row's
 * `stable`; no other code depends on release numbers.
 *
 * `confirmed` rows were verified in the named source; an answer that depends on any other row says so. Rows are applied
 * in order; later ones override earlier ones.
 */
import type { Behaviour } from './behaviour.ts';

export interface StableRelease {
  /** `6.12`. */
  readonly branch: string;
  /** First release of the branch with the change: `6.12.95`; `null` if unknown. */
  readonly since: string | null;
  readonly confirmed: boolean;
}

export interface ReleaseChange {
  /** Twelve hexadecimal digits, or a descriptive name if the commit is unknown. */
  readonly commit: string;
  readonly subject: string;
  /** First mainline release, with the release candidate if known; `null` if no mainline release has the change. */
  readonly mainline: string | null;
  /** The source confirms the mainline release. */
  readonly confirmed: boolean;
  /** Of an unconfirmed row: the newest branch (`6.1`) whose source was seen without the change, and the oldest one with it. */
  readonly absentUpTo?: string;
  readonly presentFrom?: string;
  readonly stable: readonly StableRelease[];
  readonly effect: Partial<Behaviour>;
  /** The effect, for reports. */
  readonly says: string;
  readonly source: string;
}

export const RELEASE_CHANGES: readonly ReleaseChange[] = [
  {
    commit: '7f163a6fd957',
    subject: 'drivers:hv: Modify hv_vmbus to search for all MMIO ranges available.',
    mainline: '4.3',
    confirmed: false,
    presentFrom: '4.9',
    stable: [],
    effect: { windowList: true, floor: true, vtpmCut: 'keeps-first-byte' },
    says: 'the driver keeps a list of all windows, ignores those that end below 1 MiB and cuts one that reaches over the virtual TPM, keeping one byte of it',
    source: 'general knowledge; the code is in every source from 4.9 on',
  },
  {
    commit: '40f26f3168bf',
    subject: 'drivers:hv: Allow for MMIO claims that span ACPI _CRS records',
    mainline: '4.5',
    confirmed: false,
    presentFrom: '4.9',
    stable: [],
    effect: { mergesTouching: true },
    says: 'a range that touches a window already listed joins it; Generation 1 firmware lists 2 GiB pieces',
    source: 'commit of December 2015; title and date from a search, not the diff',
  },
  {
    commit: '23a0683186b7',
    subject: 'drivers:hv: Reverse order of resources in hyperv_mmio',
    mainline: '4.7-rc1',
    confirmed: false,
    presentFrom: '4.9',
    stable: [],
    effect: { windowOrder: 'ascending' },
    says: 'windows are listed from the lowest address up',
    source: 'title from a search, not the diff',
  },
  {
    commit: '6d146aefbaa5',
    subject: 'drivers:hv: Record MMIO range in use by frame buffer',
    mainline: '4.7-rc1',
    confirmed: false,
    presentFrom: '4.9',
    stable: [],
    effect: { reservesFramebuffer: true },
    says: 'vmbus_reserve_fb(): the framebuffer in screen_info is reserved in the first window',
    source:
      'Jake Oshins\' series "Ensure that bridge windows don\'t overlap" of March 2016; merge release believed',
  },
  {
    commit: '78e04bbff849',
    subject: "Drivers: vmbus: Don't dereference ACPI root object handle",
    mainline: '6.6-rc1',
    confirmed: true,
    stable: [{ branch: '6.1', since: '6.1.53', confirmed: true }],
    effect: { stopsAtNamespaceRoot: true },
    says: 'the walk up the ancestors stops at the namespace root; before it a machine without any window in them oopses (CVE-2023-53647)',
    source:
      'ChangeLog of 6.1.53; linux-next for 6.6; sources of 5.10.262 (absent), 6.1.192 and newer (present). 5.15.y, 6.4.y and 6.5.y were only seen in queues',
  },
  {
    commit: 'resource-free-message',
    subject: 'resource: messages carry the prefix "resource: " and addresses 0x',
    mainline: '6.1',
    confirmed: false,
    absentUpTo: '5.10',
    presentFrom: '6.1',
    stable: [],
    effect: { freeMessage: 'prefixed' },
    says: '"Trying to free nonexistent resource" is printed with a prefix',
    source: 'sources of 5.10.262 (bare) and 6.1.170 (prefixed); the commit and first release are not known',
  },
  {
    commit: 'd391c5827107',
    subject: 'drivers/firmware: move x86 Generic System Framebuffers support',
    mainline: '5.15',
    confirmed: false,
    absentUpTo: '5.10',
    presentFrom: '5.15',
    stable: [],
    effect: { sysfbSymbol: 'default-yes' },
    says: 'CONFIG_X86_SYSFB becomes CONFIG_SYSFB (default y, X86 or EFI) with CONFIG_SYSFB_SIMPLEFB beside it',
    source: 'general knowledge',
  },
  {
    commit: 'a4a072d98d8c',
    subject:
      'firmware: sysfb: Make sysfb_create_simplefb() return a pdev pointer; Kconfig: SYSFB loses its default',
    mainline: '5.19-rc1',
    confirmed: true,
    stable: [],
    effect: { sysfbSymbol: 'selected-only' },
    says: 'CONFIG_SYSFB is a plain bool without prompt: only a select sets it, and where none does .config has no line for it',
    source: 'drm pull for 5.19-rc1',
  },
  {
    commit: '2a8a8afba0c3',
    subject: 'Drivers: hv: Always reserve framebuffer region for Gen1 VMs',
    mainline: '6.0-rc6',
    confirmed: true,
    stable: [],
    effect: { biosFramebuffer: 'pci-bar', reservationSizeIsInt: false },
    says: 'on a BIOS boot the framebuffer is BAR 0 of PCI 1414:5353, in text mode too',
    source: 'pull request "Hyper-V fixes for 6.0-rc6"; sources of 5.10.262 (absent), 6.1.170 (present)',
  },
  {
    commit: 'f0880e2cb7e1',
    subject: 'Drivers: hv: Never allocate anything besides framebuffer from framebuffer memory region',
    mainline: '6.0-rc6',
    confirmed: true,
    stable: [
      { branch: '5.10', since: '5.10.146', confirmed: true },
      { branch: '5.15', since: null, confirmed: false },
    ],
    effect: { framebufferTest: true },
    says: 'the allocator skips the reservation by an explicit test; the reservation was busy, so it was skipped before too',
    source: 'ChangeLog of 5.10.146; 5.10.218 run with and without it: two of 2,183 inputs differ',
  },
  {
    commit: 'f83705a51275',
    subject: 'Driver: VMBus: Add Devicetree support',
    mainline: '6.4-rc1',
    confirmed: true,
    stable: [],
    effect: { deviceTree: true, vtlMode: true },
    says: 'without ACPI the driver takes its windows from the ranges of its device tree node and never reserves a framebuffer; the same pull adds CONFIG_HYPERV_VTL_MODE',
    source: 'pull request "hyperv-next for v6.4"',
  },
  {
    commit: 'a07b50d80ab6',
    subject: 'hyperv: avoid dependency on screen_info',
    mainline: '6.7-rc1',
    confirmed: true,
    stable: [],
    effect: { sysfbGate: true },
    says: 'on an EFI boot screen_info is only looked at with CONFIG_SYSFB; without it nothing is reserved, silently',
    source:
      'sources of 6.1.192 (absent) and 6.12.94 (present); first mainline release from the review thread',
  },
  {
    commit: '3d5089c4263d',
    subject: 'of/address: Add support for 3 address cell bus',
    mainline: '6.4',
    confirmed: false,
    absentUpTo: '5.10',
    presentFrom: '6.12',
    stable: [{ branch: '6.1', since: '6.1.125', confirmed: true }],
    effect: { threeCellsHaveFlags: true },
    says: 'the first of three address cells is a flags cell also on buses that are neither PCI nor ISA, and entries of ranges match by it',
    source: 'sources of 5.10.262 (absent), 6.1.192 and 6.12.118 (present); ChangeLog of 6.1.125',
  },
  {
    commit: '7f05e20b989a',
    subject: 'of: address: Preserve the flags portion on 1:1 dma-ranges mapping',
    mainline: '6.13',
    confirmed: false,
    absentUpTo: '5.10',
    presentFrom: '7.2',
    stable: [
      { branch: '6.12', since: '6.12.7', confirmed: true },
      { branch: '6.6', since: null, confirmed: false },
      { branch: '6.1', since: '6.1.125', confirmed: true },
    ],
    effect: { emptyRangesKeepFlags: true },
    says: 'an address keeps its flags cell through an empty ranges; before it came out with flags 0, and no window of a PCI bus above took it',
    source: 'sources of 5.10.262, 6.1.192, 6.12.118 and 7.2.13; ChangeLogs of 6.12.7 and 6.1.125',
  },
  {
    commit: '64ee3cf096ac',
    subject: 'of/address: Rework bus matching to avoid warnings',
    mainline: '6.13',
    confirmed: true,
    stable: [],
    effect: { missingCells: 'no-bus' },
    says: 'a bus without its own #address-cells, and not PCI or ISA, matches no bus type: no address on it translates, where it took the cells of its ancestors before',
    source: 'sources of 6.12.118 (absent) and 7.2.13 (present); pull request for 6.13',
  },
  {
    commit: 'ranges-cell-counts',
    subject: 'of/address: refuse impossible cell counts when parsing ranges',
    mainline: '7.2',
    confirmed: false,
    absentUpTo: '6.12',
    presentFrom: '7.3',
    stable: [],
    effect: { refusesBadCells: true },
    says: 'the ranges parser gives -EINVAL for impossible cell counts, so the probe fails',
    source: 'sources of 6.12.117 (absent) and 7.3.4 (present); the commit and first release are not known',
  },
  {
    commit: '73fe9073c0cc',
    subject: "Drivers: hv: vmbus: Don't release fb_mmio resource in vmbus_free_mmio()",
    mainline: '6.14',
    confirmed: true,
    stable: [
      { branch: '5.10', since: '5.10.236', confirmed: true },
      { branch: '5.15', since: null, confirmed: false },
      { branch: '6.6', since: null, confirmed: false },
      { branch: '6.1', since: '6.1.132', confirmed: true },
      { branch: '6.12', since: '6.12.20', confirmed: true },
    ],
    effect: { freeSkipsFramebuffer: true },
    says: 'freeing a range inside the reservation no longer frees the reservation or complains',
    source: 'linux-next of the 6.14 candidates (hyperv-fixes); stable ChangeLogs',
  },
  {
    commit: 'drm-sysfb-drivers',
    subject: 'drm/sysfb: efidrm and vesadrm drivers',
    mainline: '6.16',
    confirmed: false,
    absentUpTo: '6.12',
    presentFrom: '7.2',
    stable: [],
    effect: { drmSysfb: true },
    says: 'CONFIG_DRM_EFIDRM and CONFIG_DRM_VESADRM exist and select CONFIG_SYSFB',
    source: 'drivers/gpu/drm/sysfb/Kconfig; absent in 6.12.117, present in 7.2.13; first release believed',
  },
  {
    commit: '96959283a58d',
    subject: 'Drivers: hv: Always select CONFIG_SYSFB for Hyper-V guests',
    mainline: '6.16-rc1',
    confirmed: true,
    stable: [],
    effect: { hypervSelectsSysfb: 'HYPERV' },
    says: 'CONFIG_HYPERV selects CONFIG_SYSFB unless CONFIG_HYPERV_VTL_MODE; no stable branch has it',
    source:
      'v6.16-rc1; M. Kelley asked to backport it to no stable tree; Kconfig of 6.1.192, 6.12.94 and 6.12.118 (absent)',
  },
  {
    commit: '7b89a44b2e8c',
    subject: 'Drivers: hv: Select CONFIG_SYSFB only if EFI is enabled',
    mainline: '6.16-rc7',
    confirmed: true,
    stable: [],
    effect: { selectNeedsEfi: true },
    says: 'the select asks for CONFIG_EFI as well, since arm64 does not link without it',
    source: 'pull request for 6.16-rc7',
  },
  {
    commit: '94b04355e639',
    subject: 'Drivers: hv: Add CONFIG_HYPERV_VMBUS option',
    mainline: '6.18-rc1',
    confirmed: true,
    stable: [],
    effect: { vmbusSymbol: true },
    says: 'the VMBus driver has a symbol of its own; CONFIG_HYPERV is core support, bool since e3ec97c3abaf beside it',
    source: 'merged with the 6.18 merge window; Kconfig of 6.12.117 (absent), 7.2 and 7.3 (present)',
  },
  {
    commit: '1dc5df133b98',
    subject: 'Drivers: hv: vmbus: Get the IRQ number from DeviceTree',
    mainline: '6.16-rc1',
    confirmed: true,
    stable: [],
    effect: { deviceTreeIrqFirst: true },
    says: 'on arm64 a device tree node without a usable interrupt fails the probe before its ranges are read',
    source:
      'the series of April 2025, in 6.16 with its fix b0871aa0f8df (pull request for 6.16-rc7); sources of 6.12.117 (absent) and 7.3.4 (present)',
  },
  {
    commit: 'a41e0ab394e4',
    subject: 'sysfb: Replace screen_info with sysfb_primary_display',
    mainline: '7.0',
    confirmed: false,
    absentUpTo: '6.12',
    presentFrom: '7.2',
    stable: [],
    effect: { screenInfo: 'sysfb_primary_display' },
    says: 'the same facts are read from sysfb_primary_display.screen',
    source: 'the commit; first mainline release believed',
  },
  {
    commit: 'd33db956c961',
    subject: 'hv: Select CONFIG_SYSFB only for CONFIG_HYPERV_VMBUS',
    mainline: '7.1-rc1',
    confirmed: true,
    stable: [
      { branch: '6.18', since: '6.18.30', confirmed: true },
      { branch: '7.0', since: '7.0.7', confirmed: true },
    ],
    effect: { hypervSelectsSysfb: 'HYPERV_VMBUS' },
    says: 'CONFIG_HYPERV_VMBUS selects CONFIG_SYSFB if EFI && !HYPERV_VTL_MODE',
    source: 'drm-misc-fixes of 23 April 2026, so 7.1; announcements of 6.18.30 and 7.0.7; Kconfig of 7.3.4',
  },
  {
    commit: '016a25e4b0df',
    subject: 'Drivers: hv: vmbus: Improve the logic of reserving fb_mmio on Gen2 VMs',
    mainline: '7.1-rc8',
    confirmed: true,
    stable: [
      { branch: '5.10', since: '5.10.260', confirmed: true },
      { branch: '5.15', since: '5.15.211', confirmed: true },
      { branch: '6.6', since: '6.6.144', confirmed: true },
      // The push of 7.0.13-rc1 has it (c917b58ccc8b); the announcement of 7.0.13 was not seen.
      { branch: '7.0', since: '7.0.13', confirmed: false },
      { branch: '6.1', since: '6.1.177', confirmed: true },
      { branch: '6.12', since: '6.12.95', confirmed: true },
      { branch: '6.18', since: '6.18.37', confirmed: true },
    ],
    effect: { lowBaseFallback: true, vtpmCut: 'below', reservationSizeIsInt: false },
    says: 'with lfb_base 0 the start of the first window is reserved; sizes go up to 128 MiB; the cut at the virtual TPM leaves it whole; the result is logged',
    source:
      'pull request "Hyper-V fixes for v7.1-rc8"; stable ChangeLogs; announcements of 5.10.260, 5.15.211, 6.6.144; sources of 5.10.262, 6.1.192, 6.12.117, 7.3.4',
  },
  {
    commit: '0ae084d5a674',
    subject: 'x86/PCI: Disable E820 reserved region clipping starting in 2023',
    mainline: '5.19-rc3',
    confirmed: true,
    stable: [],
    effect: { e820Clipping: 'bios-before-2023' },
    says: 'entries of E820 keep new BARs out of host bridge windows only for a BIOS dated before 2023; pci=use_e820 and pci=no_e820 override, and d341838d776a ignores them on three machines',
    source:
      'sources of 5.10.262 (always), 6.1.192 and newer (by year); pull requests for 5.19. The candidates rc1 and rc2 cut the windows themselves, reverted by a2b36ffbf5b6',
  },
  {
    commit: '07eab0901ede',
    subject: 'efi/x86: Remove EfiMemoryMappedIO from E820 map',
    mainline: '6.2',
    confirmed: true,
    stable: [],
    effect: { removesEfiMmio: true },
    says: 'EfiMemoryMappedIO regions of 256 KiB and more are taken out of E820, so that BARs may be put there',
    source: 'pull request for 6.2; sources of 6.1.192 (absent) and 6.12.118 (present)',
  },
  {
    commit: '7c3855c423b1',
    subject: 'PCI: Coalesce host bridge contiguous apertures',
    mainline: '5.16',
    confirmed: true,
    stable: [
      { branch: '5.10', since: '5.10.237', confirmed: true },
      { branch: '5.15', since: null, confirmed: false },
    ],
    effect: { coalescesBridgeWindows: true },
    says: 'neighbouring windows of a host bridge that continue each other, with equal flags and offset, become one; a first try in a 5.14 candidate (65db04053efe) was reverted',
    source: 'ChangeLog of 5.10.237; sources of 5.10.262, 6.1.192 and newer',
  },
  {
    commit: 'd277f6e88c88',
    subject: "PCI: of: Don't fail devm_pci_alloc_host_bridge() on missing 'ranges'",
    mainline: '5.15',
    confirmed: true,
    stable: [
      { branch: '5.10', since: '5.10.68', confirmed: true },
      { branch: '5.14', since: '5.14.7', confirmed: true },
    ],
    effect: { bridgeWithoutRanges: 'no-windows' },
    says: 'a device tree host bridge without ranges has no windows, where its probe failed before',
    source: 'ChangeLogs of 5.10.68 and 5.14.7',
  },
  {
    commit: 'fede8526cc48',
    subject: 'PCI: of: Warn if non-prefetchable memory aperture size is > 32-bit',
    mainline: '5.11',
    confirmed: false,
    absentUpTo: '5.10',
    presentFrom: '6.1',
    stable: [],
    effect: { warnsOfLargeWindow: true },
    says: '"Memory resource size exceeds max for 32 bits" for a non-prefetchable window of 4 GiB and more; the address is not looked at',
    source: 'sources of 5.10.262 (absent) and 6.1.192 (present); first release believed',
  },
  {
    commit: '5ad20c289cd7',
    subject: 'PCI: of: Simplify devm_of_pci_get_host_bridge_resources() interface; drop the message',
    mainline: '6.14',
    confirmed: true,
    stable: [],
    effect: { tellsDefaultBusRange: false },
    says: 'a device tree host bridge without bus-range has [bus 00-ff] silently',
    source: 'pull request for 6.14; sources of 6.12.118 and 7.2.13',
  },
];
