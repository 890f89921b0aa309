/** Tables made byte by byte, for tests. */
import type { Artifact, ArtifactKind, DirectoryEntry } from '../../../src/artifact/artifact.ts';

/** A table with a right checksum. */
export function table(
  signature: string,
  body: readonly number[] = [],
  header: { readonly revision?: number; readonly oemTableId?: string } = {},
): Uint8Array {
  const bytes = Buffer.alloc(36 + body.length);
  bytes.write(signature, 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 4);
  bytes[8] = header.revision ?? 2;
  bytes.write('FWMAP ', 10, 'latin1');
  bytes.write((header.oemTableId ?? 'TEST').padEnd(8), 16, 'latin1');
  bytes.writeUInt32LE(0x20260101, 24);
  bytes.write('FWMP', 28, 'latin1');
  bytes.writeUInt32LE(1, 32);
  bytes.set(body, 36);
  bytes[9] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return new Uint8Array(bytes);
}

export function littleEndian(value: bigint | number, size: number): number[] {
  return Array.from({ length: size }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 0xffn));
}

/** As acpidump prints a table; the newest one right-aligns the offset in eight columns, older ones in six. */
export function dumpText(heading: string, bytes: Uint8Array, width = 8): string {
  const lines = [heading];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = Array.from(row, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
    const text = Array.from(row, (byte) =>
      byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    ).join('');
    lines.push(
      `${at.toString(16).toUpperCase().padStart(4, '0').padStart(width)}: ${hex.padEnd(47)}  ${text}`,
    );
  }
  return `${lines.join('\n')}\n\n`;
}

export function artifact(
  kind: ArtifactKind,
  bytes: Uint8Array | string,
  entries?: DirectoryEntry[],
): Artifact {
  const form = typeof bytes === 'string' ? 'text' : 'blob';
  return {
    kind,
    source: { name: 'input', form, bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes },
    path: 'input',
    sha256: '',
    steps: [],
    ...(entries ? { entries } : {}),
  };
}
