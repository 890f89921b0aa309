/**
 * Bzip2, written after the reference implementation (sourceware.org/bzip2, decompress.c). Existing libraries neither
 * verify checksums nor bound what they allocate, or use Node's deprecated buffers.
 */
import { type Decoded, Output } from './output.ts';

const BZIP2_MAGIC: readonly number[] = [0x42, 0x5a, 0x68];
/** 48-bit magic numbers: the digits of pi before a block, of its square root at the end. */
const BLOCK_MARK_HIGH = 0x314159;
const BLOCK_MARK_LOW = 0x265359;
const END_MARK_HIGH = 0x177245;
const END_MARK_LOW = 0x385090;
const MAX_CODE_LENGTH = 20;
const GROUP_SYMBOLS = 50;
const MAX_SELECTORS = 18_002;
/** After so many equal bytes a repeat count follows. */
const RUN_START = 4;

const CRC_TABLE = new Int32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  CRC_TABLE[byte] = value;
}

class Fault {
  readonly end: Exclude<Decoded['end'], 'whole'>;

  constructor(end: Exclude<Decoded['end'], 'whole'>) {
    this.end = end;
  }
}

/** A canonical Huffman code. */
interface Table {
  readonly symbols: Uint16Array;
  /** Largest code of each length, -1 if there is none. */
  readonly limits: Int32Array;
  /** By length: the difference of a code and its index in `symbols`. */
  readonly bases: Int32Array;
  readonly shortest: number;
}

function tableOf(lengths: Uint8Array): Table {
  const symbols = new Uint16Array(lengths.length);
  const limits = new Int32Array(MAX_CODE_LENGTH + 2).fill(-1);
  const bases = new Int32Array(MAX_CODE_LENGTH + 2);
  let filled = 0;
  let code = 0;
  let shortest = MAX_CODE_LENGTH;
  for (let length = 1; length <= MAX_CODE_LENGTH; length += 1) {
    bases[length] = code - filled;
    const before = filled;
    for (let symbol = 0; symbol < lengths.length; symbol += 1)
      if (lengths[symbol] === length) {
        symbols[filled] = symbol;
        filled += 1;
      }
    code += filled - before;
    if (filled > before) {
      limits[length] = code - 1;
      shortest = Math.min(shortest, length);
    }
    code *= 2;
  }
  return { symbols, limits, bases, shortest };
}

class Bzip2Reader {
  readonly #input: Uint8Array;
  at: number;
  #bitBuffer = 0;
  #bitCount = 0;
  readonly #output: Output;
  readonly #blockSize: number;
  #block: Uint32Array | undefined;
  /** CRC of the stream, combined from those of the blocks. */
  combined = 0;

  constructor(input: Uint8Array, at: number, level: number, output: Output) {
    this.#input = input;
    this.at = at;
    this.#output = output;
    this.#blockSize = level * 100_000;
  }

  /** The next `count` bits, at most 24. Throws {@link Fault} at the end of the input. */
  bits(count: number): number {
    while (this.#bitCount < count) {
      if (this.at >= this.#input.length) throw new Fault('truncated');
      this.#bitBuffer = ((this.#bitBuffer << 8) | this.#input[this.at]!) & 0x7fffffff;
      this.at += 1;
      this.#bitCount += 8;
    }
    this.#bitCount -= count;
    return (this.#bitBuffer >>> this.#bitCount) & ((1 << count) - 1);
  }

  word(): number {
    return this.bits(16) * 65536 + this.bits(16);
  }

  /** Reads blocks up to the end mark. Throws {@link Fault}. */
  stream(): void {
    for (;;) {
      const high = this.bits(24);
      const low = this.bits(24);
      if (high === END_MARK_HIGH && low === END_MARK_LOW) break;
      if (high !== BLOCK_MARK_HIGH || low !== BLOCK_MARK_LOW) throw new Fault('damaged');
      const expected = this.word();
      const found = this.#decodeBlock();
      if (found !== expected) throw new Fault('damaged');
      this.combined = (((this.combined << 1) | (this.combined >>> 31)) ^ found) >>> 0;
    }
    if (this.word() !== this.combined) throw new Fault('damaged');
    this.#bitCount = 0;
  }

  #bytesInUse(): Uint8Array {
    const groups = this.bits(16);
    const used: number[] = [];
    for (let group = 0; group < 16; group += 1) {
      if ((groups & (0x8000 >> group)) === 0) continue;
      const members = this.bits(16);
      for (let member = 0; member < 16; member += 1)
        if ((members & (0x8000 >> member)) !== 0) used.push(group * 16 + member);
    }
    if (used.length === 0) throw new Fault('damaged');
    return Uint8Array.from(used);
  }

  #selectors(tables: number): Uint8Array {
    const count = this.bits(15);
    if (count === 0) throw new Fault('damaged');
    const order = Array.from({ length: tables }, (_, index) => index);
    const selectors = new Uint8Array(Math.min(count, MAX_SELECTORS));
    for (let index = 0; index < count; index += 1) {
      let place = 0;
      while (this.bits(1) === 1) {
        place += 1;
        if (place >= tables) throw new Fault('damaged');
      }
      const [chosen] = order.splice(place, 1);
      order.unshift(chosen!);
      if (index < MAX_SELECTORS) selectors[index] = chosen!;
    }
    return selectors;
  }

  #table(symbols: number): Table {
    const lengths = new Uint8Array(symbols);
    let length = this.bits(5);
    for (let symbol = 0; symbol < symbols; symbol += 1) {
      for (;;) {
        if (length < 1 || length > MAX_CODE_LENGTH) throw new Fault('damaged');
        if (this.bits(1) === 0) break;
        length += this.bits(1) === 0 ? 1 : -1;
      }
      lengths[symbol] = length;
    }
    return tableOf(lengths);
  }

  #symbol({ symbols, limits, bases, shortest }: Table): number {
    let code = this.bits(shortest);
    for (let length = shortest; ; length += 1) {
      if (length > MAX_CODE_LENGTH) throw new Fault('damaged');
      if (code <= limits[length]!) {
        const index = code - bases[length]!;
        if (index < 0 || index >= symbols.length) throw new Fault('damaged');
        return symbols[index]!;
      }
      code = code * 2 + this.bits(1);
    }
  }

  /** Decodes a block and appends it. @returns its CRC */
  #decodeBlock(): number {
    if (this.bits(1) === 1) throw new Fault('damaged');
    const origin = this.bits(24);
    const used = this.#bytesInUse();
    const tableCount = this.bits(3);
    if (tableCount < 2 || tableCount > 6) throw new Fault('damaged');
    const selectors = this.#selectors(tableCount);
    const endOfBlock = used.length + 1;
    const tables = Array.from({ length: tableCount }, () => this.#table(endOfBlock + 1));
    // Allocated only after the block's header was read: most bytes that only look like a block fail there.
    this.#block ??= new Uint32Array(this.#blockSize);
    const block = this.#block;
    const counts = new Uint32Array(256);
    const recent = Uint8Array.from(used);
    let length = 0;
    let run = 0;
    let runBit = 1;
    const put = (byte: number, count: number): void => {
      if (length + count > this.#blockSize) throw new Fault('damaged');
      block.fill(byte, length, length + count);
      counts[byte]! += count;
      length += count;
    };
    for (let group = 0, done = false; !done; group += 1) {
      if (group >= selectors.length) throw new Fault('damaged');
      const table = tables[selectors[group]!]!;
      for (let index = 0; index < GROUP_SYMBOLS; index += 1) {
        const symbol = this.#symbol(table);
        if (symbol <= 1) {
          // Runs are numbers in base two with the digits 1 and 2.
          run += runBit << symbol;
          runBit *= 2;
          if (runBit > this.#blockSize * 2) throw new Fault('damaged');
          continue;
        }
        if (run > 0) put(recent[0]!, run);
        run = 0;
        runBit = 1;
        if (symbol === endOfBlock) {
          done = true;
          break;
        }
        const byte = recent[symbol - 1]!;
        recent.copyWithin(1, 0, symbol - 1);
        recent[0] = byte;
        put(byte, 1);
      }
    }
    if (origin >= length) throw new Fault('damaged');
    return this.#undoSort(block, length, counts, origin);
  }

  /** Undoes the Burrows-Wheeler transform and the run lengths, and writes the result. @returns the block's CRC */
  #undoSort(block: Uint32Array, length: number, counts: Uint32Array, origin: number): number {
    let sum = 0;
    for (let byte = 0; byte < 256; byte += 1) {
      const count = counts[byte]!;
      counts[byte] = sum;
      sum += count;
    }
    // The upper 24 bits of an entry are the index of the next one.
    for (let index = 0; index < length; index += 1) {
      const byte = block[index]! & 0xff;
      block[counts[byte]!]! |= index << 8;
      counts[byte]! += 1;
    }
    const output = this.#output;
    let crc = -1;
    let at = block[origin]! >>> 8;
    let previous = -1;
    let repeats = 0;
    for (let left = length; left > 0; left -= 1) {
      const entry = block[at]!;
      at = entry >>> 8;
      const byte = entry & 0xff;
      if (repeats === RUN_START) {
        if (!output.fill(previous, byte)) throw new Fault('limit');
        for (let count = byte; count > 0; count -= 1) crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ previous]!;
        repeats = 0;
        previous = -1;
        continue;
      }
      repeats = byte === previous ? repeats + 1 : 1;
      previous = byte;
      if (!output.reserve(1)) throw new Fault('limit');
      output.bytes[output.length] = byte;
      output.length += 1;
      crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte]!;
    }
    return ~crc >>> 0;
  }
}

function startsStream(input: Uint8Array, at: number): boolean {
  const level = input[at + 3] ?? 0;
  return BZIP2_MAGIC.every((byte, index) => input[at + index] === byte) && level >= 0x31 && level <= 0x39;
}

/** Decodes a stream and those that follow it at once. */
export function decodeBzip2(input: Uint8Array, limit: number): Decoded {
  const output = new Output(limit);
  let at = 0;
  while (startsStream(input, at)) {
    const reader = new Bzip2Reader(input, at + 4, input[at + 3]! - 0x30, output);
    const before = output.length;
    try {
      reader.stream();
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      // Bytes that only look like another stream are not part of this one.
      if (at > 0 && fault.end === 'damaged' && output.length === before) break;
      const why = fault.end === 'damaged' ? { why: 'a block is invalid or its checksum is wrong' } : {};
      return { bytes: output.written, consumed: reader.at, end: fault.end, ...why };
    }
    at = reader.at;
  }
  if (at === 0) return { bytes: output.written, consumed: 0, end: 'damaged', why: 'no bzip2 header' };
  return { bytes: output.written, consumed: at, end: 'whole' };
}
