/** All descriptors of ACPI 6.5, 6.4, by type and by tag. */
import type { DescriptorRow } from '../layout.ts';
import { ADDRESS_ROWS } from './address.ts';
import { MEMORY_ROWS } from './memory.ts';
import { PIN_ROWS } from './pins.ts';
import { CLOCK_INPUT_ROW, SERIAL_BUS_ROWS } from './serial-bus.ts';
import { SMALL_ROWS } from './small.ts';

export const DESCRIPTOR_ROWS: readonly DescriptorRow[] = [
  ...SMALL_ROWS,
  ...MEMORY_ROWS,
  ...ADDRESS_ROWS,
  ...PIN_ROWS,
  ...SERIAL_BUS_ROWS,
  CLOCK_INPUT_ROW,
];

const BY_TYPE = new Map<string, DescriptorRow>(DESCRIPTOR_ROWS.map((row) => [row.type, row]));

/** Rows by tag; the length bits of a small tag are cleared. */
const BY_TAG = new Map<number, DescriptorRow[]>();
for (const row of DESCRIPTOR_ROWS) {
  const tag = row.size === 'large' ? 0x80 | row.item : row.item << 3;
  const rows = BY_TAG.get(tag);
  if (rows) rows.push(row);
  else BY_TAG.set(tag, [row]);
}

export function rowOfType(type: string): DescriptorRow | undefined {
  return BY_TYPE.get(type);
}

/** The rows for a tag byte; several if another byte distinguishes them. */
export function rowsOfTag(tag: number): readonly DescriptorRow[] {
  return BY_TAG.get((tag & 0x80) !== 0 ? tag : tag & 0x78) ?? [];
}
