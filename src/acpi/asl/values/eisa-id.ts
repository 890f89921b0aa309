/** EISA IDs: seven characters in 32 bits (ACPI 6.5, 19.3.4 "EISAID"). */

/** The integer in an `_HID` for `PNP0A03`: three letters of five bits and four digits, high byte first. */
export function eisaIdValue(text: string): bigint | undefined {
  if (!/^[A-Z]{3}[0-9A-Fa-f]{4}$/.test(text)) return undefined;
  const letter = (index: number): number => text.charCodeAt(index) - 0x40;
  const packed = (letter(0) << 10) | (letter(1) << 5) | letter(2);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(packed, 0);
  bytes.writeUInt16BE(Number.parseInt(text.slice(3), 16), 2);
  return BigInt(bytes.readUInt32LE(0));
}

/** The EISA ID that an integer encodes; `undefined` if it is none. */
export function eisaIdText(value: bigint): string | undefined {
  if (value < 0n || value > 0xffff_ffffn) return undefined;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Number(value), 0);
  const packed = bytes.readUInt16BE(0);
  const letters = [packed >> 10, (packed >> 5) & 31, packed & 31].map((code) =>
    String.fromCharCode(0x40 + code),
  );
  const text = letters.join('') + bytes.readUInt16BE(2).toString(16).toUpperCase().padStart(4, '0');
  return /^[A-Z]{3}/.test(text) && packed < 0x8000 ? text : undefined;
}
