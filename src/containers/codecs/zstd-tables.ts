/** Tables of Zstandard's two entropy codes (RFC 8878, 4.1 and 4.2): finite state entropy and Huffman. */

/** Thrown for an invalid stream; caught in `zstd.ts`. */
export class ZstdFault {}

/** States of a finite state entropy code: the symbol of each, and the number of bits and the base of the next state. */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** A Huffman code: by the next `log` bits, the symbol and the length of its code. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

const MAX_HUFFMAN_BITS = 11;
const MAX_WEIGHT_LOG = 6;
const MAX_SYMBOLS = 256;

function topBit(value: number): number {
  return 31 - Math.clz32(value);
}

/** A bit stream that is read backwards (4.1.1). Before its first bit zeros are read. */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  /** Number of unread bits; negative after reading past the first one. */
  left: number;

  /** @param end exclusive; the highest set bit of the last byte marks the end and is no data */
  constructor(bytes: Uint8Array, start: number, end: number) {
    if (end <= start || bytes[end - 1] === 0) throw new ZstdFault();
    this.#bytes = bytes;
    this.#start = start;
    this.left = (end - start - 1) * 8 + topBit(bytes[end - 1]!);
  }

  /** The next `count` bits, at most 24, without consuming them. */
  peek(count: number): number {
    const from = this.left - count;
    if (from < 0) {
      if (this.left <= 0) return 0;
      // Zeros before the first bit.
      return (this.#word(0) & ((1 << this.left) - 1)) << -from;
    }
    return (this.#word(from >> 3) >>> (from & 7)) & ((1 << count) - 1);
  }

  #word(at: number): number {
    const bytes = this.#bytes;
    const place = this.#start + at;
    return bytes[place]! | (bytes[place + 1]! << 8) | (bytes[place + 2]! << 16) | (bytes[place + 3]! << 24);
  }

  /** The next `count` bits, at most 31. */
  read(count: number): number {
    if (count > 16) {
      const high = this.read(count - 16);
      return high * 65536 + this.read(16);
    }
    const value = this.peek(count);
    this.left -= count;
    return value;
  }
}

/** Distributes the symbols over the states (4.1.1). A count of -1 means a probability of less than one. */
export function fseTable(counts: ArrayLike<number>, log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(counts.length);
  let high = size;
  for (let symbol = 0; symbol < counts.length; symbol += 1)
    if (counts[symbol] === -1) {
      high -= 1;
      symbols[high] = symbol;
      next[symbol] = 1;
    }
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (let symbol = 0; symbol < counts.length; symbol += 1) {
    const count = counts[symbol]!;
    if (count <= 0) continue;
    next[symbol] = count;
    for (let index = 0; index < count; index += 1) {
      symbols[position] = symbol;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  if (position !== 0) throw new ZstdFault();
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state += 1) {
    const symbol = symbols[state]!;
    const value = next[symbol]!;
    next[symbol] = value + 1;
    bits[state] = log - topBit(value);
    bases[state] = (value << bits[state]!) - size;
  }
  return { log, symbols, bits, bases };
}

/** A table with one symbol that takes no bits. */
export function singleSymbol(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}

/** Reads a table's description (4.1.1). @returns the table and the exclusive end of its description */
export function readFseTable(
  input: Uint8Array,
  start: number,
  end: number,
  maxLog: number,
  maxSymbols: number,
): { readonly table: FseTable; readonly end: number } {
  let bit = start * 8;
  const read = (count: number): number => {
    const at = bit >> 3;
    const word = (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8) | ((input[at + 2] ?? 0) << 16);
    const value = (word >>> (bit & 7)) & ((1 << count) - 1);
    bit += count;
    if (bit > end * 8) throw new ZstdFault();
    return value;
  };
  const log = read(4) + 5;
  if (log > maxLog) throw new ZstdFault();
  const counts: number[] = [];
  for (let left = 1 << log; left > 0; ) {
    if (counts.length >= maxSymbols) throw new ZstdFault();
    const width = topBit(left + 1) + 1;
    const lower = (1 << (width - 1)) - 1;
    const threshold = (1 << width) - 1 - (left + 1);
    let value = read(width - 1);
    if (value >= threshold) {
      value |= read(1) << (width - 1);
      if (value > lower) value -= threshold;
    }
    const count = value - 1;
    left -= Math.abs(count);
    counts.push(count);
    if (count !== 0) continue;
    for (let repeat = 3; repeat === 3; ) {
      repeat = read(2);
      for (let index = 0; index < repeat; index += 1) counts.push(0);
      if (counts.length > maxSymbols) throw new ZstdFault();
    }
  }
  return { table: fseTable(counts, log), end: (bit + 7) >> 3 };
}

/** Weights compressed by an FSE table with two alternating states (4.2.1.2). */
function codedWeights(input: Uint8Array, start: number, end: number): number[] {
  const { table, end: dataStart } = readFseTable(input, start, end, MAX_WEIGHT_LOG, MAX_HUFFMAN_BITS + 1);
  const bits = new BackwardBits(input, dataStart, end);
  const states = [bits.read(table.log), bits.read(table.log)];
  const weights: number[] = [];
  for (let turn = 0; ; turn ^= 1) {
    const state = states[turn]!;
    weights.push(table.symbols[state]!);
    if (weights.length >= MAX_SYMBOLS) throw new ZstdFault();
    states[turn] = table.bases[state]! + bits.read(table.bits[state]!);
    if (bits.left >= 0) continue;
    weights.push(table.symbols[states[turn ^ 1]!]!);
    return weights;
  }
}

/** Reads a Huffman tree's description (4.2.1). @returns the table and the exclusive end of its description */
export function readHuffmanTable(
  input: Uint8Array,
  start: number,
  limit: number,
): { readonly table: HuffmanTable; readonly end: number } {
  if (start >= limit) throw new ZstdFault();
  const header = input[start]!;
  const direct = header >= 128;
  const count = header - 127;
  const end = start + 1 + (direct ? (count + 1) >> 1 : header);
  if (end > limit) throw new ZstdFault();
  let weights: number[];
  if (direct) {
    weights = [];
    for (let index = 0; index < count; index += 1) {
      const byte = input[start + 1 + (index >> 1)]!;
      weights.push((index & 1) === 0 ? byte >> 4 : byte & 15);
    }
  } else weights = codedWeights(input, start + 1, end);
  let sum = 0;
  for (const weight of weights) {
    if (weight > MAX_HUFFMAN_BITS) throw new ZstdFault();
    if (weight > 0) sum += 1 << (weight - 1);
  }
  if (sum === 0) throw new ZstdFault();
  const log = topBit(sum) + 1;
  const rest = (1 << log) - sum;
  // The last weight is implied: it completes the sum to a power of two.
  if (log > MAX_HUFFMAN_BITS || (rest & (rest - 1)) !== 0) throw new ZstdFault();
  weights.push(topBit(rest) + 1);
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight += 1)
    for (let symbol = 0; symbol < weights.length; symbol += 1) {
      if (weights[symbol] !== weight) continue;
      const next = at + (1 << (weight - 1));
      symbols.fill(symbol, at, next);
      bits.fill(log + 1 - weight, at, next);
      at = next;
    }
  return { table: { log, symbols, bits }, end };
}

/** Decodes one stream of literals into `out` from `from` to `to` (4.2.2). */
export function decodeHuffman(
  input: Uint8Array,
  start: number,
  end: number,
  table: HuffmanTable,
  out: Uint8Array,
  from: number,
  to: number,
): void {
  const stream = new BackwardBits(input, start, end);
  const { log, symbols, bits } = table;
  for (let at = from; at < to; at += 1) {
    const state = stream.peek(log);
    out[at] = symbols[state]!;
    stream.left -= bits[state]!;
  }
  if (stream.left !== 0) throw new ZstdFault();
}
