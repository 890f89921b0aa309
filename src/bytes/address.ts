/**
 * Addresses and sizes: parsing and printing. Addresses are `bigint`; ranges are half-open inside, and the two
 * converters here are the only places where inclusive ends (ACPI `_MAX`, Linux `struct resource`) come and go.
 */

/** 2^64, the exclusive end of the largest address space there is here. */
export const ADDRESS_SPACE_END = 1n << 64n;
/** 4 GiB: below lies low MMIO. */
export const FOUR_GIB = 1n << 32n;
export const ONE_MIB = 1n << 20n;

/** `0x` and lower-case hex without padding. */
export function hex(value: bigint | number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** Exclusive end from a last address. */
export function endFromLast(last: bigint): bigint {
  return last + 1n;
}

/** Last address from an exclusive end; undefined for an empty range. */
export function lastFromEnd(base: bigint, end: bigint): bigint | undefined {
  return end > base ? end - 1n : undefined;
}

/** As Linux' %pR prints a memory resource: `[mem 0xf8000000-0xffffffff]`, the end inclusive. */
export function formatMemRange(base: bigint, size: bigint, kind = 'mem'): string {
  const width = kind === 'io' ? 4 : 8;
  const digits = (value: bigint): string => `0x${value.toString(16).padStart(width, '0')}`;
  return size === 0n ? `[${kind} size 0x0]` : `[${kind} ${digits(base)}-${digits(base + size - 1n)}]`;
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** An exact size in the largest unit that divides it (`256 MiB`), else bytes in hex. */
export function formatSize(size: bigint): string {
  let unit = 0;
  let value = size;
  while (value !== 0n && value % 1024n === 0n && unit < UNITS.length - 1) {
    value /= 1024n;
    unit += 1;
  }
  if (unit === 0 && value >= 4096n) return `${hex(value)} bytes`;
  return value === 1n && unit === 0 ? '1 byte' : `${value} ${UNITS[unit]}`;
}

/** Reads `0x…`, decimal or (with a leading 0) octal digits, as C does. Undefined when it is no such number. */
export function parseInteger(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (/^0[xX][0-9a-fA-F]+$/.test(trimmed) || /^(0|[1-9][0-9]*)$/.test(trimmed)) return BigInt(trimmed);
  if (/^0[0-7]+$/.test(trimmed)) return BigInt(`0o${trimmed.slice(1)}`);
  return undefined;
}
