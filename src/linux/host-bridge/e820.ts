/**
 * E820 and host bridges (arch/x86/kernel/resource.c, arch/x86/pci/acpi.c). Entries of E820 keep new BARs out of parts of
 * a window. The windows themselves stay whole, and so do BARs that the firmware has placed.
 */
import type { MemoryMapEntry } from '../../evidence/values.ts';
import type { Span } from './window.ts';

/** From this year on firmware is trusted to describe its windows rightly (0ae084d5a674). */
export const TRUSTED_BIOS_YEAR = 2023;

/** remove_e820_regions() is only asked about memory, and the BIOS ROM below 4 GiB is always kept out (arch_remove_reservations). */
const BIOS_ROM: Span = { start: 0xffe0_0000n, end: 0xffff_ffffn };

/** The least size of an EfiMemoryMappedIO region that is taken out of E820 (efi_remove_e820_mmio, 07eab0901ede). */
const LARGE_MMIO = 256n * 1024n;

/** What an entry takes from a window for new BARs. */
export interface KeptOut extends Span {
  /** What keeps it out: the map's entry, or the BIOS ROM. */
  readonly by: MemoryMapEntry | 'bios-rom';
}

/**
 * The stretch of `gap` that allocation sees: each entry that reaches into it leaves the larger part, below or above; of
 * equal ones that above. Undefined when an entry covers it. Entries count whatever their type.
 */
export function usableGap(gap: Span, entries: readonly Span[]): Span | undefined {
  let { start, end } = gap;
  for (const entry of [BIOS_ROM, ...entries]) {
    if (end < start) return undefined;
    if (entry.end < start || entry.start > end) continue;
    const below = entry.start > start ? entry.start - start : 0n;
    const above = entry.end < end ? end - entry.end : 0n;
    if (below > above) end = entry.start - 1n;
    else start = entry.end + 1n;
    if (end < start) return undefined;
  }
  return { start, end };
}

/** Parts of a window that entries of E820 lie in. */
export function keptOut(window: Span, entries: readonly MemoryMapEntry[]): KeptOut[] {
  const common = (range: Span): Span | undefined => {
    const start = range.start > window.start ? range.start : window.start;
    const end = range.end < window.end ? range.end : window.end;
    return start <= end ? { start, end } : undefined;
  };
  const found = entries.flatMap((by): KeptOut[] => {
    const part = common(spanOf(by));
    return part === undefined ? [] : [{ ...part, by }];
  });
  const rom = common(BIOS_ROM);
  return rom === undefined ? found : [...found, { ...rom, by: 'bios-rom' }];
}

export function spanOf({ base, size }: Pick<MemoryMapEntry, 'base' | 'size'>): Span {
  return { start: base, end: base + size - 1n };
}

/** Entries of the firmware's map that are MMIO to EFI and so large that Linux from 6.2 on takes them out of E820. */
export function isRemovedMmio(entry: MemoryMapEntry, efi: readonly MemoryMapEntry[]): boolean {
  return (
    entry.type === 'reserved' &&
    efi.some(
      (region) =>
        region.map === 'efi' &&
        region.type === 'mmio' &&
        region.size >= LARGE_MMIO &&
        region.base <= entry.base &&
        region.base + region.size >= entry.base + entry.size,
    )
  );
}

/** The machine's name as its DMI gives it: `LENOVO 82H8/LNVNB161216`, as the line `DMI: …` of the log has it. */
interface DmiRule {
  readonly pattern: RegExp;
  readonly name: string;
}

/** Machines for which E820 is ignored since 5.19 (d341838d776a): pci_crs_quirks of arch/x86/pci/acpi.c. */
const NO_E820: readonly DmiRule[] = [
  { pattern: /^Acer\S*.*\bSpin SP513-54N\b/i, name: 'Acer Spin SP513-54N' },
  { pattern: /\bX170KM-G\b/, name: 'Clevo X170KM-G' },
];

export function ignoresE820ByDmi(dmi: string): string | undefined {
  return NO_E820.find(({ pattern }) => pattern.test(dmi))?.name;
}
