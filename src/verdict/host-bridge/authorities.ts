/** Sources of the rules, where they are not inputs. */
import { cite } from '../../linux/change-text.ts';

export const AUTHORITY = {
  crs: 'pci_acpi_crs_quirks() in arch/x86/pci/acpi.c: pci=nocrs and pci=use_crs, then DMI, then a BIOS from before 2008 that can only address 4 GiB',
  e820: `pci_acpi_crs_quirks() in arch/x86/pci/acpi.c, arch_remove_reservations() in arch/x86/kernel/resource.c; ${cite('0ae084d5a674')}, and d341838d776a`,
  distinct:
    'ACPI 6.5, 6.4: the ranges that a bridge passes on are each listed once; firmware computes them around what is fixed',
  ranges: 'devm_of_pci_get_host_bridge_resources() in drivers/pci/of.c',
  rootIds: 'root_device_ids in drivers/acpi/pci_root.c',
  request: 'devm_request_pci_bus_resources() in drivers/pci/bus.c',
  framebuffer:
    'sysfb_init() is a device_initcall, after PCI windows and BARs are claimed; drivers/firmware/efi/sysfb_efi.c, drivers/video/fbdev/efifb.c follow a BAR that moved',
  ecam: 'pci_acpi_scan_root() of drivers/pci/pci-acpi.c (arch/arm64/kernel/pci.c up to 6.11)',
} as const;
