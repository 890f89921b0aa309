/** Recognises files that are found beside descriptions of machines but describe none: pictures, signatures, documents. */
import { latin1Bytes } from '../bytes/text-encoding.ts';

/** First bytes, Latin-1, of formats that can't hold a firmware description or identify a kernel. */
const MAGICS: readonly (readonly [string, string])[] = [
  ['\x89PNG\r\n', 'PNG picture'],
  ['\xff\xd8\xff', 'JPEG picture'],
  ['GIF8', 'GIF picture'],
  ['BM', 'bitmap'],
  ['%PDF-', 'PDF document'],
  ['\0\xff\xff\xff\xff\xff\xff\0', 'EDID'],
  ['_SM_', 'SMBIOS entry point'],
  ['_SM3_', 'SMBIOS entry point'],
];
/** Signatures are recognised by name and packet tag: their binary form has no magic number (RFC 4880, 4.2). */
const SIGNATURE_NAME = /\.(?:sig|gpg|asc|p7s)$/i;
const PACKET_TAG = 0x80;

/** The format of a file that describes no machine: `PNG picture`. Undefined for a file that may describe one. */
export function irrelevance(name: string, bytes: Uint8Array): string | undefined {
  if (SIGNATURE_NAME.test(name) && (bytes[0] ?? 0) >= PACKET_TAG) return 'signature';
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1');
  return MAGICS.find(([magic]) => start.startsWith(magic))?.[1];
}

/** File names that suggest a description of a machine. */
const DESCRIPTION_NAME =
  /\.(?:dts[io]?|dtbo?|asl|dsl|aml|dat|config|log|dmesg|txt\.gz)$|(?:^|\/)(?:dsdt|ssdt\d*|fdt|boot_params|\.config|config-[\d.]+\S*|dmesg\S*|iomem\S*|lspci\S*)$/i;
/** The bytes examined to decide whether a file is text. */
const TEXT_SAMPLE = 65536;

/** True for text of no known kind whose name doesn't suggest a description: notes, READMEs. */
export function isPlainText(name: string, bytes: Uint8Array): boolean {
  if (DESCRIPTION_NAME.test(name)) return false;
  const sample = bytes.subarray(0, TEXT_SAMPLE);
  return (
    sample.length > 0 &&
    sample.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b)
  );
}

/** Notes, pictures, signatures and empty files: files that can be ignored without a gap. */
export function describesNothing(name: string, bytes: Uint8Array): boolean {
  return bytes.length === 0 || isPlainText(name, bytes) || irrelevance(name, bytes) !== undefined;
}

/** A file name for output: bytes kept as Latin-1, decoded as UTF-8 where they are valid UTF-8. */
export function nameText(latin1: string): string {
  const bytes = latin1Bytes(latin1);
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? latin1 : text;
}
