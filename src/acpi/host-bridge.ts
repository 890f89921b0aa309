/**
 * The windows of a PCI host bridge as Linux derives them from its `_CRS`: drivers/acpi/pci_root.c, with the rules that
 * arch/x86/pci/acpi.c and arch/arm64/kernel/pci.c add. Left out is what hangs on more than the tables: conflicts with
 * other resources of the running machine, and the width of its physical addresses.
 */

import { isKnown, type Quantity } from '../symbolic/index.ts';
import type { CrsEntry } from './crs/crs.ts';
import type { ResourceDescriptor } from './resources/descriptor.ts';
import {
  type AddressRange,
  MEMORY_MAPPED_PORTS,
  type RangeRules,
  rangeOf,
  X86_RULES,
} from './resources/range.ts';
import type { AcpiTable } from './tables/table.ts';

export type Architecture = 'x86' | 'arm64' | 'riscv' | 'loongarch';

/** One window, with the descriptor it comes from. */
export interface BridgeWindow {
  /** Position of the descriptor in the template. */
  readonly index: number;
  readonly range: AddressRange;
  /** CPU address, or port as the kernel numbers them. */
  readonly first: Quantity;
  /** Inclusive. */
  readonly last: Quantity;
}

/** A descriptor that makes no window of its own, and why. */
export interface PassedOver {
  readonly index: number;
  /** `nothing`: it is no range; `own`: the bridge's own registers or ports; `part`: another window grew to hold it. */
  readonly is: 'nothing' | 'own' | 'part';
  /** Of a part, the descriptor whose window holds it. */
  readonly into?: number;
  readonly why: string;
}

export interface BridgeWindows {
  readonly windows: readonly BridgeWindow[];
  readonly passedOver: readonly PassedOver[];
}

const ROOT_BRIDGE_IDS: ReadonlySet<string> = new Set(['PNP0A03', 'PNP0A08']);

/** Whether the device is a PCI host bridge to Linux: by `_HID` or a `_CID`. PNP0A08 alone counts only with PNP0A03 beside it, which every machine has. */
export function isHostBridge(entry: Pick<CrsEntry, 'hid' | 'cid'>): boolean {
  return [entry.hid, ...(entry.cid ?? [])].some((id) => id !== undefined && ROOT_BRIDGE_IDS.has(id));
}

/** First and last port of PCI's configuration mechanism (PCI 3.0, 3.2.2.3.2), which no bridge passes on. */
const CONFIGURATION_PORTS = { first: 0xcf8n, last: 0xcffn } as const;
/** `ioport_resource` of x86 ends here. */
const LAST_PORT = 0xffffn;

/** The memory and port windows of a host bridge, in Linux' order. */
export function hostBridgeWindows(
  resources: readonly ResourceDescriptor[],
  architecture: Architecture,
): BridgeWindows {
  const x86 = architecture === 'x86';
  const rules: RangeRules = x86 ? X86_RULES : MEMORY_MAPPED_PORTS;
  const windows: BridgeWindow[] = [];
  const passedOver: PassedOver[] = [];
  let mappedPorts = 0n;
  resources.forEach((descriptor, index) => {
    const range = rangeOf(descriptor, rules);
    if (!range || range.space === 'bus') return;
    const why = refusal(range, architecture);
    if (why !== undefined) {
      passedOver.push({ index, is: range.taken === 0n ? 'nothing' : 'own', why });
      return;
    }
    if (range.space === 'io' && !x86 && isKnown(range.first) && isKnown(range.last)) {
      // acpi_pci_root_remap_iospace(): ports are numbered from 0 in the order the bridges' windows are mapped.
      const length = range.last - range.first + 1n;
      windows.push({ index, range, first: mappedPorts, last: mappedPorts + length - 1n });
      mappedPorts += length;
      return;
    }
    windows.push({ index, range, first: range.first, last: range.last });
  });
  return united(windows, passedOver, x86);
}

/** Why Linux makes no window of a range that a host bridge lists; undefined when it does. */
function refusal(range: AddressRange, architecture: Architecture): string | undefined {
  if (range.taken === 0n) return range.why ?? 'it is no range';
  if (architecture !== 'x86') {
    // pci_acpi_root_prepare_resources() of arm64: a consumer's range is the bridge's own registers.
    return range.window ? undefined : 'the bridge uses it itself (ResourceConsumer)';
  }
  const { first, last } = range;
  if (range.space === 'io' && first === CONFIGURATION_PORTS.first && last === CONFIGURATION_PORTS.last) {
    return "the ports of PCI's configuration mechanism (resource_is_pcicfg_ioport)";
  }
  return undefined;
}

/** acpi_pci_root_validate_resources(): ports end where x86's do, and windows that overlap become one. */
function united(windows: readonly BridgeWindow[], passedOver: PassedOver[], x86: boolean): BridgeWindows {
  const kept: BridgeWindow[] = [];
  for (const given of windows) {
    let window = given;
    if (!isKnown(window.first) || !isKnown(window.last)) {
      kept.push(window);
      continue;
    }
    if (x86 && window.range.space === 'io' && window.last > LAST_PORT)
      window = { ...window, last: LAST_PORT };
    const at = kept.findIndex((other) => overlaps(other, window));
    if (at < 0) {
      kept.push(window);
      continue;
    }
    const other = kept[at]!;
    kept[at] = {
      ...other,
      first: least(other.first as bigint, window.first as bigint),
      last: most(other.last as bigint, window.last as bigint),
    };
    passedOver.push({
      index: window.index,
      is: 'part',
      into: other.index,
      why: `it overlaps descriptor ${other.index}, which grows to hold both`,
    });
  }
  return { windows: kept, passedOver };
}

function overlaps(a: BridgeWindow, b: BridgeWindow): boolean {
  if (a.range.space !== b.range.space) return false;
  if (!isKnown(a.first) || !isKnown(a.last) || !isKnown(b.first) || !isKnown(b.last)) return false;
  return a.first <= b.last && b.first <= a.last;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Interrupt controller structures of MADT (ACPI 6.5, table 5.21) that only one architecture has. */
const CONTROLLERS: Readonly<Record<number, Architecture>> = {
  0: 'x86',
  1: 'x86',
  9: 'x86',
  11: 'arm64',
  12: 'arm64',
  17: 'loongarch',
  24: 'riscv',
};
const MADT_FIRST_STRUCTURE = 44;

/** Which processors the tables are for, by the interrupt controllers of MADT; x86 when nothing says. */
export function architectureOf(tables: readonly AcpiTable[]): Architecture {
  if (tables.some(({ signature }) => signature === 'GTDT')) return 'arm64';
  if (tables.some(({ signature }) => signature === 'RHCT')) return 'riscv';
  const madt = tables.find(({ signature }) => signature === 'APIC');
  for (
    let at = MADT_FIRST_STRUCTURE;
    madt && at + 1 < madt.bytes.length;
    at += Math.max(madt.bytes[at + 1]!, 2)
  ) {
    const architecture = CONTROLLERS[madt.bytes[at]!];
    if (architecture) return architecture;
  }
  return 'x86';
}
