/** Decides which inputs are scanned for descriptions: images made of parts, and inputs of unknown kind. */
import { accessTo } from '../../containers/access.ts';
import { fit } from '../../containers/boot/fit.ts';
import { isPlainText } from '../irrelevant.ts';
import type { ArtifactKind } from '../kinds.ts';

const TREE_MAGIC = Buffer.from([0xd0, 0x0d, 0xfe, 0xed]);
const TOTAL_SIZE_AT = 4;
/** The node that a FIT must have (U-Boot's source file format). */
const IMAGES = Buffer.from('images\0');
/** Its name behind the token FDT_BEGIN_NODE: names of properties end in `images`, too. */
const IMAGES_NODE = Buffer.from('\0\0\0\x01images\0', 'latin1');
/** The size of the smallest image. */
const LEAST_BYTES = 64;

/** Whether a device tree blob is a FIT, or is followed by another tree. */
function holdsMoreThanATree(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < 8) return false;
  const next = buffer.indexOf(TREE_MAGIC, Math.max(TREE_MAGIC.length, buffer.readUInt32BE(TOTAL_SIZE_AT)));
  if (next >= 0) return true;
  // The byte search is quick; the trees of machines have no such node and need not be parsed here.
  if (!buffer.includes(IMAGES) || !buffer.includes(IMAGES_NODE)) return false;
  return fit.open(accessTo(bytes), 0, 1) !== undefined;
}

/** Whether an input may be an image. @param kind by its first bytes; undefined when unknown */
export function mayBeImage(kind: ArtifactKind | undefined, name: string, bytes: Uint8Array): boolean {
  if (bytes.length < LEAST_BYTES) return false;
  switch (kind) {
    case 'image':
      return true;
    case undefined:
      return !isPlainText(name, bytes);
    case 'dtb':
    case 'dtbo':
      return holdsMoreThanATree(bytes);
    default:
      return false;
  }
}
