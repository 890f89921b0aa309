/** Decides which inputs are scanned for descriptions: images made of parts, and inputs of unknown kind. */
import { accessTo, asciiAt, littleEndian } from '../../containers/access.ts';
import { limit } from '../../limits/limits.ts';
import { isPlainText } from '../irrelevant.ts';
import type { ArtifactKind } from '../kinds.ts';

const TOTAL_SIZE_AT = 4;
/** The node that a FIT must have (U-Boot's source file format), behind the token FDT_BEGIN_NODE; trees of machines have none. */
const IMAGES_NODE = Buffer.from('\0\0\0\x01images\0', 'latin1');
/** The size of the smallest image. */
const LEAST_BYTES = 64;
/** A table's signature and length (ACPI 6.5, 5.2.6); an RSDP has its own layout (5.2.5.3). */
const TABLE_START_BYTES = 8;
const RSDP_BYTES = 20;
const RSDP_LENGTH_AT = 20;

/** Where what follows the first `end` bytes begins; undefined when nothing does but padding and erased flash. */
function behind(bytes: Uint8Array, end: number): number | undefined {
  for (let at = end; at < bytes.length; at += 1) if (bytes[at] !== 0 && bytes[at] !== 0xff) return at;
  return undefined;
}

/** Where something other than the first tree begins: 0 for a FIT; undefined when there is nothing else. */
function behindTree(bytes: Uint8Array): number | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = buffer.readUInt32BE(TOTAL_SIZE_AT);
  return buffer.subarray(0, size).includes(IMAGES_NODE) ? 0 : behind(bytes, Math.max(LEAST_BYTES, size));
}

/** Where something other than tables begins behind concatenated tables. */
function behindTables(bytes: Uint8Array): number | undefined {
  const access = accessTo(bytes);
  let at = 0;
  for (let count = 0; count < limit('acpi-tables') && at + TABLE_START_BYTES <= bytes.length; count += 1) {
    const isPointer = asciiAt(access, at, 8) === 'RSD PTR ';
    if (!isPointer && !/^[A-Z0-9_!]{4}$/.test(asciiAt(access, at, 4))) return behind(bytes, at);
    const size = isPointer
      ? bytes[at + 15]! < 2
        ? RSDP_BYTES
        : littleEndian(access, at + RSDP_LENGTH_AT, 4)
      : littleEndian(access, at + 4, 4);
    if (size === undefined || size < TABLE_START_BYTES) return undefined;
    at += size;
  }
  return undefined;
}

/**
 * From which offset on an input may hold more than its kind says: 0 when all of it may be an image, undefined when there is
 * nothing more.
 * @param kind by its first bytes; undefined when unknown
 */
export function mayBeImageFrom(
  kind: ArtifactKind | undefined,
  name: string,
  bytes: Uint8Array,
): number | undefined {
  if (bytes.length < LEAST_BYTES) return undefined;
  switch (kind) {
    case 'image':
      return 0;
    case undefined:
      return isPlainText(name, bytes) ? undefined : 0;
    case 'dtb':
    case 'dtbo':
      return behindTree(bytes);
    case 'acpi-table':
      return behindTables(bytes);
    default:
      return undefined;
  }
}
