/**
 * LZO1X in lzop's framing, as used by kernels and U-Boot: the stream after Linux (Documentation/staging/lzo.rst), the
 * frame after lib/decompress_unlzo.c. Existing libraries have neither frames nor limits.
 */
import { crc32 } from './checksum.ts';
import { type Decoded, Output } from './output.ts';

const MAGIC = [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a];
/** From this version on the header has more fields. */
const WITH_LEVEL = 0x0940;
const FLAG_ADLER_UNPACKED = 0x0001;
const FLAG_ADLER_PACKED = 0x0002;
const FLAG_EXTRA = 0x0040;
const FLAG_CRC_UNPACKED = 0x0100;
const FLAG_CRC_PACKED = 0x0200;
const FLAG_FILTER = 0x0800;
const FLAG_HEADER_CRC = 0x1000;
const MAX_BLOCK = 64 << 20;
/** This distance ends a block. */
const END_DISTANCE = 16_384;

type BlockEnd = 'whole' | 'damaged' | 'limit';

/** Decodes one block and appends it; `end` is exclusive. */
export function decodeLzo1x(input: Uint8Array, start: number, end: number, output: Output): BlockEnd {
  const floor = output.length;
  let at = start;
  /** Literals after the last match, 0 to 3; 4 after a run of literals. Instructions below 16 depend on it. */
  let state = 0;
  const literals = (count: number): BlockEnd => {
    if (at + count > end) return 'damaged';
    if (!output.append(input.subarray(at, at + count))) return 'limit';
    at += count;
    return 'whole';
  };
  /** A length of 0 is continued in the following bytes: each zero byte adds 255. */
  const extended = (base: number): number => {
    let length = base;
    while (at < end && input[at] === 0) {
      length += 255;
      at += 1;
    }
    length += input[at] ?? 0;
    at += 1;
    return length;
  };
  const first = input[at] ?? 0;
  if (first > 17) {
    at += 1;
    const run = literals(first - 17);
    if (run !== 'whole') return run;
    state = Math.min(first - 17, 4);
  }
  while (at < end) {
    const instruction = input[at]!;
    at += 1;
    let length: number;
    let distance: number;
    let next: number;
    if (instruction >= 64) {
      length = (instruction >> 5) + 1;
      distance = ((input[at] ?? 0) << 3) + ((instruction >> 2) & 7) + 1;
      next = instruction & 3;
      at += 1;
    } else if (instruction >= 16) {
      const far = instruction < 32;
      const short = instruction & (far ? 7 : 31);
      length = (short === 0 ? extended(far ? 7 : 31) : short) + 2;
      const word = (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8);
      at += 2;
      distance = (word >> 2) + (far ? END_DISTANCE + ((instruction & 8) << 11) : 1);
      next = word & 3;
      if (far && distance === END_DISTANCE) return at === end ? 'whole' : 'damaged';
    } else if (state === 0) {
      const run = literals((instruction === 0 ? extended(15) : instruction) + 3);
      if (run !== 'whole') return run;
      state = 4;
      continue;
    } else {
      length = state === 4 ? 3 : 2;
      distance = ((input[at] ?? 0) << 2) + (instruction >> 2) + (state === 4 ? 2049 : 1);
      next = instruction & 3;
      at += 1;
    }
    if (distance > output.length - floor || at > end) return 'damaged';
    if (!output.copy(distance, length)) return 'limit';
    const run = literals(next);
    if (run !== 'whole') return run;
    state = next;
  }
  return 'damaged';
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    a = (a + bytes[at]!) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
}

/** Where the blocks begin, and the flags that say which checksums they have; undefined if the header is invalid. */
function readHeader(input: Uint8Array): { readonly at: number; readonly flags: number } | undefined {
  if (!MAGIC.every((byte, index) => input[index] === byte)) return undefined;
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  let at = MAGIC.length;
  const has = (count: number): boolean => at + count <= input.length;
  if (!has(30)) return undefined;
  const version = view.getUint16(at);
  const isNew = version >= WITH_LEVEL;
  // Version of lzop, of the library, and version needed; method, level.
  at += 4 + (isNew ? 2 : 0) + 1 + (isNew ? 1 : 0);
  const flags = view.getUint32(at);
  at += 4;
  if ((flags & FLAG_FILTER) !== 0) at += 4;
  // Mode and times.
  at += 8 + (isNew ? 4 : 0);
  if (!has(1)) return undefined;
  at += 1 + input[at]!;
  if (!has(4)) return undefined;
  const header = input.subarray(MAGIC.length, at);
  const sum = (flags & FLAG_HEADER_CRC) !== 0 ? crc32(header) : adler32(header);
  if (sum !== view.getUint32(at)) return undefined;
  at += 4;
  if ((flags & FLAG_EXTRA) === 0) return { at, flags };
  if (!has(4)) return undefined;
  at += 8 + view.getUint32(at);
  return at <= input.length ? { at, flags } : undefined;
}

export function decodeLzop(input: Uint8Array, limit: number): Decoded {
  const output = new Output(limit);
  const header = readHeader(input);
  const ended = (end: Decoded['end'], consumed: number, why?: string): Decoded => ({
    bytes: output.written,
    consumed: Math.min(consumed, input.length),
    end,
    ...(why === undefined ? {} : { why }),
  });
  if (header === undefined) return ended('damaged', 0, 'no lzop header');
  const { flags } = header;
  let { at } = header;
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  const sums = (adler: number, crc: number): number =>
    ((flags & adler) === 0 ? 0 : 4) + ((flags & crc) === 0 ? 0 : 4);
  for (;;) {
    if (at + 4 > input.length) return ended('truncated', input.length);
    const unpacked = view.getUint32(at);
    if (unpacked === 0) return ended('whole', at + 4);
    if (at + 8 > input.length) return ended('truncated', input.length);
    const packed = view.getUint32(at + 4);
    if (unpacked > MAX_BLOCK || packed > unpacked) return ended('damaged', at, 'a block is invalid');
    const sumAt = at + 8;
    const data =
      sumAt +
      sums(FLAG_ADLER_UNPACKED, FLAG_CRC_UNPACKED) +
      (packed < unpacked ? sums(FLAG_ADLER_PACKED, FLAG_CRC_PACKED) : 0);
    const end = Math.min(data + packed, input.length);
    const before = output.length;
    const block =
      packed === unpacked
        ? output.append(input.subarray(data, end))
          ? 'whole'
          : 'limit'
        : decodeLzo1x(input, data, end, output);
    if (block === 'limit') return ended('limit', at);
    if (data + packed > input.length) return ended('truncated', input.length);
    const made = output.bytes.subarray(before, output.length);
    if (block === 'damaged' || made.length !== unpacked) return ended('damaged', at, 'a block is invalid');
    const isAdler = (flags & FLAG_ADLER_UNPACKED) !== 0;
    if (isAdler && adler32(made) !== view.getUint32(sumAt))
      return ended('damaged', end, 'the checksum is wrong');
    if (!isAdler && (flags & FLAG_CRC_UNPACKED) !== 0 && crc32(made) !== view.getUint32(sumAt))
      return ended('damaged', end, 'the checksum is wrong');
    at = end;
  }
}
