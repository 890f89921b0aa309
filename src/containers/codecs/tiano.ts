/**
 * The compression of EFI 1.1 and of PI firmware volumes ("Tiano"): Lempel-Ziv with Huffman codes (UEFI 2.10, chapter 19).
 * The two variants differ in the width of one number, and a stream does not say which it is.
 */
import { type Decoded, Output } from './output.ts';

const HEADER_BYTES = 8;
/** Characters and lengths of matches; distances; lengths of codes (UEFI 2.10, 19.2.3). */
const CHARACTERS = 510;
const CHARACTER_WIDTH = 9;
const POSITIONS = 31;
const CODE_LENGTHS = 19;
const CODE_LENGTH_WIDTH = 5;
const LITERALS = 256;
const SHORTEST_MATCH = 3;
const MAX_CODE = 16;

export type TianoVariant = 'efi11' | 'tiano';
/** Width of the number of distance codes, in bits. */
const POSITION_WIDTH: Readonly<Record<TianoVariant, number>> = { efi11: 4, tiano: 5 };

class Fault {
  readonly end: 'truncated' | 'damaged' | 'limit';

  constructor(end: Fault['end']) {
    this.end = end;
  }
}

/** A canonical Huffman code. A single symbol takes no bits. */
interface Code {
  readonly single: number | undefined;
  readonly symbols: Uint16Array;
  readonly limits: Int32Array;
  readonly bases: Int32Array;
}

function singleCode(symbol: number): Code {
  return { single: symbol, symbols: new Uint16Array(0), limits: new Int32Array(0), bases: new Int32Array(0) };
}

/** The code with these lengths; throws {@link Fault} if it is not complete. */
function codeOf(lengths: Uint8Array): Code {
  const symbols = new Uint16Array(lengths.length);
  const limits = new Int32Array(MAX_CODE + 1).fill(-1);
  const bases = new Int32Array(MAX_CODE + 1);
  let filled = 0;
  let code = 0;
  for (let length = 1; length <= MAX_CODE; length += 1) {
    bases[length] = code - filled;
    for (let symbol = 0; symbol < lengths.length; symbol += 1)
      if (lengths[symbol] === length) {
        symbols[filled] = symbol;
        filled += 1;
        code += 1;
      }
    limits[length] = code - 1;
    code *= 2;
  }
  if (code !== 2 ** (MAX_CODE + 1)) throw new Fault('damaged');
  return { single: undefined, symbols, limits, bases };
}

class TianoReader {
  readonly #input: Uint8Array;
  readonly #end: number;
  readonly #positionWidth: number;
  /** In bits. */
  #at: number;

  constructor(input: Uint8Array, start: number, end: number, variant: TianoVariant) {
    this.#input = input;
    this.#at = start * 8;
    this.#end = end * 8;
    this.#positionWidth = POSITION_WIDTH[variant];
  }

  /** The next `count` bits, at most 24. Up to 32 bits past the end are read as zeros. */
  #bits(count: number): number {
    if (this.#at > this.#end + 32) throw new Fault('truncated');
    const byte = this.#at >> 3;
    const input = this.#input;
    const word =
      ((input[byte] ?? 0) << 24) |
      ((input[byte + 1] ?? 0) << 16) |
      ((input[byte + 2] ?? 0) << 8) |
      (input[byte + 3] ?? 0);
    const value = count === 0 ? 0 : (word << (this.#at & 7)) >>> (32 - count);
    this.#at += count;
    return value;
  }

  #symbol({ single, symbols, limits, bases }: Code): number {
    if (single !== undefined) return single;
    let code = 0;
    for (let length = 1; length <= MAX_CODE; length += 1) {
      code = code * 2 + this.#bits(1);
      if (code <= limits[length]!) return symbols[code - bases[length]!]!;
    }
    throw new Fault('damaged');
  }

  /** Lengths of three bits, longer ones continued by ones; after `special` lengths a run of zeros may follow. */
  #lengthsCode(most: number, width: number, special: number | undefined): Code {
    const count = this.#bits(width);
    if (count === 0) return singleCode(this.#bits(width));
    if (count > most) throw new Fault('damaged');
    const lengths = new Uint8Array(most);
    for (let index = 0; index < count; ) {
      let length = this.#bits(3);
      if (length === 7) while (length <= MAX_CODE && this.#bits(1) === 1) length += 1;
      if (length > MAX_CODE) throw new Fault('damaged');
      lengths[index] = length;
      index += 1;
      if (index === special) index += this.#bits(2);
    }
    return codeOf(lengths);
  }

  #charactersCode(lengthsCode: Code): Code {
    const count = this.#bits(CHARACTER_WIDTH);
    if (count === 0) return singleCode(this.#bits(CHARACTER_WIDTH));
    if (count > CHARACTERS) throw new Fault('damaged');
    const lengths = new Uint8Array(CHARACTERS);
    for (let index = 0; index < count; ) {
      const symbol = this.#symbol(lengthsCode);
      if (symbol > 2) {
        lengths[index] = symbol - 2;
        index += 1;
      } else index += symbol === 0 ? 1 : symbol === 1 ? this.#bits(4) + 3 : this.#bits(CHARACTER_WIDTH) + 20;
      if (index > CHARACTERS) throw new Fault('damaged');
    }
    return codeOf(lengths);
  }

  /** Decodes until the output is `target` bytes long. */
  run(output: Output, target: number): void {
    let left = 0;
    let characters = singleCode(0);
    let positions = singleCode(0);
    while (output.length < target) {
      if (left === 0) {
        left = this.#bits(16);
        if (left === 0) throw new Fault('damaged');
        characters = this.#charactersCode(this.#lengthsCode(CODE_LENGTHS, CODE_LENGTH_WIDTH, 3));
        positions = this.#lengthsCode(POSITIONS, this.#positionWidth, undefined);
      }
      left -= 1;
      const symbol = this.#symbol(characters);
      if (symbol < LITERALS) {
        if (!output.reserve(1)) throw new Fault('limit');
        output.bytes[output.length] = symbol;
        output.length += 1;
        continue;
      }
      const length = Math.min(symbol - LITERALS + SHORTEST_MATCH, target - output.length);
      const width = this.#symbol(positions);
      if (width > 24) throw new Fault('damaged');
      const distance = (width <= 1 ? width : 2 ** (width - 1) + this.#bits(width - 1)) + 1;
      if (distance > output.length) throw new Fault('damaged');
      if (!output.copy(distance, length)) throw new Fault('limit');
    }
  }
}

/** Decodes a stream of one variant. */
export function decodeTianoAs(input: Uint8Array, limit: number, variant: TianoVariant): Decoded {
  const none = new Uint8Array(0);
  if (input.length < HEADER_BYTES) return { bytes: none, consumed: 0, end: 'truncated' };
  const view = new DataView(input.buffer, input.byteOffset);
  const packed = view.getUint32(0, true);
  const unpacked = view.getUint32(4, true);
  const consumed = HEADER_BYTES + packed;
  if (consumed > input.length)
    return { bytes: none, consumed: 0, end: 'damaged', why: 'the stream is longer than its section' };
  const output = new Output(limit, unpacked);
  try {
    new TianoReader(input, HEADER_BYTES, consumed, variant).run(output, unpacked);
    return { bytes: output.written, consumed, end: 'whole' };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const why = fault.end === 'damaged' ? { why: 'the stream is invalid here' } : {};
    return { bytes: output.written, consumed, end: fault.end, ...why };
  }
}

/**
 * Decodes a stream of an unknown variant, the newer one first. @param plausible whether output looks like the expected content
 */
export function decodeTiano(
  input: Uint8Array,
  limit: number,
  plausible: (bytes: Uint8Array) => boolean,
): Decoded {
  const newer = decodeTianoAs(input, limit, 'tiano');
  if (newer.end === 'whole' && plausible(newer.bytes)) return newer;
  const older = decodeTianoAs(input, limit, 'efi11');
  if (older.end === 'whole' && (newer.end !== 'whole' || plausible(older.bytes))) return older;
  return newer;
}
