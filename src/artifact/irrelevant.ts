/** Files that lie beside descriptions of machines and are none: pictures, signatures, documents, programs. */
import { latin1Bytes } from '../bytes/text-encoding.ts';

/** First bytes, Latin-1, and what has them. None of these can hold a firmware description or say what kernel it is. */
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
/** Signatures are told by their names: their binary form begins with any of some packet tags (RFC 4880, 4.2). */
const SIGNATURE_NAME = /\.(?:sig|gpg|asc|p7s)$/i;
const PACKET_TAG = 0x80;

/** What a file is that describes no machine: `PNG picture`. Undefined for a file that may. */
export function irrelevance(name: string, bytes: Uint8Array): string | undefined {
  if (SIGNATURE_NAME.test(name) && (bytes[0] ?? 0) >= PACKET_TAG) return 'signature';
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString('latin1');
  return MAGICS.find(([magic]) => start.startsWith(magic))?.[1];
}

/** File names by which somebody says that a file describes a machine. */
const TELLING_NAME =
  /\.(?:dts[io]?|dtbo?|asl|dsl|aml|dat|config|log|dmesg|txt\.gz)$|(?:^|\/)(?:dsdt|ssdt\d*|fdt|boot_params|\.config|config-[\d.]+\S*|dmesg\S*|iomem\S*|lspci\S*)$/i;
/** A text of this many bytes is looked at for what makes it none. */
const TEXT_SAMPLE = 65536;

/** True for prose and the like: a text that is of no known kind, and whose name promises none. */
export function isPlainText(name: string, bytes: Uint8Array): boolean {
  if (TELLING_NAME.test(name)) return false;
  const sample = bytes.subarray(0, TEXT_SAMPLE);
  return (
    sample.length > 0 &&
    sample.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b)
  );
}

/** Notes, pictures, signatures and empty files: what is beside descriptions of machines and hides nothing. */
export function describesNothing(name: string, bytes: Uint8Array): boolean {
  return bytes.length === 0 || isPlainText(name, bytes) || irrelevance(name, bytes) !== undefined;
}

/** A file's name for people: bytes kept as Latin-1, shown as UTF-8 where they are that. */
export function nameText(latin1: string): string {
  const bytes = latin1Bytes(latin1);
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? latin1 : text;
}
