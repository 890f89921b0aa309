/** The rules of the question `sysfb`. They are not diagnostics: an answer lists those that applied, with their evidence. */
import type { Row } from '../row.ts';
import { NOTHING, row } from '../row.ts';

/** The sentence of a rule, with what it found. */
export interface RuleSentence {
  readonly says: string;
}

/** A row whose message comes from the rule. */
export function messageRow(
  severity: Row<RuleSentence>['severity'],
  summary: string,
  why: string,
  source: string,
): Row<RuleSentence> {
  return row<RuleSentence>({
    severity,
    summary,
    why,
    example: undefined,
    source,
    hides: NOTHING,
    text: ({ says }) => says,
  });
}

/** @param source kernel function at a commit, mail, specification */
function rule(summary: string, why: string, source: string): Row<RuleSentence> {
  return messageRow('note', summary, why, source);
}

export const SYSFB_ROWS = {
  'sysfb/acpi-framebuffer-outside': rule(
    'the framebuffer is outside every window of VMBus',
    'No allocation of VMBus can overlap it, so no reservation is needed, with CONFIG_SYSFB or without.',
    'vmbus_allocate_mmio() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/acpi-no-low-window': rule(
    'no window of VMBus is below 4 GiB',
    'The framebuffer of a Hyper-V machine is in low MMIO, so no allocation of VMBus can overlap it.',
    'mu_msvm VideoDxe; M. Kelley, linux-hyperv, 20 May 2025',
  ),
  'sysfb/acpi-no-window': rule(
    'the driver collects no MMIO window from the ACPI tables',
    'Every vmbus_allocate_mmio() fails, so nothing is allocated on the framebuffer, and devices that need MMIO fail.',
    'vmbus_acpi_add() and vmbus_walk_resources() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/acpi-not-present': rule(
    '_STA says that the VMBus device is not present',
    'Linux does not enumerate a device that is neither present nor functioning, so the driver never probes it.',
    'acpi_bus_attach() in drivers/acpi/scan.c',
  ),
  'sysfb/acpi-not-read': rule(
    'this kernel does not read the ACPI tables',
    'The windows of VMBus come from another description, which is not among the inputs. Without it the answer is unknown.',
    'vmbus_platform_driver_probe() in drivers/hv/vmbus_drv.c: acpi_disabled decides',
  ),
  'sysfb/acpi-other-id': rule(
    '_HID and _CID say that the device is not VMBus',
    'They depend on what is not known; where they give another ID the driver never probes the device.',
    'vmbus_acpi_device_ids in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/acpi-root-oops': rule(
    'the kernel oopses where no device above VMBus gives a window',
    'It walks up to the root of the namespace, whose handle is not a pointer. CONFIG_SYSFB makes no difference; a newer kernel does.',
    '78e04bbff849 ("Drivers: vmbus: Don\'t dereference ACPI root object handle"), v6.6, CVE-2023-53647',
  ),
  'sysfb/acpi-window-unknown': rule(
    'the result of a _CRS of VMBus, or of a device above it, is unknown',
    'A window may be anywhere. --set, --memory or the missing tables would settle it.',
    'ACPI 6.5, 6.2.2',
  ),
  'sysfb/agrees-with-kernel': rule(
    'the kernel printed what the model predicts from the firmware',
    'The model, the release and the inputs agree for this machine.',
    'pr_info("hv_mmio=…") in vmbus_reserve_fb(), and /proc/iomem',
  ),
  'sysfb/cells-inferred': rule(
    'the cell counts of a line or fragment are inferred',
    'Nothing says how many cells an address has. Each plausible reading is judged as a separate case; --cells settles it.',
    'Devicetree Specification 0.4, 2.3.5 and 2.3.8',
  ),
  'sysfb/confidential': rule(
    'the machine is confidential',
    'Its firmware gives the kernel no framebuffer: lfb_base is 0, so the driver does not know what to reserve.',
    'Dexuan Cui, linux-hyperv, 2026',
  ),
  'sysfb/device-tree-not-read': rule(
    'this kernel does not read the device tree',
    'The windows of VMBus come from ACPI tables, which are not among the inputs. Without them the answer is unknown.',
    'vmbus_platform_driver_probe() in drivers/hv/vmbus_drv.c: acpi_disabled decides',
  ),
  'sysfb/differs-from-kernel': rule(
    'the kernel did not print what the model predicts from the firmware',
    'The inputs are from different machines or boots, or the kernel is another one. What the kernel printed takes precedence.',
    'pr_info("hv_mmio=…") in vmbus_reserve_fb(), and /proc/iomem',
  ),
  'sysfb/dt-above-4g': rule(
    'no window of the device tree is below 4 GiB',
    'The framebuffer is in low MMIO, so no allocation of VMBus can overlap it.',
    'M. Kelley, linux-hyperv, 20 May 2025: "always in the low MMIO range"',
  ),
  'sysfb/dt-framebuffer-outside': rule(
    'the framebuffer is outside every window of the device tree',
    'No allocation of VMBus can overlap it.',
    'vmbus_device_add() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/dt-low-window-open': rule(
    'a window is in low MMIO, and nothing says whether there is a framebuffer',
    'If there is one in it, nothing reserves it on a device tree boot.',
    'vmbus_device_add() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/dt-never-reserves': rule(
    'on a device tree boot the driver never reserves a framebuffer',
    'CONFIG_SYSFB has no effect there, in any release. The framebuffer is safe only where no window contains it.',
    'vmbus_device_add() in drivers/hv/vmbus_drv.c, since f83705a51275, v6.4',
  ),
  'sysfb/dt-no-window': rule(
    'the VMBus node gives no window',
    'Every vmbus_allocate_mmio() fails, so nothing is allocated on the framebuffer.',
    'vmbus_device_add() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/dt-node-disabled': rule(
    'the VMBus node, or a node above it, is disabled',
    'Linux creates no device for a node whose status is neither okay nor ok, nor for nodes below it, so the driver never probes it.',
    'of_platform_bus_create() in drivers/of/platform.c; Devicetree Specification 0.4, 2.3.4',
  ),
  'sysfb/dt-not-supported': rule(
    'the driver of this release reads no device tree',
    'It does not find the node, so it allocates nothing.',
    'f83705a51275 ("Driver: VMBus: Add Devicetree support"), v6.4',
  ),
  'sysfb/dt-window-holds-framebuffer': rule(
    'a window of the device tree contains the framebuffer',
    'Nothing reserves it on a device tree boot. Remove it from the ranges.',
    'vmbus_device_add() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/dt-window-unknown': rule(
    'the address of a window of the device tree is unknown',
    'An address that does not translate to a CPU address may be anywhere.',
    'Devicetree Specification 0.4, 2.3.8',
  ),
  'sysfb/efi-gated': rule(
    'on an EFI boot the driver reads screen_info only with CONFIG_SYSFB',
    'Without the symbol the driver reserves nothing, and VMBus may allocate the framebuffer to a device.',
    'a07b50d80ab6 ("hyperv: avoid dependency on screen_info"), v6.7',
  ),
  'sysfb/efi-not-configured': rule(
    'the kernel is built without CONFIG_EFI',
    'efi_enabled(EFI_BOOT) is 0 in it, so the driver looks for the PCI video device of Generation 1.',
    'vmbus_reserve_fb() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/efi-ungated': rule(
    'the driver reads screen_info with CONFIG_SYSFB or without',
    'In this release the symbol makes no difference to the reservation.',
    'a07b50d80ab6 ("hyperv: avoid dependency on screen_info"), v6.7',
  ),
  'sysfb/evidence-contradicts': rule(
    'the inputs contradict each other',
    'They may be from several machines or boots. Each side is treated as possible; where they show different machines, no answer is not-needed.',
    'the premise that the inputs describe one machine',
  ),
  'sysfb/gen1-pci-bar': rule(
    'without EFI the driver takes the framebuffer from the PCI video device',
    'That branch does not depend on CONFIG_SYSFB.',
    '2a8a8afba0c3, v6.0',
  ),
  'sysfb/gen1-screen-info': rule(
    'without EFI the driver takes the framebuffer from screen_info',
    'That branch does not depend on CONFIG_SYSFB, and reserves nothing where lfb_base is 0, as in text mode.',
    'vmbus_reserve_fb() in drivers/hv/vmbus_drv.c before v6.0',
  ),
  'sysfb/kconfig-selects': rule(
    'Hyper-V support selects CONFIG_SYSFB in this release',
    'An EFI kernel that is not for VTL2 always has the symbol.',
    '96959283a58d, v6.16, and 7b89a44b2e8c',
  ),
  'sysfb/kernel-code-shows': rule(
    'the source or image of the kernel shows what it does',
    'They show which changes it has; its release is not used for that.',
    'src/linux/kernel-code.ts',
  ),
  'sysfb/no-vmbus': rule(
    'the inputs describe no VMBus device',
    'The question does not arise, or too little was read. The tree or the tables of a Hyper-V machine would settle it.',
    'Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml; vmbus_acpi_device_ids',
  ),
  'sysfb/no-vmbus-driver': rule(
    'the kernel is built without the VMBus driver',
    'Nothing is allocated, so nothing can overlap the framebuffer.',
    'drivers/hv/Kconfig',
  ),
  'sysfb/no-vmbus-here': rule(
    'the VMBus driver does not run on this machine',
    'A root partition and a Xen PV guest have no VMBus.',
    'hv_acpi_init() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/observed-claim-on-framebuffer': rule(
    'a VMBus device was given a part of the framebuffer',
    'The kernel that ran reserved nothing. What was observed takes precedence over the model.',
    '/proc/iomem',
  ),
  'sysfb/observed-claim': rule(
    'a VMBus device has space in a window of VMBus',
    'The driver gives space from its windows only. Cases in which no window holds it are left out.',
    'vmbus_allocate_mmio() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/observed-claim-outside': rule(
    'a VMBus device has space outside of every window that the inputs describe',
    'The driver gives space from its windows only, so the description is not that of the running machine, or not complete.',
    'vmbus_allocate_mmio() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/observed-contradicts-model': rule(
    'the kernel did not do what its release and configuration predict',
    'The inputs are from different boots, the kernel is patched, or the framebuffer is elsewhere. The answer follows what was observed.',
    'the log and /proc/iomem',
  ),
  'sysfb/observed-no-framebuffer-base': rule(
    'the driver had no framebuffer to reserve',
    'CONFIG_SYSFB is off, or screen_info was empty and there was no low window to fall back to.',
    'pr_warn("Unexpected framebuffer mmio base of zero") in vmbus_reserve_fb()',
  ),
  'sysfb/observed-no-mmio-space': rule(
    'the kernel found no MMIO space for a pass-through device',
    'The windows of VMBus are too small for it, or in use. A reservation makes them smaller.',
    'drivers/pci/controller/pci-hyperv.c',
  ),
  'sysfb/observed-pass-through-failed': rule(
    'Hyper-V refused to power up a pass-through device',
    'It does so when the configuration window of the device is on the framebuffer.',
    'D0 entry in drivers/pci/controller/pci-hyperv.c',
  ),
  'sysfb/observed-pool': rule(
    'the driver printed its windows and what it reserved',
    'They take precedence over the tables.',
    'pr_info("hv_mmio=…") in vmbus_reserve_fb(), v7.1',
  ),
  'sysfb/observed-unexpected-low-base': rule(
    'the first window of the driver is not where it expects one',
    'It fell back to the framebuffer in screen_info.',
    '016a25e4b0df, v7.1',
  ),
  'sysfb/pass-through-lands-on-framebuffer': rule(
    'without a reservation a pass-through device gets a part of the framebuffer',
    'First fit from the bottom of the first window places it there, and Hyper-V refuses to power it up.',
    'vmbus_allocate_mmio() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/reservation-not-possible': rule(
    'the driver makes no reservation, with CONFIG_SYSFB or without',
    'The symbol does not help on this boot path and release.',
    'vmbus_reserve_fb() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/reserved-with-sysfb': rule(
    'with CONFIG_SYSFB the driver reserves the framebuffer',
    'Without the symbol it is not protected.',
    'vmbus_reserve_fb() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/reserved-without-sysfb': rule(
    'the driver reserves the framebuffer without CONFIG_SYSFB',
    'The symbol is not needed for it.',
    'vmbus_reserve_fb() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/same-as-binding-example': rule(
    'the line is the same as the example of the binding',
    'It may have been copied from there and not from a machine. The tree of the machine would settle it.',
    'Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml',
  ),
  'sysfb/srat-gaps': rule(
    'the ranges of SRAT leave out the MMIO gaps',
    'On Hyper-V these are the gaps whose bounds the tables leave open. This is inferred; it may make an answer worse, never better.',
    'logs and tables of four Hyper-V guests',
  ),
  'sysfb/started-by-kexec': rule(
    'the kernel was started by another kernel',
    'screen_info may be empty then: it is on arm64, on x86 it depends on kexec-tools.',
    'kexec-tools; drivers/firmware/efi/libstub',
  ),
  'sysfb/vendor-kernel': rule(
    'the kernel is a vendor kernel, or from a source tree after its release',
    'Which newer changes it has is unknown, so each is treated as possible. --with-commit, --without-commit or --kernel-source settle it.',
    'src/evidence/release-text.ts',
  ),
  'sysfb/vtl-mode-on-acpi': rule(
    'a kernel for VTL2 is booted with ACPI',
    'It is not meant to run as a normal guest, and Hyper-V support does not select SYSFB for it.',
    'drivers/hv/Kconfig',
  ),
  'sysfb/window-holds-framebuffer': rule(
    'a window of VMBus contains the framebuffer',
    'Unless it is reserved, VMBus may allocate it to a device.',
    'vmbus_acpi_add() in drivers/hv/vmbus_drv.c',
  ),
  'sysfb/window-may-hold-framebuffer': rule(
    'VMBus gets low MMIO, and no input says where in it the framebuffer is',
    'It is assumed to be inside, the worse case. boot_params, dmesg or lspci of the machine would settle it.',
    'M. Kelley, linux-hyperv, 20 May 2025: "always in the low MMIO range"',
  ),
};
