/**
 * E820 and host bridges (arch/x86/kernel/resource.c, arch/x86/pci/acpi.c). New BARs are not placed where E820 has entries.
 * Windows and BARs that the firmware placed are not affected.
 */
import type { MemoryMapEntry } from '../../evidence/values.ts';
import type { Span } from './window.ts';

/** E820 is ignored since firmware of this year (0ae084d5a674). */
export const TRUSTED_BIOS_YEAR = 2023;

/** The BIOS ROM is always avoided (arch_remove_reservations). */
const BIOS_ROM: Span = { start: 0xffe0_0000n, end: 0xffff_ffffn };

/** Minimum size of EfiMemoryMappedIO regions that are removed from E820 (efi_remove_e820_mmio, 07eab0901ede). */
const LARGE_MMIO = 256n * 1024n;

/** A part of a window in which no new BARs are placed. */
export interface KeptOut extends Span {
  /** The reason: an entry of the memory map, or the BIOS ROM. */
  readonly by: MemoryMapEntry | 'bios-rom';
}

/**
 * The part of `gap` that can be allocated: each entry inside leaves the larger of the parts below and above it (above, if
 * they are equal); `undefined` if nothing is left. The types of entries do not matter. Source: remove_e820_regions().
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

/** The parts of a window where E820 has entries. */
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

/** Whether an entry of E820 is part of a large MMIO region of the EFI memory map, which Linux removes since 6.2. */
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

/** Matches the machine's name in the log line `DMI: …`: `LENOVO 82H8/LNVNB161216`. */
interface DmiRule {
  readonly pattern: RegExp;
  readonly name: string;
}

/** Machines for which E820 is ignored since 5.19 (d341838d776a; pci_crs_quirks of arch/x86/pci/acpi.c). */
const NO_E820: readonly DmiRule[] = [
  { pattern: /^Acer\S*.*\bSpin SP513-54N\b/i, name: 'Acer Spin SP513-54N' },
  { pattern: /\bX170KM-G\b/, name: 'Clevo X170KM-G' },
];

export function ignoresE820ByDmi(dmi: string): string | undefined {
  return NO_E820.find(({ pattern }) => pattern.test(dmi))?.name;
}
