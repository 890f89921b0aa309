/** Builds the kernel's memory resource tree, without VMBus allocations, from /proc/iomem. */
import type { IomemNode, MemoryMapEntry } from '../../evidence/values.ts';
import { insertRegion, type Region, region } from '../region-tree.ts';

/** Name of a VMBus device's claim: the instance GUID. */
export const VMBUS_GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Instance GUID of the synthetic video device. */
export const SYNTHETIC_VIDEO = '5620e0c7-8062-4dce-aeb7-520c7ef76171';

/**
 * Names of regions that are not busy: Reserved, Soft Reserved and persistent ranges of E820 (do_mark_busy in
 * arch/x86/kernel/e820.c), PCI bus windows, BARs, the system framebuffer's platform device, pnp reservations. All others
 * (RAM, ACPI tables, IOAPIC, drivers' claims) are busy.
 */
const NOT_BUSY =
  /^(?:Reserved|reserved|Soft Reserved|Persistent Memory.*|PCI Bus .*|PCI ECAM.*|[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]|BOOTFB|pnp [0-9a-f]{2}:[0-9a-f]{2}|HPET \d+|PNP[0-9A-F]{4}:[0-9a-f]{2})$/;
const LOW_MEMORY = 0x100000n;

/** Whether a region is busy by its name; Reserved regions are if they are below 1 MiB. */
export function isBusy(node: Pick<IomemNode, 'name' | 'start'>): boolean {
  if (node.start < LOW_MEMORY && /^reserved$/i.test(node.name)) return true;
  return !NOT_BUSY.test(node.name);
}

/**
 * Inserts the regions of /proc/iomem, except for claims of VMBus devices, which are the result of a simulation.
 */
export function insertIomem(root: Region, top: readonly IomemNode[]): void {
  const waiting = [...top];
  for (let node = waiting.shift(); node; node = waiting.shift()) {
    if (VMBUS_GUID.test(node.name)) continue;
    insertRegion(root, region(node.start, node.last, node.name, isBusy(node)));
    waiting.push(...node.children);
  }
}

/** Memory types that are busy (do_mark_busy in arch/x86/kernel/e820.c). */
const BUSY_TYPES: readonly MemoryMapEntry['type'][] = ['ram', 'acpi-data', 'acpi-nvs', 'unusable'];

/** Inserts a firmware memory map, if there is no /proc/iomem. */
export function insertMemoryMap(root: Region, entries: readonly MemoryMapEntry[]): void {
  for (const { base, size, type, name } of entries)
    insertRegion(root, region(base, base + size - 1n, name, BUSY_TYPES.includes(type) || base < LOW_MEMORY));
}
