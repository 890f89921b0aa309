/** Converts strings to integers as ACPICA does (ACPI 6.5, 19.3.5.5 and table 19.7; utstrsuppt.c, utstrtoul64.c). */

/**
 * Implicit conversion: hexadecimal up to the first other character, ignoring digits beyond the integer's width.
 * @param bits width of an integer: 32 or 64
 */
export function implicitInteger(text: string, bits: number): bigint {
  const digits = /^[\s]*(?:0[xX])?0*([0-9a-fA-F]*)/.exec(text)?.[1] ?? '';
  return digits === '' ? 0n : BigInt(`0x${digits.slice(0, bits / 4)}`);
}

/** ToInteger: hexadecimal after `0x`, otherwise decimal up to the digit that would overflow. */
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
