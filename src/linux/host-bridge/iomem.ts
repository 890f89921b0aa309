/**
 * What is in the resource trees when the first host bridge of ACPI comes (acpi_init, a subsys_initcall): on x86 what
 * e820__reserve_resources() and probe_roms() put there, on arm64 RAM (request_standard_resources). "Reserved" entries of
 * E820 above 1 MiB come later, and so do PNP devices, ECAM on x86, I/O APICs and framebuffers: no window meets them.
 */
import { ONE_MIB } from '../../bytes/address.ts';
import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { nodesOf } from '../../evidence/listings/iomem.ts';
import type { MemoryMapEntry, MemoryType } from '../../evidence/values.ts';
import type { Span } from './window.ts';

export interface EarlyRegion extends Span {
  /** As /proc/iomem names it. */
  readonly name: string;
}

/** Regions, and what tells of them. */
export interface EarlyRegions {
  readonly regions: readonly EarlyRegion[];
  readonly from: 'iomem' | 'e820' | 'memmap' | 'efi';
  readonly fact: FactOf<unknown>;
  /** Option ROMs are among them, if there are any. */
  readonly knowsRoms: boolean;
}

/** Names in /proc/iomem of what is there before PCI. */
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

/** Names of memory types there (e820_type_to_string); those that don't come before PCI are left out. */
const NAMES: Partial<Record<MemoryType, string>> = {
  ram: 'System RAM',
  'acpi-data': 'ACPI Tables',
  'acpi-nvs': 'ACPI Non-volatile Storage',
  unusable: 'Unusable memory',
  persistent: 'Persistent Memory',
};

/** trim_bios_range(): the first page and the BIOS area are no RAM. */
const FIRST_PAGE = 0xfffn;
const BIOS_START = 0xa_0000n;

/** The regions as the evidence has them, the most direct source; undefined where none tells of memory. */
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

/** EFI maps have RAM in many pieces that touch. */
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
