/** PkgLength (ACPI 6.5, 20.2.4): its low six bits, or four and up to three more bytes. */

/** How many bytes the package length with this first byte takes. */
export function packageLengthSize(lead: number): number {
  return 1 + (lead >> 6);
}

/** The length at an offset, all of whose bytes are there. It counts from its own first byte. */
export function packageLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const extra = lead >> 6;
  if (extra === 0) return lead & 0x3f;
  let length = lead & 0x0f;
  for (let i = 0; i < extra; i++) length |= bytes[at + 1 + i]! << (4 + 8 * i);
  return length;
}
