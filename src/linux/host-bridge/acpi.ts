/**
 * How Linux processes the windows in a host bridge's `_CRS`: drivers/acpi/pci_root.c, with arch/x86/pci/acpi.c and
 * arch/arm64/kernel/pci.c (now drivers/pci/pci-acpi.c). The same in 5.10.262, 6.1.192, 6.12.118, 7.2.13 and 7.3.4.
 */
import type { BridgeArchitecture } from './architecture.ts';
import {
  type BridgeSpace,
  type BridgeWindow,
  type Change,
  overlaps,
  printWindow,
  type Step,
} from './window.ts';

/** Inclusive ends of the address spaces: `iomem_resource.end` and `ioport_resource.end`. */
export interface SpaceEnds {
  readonly memory: bigint;
  readonly io: bigint;
}

/** Does the driver of root bridges take a device with these ids? Of a PCI Express bridge it wants the id of PCI beside (root_device_ids). */
export function isRootDevice({
  hid,
  cid = [],
}: {
  readonly hid?: string;
  readonly cid?: readonly string[];
}): boolean {
  return hid === 'PNP0A03' || cid.includes('PNP0A03');
}

const VALIDATE = 'acpi_pci_root_validate_resources()';

/**
 * acpi_pci_root_validate_resources(), for memory and then for I/O windows: removes what is not addressable, and merges a
 * window that overlaps an earlier one into that. The order is unchanged.
 */
export function validate(windows: readonly BridgeWindow[], ends: SpaceEnds): Step {
  const changes: Change[] = [];
  const memory = validateSpace(windows, 'memory', ends.memory, changes);
  return { windows: validateSpace(memory, 'io', ends.io, changes), changes };
}

function validateSpace(
  windows: readonly BridgeWindow[],
  space: BridgeSpace,
  last: bigint,
  changes: Change[],
): BridgeWindow[] {
  const kept: BridgeWindow[] = [];
  for (const given of windows) {
    if (given.space !== space) {
      kept.push(given);
      continue;
    }
    const addressable = withinEnd(given, last, changes);
    if (addressable === undefined) continue;
    // The first window that it overlaps. The union is not compared with the others again, so windows may still overlap.
    const at = kept.findIndex((other) => other.space === space && overlaps(other, addressable));
    const other = kept[at];
    if (other === undefined) {
      kept.push(addressable);
      continue;
    }
    const union: BridgeWindow = {
      ...other,
      start: addressable.start < other.start ? addressable.start : other.start,
      end: addressable.end > other.end ? addressable.end : other.end,
      from: [...other.from, ...addressable.from],
    };
    kept[at] = union;
    changes.push({
      did: 'united',
      window: addressable,
      into: union,
      why: `it overlaps ${printWindow(other)} and is merged into it`,
      line: `host bridge window expanded to ${printWindow(union)}; ${printWindow(addressable)} ignored`,
      source: VALIDATE,
    });
  }
  return kept;
}

/** The addressable part of a window. A window of one byte has none, since the test is `end <= start`. */
function withinEnd(window: BridgeWindow, last: bigint, changes: Change[]): BridgeWindow | undefined {
  const end = window.end < last ? window.end : last;
  const why =
    window.space === 'memory' ? 'the processor cannot address it' : `ports end at 0x${last.toString(16)}`;
  if (end <= window.start) {
    changes.push({
      did: 'dropped',
      window,
      why: window.end > last ? why : 'it is a single byte, which Linux treats as an empty range here',
      line: `host bridge window ${printWindow(window)} (ignored, not CPU addressable)`,
      source: VALIDATE,
    });
    return undefined;
  }
  if (end === window.end) return window;
  const clipped = { ...window, end };
  changes.push({
    did: 'clipped',
    window,
    into: clipped,
    why: window.space === 'memory' ? `the processor's addresses end at 0x${last.toString(16)}` : why,
    line: `host bridge window ${printWindow(window)} ([0x${(end + 1n).toString(16)}-0x${window.end.toString(16)}] ignored, not CPU addressable)`,
    source: VALIDATE,
  });
  return clipped;
}

/** First and last port of PCI's configuration mechanism (PCI 3.0, 3.2.2.3.2), which are not forwarded to the bus. */
export const CONFIGURATION_PORTS = { start: 0xcf8n, end: 0xcffn } as const;

/**
 * pci_acpi_root_prepare_resources(), after validation: removes the configuration ports on x86, and on other architectures
 * ranges that the bridge consumes (which may have been merged with a window before).
 */
export function prepare(windows: readonly BridgeWindow[], architecture: BridgeArchitecture): Step {
  const changes: Change[] = [];
  const kept = windows.filter((window) => {
    const why = architecture.consumersAreWindows
      ? isConfigurationPorts(window) &&
        "the ports of PCI's configuration mechanism (resource_is_pcicfg_ioport)"
      : !window.window && 'the bridge uses it itself (ResourceConsumer)';
    if (why === false) return true;
    changes.push({ did: 'dropped', window, why, source: 'pci_acpi_root_prepare_resources()' });
    return false;
  });
  return { windows: kept, changes };
}

export function isConfigurationPorts({
  space,
  start,
  end,
}: Pick<BridgeWindow, 'space' | 'start' | 'end'>): boolean {
  return space === 'io' && start === CONFIGURATION_PORTS.start && end === CONFIGURATION_PORTS.end;
}

/** `pci=nocrs`, or a machine for which it is the default: all windows of `_CRS` are ignored. */
export function ignoreAll(windows: readonly BridgeWindow[], why: string): Step {
  return {
    windows: [],
    changes: windows.map((window) => ({
      did: 'refused' as const,
      window,
      why,
      line: `host bridge window ${printWindow(window)} (ignored)`,
      source: 'pci_acpi_root_prepare_resources()',
    })),
  };
}
