/** What opening containers may cost, counted. Reaching a limit is told, never silent. */
import { type LimitName, limit } from '../limits/limits.ts';

/** The limits that opening containers keeps, as they are when it begins. */
function containerLimits() {
  return {
    unpackedBytes: limit('unpacked-bytes'),
    totalBytes: limit('total-unpacked-bytes'),
    depth: limit('container-depth'),
    pieces: limit('container-pieces'),
    imageBytes: limit('image-bytes'),
    finds: limit('image-finds'),
    /** Bytes that are looked through, or as much work. */
    work: limit('scan-work'),
    /** Bytes that may be unpacked for nothing. */
    waste: limit('scan-waste'),
  };
}

export type ContainerLimits = Readonly<ReturnType<typeof containerLimits>>;

/** How much of the room there is for what comes after a stream that had too much in it. */
const SHARE_AFTER_OVERRUN = 3 / 8;

/** Counts what one run unpacks. Whoever opens several containers for one purpose shares one. */
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

  /** A stream had more than there was room for. What came of it waits for the collector while the next one is unpacked. */
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
