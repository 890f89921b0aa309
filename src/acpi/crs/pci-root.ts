/** PCI host bridges among ACPI devices. */
import type { CrsEntry } from './crs.ts';

const ROOT_BRIDGE_IDS: ReadonlySet<string> = new Set(['PNP0A03', 'PNP0A08']);

/** Whether the device is a PCI host bridge to Linux: by `_HID` or a `_CID`. PNP0A08 alone counts only with PNP0A03 beside it, which every machine has. */
export function isHostBridge(entry: Pick<CrsEntry, 'hid' | 'cid'>): boolean {
  return [entry.hid, ...(entry.cid ?? [])].some((id) => id !== undefined && ROOT_BRIDGE_IDS.has(id));
}
