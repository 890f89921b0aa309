/** What opening containers may cost. Each limit is a name, a default and a reason; reaching one is told, never silent. */

export interface ContainerLimits {
  /** Bytes that are unpacked at the same time, everything that is nested together. */
  readonly unpackedBytes: number;
  /** Containers inside containers. */
  readonly depth: number;
  /** Pieces of one container. */
  readonly pieces: number;
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
};

/** Counts what one run unpacks. Whoever opens several containers for one purpose shares one. */
export class Budget {
  readonly limits: ContainerLimits;
  #unpacked = 0;

  constructor(limits: ContainerLimits = CONTAINER_LIMITS) {
    this.limits = limits;
  }

  /** Bytes that may still be unpacked. */
  get room(): number {
    return Math.max(0, this.limits.unpackedBytes - this.#unpacked);
  }

  /** Counts bytes that were unpacked and are kept. */
  take(bytes: number): void {
    this.#unpacked += bytes;
  }

  /** Counts bytes that are kept no longer. */
  release(bytes: number): void {
    this.#unpacked -= bytes;
  }
}
