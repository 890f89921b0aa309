/**
 * Zstandard, written from RFC 8878. Node's zlib has it only from 22.15 on, and the JavaScript library has no time bound
 * for hostile streams and does not return where a frame ends.
 */
import { xxh64Low } from './checksum.ts';
import { type Decoded, Output } from './output.ts';
import {
  BackwardBits,
  decodeHuffman,
  type FseTable,
  fseTable,
  type HuffmanTable,
  readFseTable,
  readHuffmanTable,
  singleSymbol,
  ZstdFault,
} from './zstd-tables.ts';

/** Magic numbers of skippable frames: 0x184d2a50 to 0x184d2a5f. */
const SKIPPABLE = 0x184d2a50;
const MAX_BLOCK = 128 * 1024;

/** Bases and extra bits of the length codes that have extra bits (3.1.1.3.2.1.1); smaller codes are the value itself. */
const LITERAL_LENGTHS = lengthCodes(16, 0, [
  [16, 1],
  [18, 1],
  [20, 1],
  [22, 1],
  [24, 2],
  [28, 2],
  [32, 3],
  [40, 3],
  [48, 4],
  [64, 6],
  [128, 7],
  [256, 8],
  [512, 9],
  [1024, 10],
  [2048, 11],
  [4096, 12],
  [8192, 13],
  [16384, 14],
  [32768, 15],
  [65536, 16],
]);
const MATCH_LENGTHS = lengthCodes(32, 3, [
  [35, 1],
  [37, 1],
  [39, 1],
  [41, 1],
  [43, 2],
  [47, 2],
  [51, 3],
  [59, 3],
  [67, 4],
  [83, 4],
  [99, 5],
  [131, 7],
  [259, 8],
  [515, 9],
  [1027, 10],
  [2051, 11],
  [4099, 12],
  [8195, 13],
  [16387, 14],
  [32771, 15],
  [65539, 16],
]);
const MAX_OFFSET_CODE = 31;

function lengthCodes(plain: number, first: number, rows: readonly (readonly [number, number])[]) {
  const all = [...Array.from({ length: plain }, (_, code) => [code + first, 0] as const), ...rows];
  return { bases: Uint32Array.from(all, ([base]) => base), bits: Uint8Array.from(all, ([, bits]) => bits) };
}

/** Predefined distributions (3.1.1.3.2.2). */
const DEFAULTS = {
  literals: fseTable(
    [
      4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1,
      -1, -1,
    ],
    6,
  ),
  offsets: fseTable(
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
    5,
  ),
  matches: fseTable(
    [
      1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
    ],
    6,
  ),
};

/** The three codes of sequences, in the order a block describes them. */
interface Tables {
  literals: FseTable | undefined;
  offsets: FseTable | undefined;
  matches: FseTable | undefined;
}
const CODES = [
  { name: 'literals', maxLog: 9, symbols: LITERAL_LENGTHS.bases.length },
  { name: 'offsets', maxLog: 8, symbols: MAX_OFFSET_CODE + 1 },
  { name: 'matches', maxLog: 9, symbols: MATCH_LENGTHS.bases.length },
] as const;

/** Reading stopped at the limit. */
class LimitReached {}

interface FrameHeader {
  readonly length: number;
  readonly blockLimit: number;
  readonly contentSize: number | undefined;
  readonly checksum: boolean;
}

/** Undefined if it is truncated. Throws {@link ZstdFault}. */
function frameHeader(input: Uint8Array, at: number): FrameHeader | undefined {
  const flags = input[at + 4];
  if (flags === undefined) return undefined;
  const single = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]!;
  const sizeFlag = flags >> 6;
  const sizeBytes = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag;
  const length = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
  if (at + length > input.length) return undefined;
  if ((flags & 8) !== 0) throw new ZstdFault();
  const dictionaryAt = at + 5 + (single ? 0 : 1);
  // Dictionaries are not available; id 0 means none.
  if (input.subarray(dictionaryAt, dictionaryAt + dictionaryBytes).some((byte) => byte !== 0))
    throw new ZstdFault();
  let contentSize: number | undefined;
  if (sizeBytes > 0) {
    contentSize = sizeBytes === 2 ? 256 : 0;
    for (let index = 0; index < sizeBytes; index += 1)
      contentSize += input[at + length - sizeBytes + index]! * 2 ** (8 * index);
  }
  let window = contentSize ?? 0;
  if (!single) {
    const descriptor = input[at + 5]!;
    const base = 2 ** (10 + (descriptor >> 3));
    window = base + (base / 8) * (descriptor & 7);
  }
  return { length, blockLimit: Math.min(MAX_BLOCK, window), contentSize, checksum: (flags & 4) !== 0 };
}

class FrameReader {
  readonly #input: Uint8Array;
  readonly #output: Output;
  /** Where the frame's output begins: no match leads further back. */
  readonly #floor: number;
  readonly #blockLimit: number;
  #literals = new Uint8Array(0);
  #huffman: HuffmanTable | undefined;
  readonly #tables: Tables = { literals: undefined, offsets: undefined, matches: undefined };
  #recent: [number, number, number] = [1, 4, 8];

  constructor(input: Uint8Array, output: Output, blockLimit: number) {
    this.#input = input;
    this.#output = output;
    this.#floor = output.length;
    this.#blockLimit = blockLimit;
  }

  /** Decodes a compressed block (3.1.1.3). Throws {@link ZstdFault} or {@link LimitReached}. */
  block(start: number, end: number): void {
    if (this.#literals.length === 0) this.#literals = new Uint8Array(MAX_BLOCK);
    const before = this.#output.length;
    const { at, count } = this.#readLiterals(start, end);
    this.#readSequences(at, end, count);
    if (this.#output.length - before > this.#blockLimit) throw new ZstdFault();
  }

  #readLiterals(start: number, end: number): { at: number; count: number } {
    const input = this.#input;
    if (start + 5 > input.length && start >= end) throw new ZstdFault();
    const first = input[start]!;
    const type = first & 3;
    const format = (first >> 2) & 3;
    const field = (bytes: number): number => {
      let value = 0;
      for (let index = 0; index < bytes; index += 1) value += (input[start + index] ?? 0) * 2 ** (8 * index);
      return value;
    };
    if (type < 2) {
      const headerBytes = format === 1 ? 2 : format === 3 ? 3 : 1;
      const count = Math.floor(field(headerBytes) / (headerBytes === 1 ? 8 : 16));
      const at = start + headerBytes;
      const stored = type === 0 ? count : 1;
      if (count > MAX_BLOCK || at + stored > end) throw new ZstdFault();
      if (type === 0) this.#literals.set(input.subarray(at, at + count));
      else this.#literals.fill(input[at]!, 0, count);
      return { at: at + stored, count };
    }
    const headerBytes = format < 2 ? 3 : format + 2;
    const width = format < 2 ? 10 : format === 2 ? 14 : 18;
    const header = Math.floor(field(headerBytes) / 16);
    const count = header % 2 ** width;
    const stored = Math.floor(header / 2 ** width);
    let at = start + headerBytes;
    const after = at + stored;
    if (count > MAX_BLOCK || after > end) throw new ZstdFault();
    if (type === 2) {
      const tree = readHuffmanTable(input, at, after);
      this.#huffman = tree.table;
      at = tree.end;
    }
    if (this.#huffman === undefined) throw new ZstdFault();
    if (format === 0) decodeHuffman(input, at, after, this.#huffman, this.#literals, 0, count);
    else this.#fourStreams(at, after, this.#huffman, count);
    return { at: after, count };
  }

  #fourStreams(start: number, end: number, table: HuffmanTable, count: number): void {
    if (start + 6 > end) throw new ZstdFault();
    const input = this.#input;
    const each = (count + 3) >> 2;
    let at = start + 6;
    for (let stream = 0; stream < 4; stream += 1) {
      const size = input[start + stream * 2]! | (input[start + stream * 2 + 1]! << 8);
      const next = stream === 3 ? end : at + size;
      if (next > end || each * stream > count) throw new ZstdFault();
      const to = stream === 3 ? count : Math.min(count, each * (stream + 1));
      decodeHuffman(input, at, next, table, this.#literals, each * stream, to);
      at = next;
    }
  }

  #readSequences(start: number, end: number, literals: number): void {
    const input = this.#input;
    if (start >= end) throw new ZstdFault();
    let at = start + 1;
    let count = input[start]!;
    if (count >= 128) {
      if (count === 255) {
        count = (input[at] ?? 0) + (input[at + 1] ?? 0) * 256 + 0x7f00;
        at += 2;
      } else {
        count = (count - 128) * 256 + (input[at] ?? 0);
        at += 1;
      }
    }
    if (count === 0) {
      if (at !== end) throw new ZstdFault();
      this.#append(0, literals);
      return;
    }
    if (at >= end) throw new ZstdFault();
    const modes = input[at]!;
    at += 1;
    if ((modes & 3) !== 0) throw new ZstdFault();
    for (const [index, { name, maxLog, symbols }] of CODES.entries()) {
      const mode = (modes >> (6 - index * 2)) & 3;
      if (mode === 0) this.#tables[name] = DEFAULTS[name];
      else if (mode === 1) {
        if (at >= end || input[at]! >= symbols) throw new ZstdFault();
        this.#tables[name] = singleSymbol(input[at]!);
        at += 1;
      } else if (mode === 2) {
        const read = readFseTable(input, at, end, maxLog, symbols);
        this.#tables[name] = read.table;
        at = read.end;
      }
    }
    this.#runSequences(new BackwardBits(input, at, end), count, literals);
  }

  #append(from: number, to: number): void {
    if (!this.#output.append(this.#literals.subarray(from, to))) throw new LimitReached();
  }

  #runSequences(bits: BackwardBits, count: number, literals: number): void {
    const { literals: lengths, offsets, matches } = this.#tables;
    if (lengths === undefined || offsets === undefined || matches === undefined) throw new ZstdFault();
    const output = this.#output;
    const end = output.length + this.#blockLimit;
    let lengthState = bits.read(lengths.log);
    let offsetState = bits.read(offsets.log);
    let matchState = bits.read(matches.log);
    let taken = 0;
    for (let index = 0; index < count; index += 1) {
      const lengthCode = lengths.symbols[lengthState]!;
      const matchCode = matches.symbols[matchState]!;
      const offsetCode = offsets.symbols[offsetState]!;
      const offsetValue = 2 ** offsetCode + bits.read(offsetCode);
      const match = MATCH_LENGTHS.bases[matchCode]! + bits.read(MATCH_LENGTHS.bits[matchCode]!);
      const run = LITERAL_LENGTHS.bases[lengthCode]! + bits.read(LITERAL_LENGTHS.bits[lengthCode]!);
      if (index < count - 1) {
        lengthState = lengths.bases[lengthState]! + bits.read(lengths.bits[lengthState]!);
        matchState = matches.bases[matchState]! + bits.read(matches.bits[matchState]!);
        offsetState = offsets.bases[offsetState]! + bits.read(offsets.bits[offsetState]!);
      }
      if (bits.left < 0 || taken + run > literals || output.length + run + match > end) throw new ZstdFault();
      const distance = this.#distance(offsetValue, run);
      this.#append(taken, taken + run);
      taken += run;
      if (distance <= 0 || distance > output.length - this.#floor) throw new ZstdFault();
      if (!output.copy(distance, match)) throw new LimitReached();
    }
    if (bits.left !== 0) throw new ZstdFault();
    this.#append(taken, literals);
  }

  /** The distance of an offset value; 1 to 3 repeat one of the last distances (3.1.1.5). */
  #distance(value: number, run: number): number {
    const [first, second, third] = this.#recent;
    if (value > 3) {
      this.#recent = [value - 3, first, second];
      return value - 3;
    }
    const which = value - (run === 0 ? 0 : 1);
    if (which === 0) return first;
    const distance = which === 1 ? second : which === 2 ? third : first - 1;
    this.#recent = which === 1 ? [distance, first, third] : [distance, first, second];
    return distance;
  }
}

type FrameEnd = { readonly at: number; readonly end: Decoded['end']; readonly why?: string };

/** Decodes one frame (3.1.1). */
function decodeFrame(input: Uint8Array, start: number, output: Output): FrameEnd {
  const before = output.length;
  let at = start;
  try {
    const header = frameHeader(input, start);
    if (header === undefined) return { at: input.length, end: 'truncated' };
    const reader = new FrameReader(input, output, header.blockLimit);
    at += header.length;
    for (let last = false; !last; ) {
      if (at + 3 > input.length) return { at: input.length, end: 'truncated' };
      const word = input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16);
      last = (word & 1) !== 0;
      const type = (word >> 1) & 3;
      const size = word >> 3;
      const stored = type === 1 ? 1 : size;
      at += 3;
      if (type === 3 || size > header.blockLimit) throw new ZstdFault();
      if (at + stored > input.length) {
        if (type === 0) output.append(input.subarray(at));
        return { at: input.length, end: 'truncated' };
      }
      if (type === 2) reader.block(at, at + size);
      else if (!(type === 0 ? output.append(input.subarray(at, at + size)) : output.fill(input[at]!, size)))
        throw new LimitReached();
      at += stored;
    }
    if (header.contentSize !== undefined && output.length - before !== header.contentSize)
      return { at, end: 'damaged', why: 'the frame content size is wrong' };
    if (!header.checksum) return { at, end: 'whole' };
    if (at + 4 > input.length) return { at: input.length, end: 'truncated' };
    const expected = new DataView(input.buffer, input.byteOffset).getUint32(at, true);
    return xxh64Low(output.bytes.subarray(before, output.length)) === expected
      ? { at: at + 4, end: 'whole' }
      : { at: at + 4, end: 'damaged', why: 'the checksum is wrong' };
  } catch (fault) {
    if (fault instanceof LimitReached) return { at, end: 'limit' };
    if (fault instanceof ZstdFault) return { at, end: 'damaged', why: 'a block is invalid' };
    throw fault;
  }
}

function wordAt(input: Uint8Array, at: number): number | undefined {
  if (at + 4 > input.length) return undefined;
  return new DataView(input.buffer, input.byteOffset).getUint32(at, true);
}

const FRAME_MAGIC = 0xfd2fb528;

/** Decodes a frame and those that follow it immediately; skippable frames are skipped. */
export function decodeZstd(input: Uint8Array, limit: number): Decoded {
  const output = new Output(limit);
  let at = 0;
  let frames = 0;
  for (;;) {
    const magic = wordAt(input, at);
    if (magic !== undefined && (magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      const next = at + 8 + (wordAt(input, at + 4) ?? 0);
      // After the last frame these bytes may be something else.
      if (next > input.length) break;
      at = next;
      continue;
    }
    if (magic !== FRAME_MAGIC) break;
    const before = output.length;
    const frame = decodeFrame(input, at, output);
    if (frame.end !== 'whole') {
      if (frames > 0 && frame.end === 'damaged' && output.length === before) break;
      return {
        bytes: output.written,
        consumed: frame.at,
        end: frame.end,
        ...(frame.why ? { why: frame.why } : {}),
      };
    }
    frames += 1;
    at = frame.at;
  }
  if (frames === 0) return { bytes: output.written, consumed: 0, end: 'damaged', why: 'no zstd frame' };
  return { bytes: output.written, consumed: at, end: 'whole' };
}
