/**
 * Inserts windows into the resource trees. ACPI: pci_acpi_root_add_resources() of drivers/acpi/pci_root.c drops a window
 * that overlaps another region partly. Device tree: devm_request_pci_bus_resources() of drivers/pci/bus.c fails on any
 * overlap.
 */
import { insertConflict, type Region, region, requestConflict } from '../region-tree.ts';
import { type BridgeSpace, type BridgeWindow, type Change, printWindow, type Step } from './window.ts';

/** The resource trees with their contents when the first bridge is probed. */
export type Trees = Readonly<Record<BridgeSpace, Region>>;

/** @param name of the bus in the trees: `PCI Bus 0000:00` */
export function insertWindows(windows: readonly BridgeWindow[], trees: Trees, name: string): Step {
  const changes: Change[] = [];
  const kept = windows.filter((window) => {
    const conflict = insertConflict(trees[window.space], region(window.start, window.end, name));
    if (conflict === undefined) return true;
    const other = `${conflict.name} ${printRegion(conflict, window.space)}`;
    changes.push({
      did: 'dropped',
      window,
      why: `it partly overlaps ${other}`,
      line: `ignoring host bridge window ${printWindow(window)} (conflicts with ${other})`,
      source: 'pci_acpi_root_add_resources()',
    });
    return false;
  });
  return { windows: kept, changes };
}

/** The first window that cannot be inserted, with the conflicting region; `undefined` if all were. Earlier ones remain. */
export function requestWindows(
  windows: readonly BridgeWindow[],
  trees: Trees,
  name: string,
): { readonly window: BridgeWindow; readonly with: string } | undefined {
  for (const window of windows) {
    const conflict = requestConflict(trees[window.space], region(window.start, window.end, name));
    if (conflict !== undefined)
      return { window, with: `${conflict.name} ${printRegion(conflict, window.space)}` };
  }
  return undefined;
}

function printRegion({ start, end }: Region, space: BridgeSpace): string {
  return printWindow({ space, start, end, prefetchable: false, window: false });
}
