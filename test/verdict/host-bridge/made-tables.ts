/** ACPI tables that no ASL is written for. */

/** A table with its header (ACPI 6.5, 5.2.6), whose bytes sum up to 0. */
export function tableBytes(signature: string, body: Uint8Array, revision = 1): Uint8Array {
  const bytes = new Uint8Array(36 + body.length);
  const text = (at: number, value: string): void => bytes.set(new TextEncoder().encode(value), at);
  text(0, signature);
  new DataView(bytes.buffer).setUint32(4, bytes.length, true);
  bytes[8] = revision;
  text(10, 'TEST  ');
  text(16, 'TEST    ');
  text(28, 'TEST');
  bytes.set(body, 36);
  bytes[9] = 0x100 - (bytes.reduce((sum, byte) => sum + byte, 0) & 0xff);
  return bytes;
}

/** MCFG (PCI Firmware Specification 3.3, 4.1.2). */
export function mcfg(
  ...regions: readonly { base: bigint; segment: number; first: number; last: number }[]
): Uint8Array {
  const body = new Uint8Array(8 + 16 * regions.length);
  const view = new DataView(body.buffer);
  regions.forEach(({ base, segment, first, last }, index) => {
    view.setBigUint64(8 + 16 * index, base, true);
    view.setUint16(16 + 16 * index, segment, true);
    body[18 + 16 * index] = first;
    body[19 + 16 * index] = last;
  });
  return tableBytes('MCFG', body);
}
