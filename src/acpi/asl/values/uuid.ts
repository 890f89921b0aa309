/** ToUUID: the byte order of a UUID in a buffer (ACPI 6.5, 19.6.142). */

/** For each byte of the buffer, the index of its pair of digits in the text: the first three groups are little-endian. */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/** The 16 bytes of a UUID; `undefined` if the text is none. */
export function uuidBytes(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return undefined;
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  return Uint8Array.from(ORDER, (from) => bytes[from]!);
}

/** The text of a UUID; `undefined` unless there are 16 bytes. */
export function uuidText(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 16) return undefined;
  const ordered = Buffer.alloc(16);
  for (const [at, from] of ORDER.entries()) ordered[from] = bytes[at]!;
  return ordered.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
