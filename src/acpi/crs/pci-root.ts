/** Recognizes PCI host bridges among ACPI devices. */
import type { CrsEntry } from './crs.ts';

/** Of a PCI and of a PCI Express host bridge. */
export const HOST_BRIDGE_IDS: readonly string[] = ['PNP0A03', 'PNP0A08'];

/** Whether the device is a PCI host bridge: by `_HID` or a `_CID`. */
export function isHostBridge(entry: Pick<CrsEntry, 'hid' | 'cid'>): boolean {
  return [entry.hid, ...(entry.cid ?? [])].some((id) => id !== undefined && HOST_BRIDGE_IDS.includes(id));
}
