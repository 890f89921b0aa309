/** Limits of opening containers. Reaching one is always reported. */
import { type LimitName, limit } from '../limits/limits.ts';

/** The limits in effect when it is called. */
function containerLimits() {
  return {
    unpackedBytes: limit('unpacked-bytes'),
    totalBytes: limit('total-unpacked-bytes'),
    depth: limit('container-depth'),
    pieces: limit('container-pieces'),
    imageBytes: limit('image-bytes'),
    finds: limit('image-finds'),
    /** Bytes that are searched, or as much work. */
    work: limit('scan-work'),
    /** Bytes that may be unpacked without a find. */
    waste: limit('scan-waste'),
  };
}

export type ContainerLimits = Readonly<ReturnType<typeof containerLimits>>;

/** Share of `unpackedBytes` that is available after a stream exceeded it. */
const SHARE_AFTER_OVERRUN = 3 / 8;

/** Counts the bytes that one run unpacks; containers that are opened for one purpose share it. */
export class Budget {
  readonly limits: ContainerLimits;
  #unpacked = 0;
  #total = 0;
  #overrun = false;

  constructor(limits: ContainerLimits = containerLimits()) {
    this.limits = limits;
  }

  /** Bytes that may still be unpacked. */
  get room(): number {
    const { unpackedBytes, totalBytes } = this.limits;
    const atOnce = this.#overrun ? Math.floor(unpackedBytes * SHARE_AFTER_OVERRUN) : unpackedBytes;
    return Math.max(0, Math.min(atOnce - this.#unpacked, totalBytes - this.#total));
  }

  /** A stream exceeded the limit. Its output may not be collected yet while the next one is unpacked, so less is allowed. */
  overrun(): void {
    this.#overrun = true;
  }

  /** The limit that leaves the least room. */
  get nearest(): LimitName & ('unpacked-bytes' | 'total-unpacked-bytes') {
    const { unpackedBytes, totalBytes } = this.limits;
    return unpackedBytes - this.#unpacked <= totalBytes - this.#total
      ? 'unpacked-bytes'
      : 'total-unpacked-bytes';
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
