/** Access to memory that an image describes: extents in order of address, joined where they are adjacent. */
import type { Access } from './access.ts';
import type { Extent } from './container.ts';

/** A range of memory without holes. */
export interface Run {
  readonly address: number;
  readonly access: Access;
  /** Offset of a range of it in the image, if it is contiguous there. */
  imageOffset(offset: number, size: number): number | undefined;
}

/** Extents of zeros of this size or more are treated as holes: nothing that is searched for has so many. */
const MAX_ZEROS = 1 << 20;

class ExtentAccess implements Access {
  readonly size: number;
  readonly #image: Access;
  readonly #extents: readonly Extent[];
  readonly #start: number;

  constructor(image: Access, extents: readonly Extent[]) {
    this.#image = image;
    this.#extents = extents;
    this.#start = extents[0]!.address;
    const last = extents.at(-1)!;
    this.size = last.address + last.size - this.#start;
  }

  /** Index of the extent that contains an offset. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#extents.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#extents[middle]!.address - this.#start <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  read(offset: number, length: number): Uint8Array {
    const count = Math.min(length, this.size - offset);
    if (offset < 0 || count <= 0) return this.#image.read(0, 0);
    const index = this.#indexOf(offset);
    const inside = offset - (this.#extents[index]!.address - this.#start);
    const first = this.#extents[index]!;
    if (first.offset !== undefined && inside + count <= first.size)
      return this.#image.read(first.offset + inside, count);
    const bytes = new Uint8Array(count);
    for (let done = 0, at = index, skip = inside; done < count; at += 1, skip = 0) {
      const extent = this.#extents[at]!;
      const part = Math.min(extent.size - skip, count - done);
      if (extent.offset !== undefined) bytes.set(this.#image.read(extent.offset + skip, part), done);
      done += part;
    }
    return bytes;
  }

  imageOffset(offset: number, size: number): number | undefined {
    let index = this.#indexOf(offset);
    const first = this.#extents[index]!;
    if (first.offset === undefined) return undefined;
    const place = first.offset + offset - (first.address - this.#start);
    const end = offset + size;
    for (; this.#extents[index]!.address - this.#start + this.#extents[index]!.size < end; index += 1) {
      const [extent, next] = [this.#extents[index]!, this.#extents[index + 1]];
      if (next?.offset === undefined || next.offset !== extent.offset! + extent.size) return undefined;
    }
    return place;
  }
}

/** The runs of extents, by address. Where extents overlap, the one with the lower address is read. */
export function runsOf(image: Access, extents: readonly Extent[]): Run[] {
  const sorted = extents
    .filter(({ size, offset }) => size > 0 && (offset !== undefined || size < MAX_ZEROS))
    .sort((a, b) => a.address - b.address);
  const groups: Extent[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const extent of sorted) {
    const covered = Math.max(0, end - extent.address);
    if (covered >= extent.size) continue;
    const rest: Extent =
      covered === 0
        ? extent
        : {
            address: extent.address + covered,
            size: extent.size - covered,
            ...(extent.offset === undefined ? {} : { offset: extent.offset + covered }),
          };
    if (rest.address === end) groups.at(-1)!.push(rest);
    else groups.push([rest]);
    end = rest.address + rest.size;
  }
  return groups.map((group) => {
    const access = new ExtentAccess(image, group);
    return {
      address: group[0]!.address,
      access,
      imageOffset: (offset, size) => access.imageOffset(offset, size),
    };
  });
}
