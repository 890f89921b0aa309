/**
 * The contents of the memory resource tree when the first ACPI host bridge is probed (acpi_init, a subsys_initcall): on
 * x86 regions of e820__reserve_resources() and probe_roms(), on arm64 RAM (request_standard_resources). "Reserved" entries
 * of E820 above 1 MiB, PNP devices, ECAM on x86, I/O APICs and framebuffers are inserted later.
 */
import { ONE_MIB } from '../../bytes/address.ts';
import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { nodesOf } from '../../evidence/listings/iomem.ts';
import type { MemoryMapEntry, MemoryType } from '../../evidence/values.ts';
import type { Span } from './window.ts';

export interface EarlyRegion extends Span {
  /** Name in /proc/iomem. */
  readonly name: string;
}

/** Regions and their source. */
export interface EarlyRegions {
  readonly regions: readonly EarlyRegion[];
  readonly from: 'iomem' | 'e820' | 'memmap' | 'efi';
  readonly fact: FactOf<unknown>;
  /** The source includes option ROMs. */
  readonly knowsRoms: boolean;
}

/** Names in /proc/iomem of regions that are inserted before PCI. */
const EARLY_NAMES: ReadonlySet<string> = new Set([
  'System RAM',
  'ACPI Tables',
  'ACPI Non-volatile Storage',
  'Unusable memory',
  'Persistent Memory',
  'Persistent Memory (legacy)',
  'Soft Reserved',
  'Video ROM',
  'System ROM',
  'Adapter ROM',
]);

/** Names of memory types (e820_type_to_string) that are inserted before PCI. */
const NAMES: Partial<Record<MemoryType, string>> = {
  ram: 'System RAM',
  'acpi-data': 'ACPI Tables',
  'acpi-nvs': 'ACPI Non-volatile Storage',
  unusable: 'Unusable memory',
  persistent: 'Persistent Memory',
};

/** trim_bios_range(): the first page and the BIOS area are not RAM. */
const FIRST_PAGE = 0xfffn;
const BIOS_START = 0xa_0000n;

/** The regions from the most direct source in the evidence; `undefined` if there is none. */
export function earlyRegions(facts: Pick<MachineFacts, 'iomem' | 'memoryMap'>): EarlyRegions | undefined {
  const [first] = facts.iomem;
  if (first !== undefined) {
    const regions: EarlyRegion[] = [];
    for (const { name, start, last } of nodesOf(facts.iomem))
      if (EARLY_NAMES.has(name) || (/^reserved$/i.test(name) && start < ONE_MIB))
        regions.push({ start, end: last, name });
    return { regions, from: 'iomem', fact: first.fact, knowsRoms: true };
  }
  for (const [map, from] of [
    ['e820', 'e820'],
    ['sysfs', 'memmap'],
    ['efi', 'efi'],
  ] as const) {
    const entries = facts.memoryMap.filter(({ value }) => value.map === map);
    const [fact] = entries;
    if (fact === undefined) continue;
    const regions = entries.flatMap(({ value }) => regionsOf(value, map !== 'efi'));
    return { regions: joined(regions), from, fact, knowsRoms: false };
  }
  return undefined;
}

function regionsOf(entry: MemoryMapEntry, isPc: boolean): EarlyRegion[] {
  const start = entry.base;
  const end = entry.base + entry.size - 1n;
  const name = NAMES[entry.type] ?? (isPc && start < ONE_MIB ? 'Reserved' : undefined);
  if (name === undefined) return [];
  if (!isPc || entry.type !== 'ram') return [{ start, end, name }];
  const parts: EarlyRegion[] = [];
  const add = (from: bigint, to: bigint): void => {
    if (from <= to) parts.push({ start: from, end: to, name });
  };
  const low = end < BIOS_START - 1n ? end : BIOS_START - 1n;
  add(start > FIRST_PAGE ? start : FIRST_PAGE + 1n, low);
  add(start > ONE_MIB ? start : ONE_MIB, end);
  return parts;
}

/** Merges adjacent regions with the same name, which EFI maps have many of. */
function joined(regions: readonly EarlyRegion[]): EarlyRegion[] {
  const found: EarlyRegion[] = [];
  for (const region of regions.toSorted((a, b) => (a.start < b.start ? -1 : 1))) {
    const before = found.at(-1);
    if (before !== undefined && before.name === region.name && before.end + 1n === region.start)
      found[found.length - 1] = { ...before, end: region.end };
    else found.push(region);
  }
  return found;
}
