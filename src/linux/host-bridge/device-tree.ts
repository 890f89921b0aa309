/**
 * How Linux processes a host bridge's `ranges`: of_pci_range_parser_one() and of_pci_range_to_resource() of
 * drivers/of/address.c, devm_of_pci_get_host_bridge_resources() and pci_parse_request_of_pci_ranges() of drivers/pci/of.c.
 * Drivers that read `ranges` on their own (mvebu, Tegra) are not modelled.
 */
import type { PortNumbers } from './ports.ts';
import { type BridgeWindow, type Change, printWindow, type Step } from './window.ts';

/** An entry of `ranges` with its parent address translated to a CPU address. */
export interface RangeEntry {
  readonly index: number;
  /** The space code in its first cell. */
  readonly space: 'config' | 'io' | 'mem32' | 'mem64';
  readonly prefetchable: boolean;
  readonly bus: bigint;
  /** `null` if it cannot be translated (OF_BAD_ADDR). */
  readonly cpu: bigint | null;
  /** In bytes. */
  readonly size: bigint;
}

/** One entry, or several that Linux merges. */
export interface FusedRange extends Omit<RangeEntry, 'index'> {
  readonly from: readonly number[];
}

const LAST_ADDRESS = (1n << 64n) - 1n;

/** Merges entries with equal flags that are contiguous in bus and CPU addresses (of_pci_range_parser_one). */
export function fuse(entries: readonly RangeEntry[]): FusedRange[] {
  const fused: (FusedRange & { size: bigint; from: number[] })[] = [];
  for (const { index, ...entry } of entries) {
    const before = fused.at(-1);
    if (before !== undefined && continues(before, entry)) {
      before.size += entry.size;
      before.from.push(index);
    } else fused.push({ ...entry, from: [index] });
  }
  return fused;
}

function continues(before: FusedRange, after: Omit<RangeEntry, 'index'>): boolean {
  return (
    kindOf(before) === kindOf(after) &&
    before.prefetchable === after.prefetchable &&
    before.bus + before.size === after.bus &&
    before.cpu !== null &&
    after.cpu !== null &&
    before.cpu + before.size === after.cpu
  );
}

/** The kind as Linux prints it. 32-bit and 64-bit memory have the same flags. */
function kindOf({ space }: Pick<RangeEntry, 'space'>): 'IO' | 'MEM' | 'err' {
  return space === 'io' ? 'IO' : space === 'config' ? 'err' : 'MEM';
}

/** `  %6s %#012llx..%#012llx -> %#012llx` */
export function rangeLine(range: FusedRange): string {
  const digits = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16).padStart(10, '0')}`;
  const cpu = range.cpu ?? LAST_ADDRESS;
  return `  ${kindOf(range).padStart(6)} ${digits(cpu)}..${digits(cpu + range.size - 1n)} -> ${digits(range.bus)}`;
}

const PARSE = 'devm_of_pci_get_host_bridge_resources()';

/**
 * The windows of a bridge, before they are inserted into the resource tree.
 * @param bridge name of the bridge for `ports`
 */
export function windowsOfRanges(ranges: readonly FusedRange[], bridge: string, ports: PortNumbers): Step {
  const windows: BridgeWindow[] = [];
  const changes: Change[] = [];
  for (const range of ranges) {
    const io = kindOf(range) === 'IO';
    const raw: BridgeWindow = {
      space: io ? 'io' : 'memory',
      start: range.cpu ?? LAST_ADDRESS,
      end: (range.cpu ?? LAST_ADDRESS) + range.size - 1n,
      offset: (range.cpu ?? LAST_ADDRESS) - range.bus,
      prefetchable: range.prefetchable,
      window: false,
      from: range.from,
    };
    const drop = (why: string, source = PARSE): void => {
      changes.push({ did: 'dropped', window: raw, why, line: rangeLine(range), source });
    };
    if (range.cpu === null) drop('its address cannot be translated to a CPU address');
    else if (range.size === 0n) drop('its size is 0');
    else if (kindOf(range) === 'err') drop('its space code is that of configuration space');
    else if (raw.end > LAST_ADDRESS) drop('it ends beyond 2^64', 'of_pci_range_to_resource()');
    else if (io) {
      const port = ports.portOf(bridge, raw.start, raw.end);
      if (port === undefined)
        drop('it gets no port numbers: a bridge has only one range of them', 'of_pci_range_to_resource()');
      else windows.push({ ...raw, start: port, end: port + range.size - 1n, offset: port - range.bus });
    } else windows.push(raw);
  }
  return { windows, changes };
}

export interface Warning {
  readonly line: string;
  readonly why: string;
}

/** The warnings Linux prints while it reads `ranges`. */
export function rangeWarnings(windows: readonly BridgeWindow[], path: string): Warning[] {
  if (windows.filter(({ space }) => space === 'io').length <= 1) return [];
  return [
    {
      line: `More than one I/O resource converted for ${path}. CPU base address for old range lost!`,
      why: 'only the last I/O window is mapped',
    },
  ];
}

/** The warnings Linux prints about windows it has accepted; a bridge whose probe failed earlier prints none. */
export function windowWarnings(windows: readonly BridgeWindow[], warnsOfLargeWindow: boolean): Warning[] {
  const found: Warning[] = [];
  const memory = windows.filter(({ space }) => space === 'memory');
  if (warnsOfLargeWindow)
    for (const window of memory)
      if (!window.prefetchable && window.end - window.start + 1n >= 1n << 32n)
        found.push({
          line: 'Memory resource size exceeds max for 32 bits',
          why: `${printWindow(window)} is not prefetchable and of 4 GiB or more; its place is not checked`,
        });
  if (memory.every(({ prefetchable }) => prefetchable))
    found.push({
      line: 'non-prefetchable memory resource required',
      why: 'there is no non-prefetchable memory window, so devices with 32-bit BARs get no space',
    });
  return found;
}
