/** Numbers in strings, as ACPICA reads them (ACPI 6.5, 19.3.5.5 and table 19.7; utstrsuppt.c, utstrtoul64.c). */

/**
 * Hexadecimal up to the first other character; digits past the integer's width are left out.
 * @param bits of an integer: 32 or 64
 */
export function implicitInteger(text: string, bits: number): bigint {
  const digits = /^[\s]*(?:0[xX])?0*([0-9a-fA-F]*)/.exec(text)?.[1] ?? '';
  return digits === '' ? 0n : BigInt(`0x${digits.slice(0, bits / 4)}`);
}

/** ToInteger: decimal, up to the digit that would overflow; or hexadecimal after `0x`. */
export function explicitInteger(text: string, bits: number): bigint {
  if (/^[\s]*0[xX]/.test(text)) return implicitInteger(text, bits);
  const digits = /^[\s]*0*([0-9]*)/.exec(text)?.[1] ?? '';
  const largest = (1n << BigInt(bits)) - 1n;
  let value = 0n;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (next > largest) break;
    value = next;
  }
  return value;
}
