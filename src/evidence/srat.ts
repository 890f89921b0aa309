/**
 * The System Resource Affinity Table, as a table or as printed by Linux. On Hyper-V its ranges for memory and hotplug leave
 * out exactly the MMIO gaps (seen in the logs of three guests), from which the gaps are inferred.
 */
import { FOUR_GIB } from '../bytes/address.ts';
import { ByteReader } from '../bytes/reader.ts';
import type { MmioGap, SratRange } from './facts.ts';

/** ACPI 6.5, 5.2.16: header of 48 bytes, then structures of type and length; type 1 is memory, 40 bytes. */
const STRUCTURES_AT = 48;
const MEMORY = 1;
const MEMORY_BYTES = 40;
const ENABLED = 1;
const HOTPLUG = 2;

/** The enabled memory ranges of an SRAT, up to its end or the first structure with an impossible length. */
export function sratRanges(table: Uint8Array): SratRange[] {
  const ranges: SratRange[] = [];
  if (String.fromCharCode(...table.subarray(0, 4)) !== 'SRAT') return ranges;
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const length = table.length >= 8 ? Math.min(view.getUint32(4, true), table.length) : 0;
  for (let at = STRUCTURES_AT; at + 2 <= length; ) {
    const [type, size] = [table[at]!, table[at + 1]!];
    if (size < 2 || at + size > length) break;
    if (type === MEMORY && size >= MEMORY_BYTES) {
      const reader = new ByteReader(table, { littleEndian: true, start: at + 8 });
      const base = reader.u64()!;
      const bytes = reader.u64()!;
      const flags = view.getUint32(at + 28, true);
      if ((flags & ENABLED) !== 0 && bytes > 0n)
        ranges.push({ start: base, last: base + bytes - 1n, hotplug: (flags & HOTPLUG) !== 0 });
    }
    at += size;
  }
  return ranges;
}

/**
 * The gaps between the ranges: the one that ends at 4 GiB, and those above. None without a hotplug range, since the table
 * then only lists the present memory, and none without a range above 4 GiB.
 */
export function mmioGaps(ranges: readonly SratRange[]): MmioGap[] {
  if (!ranges.some(({ hotplug }) => hotplug) || !ranges.some(({ last }) => last >= FOUR_GIB)) return [];
  const gaps: MmioGap[] = [];
  let end = 0n;
  for (const { start, last } of [...ranges].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    if (start > end) {
      // A hole in low RAM, such as a0000-fffff, doesn't reach 4 GiB.
      if (start >= FOUR_GIB && end < FOUR_GIB) gaps.push({ base: end, size: FOUR_GIB - end, class: 'low' });
      const base = end > FOUR_GIB ? end : FOUR_GIB;
      if (start > base) gaps.push({ base, size: start - base, class: 'high' });
    }
    if (last >= end) end = last + 1n;
  }
  return gaps;
}
