/** /proc/iomem as the kernel's memory resource tree before VMBus hands anything out. */
import type { IomemNode, MemoryMapEntry } from '../../evidence/values.ts';
import { insertRegion, type Region, region } from '../region-tree.ts';

/** A VMBus device's claim is named by the instance's GUID. */
export const VMBUS_GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Instance of the synthetic video device. */
export const SYNTHETIC_VIDEO = '5620e0c7-8062-4dce-aeb7-520c7ef76171';

/**
 * Names of regions that are not busy: what nests in them succeeds. E820's Reserved, Soft Reserved and persistent
 * ranges (do_mark_busy in arch/x86/kernel/e820.c), PCI bus windows, BARs, the system framebuffer's platform device,
 * pnp reservations. All others (RAM, ACPI tables, IOAPIC, drivers' claims) are busy.
 */
const NOT_BUSY =
  /^(?:Reserved|reserved|Soft Reserved|Persistent Memory.*|PCI Bus .*|PCI ECAM.*|[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]|BOOTFB|pnp [0-9a-f]{2}:[0-9a-f]{2}|HPET \d+|PNP[0-9A-F]{4}:[0-9a-f]{2})$/;
const LOW_MEMORY = 0x100000n;

/** Whether the kernel marks a region of this name busy; Reserved memory is below 1 MiB. */
export function isBusy(node: Pick<IomemNode, 'name' | 'start'>): boolean {
  if (node.start < LOW_MEMORY && /^reserved$/i.test(node.name)) return true;
  return !NOT_BUSY.test(node.name);
}

/**
 * Puts what /proc/iomem shows into the tree, without what VMBus devices have claimed, which is what a simulation is
 * to find out.
 */
export function insertIomem(root: Region, top: readonly IomemNode[]): void {
  const waiting = [...top];
  for (let node = waiting.shift(); node; node = waiting.shift()) {
    if (VMBUS_GUID.test(node.name)) continue;
    insertRegion(root, region(node.start, node.last, node.name, isBusy(node)));
    waiting.push(...node.children);
  }
}

/** Memory map types that the kernel enters as busy (do_mark_busy in arch/x86/kernel/e820.c). */
const BUSY_TYPES: readonly MemoryMapEntry['type'][] = ['ram', 'acpi-data', 'acpi-nvs', 'unusable'];

/** Puts a firmware memory map into the tree, for when there is no /proc/iomem. */
export function insertMemoryMap(root: Region, entries: readonly MemoryMapEntry[]): void {
  for (const { base, size, type, name } of entries)
    insertRegion(root, region(base, base + size - 1n, name, BUSY_TYPES.includes(type) || base < LOW_MEMORY));
}
