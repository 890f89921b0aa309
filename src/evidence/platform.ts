/**
 * Recognises the platform: by DMI, the hypervisor that Linux detected, OEM ids of ACPI tables, PCI ids. Each function returns
 * the platforms that remain possible.
 */
import type { Platform } from './facts.ts';

/** Guests of Hyper-V. */
const HYPERV_GUESTS = ['hyperv-gen1', 'hyperv-gen2', 'hyperv-direct', 'openhcl-vtl2'] as const;
const EMULATED: readonly Platform[] = ['other-hypervisor', 'qemu-vmbus'];
/** A physical machine; Linux on it may also be Hyper-V's root partition. */
const PHYSICAL: readonly Platform[] = ['pc', 'hyperv-root'];

/** The platforms on which Linux may use a VMBus. */
export const VMBUS_PLATFORMS: readonly Platform[] = [...HYPERV_GUESTS, 'qemu-vmbus'];

/** The platforms possible after `Hypervisor detected: NAME`. Linux detects KVM as Hyper-V only where KVM hides itself. */
export function platformsOfHypervisor(name: string): readonly Platform[] {
  if (name === 'Microsoft Hyper-V') return [...VMBUS_PLATFORMS, 'hyperv-root'];
  if (/^Xen PV$/.test(name)) return ['xen-pv'];
  return ['other-hypervisor'];
}

/** DMI vendors and products of virtual machines other than Hyper-V's. */
const EMULATED_DMI =
  /^(?:QEMU|Bochs|Red Hat KVM|oVirt|OpenStack|DigitalOcean|Hetzner|Alibaba|Tencent|Google|Amazon EC2|VMware|innotek|Xen|Parallels|KubeVirt|Nutanix|Linode|Vultr|Scaleway|Apple Inc\. Apple Virtualization)/i;

/**
 * The platforms possible after a DMI line; undefined when it has no information.
 * @param system vendor, product and board: `Microsoft Corporation Virtual Machine/Virtual Machine`
 * @param bios BIOS version without its date: `Hyper-V UEFI Release v4.1`, `090008`
 */
export function platformsOfDmi(system: string, bios: string): readonly Platform[] | undefined {
  if (/^Microsoft Corporation Virtual Machine\b/.test(system)) {
    if (/^Hyper-V UEFI Release/.test(bios)) return ['hyperv-gen2'];
    if (/^09000[0-9]\b/.test(bios)) return ['hyperv-gen1'];
    return HYPERV_GUESTS;
  }
  if (EMULATED_DMI.test(system)) return EMULATED;
  // Placeholders of boards whose fields were not filled in.
  return /^(?:Not Specified|To Be Filled|System manufacturer|\s|\/|,)/i.test(system) ? undefined : PHYSICAL;
}

/** Header fields of an ACPI table, without padding. */
export interface TableHeader {
  readonly signature: string;
  readonly oemId: string;
  readonly oemTableId: string;
}

/** Tables whose OEM ids identify the machine; those of SSDTs and others identify their authors. */
const MACHINE_TABLES = new Set(['RSDT', 'XSDT', 'FACP', 'DSDT', 'APIC', 'SRAT', 'RSDP']);

interface OemRow {
  readonly oemId: RegExp;
  readonly oemTableId?: RegExp;
  readonly signature?: string;
  readonly platforms: readonly Platform[];
}

/** The most specific first. */
const OEM_ROWS: readonly OemRow[] = [
  // Hyper-V's BIOS; the tables around it are VRTUAL MICROSFT on both generations (logs of guests, DOMAIN 12).
  { signature: 'DSDT', oemId: /^MSFTVM$/, oemTableId: /^MSFTVM\d\d$/, platforms: ['hyperv-gen1'] },
  // mu_msvm's DSDT; booted without firmware, Hyper-V gives the same table.
  {
    signature: 'DSDT',
    oemId: /^MSFTVM$/,
    oemTableId: /^DSDT01$/,
    platforms: ['hyperv-gen2', 'hyperv-direct'],
  },
  { oemId: /^MSFTVM$/, platforms: HYPERV_GUESTS },
  { oemId: /^VRTUAL$/, oemTableId: /^MICROSFT$/, platforms: HYPERV_GUESTS },
  // OpenVMM's own tables (vmm_core, acpi_builder.rs).
  { oemId: /^HVLITE$/, platforms: HYPERV_GUESTS },
  { oemId: /^BOCHS$/, platforms: EMULATED },
  {
    oemId: /^(?:Xen|VBOX|PTLTD|VMWARE|AMAZON|GOOGLE|Google|CLOUDH|FIRECK|ACRNPR|XENHVM)/,
    platforms: ['other-hypervisor'],
  },
  {
    oemId:
      /^(?:ALASKA|DELL|LENOVO|HPQOEM|HP|HPE|INTEL|AMD|_ASUS_|ASUS|ACRSYS|APPLE|Apple|SUPERM|SUPERMI|MSI_NB|GBT|GIGABT|TOSHIB|TOSASU|TOSINV|SONY|FUJ|FTS|FSC|SECCSD|NEC|PHLTD|A_M_I|A M I|AMI|Insyde|INSYDE|IBM|CISCO|ORACLE|QUANTA|HUAWEI|ARMLTD|ARM|AMPERE|CAVIUM|HISI|MARVEL|NVIDIA|OEMA|MSFT)/,
    platforms: PHYSICAL,
  },
];

/** The platforms possible with a table's OEM ids; undefined when they have no information. */
export function platformsOfTable(header: TableHeader): readonly Platform[] | undefined {
  if (!MACHINE_TABLES.has(header.signature)) return undefined;
  return OEM_ROWS.find(
    (row) =>
      (row.signature === undefined || row.signature === header.signature) &&
      row.oemId.test(header.oemId) &&
      (row.oemTableId === undefined || row.oemTableId.test(header.oemTableId)),
  )?.platforms;
}

/** The platforms possible with several tables of one machine, and a text that names them; undefined without information. */
export function platformsOfTables(
  headers: readonly TableHeader[],
): { readonly platforms: readonly Platform[]; readonly text: string } | undefined {
  let platforms: readonly Platform[] | undefined;
  const named: string[] = [];
  for (const header of headers) {
    const open = platformsOfTable(header);
    if (open === undefined) continue;
    platforms = platforms === undefined ? open : platforms.filter((platform) => open.includes(platform));
    named.push(`${header.signature} ${header.oemId} ${header.oemTableId}`.trimEnd());
  }
  return platforms === undefined
    ? undefined
    : { platforms, text: `OEM ids of the ACPI tables: ${named.join(', ')}` };
}

/** PCI vendors of emulated devices: QEMU, virtio, VMware, VirtualBox, Xen. */
const EMULATED_VENDORS = new Set([0x1234, 0x1af4, 0x1b36, 0x15ad, 0x80ee, 0x5853]);
const MICROSOFT = 0x1414;
const GEN1_VIDEO = 0x5353;

/** The platforms possible with a PCI device: Hyper-V's Generation 1 video or an emulated one; undefined for any other. */
export function platformsOfPci(device: {
  readonly address: string;
  readonly vendor?: number;
  readonly device?: number;
}): readonly Platform[] | undefined {
  // Pass-through devices of Hyper-V, which may be of any vendor, are in other domains.
  if (!device.address.startsWith('0000:')) return undefined;
  if (device.vendor === MICROSOFT && device.device === GEN1_VIDEO) return ['hyperv-gen1'];
  if (device.vendor !== undefined && EMULATED_VENDORS.has(device.vendor)) return EMULATED;
  return undefined;
}
