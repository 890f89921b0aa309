/**
 * The LZMA decoder, written from the specification (7-zip.org, LZMA SDK, lzma-specification.txt). No library of the npm
 * registry decodes .xz files with branch filters, stops at a limit and keeps the output before a fault.
 */
import type { LzmaProperties } from './lzma-header.ts';
import type { Output } from './output.ts';

const PROBABILITY_BITS = 11;
const EVEN = 1 << (PROBABILITY_BITS - 1);
const MOVE_BITS = 5;
const TOP = 1 << 24;

const STATES = 12;
const POSITION_STATES = 16;
const LENGTH_STATES = 4;
/** Indices in the array of probabilities. */
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITION_STATES;
const IS_REP_G0 = IS_REP + STATES;
const IS_REP_G1 = IS_REP_G0 + STATES;
const IS_REP_G2 = IS_REP_G1 + STATES;
const IS_REP0_LONG = IS_REP_G2 + STATES;
const POSITION_SLOT = IS_REP0_LONG + STATES * POSITION_STATES;
const POSITION_SPECIAL = POSITION_SLOT + LENGTH_STATES * 64;
const ALIGN = POSITION_SPECIAL + 115;
const LENGTH_CHOICE = 0;
const LENGTH_LOW = 2;
const LENGTH_MID = LENGTH_LOW + POSITION_STATES * 8;
const LENGTH_HIGH = LENGTH_MID + POSITION_STATES * 8;
const LENGTH_SIZE = LENGTH_HIGH + 256;
const MATCH_LENGTH = ALIGN + 16;
const REP_LENGTH = MATCH_LENGTH + LENGTH_SIZE;
const LITERAL = REP_LENGTH + LENGTH_SIZE;
const LITERAL_SIZE = 0x300;

const END_POSITION_MODEL = 14;
const ALIGN_BITS = 4;
const SHORTEST_MATCH = 2;
/** A distance of all ones is the end marker. */
const END_MARKER = 0xffffffff;

/** How {@link LzmaDecoder.run} ended; `full`: the output has the requested length. */
export type LzmaEnd = 'full' | 'marker' | 'truncated' | 'limit' | 'damaged';

/** The state of a stream: probabilities, the last distances, and the range decoder of its input. */
export class LzmaDecoder {
  readonly #output: Output;
  readonly #input: Uint8Array;
  /** Offset of the next input byte. May exceed `end` by a few bytes if the input is truncated. */
  position: number;
  /** Exclusive end of the input. */
  end: number;
  #probabilities = new Uint16Array(LITERAL);
  #lc = 0;
  #literalMask = 0;
  #positionMask = 0;
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  #range = 0;
  #code = 0;
  /** Length of the output at the last reset of the dictionary: no distance leads further back. */
  dictionaryStart = 0;

  constructor(input: Uint8Array, position: number, output: Output) {
    this.#input = input;
    this.position = position;
    this.end = input.length;
    this.#output = output;
  }

  /** Resets the state and sets the properties. */
  reset({ lc, lp, pb }: LzmaProperties): void {
    const size = LITERAL + (LITERAL_SIZE << (lc + lp));
    if (this.#probabilities.length !== size) this.#probabilities = new Uint16Array(size);
    this.#lc = lc;
    this.#literalMask = (1 << lp) - 1;
    this.#positionMask = (1 << pb) - 1;
    this.resetState();
  }

  /** Resets the state and keeps the properties. */
  resetState(): void {
    this.#probabilities.fill(EVEN);
    this.#state = 0;
    this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0;
  }

  /** Reads the first five bytes of a range-coded stream; false if they are invalid or missing. */
  start(): boolean {
    if (this.position + 5 > this.end || this.#input[this.position] !== 0) return false;
    this.#code = 0;
    for (let at = 1; at < 5; at += 1)
      this.#code = ((this.#code << 8) | this.#input[this.position + at]!) >>> 0;
    this.#range = 0xffffffff;
    this.position += 5;
    return true;
  }

  /** Whether the range decoder is in its final state. */
  get finished(): boolean {
    return this.#code === 0;
  }

  #bit(index: number): number {
    const probabilities = this.#probabilities;
    const probability = probabilities[index]!;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    let bit: number;
    if (this.#code < bound) {
      this.#range = bound;
      probabilities[index] = probability + ((2048 - probability) >>> MOVE_BITS);
      bit = 0;
    } else {
      this.#range -= bound;
      this.#code -= bound;
      probabilities[index] = probability - (probability >>> MOVE_BITS);
      bit = 1;
    }
    if (this.#range < TOP) this.#normalize();
    return bit;
  }

  #normalize(): void {
    this.#range = (this.#range << 8) >>> 0;
    // Past the end zeros are read; the caller checks the position.
    this.#code = ((this.#code << 8) | (this.#input[this.position] ?? 0)) >>> 0;
    this.position += 1;
  }

  #direct(count: number): number {
    let result = 0;
    for (let left = count; left > 0; left -= 1) {
      this.#range >>>= 1;
      const one = this.#code >= this.#range;
      if (one) this.#code -= this.#range;
      result = (result << 1) | (one ? 1 : 0);
      if (this.#range < TOP) this.#normalize();
    }
    return result >>> 0;
  }

  #tree(at: number, bits: number): number {
    let node = 1;
    for (let left = bits; left > 0; left -= 1) node = (node << 1) | this.#bit(at + node);
    return node - (1 << bits);
  }

  #reverseTree(at: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      const one = this.#bit(at + node);
      node = (node << 1) | one;
      value |= one << bit;
    }
    return value;
  }

  #length(at: number, positionState: number): number {
    if (this.#bit(at + LENGTH_CHOICE) === 0)
      return SHORTEST_MATCH + this.#tree(at + LENGTH_LOW + positionState * 8, 3);
    if (this.#bit(at + LENGTH_CHOICE + 1) === 0)
      return SHORTEST_MATCH + 8 + this.#tree(at + LENGTH_MID + positionState * 8, 3);
    return SHORTEST_MATCH + 16 + this.#tree(at + LENGTH_HIGH, 8);
  }

  #distance(length: number): number {
    const lengthState = Math.min(length - SHORTEST_MATCH, LENGTH_STATES - 1);
    const slot = this.#tree(POSITION_SLOT + lengthState * 64, 6);
    if (slot < 4) return slot;
    const directBits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) << directBits;
    if (slot < END_POSITION_MODEL)
      return base + this.#reverseTree(POSITION_SPECIAL + base - slot, directBits);
    const high = this.#direct(directBits - ALIGN_BITS);
    return (base + high * (1 << ALIGN_BITS) + this.#reverseTree(ALIGN, ALIGN_BITS)) >>> 0;
  }

  #literal(at: number): void {
    const output = this.#output;
    const { bytes } = output;
    const written = at - this.dictionaryStart;
    const previous = written > 0 ? bytes[at - 1]! : 0;
    const context = ((written & this.#literalMask) << this.#lc) + (previous >> (8 - this.#lc));
    const base = LITERAL + LITERAL_SIZE * context;
    let symbol = 1;
    if (this.#state >= 7) {
      let match = bytes[at - this.#rep0 - 1]!;
      do {
        const matchBit = (match >> 7) & 1;
        match <<= 1;
        const bit = this.#bit(base + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(base + symbol);
    bytes[at] = symbol & 0xff;
    output.length = at + 1;
    const state = this.#state;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  /** The length of a repeated match, 1 for a short one. */
  #repeat(positionState: number): number {
    if (this.#bit(IS_REP_G0 + this.#state) === 0) {
      if (this.#bit(IS_REP0_LONG + this.#state * POSITION_STATES + positionState) === 0) {
        this.#state = this.#state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      let distance: number;
      if (this.#bit(IS_REP_G1 + this.#state) === 0) distance = this.#rep1;
      else {
        if (this.#bit(IS_REP_G2 + this.#state) === 0) distance = this.#rep2;
        else {
          distance = this.#rep3;
          this.#rep3 = this.#rep2;
        }
        this.#rep2 = this.#rep1;
      }
      this.#rep1 = this.#rep0;
      this.#rep0 = distance;
    }
    const length = this.#length(REP_LENGTH, positionState);
    this.#state = this.#state < 7 ? 8 : 11;
    return length;
  }

  #match(positionState: number): number {
    this.#rep3 = this.#rep2;
    this.#rep2 = this.#rep1;
    this.#rep1 = this.#rep0;
    const length = this.#length(MATCH_LENGTH, positionState);
    this.#state = this.#state < 7 ? 7 : 10;
    this.#rep0 = this.#distance(length);
    return length;
  }

  /** Decodes until the output is `target` bytes long, or ends before that. */
  run(target: number): LzmaEnd {
    const output = this.#output;
    let at = output.length;
    for (; at < target; at = output.length) {
      // Without room only the end marker is valid.
      const hasRoom = output.reserve(1);
      const written = at - this.dictionaryStart;
      const positionState = written & this.#positionMask;
      if (this.#bit(IS_MATCH + this.#state * POSITION_STATES + positionState) === 0) {
        if (!hasRoom) return 'limit';
        if (this.#state >= 7 && this.#rep0 >= written) return this.#cut('damaged', at);
        this.#literal(at);
        if (this.position > this.end) return this.#cut('truncated', at);
        continue;
      }
      const length =
        this.#bit(IS_REP + this.#state) === 0 ? this.#match(positionState) : this.#repeat(positionState);
      if (this.position > this.end) return this.#cut('truncated', at);
      if (this.#rep0 === END_MARKER) return 'marker';
      if (this.#rep0 >= written || length > target - at) return 'damaged';
      if (!output.copy(this.#rep0 + 1, length)) return 'limit';
    }
    return 'full';
  }

  /** Ends with `at` bytes of output: output from zeros past the end of the input is dropped. */
  #cut(end: 'truncated' | 'damaged', at: number): LzmaEnd {
    this.#output.length = at;
    return this.position > this.end ? 'truncated' : end;
  }
}
