/**
 * PkgLength (ACPI 6.5, 20.2.4). The high two bits of its lead byte are the number of bytes that follow. Without any, the
 * low six bits are the length, otherwise the low four are its least significant bits.
 */

/** The size in bytes of the PkgLength with this lead byte. */
export function packageLengthSize(lead: number): number {
  return 1 + (lead >> 6);
}

/** The length at an offset, from the PkgLength's own first byte. The caller has checked the bounds. */
export function packageLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const extra = lead >> 6;
  if (extra === 0) return lead & 0x3f;
  let length = lead & 0x0f;
  for (let i = 0; i < extra; i++) length |= bytes[at + 1 + i]! << (4 + 8 * i);
  return length;
}
