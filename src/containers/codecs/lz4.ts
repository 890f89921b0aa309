/**
 * LZ4: frames (github.com/lz4/lz4, doc/lz4_Frame_format.md) and the legacy frames that `lz4 -l` writes and Linux uses
 * for its images. Existing libraries read only the former and have no limit of their output.
 */
import { xxh32 } from './checksum.ts';
import { type Decoded, Output } from './output.ts';

const LZ4_FRAME_MAGIC: readonly number[] = [0x04, 0x22, 0x4d, 0x18];
const LZ4_LEGACY_MAGIC: readonly number[] = [0x02, 0x21, 0x4c, 0x18];
const LEGACY_BLOCK_BYTES = 8 << 20;
const SHORTEST_MATCH = 4;

type BlockEnd = 'whole' | 'limit' | 'damaged';

/**
 * Decodes one block (doc/lz4_Block_format.md) and appends it.
 * @param end exclusive end of the block @param floor the output before it is out of reach of matches
 */
export function decodeLz4Block(
  input: Uint8Array,
  start: number,
  end: number,
  output: Output,
  floor: number,
): BlockEnd {
  let at = start;
  const extended = (base: number): number => {
    let length = base;
    for (let byte = 255; byte === 255 && at < end; at += 1) {
      byte = input[at]!;
      length += byte;
    }
    return length;
  };
  while (at < end) {
    const token = input[at]!;
    at += 1;
    let literals = token >> 4;
    if (literals === 15) literals = extended(15);
    if (at + literals > end) return 'damaged';
    if (!output.append(input.subarray(at, at + literals))) return 'limit';
    at += literals;
    // The last sequence has literals only.
    if (at === end) return 'whole';
    if (at + 2 > end) return 'damaged';
    const distance = input[at]! | (input[at + 1]! << 8);
    at += 2;
    let length = token & 15;
    if (length === 15) length = extended(15);
    if (distance === 0 || distance > output.length - floor) return 'damaged';
    if (!output.copy(distance, length + SHORTEST_MATCH)) return 'limit';
  }
  return start === end ? 'whole' : 'damaged';
}

function ended(output: Output, consumed: number, end: Decoded['end'], why?: string): Decoded {
  return { bytes: output.written, consumed, end, ...(why === undefined ? {} : { why }) };
}

/** Decodes one frame and appends it. */
function decodeFrame(input: Uint8Array, output: Output): Decoded {
  const start = output.length;
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  const none = (why: string): Decoded => ended(output, 0, 'damaged', why);
  if (input.length < 7) return ended(output, 0, 'truncated');
  const flags = input[4]!;
  if (flags >> 6 !== 1 || (flags & 2) !== 0 || (input[5]! & 0x8f) !== 0) return none('unknown flags');
  const linked = (flags & 0x20) === 0;
  const descriptor = 2 + ((flags & 8) === 0 ? 0 : 8) + ((flags & 1) === 0 ? 0 : 4);
  let at = 4 + descriptor;
  if (at >= input.length) return ended(output, 0, 'truncated');
  if (((xxh32(input.subarray(4, at)) >>> 8) & 0xff) !== input[at])
    return none('the checksum of the header is wrong');
  at += 1;
  const blockChecks = (flags & 0x10) !== 0;
  for (;;) {
    if (at + 4 > input.length) return ended(output, input.length, 'truncated');
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const size = word & 0x7fffffff;
    const whole = at + size <= input.length;
    const end = Math.min(at + size, input.length);
    if (word >= 0x80000000) {
      if (!output.append(input.subarray(at, end))) return ended(output, end, 'limit');
    } else {
      const block = decodeLz4Block(input, at, end, output, linked ? start : output.length);
      if (block === 'limit') return ended(output, end, 'limit');
      if (block === 'damaged' && whole) return ended(output, at, 'damaged', 'a block is invalid');
    }
    if (!whole) return ended(output, input.length, 'truncated');
    const stored = input.subarray(at, end);
    at = end;
    if (!blockChecks) continue;
    if (at + 4 > input.length) return ended(output, input.length, 'truncated');
    if (view.getUint32(at, true) !== xxh32(stored))
      return ended(output, at, 'damaged', 'the checksum of a block is wrong');
    at += 4;
  }
  if ((flags & 4) === 0) return ended(output, at, 'whole');
  if (at + 4 > input.length) return ended(output, input.length, 'truncated');
  return view.getUint32(at, true) === xxh32(output.bytes.subarray(start, output.length))
    ? ended(output, at + 4, 'whole')
    : ended(output, at + 4, 'damaged', 'the checksum is wrong');
}

/** Legacy frame: blocks of at most 8 MiB, each with its length. There is no end mark: an impossible length ends it. */
function decodeLegacy(input: Uint8Array, output: Output): Decoded {
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  const most = LEGACY_BLOCK_BYTES + Math.floor(LEGACY_BLOCK_BYTES / 255) + 16;
  let at = LZ4_LEGACY_MAGIC.length;
  while (at + 4 <= input.length) {
    const size = view.getUint32(at, true);
    // What follows the last block: another file, or in a kernel image the unpacked size.
    if (size === 0 || size > most) break;
    if (at + 4 + size > input.length) {
      const before = output.length;
      decodeLz4Block(input, at + 4, input.length, output, before);
      return ended(output, input.length, 'truncated');
    }
    const before = output.length;
    const block = decodeLz4Block(input, at + 4, at + 4 + size, output, before);
    if (block === 'limit') return ended(output, at, 'limit');
    if (block === 'damaged' || output.length - before > LEGACY_BLOCK_BYTES) {
      output.length = before;
      return at === LZ4_LEGACY_MAGIC.length
        ? ended(output, at, 'damaged', 'a block is invalid')
        : ended(output, at, 'whole');
    }
    at += 4 + size;
    // Only the last block may be shorter.
    if (output.length - before < LEGACY_BLOCK_BYTES) break;
  }
  return ended(output, at, output.length > 0 ? 'whole' : 'truncated');
}

function startsWith(input: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => input[at] === byte);
}

/** Decodes a legacy frame, or a frame and those that follow it immediately. */
export function decodeLz4(input: Uint8Array, limit: number): Decoded {
  if (startsWith(input, LZ4_LEGACY_MAGIC)) return decodeLegacy(input, new Output(limit));
  const output = new Output(limit);
  let at = 0;
  while (startsWith(input.subarray(at), LZ4_FRAME_MAGIC)) {
    const before = output.length;
    const frame = decodeFrame(input.subarray(at), output);
    // Bytes that only look like another frame are not part of this stream.
    if (at > 0 && frame.end === 'damaged' && output.length === before) break;
    if (frame.end !== 'whole') return { ...frame, consumed: at + frame.consumed };
    at += frame.consumed;
  }
  if (at === 0) return { bytes: output.written, consumed: 0, end: 'damaged', why: 'no lz4 header' };
  return ended(output, at, 'whole');
}
