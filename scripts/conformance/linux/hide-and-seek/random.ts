/** Random numbers that are the same for the same seed, so that a case can be run again. */

/** A stream of draws; mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
    // Seeds next to each other start alike otherwise.
    for (let at = 0; at < 4; at += 1) this.next();
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** A multiple of `step` from `least` to `most`, both inclusive. */
  big(least: bigint, most: bigint, step: bigint): bigint {
    const count = (most - least) / step + 1n;
    const wide = (BigInt(this.below(2 ** 30)) << 30n) | BigInt(this.below(2 ** 30));
    return least + (wide % count) * step;
  }

  /** A seed for another stream. */
  fork(): number {
    return this.below(2 ** 32);
  }
}

/** The stream of one case of a run. */
export function caseRandom(seed: number, index: number): Random {
  return new Random(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35));
}
