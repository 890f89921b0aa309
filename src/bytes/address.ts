/**
 * Parses and prints addresses and sizes. Addresses are `bigint`, ranges are half-open; inclusive ends (ACPI `_MAX`, Linux'
 * `struct resource`) are converted by `endFromLast` and `lastFromEnd`.
 */

/** 2^64, the exclusive end of the largest address space. */
export const ADDRESS_SPACE_END = 1n << 64n;
export const FOUR_GIB = 1n << 32n;
export const ONE_MIB = 1n << 20n;

/** `0x` and lower-case hex without padding. */
export function hex(value: bigint | number): string {
  const digits = value.toString(16);
  // By its text: V8 compares a bigint with a number in a call of its run-time library.
  return digits.startsWith('-') ? `-0x${digits.slice(1)}` : `0x${digits}`;
}

/** Exclusive end from a last address. */
export function endFromLast(last: bigint): bigint {
  return last + 1n;
}

/** Last address from an exclusive end; undefined for an empty range. */
export function lastFromEnd(base: bigint, end: bigint): bigint | undefined {
  return end > base ? end - 1n : undefined;
}

/**
 * As Linux' %pR prints a resource: `[mem 0xf8000000-0xffffffff]`, `[io  0x0cf8-0x0cff]`, `[bus 00-fe]`, the end
 * inclusive (lib/vsprintf.c, resource_string).
 * @param size in bytes, ports or bus numbers
 */
export function formatMemRange(base: bigint, size: bigint, kind = 'mem'): string {
  const name = kind === 'io' ? 'io ' : kind;
  if (size === 0n) return `[${name} size 0x0]`;
  const digits = (value: bigint): string =>
    kind === 'bus'
      ? value.toString(16).padStart(2, '0')
      : `0x${value.toString(16).padStart(kind === 'io' ? 4 : 8, '0')}`;
  return `[${name} ${digits(base)}-${digits(base + size - 1n)}]`;
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/**
 * A size in the largest binary unit that it reaches: `256 MiB`, `1.5 MiB`. A decimal place marks a size that is not a whole
 * number of units and may be rounded: `4.0 KiB` is close to 4 KiB but not equal. JSON has the exact number.
 */
export function formatSize(size: bigint): string {
  let unit = 0;
  while (unit < UNITS.length - 1 && size >= 1024n << BigInt(10 * unit)) unit += 1;
  const one = 1n << BigInt(10 * unit);
  if (size % one === 0n) return size === 1n ? '1 byte' : `${size / one} ${UNITS[unit]}`;
  const tenths = (size * 10n + one / 2n) / one;
  return `${tenths / 10n}.${tenths % 10n} ${UNITS[unit]}`;
}

/** Parses a C integer literal: `0x…`, decimal, or octal with a leading 0. Undefined for any other text. */
export function parseInteger(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (/^0[xX][0-9a-fA-F]+$/.test(trimmed) || /^(0|[1-9][0-9]*)$/.test(trimmed)) return BigInt(trimmed);
  if (/^0[0-7]+$/.test(trimmed)) return BigInt(`0o${trimmed.slice(1)}`);
  return undefined;
}

const SUFFIXES: Readonly<Record<string, bigint>> = { K: 10n, M: 20n, G: 30n, T: 40n, P: 50n, E: 60n };

/** The number of bytes of a binary unit (`K`, `m`, …); 1 for any other letter. */
export function binaryUnit(letter: string): bigint {
  return 1n << (SUFFIXES[letter.toUpperCase()] ?? 0n);
}

/** Parses a C integer literal, with or without a binary unit: `8M`, `8MiB`, `0x10k`. Undefined for any other text. */
export function parseSize(text: string): bigint | undefined {
  const match = /^(.*?)([kmgtpe])(?:ib?)?$/i.exec(text.trim());
  // Tried first: the `e` of `0x8e` is a hexadecimal digit and not a unit.
  const plain = parseInteger(text);
  if (plain !== undefined || match === null) return plain;
  const value = parseInteger(match[1]!);
  return value === undefined ? undefined : value << SUFFIXES[match[2]!.toUpperCase()]!;
}
