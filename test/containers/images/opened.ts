/** Opens made images where a scan would, and gives what is in them. */
import { accessTo } from '../../../src/containers/access.ts';
import type { ImageContent } from '../../../src/containers/container.ts';
import { IMAGES } from '../../../src/containers/rows.ts';

const BEFORE = 5;

function rowOf(format: string) {
  const row = IMAGES.find((each) => each.format === format);
  if (row === undefined) throw new Error(`there is no ${format}`);
  return row;
}

/** Whether an image of a format begins with these bytes, wherever in others they stand. */
export function isOne(format: string, bytes: Uint8Array): boolean {
  return rowOf(format).sniff(accessTo(bytes), 0);
}

/** What an image holds, opened among other bytes: places are counted from where it begins. */
export function opened(format: string, bytes: Uint8Array, limit = 100): ImageContent | undefined {
  const inside = new Uint8Array(BEFORE + bytes.length).fill(0xee);
  inside.set(bytes, BEFORE);
  return rowOf(format).open(accessTo(inside), BEFORE, limit);
}

/** Parts by name: offset, size, and how they are packed. */
export function partsOf(content: ImageContent | undefined): unknown[][] | undefined {
  return content?.parts.map(({ name, offset, size, packed }) => [
    name,
    offset,
    size,
    ...(packed === undefined ? [] : [packed.format]),
  ]);
}

/** A copy with other bytes at a place. */
export function changed(bytes: Uint8Array, at: number, other: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(other, at);
  return copy;
}
