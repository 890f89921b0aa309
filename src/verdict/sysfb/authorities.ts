/** Sources of the rules, where they are not inputs. Commits have twelve digits and their subject. */
import { cite } from '../../linux/change-text.ts';

export const AUTHORITY = {
  deviceAdd: `vmbus_device_add() in drivers/hv/vmbus_drv.c, since ${cite('f83705a51275', { subject: true })}`,
  openhclUnaffected:
    'commit 016a25e4b0df ("Drivers: hv: vmbus: Improve the logic of reserving fb_mmio on Gen2 VMs")',
  gate: cite('a07b50d80ab6', { subject: true }),
  select: `${cite('96959283a58d')}, and 7b89a44b2e8c: HYPERV selects SYSFB if EFI && !HYPERV_VTL_MODE`,
  fallback: `${cite('016a25e4b0df')}: without lfb_base the start of the first window is taken`,
  gen1Bar: `${cite('2a8a8afba0c3')}: on Generation 1 the base is BAR 0 of PCI 1414:5353`,
  reserve: 'vmbus_reserve_fb() in drivers/hv/vmbus_drv.c',
  walk: 'vmbus_acpi_add() and vmbus_walk_resources() in drivers/hv/vmbus_drv.c',
  rootStop: cite('78e04bbff849', { subject: true }),
  populate:
    'of_platform_bus_create() in drivers/of/platform.c: no device is made of a node that is not available, nor of what is below it',
  present: 'acpi_bus_attach() in drivers/acpi/scan.c: what is not present is not enumerated',
  ids: 'vmbus_acpi_device_ids in drivers/hv/vmbus_drv.c: "VMBUS" and "VMBus", in _HID or _CID',
  allocate: 'vmbus_allocate_mmio() in drivers/hv/vmbus_drv.c',
  probe: 'vmbus_platform_driver_probe() in drivers/hv/vmbus_drv.c: acpi_disabled decides',
  low: 'mu_msvm VideoDxe takes PcdLowMmioGapBase; M. Kelley, linux-hyperv, 20 May 2025: "always in the low MMIO range"',
  gaps: 'mu_msvm MsvmPkg Config.c: the low gap ends at or below 4 GiB, the high gap starts at or above it; VideoDxe takes 8 MiB at the base of the low gap',
  srat: 'logs and tables of four Hyper-V guests, whose SRAT leaves out exactly the low and the high gap',
  gen1: 'Hyper-V BIOS: BAR 0 of 0000:00:08.0 (1414:5353) is at 0xf8000000, 64 MiB; logs of Generation 1 guests',
  confidential: 'lfb_base is 0 on a confidential VM (Dexuan Cui, linux-hyperv, 2026)',
  kexec:
    'lfb_base is 0 in a kernel started by kexec on arm64; on x86 it depends on kexec-tools and on the driver of fb0',
  binding: 'Documentation/devicetree/bindings/bus/microsoft,vmbus.yaml: #address-cells 2, #size-cells 1',
  shim: 'openhcl_boot/src/dt.rs writes #address-cells 2, #size-cells 2',
  root: 'a Hyper-V root partition and Xen PV guests have no VMBus driver (hv_root_partition, xen_domain)',
} as const;
