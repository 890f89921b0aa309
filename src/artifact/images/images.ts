/** Which inputs are looked through for descriptions: those that are made of parts, and those of which nothing is known. */
import { accessTo } from '../../containers/access.ts';
import { fit } from '../../containers/boot/fit.ts';
import { isPlainText } from '../irrelevant.ts';
import type { ArtifactKind } from '../kinds.ts';

const TREE_MAGIC = Buffer.from([0xd0, 0x0d, 0xfe, 0xed]);
const TOTAL_SIZE_AT = 4;
/** The name of the node without which a tree is no FIT. */
const IMAGES = Buffer.from('images\0');
/** No image is smaller. */
const LEAST_BYTES = 64;

/** A tree of images, or trees that are joined. */
function holdsMoreThanATree(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < 8) return false;
  const behind = buffer.indexOf(TREE_MAGIC, Math.max(TREE_MAGIC.length, buffer.readUInt32BE(TOTAL_SIZE_AT)));
  if (behind >= 0) return true;
  // The trees of machines have no such node, and needn't be read once more to see it.
  return buffer.includes(IMAGES) && fit.open(accessTo(bytes), 0, 1) !== undefined;
}

/** @param kind what the first bytes look like; undefined where they look like nothing */
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
