/** Drawing what inputs are made of. */
import { pick } from '../../test/grammar/ebnf.ts';

export class Draw {
  readonly random: () => number;

  constructor(random: () => number) {
    this.random = random;
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  pick<T>(choices: readonly T[]): T {
    return pick(this.random, choices);
  }

  /** `least` to `most` of something. */
  some<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, index) => make(index));
  }

  bytes(least: number, most: number): Uint8Array {
    return Uint8Array.from(this.some(least, most, () => this.below(256)));
  }

  /** An integer of this many bits, rather a round one. */
  bits(count: number): bigint {
    let value = 0n;
    for (let at = 0; at < count; at += 16) value = (value << 16n) | BigInt(this.below(0x10000));
    value &= (1n << BigInt(count)) - 1n;
    return this.chance(0.5) ? value : value >> BigInt(this.below(count));
  }

  /** Letters and digits, a letter first. */
  word(least: number, most: number): string {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const length = least + this.below(most - least + 1);
    let text = letters[this.below(26)]!;
    while (text.length < length) text += this.pick([...letters, '0', '7', '9']);
    return text;
  }

  /** Ranges one after the other with gaps, at multiples of `unit`; ends inclusive. */
  ranges(most: number, unit: bigint): { start: bigint; last: bigint }[] {
    let at = unit * BigInt(this.below(16));
    return this.some(1, most, () => {
      const start = at + unit * BigInt(1 + this.below(0x1000));
      const last = start + unit * BigInt(1 + this.below(0x1000)) - 1n;
      at = last + 1n;
      return { start, last };
    });
  }
}

export const hex = (value: bigint | number, width = 0): string => value.toString(16).padStart(width, '0');
export const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
