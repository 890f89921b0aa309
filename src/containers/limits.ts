/** What opening containers may cost. Each limit is a name, a default and a reason; reaching one is told, never silent. */

export interface ContainerLimits {
  /** Bytes that are unpacked at the same time, everything that is nested together. */
  readonly unpackedBytes: number;
  /** Containers inside containers. */
  readonly depth: number;
  /** Pieces of one container. */
  readonly pieces: number;
  /** Bytes that are unpacked one after the other, in all. */
  readonly totalBytes: number;
  /** Bytes that are read of one image. */
  readonly imageBytes: number;
  /** Descriptions that are found in one image. */
  readonly finds: number;
  /** Time for one image, in milliseconds. */
  readonly milliseconds: number;
}

const MIB = 1024 * 1024;

/** The defaults, with why they are what they are. */
export const CONTAINER_LIMITS: ContainerLimits = {
  // An unpacked kernel has some 60 MiB, a large initramfs 200; a bomb of this size still fits into half a gigabyte.
  unpackedBytes: 256 * MIB,
  // A tree in a driver in a volume in a section in a volume in a capsule in an archive is at 8.
  depth: 16,
  // An installed kernel's device trees and modules are some thousands of files.
  pieces: 100_000,
  // All kernels of a distribution's archive, a few times over.
  totalBytes: 4096 * MIB,
  // The memory of a large virtual machine.
  imageBytes: 64 * 1024 * MIB,
  // Linux' own tree of 6.6 compiles to some 3000 blobs.
  finds: 10_000,
  // Thirty times what a gigabyte takes.
  milliseconds: 60_000,
};

/** How much of the room there is for what comes after a stream that had too much in it. */
const SHARE_AFTER_OVERRUN = 3 / 8;

/** Counts what one run unpacks. Whoever opens several containers for one purpose shares one. */
export class Budget {
  readonly limits: ContainerLimits;
  #unpacked = 0;
  #total = 0;
  #overrun = false;

  constructor(limits: ContainerLimits = CONTAINER_LIMITS) {
    this.limits = limits;
  }

  /** Bytes that may still be unpacked. */
  get room(): number {
    const { unpackedBytes, totalBytes } = this.limits;
    const atOnce = this.#overrun ? Math.floor(unpackedBytes * SHARE_AFTER_OVERRUN) : unpackedBytes;
    return Math.max(0, Math.min(atOnce - this.#unpacked, totalBytes - this.#total));
  }

  /** A stream had more than there was room for. What came of it waits for the collector while the next one is unpacked. */
  overrun(): void {
    this.#overrun = true;
  }

  /** The limit that leaves the least room. */
  get nearest(): 'unpackedBytes' | 'totalBytes' {
    const { unpackedBytes, totalBytes } = this.limits;
    return unpackedBytes - this.#unpacked <= totalBytes - this.#total ? 'unpackedBytes' : 'totalBytes';
  }

  /** Counts bytes that were unpacked and are kept. */
  take(bytes: number): void {
    this.#unpacked += bytes;
    this.#total += bytes;
  }

  /** Counts bytes that are kept no longer. */
  release(bytes: number): void {
    this.#unpacked -= bytes;
  }
}
