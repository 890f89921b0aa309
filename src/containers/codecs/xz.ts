/** The .xz format (tukaani.org/xz/xz-file-format.txt): streams of blocks, LZMA2 with branch filters, checks. */
import { newSha256 } from '../../platform/hash.ts';
import { BRANCH_FILTERS, undoDelta } from './branch-filters.ts';
import { crc32, crc64 } from './checksum.ts';
import { LzmaDecoder } from './lzma-core.ts';
import { type LzmaProperties, lzmaProperties } from './lzma-header.ts';
import { type Decoded, Output } from './output.ts';

const XZ_MAGIC: readonly number[] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const HEADER_BYTES = 12;
const FOOTER_BYTES = 12;
const FILTER_DELTA = 3;
const FILTER_LZMA2 = 0x21;
const CHECK_CRC32 = 1;
const CHECK_CRC64 = 4;
const CHECK_SHA256 = 10;
/** Bytes of a check by its id (2.1.1.2). */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** Ends the decoding; the output so far is kept. */
class Fault {
  readonly end: Exclude<Decoded['end'], 'whole'>;
  readonly why: string;
  /** The stream is valid but uses an unsupported filter. */
  readonly unknown: boolean;

  constructor(end: Exclude<Decoded['end'], 'whole'>, why: string, unknown = false) {
    this.end = end;
    this.why = why;
    this.unknown = unknown;
  }
}

const truncated = new Fault('truncated', 'the stream is truncated');

type Undo = (bytes: Uint8Array) => void;

class XzReader {
  readonly #input: Uint8Array;
  readonly #view: DataView;
  readonly output: Output;
  at = 0;

  constructor(input: Uint8Array, limit: number) {
    this.#input = input;
    this.#view = new DataView(input.buffer, input.byteOffset, input.length);
    this.output = new Output(limit);
  }

  #has(count: number): boolean {
    return this.at + count <= this.#input.length;
  }

  /** Decodes one stream, from its header to its footer. */
  stream(): Fault | undefined {
    if (!this.#has(HEADER_BYTES)) return truncated;
    const flags = this.#input.subarray(this.at + 6, this.at + 8);
    if (flags[0] !== 0 || flags[1]! > 0x0f) return new Fault('damaged', 'unknown stream flags');
    if (crc32(flags) !== this.#view.getUint32(this.at + 8, true))
      return new Fault('damaged', 'the checksum of the stream header is wrong');
    this.at += HEADER_BYTES;
    for (;;) {
      if (!this.#has(1)) return truncated;
      if (this.#input[this.at] === 0) return this.#indexAndFooter();
      const fault = this.#block(flags[1]!);
      if (fault) return fault;
    }
  }

  /** A multibyte integer (1.2); undefined if it is invalid or larger than a file can be. */
  #number(end: number): number | undefined {
    let value = 0;
    for (let scale = 1; scale < 2 ** 56; scale *= 128) {
      if (this.at >= end) return undefined;
      const byte = this.#input[this.at]!;
      this.at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
    }
    return undefined;
  }

  #block(check: number): Fault | undefined {
    const start = this.at;
    const size = (this.#input[start]! + 1) * 4;
    if (!this.#has(size)) return truncated;
    if (crc32(this.#input.subarray(start, start + size - 4)) !== this.#view.getUint32(start + size - 4, true))
      return new Fault('damaged', 'the checksum of a block header is wrong');
    const filters = this.#filters(start, start + size - 4);
    if (filters instanceof Fault) return filters;
    this.at = start + size;
    const from = this.output.length;
    const ended = this.#lzma2();
    // Filters are undone after a fault too, so that the output before it can be read.
    const written = this.output.bytes.subarray(from, this.output.length);
    for (const undo of filters) undo(written);
    if (ended) return ended;
    while ((this.at - start) % 4 !== 0) {
      if (!this.#has(1)) return truncated;
      if (this.#input[this.at] !== 0) return new Fault('damaged', 'the padding of a block is not zero');
      this.at += 1;
    }
    const checkBytes = CHECK_BYTES[check]!;
    if (!this.#has(checkBytes)) return truncated;
    const holds = this.#checkHolds(check, written);
    this.at += checkBytes;
    return holds ? undefined : new Fault('damaged', 'the check of a block is wrong');
  }

  /** The functions that undo the filters of a block, the last filter first. */
  #filters(start: number, end: number): Undo[] | Fault {
    const unknown = new Fault('damaged', 'a block header is invalid');
    const flags = this.#input[start + 1]!;
    const count = (flags & 3) + 1;
    if ((flags & 0x3c) !== 0) return unknown;
    this.at = start + 2;
    // Compressed and uncompressed size of the block, which the data implies.
    for (const present of [flags & 0x40, flags & 0x80])
      if (present !== 0 && this.#number(end) === undefined) return unknown;
    const undo: Undo[] = [];
    for (let index = 0; index < count; index += 1) {
      const id = this.#number(end);
      const length = this.#number(end);
      if (id === undefined || length === undefined || this.at + length > end) return unknown;
      const properties = this.#input.subarray(this.at, this.at + length);
      this.at += length;
      if (index === count - 1) {
        if (id !== FILTER_LZMA2) return new Fault('damaged', `unknown filter ${id}`, true);
        continue;
      }
      const branch = BRANCH_FILTERS.get(id);
      if (id === FILTER_DELTA && length === 1) undo.unshift((bytes) => undoDelta(bytes, properties[0]! + 1));
      else if (branch !== undefined && (length === 0 || length === 4)) {
        const first =
          length === 4 ? new DataView(properties.buffer, properties.byteOffset).getUint32(0, true) : 0;
        undo.unshift((bytes) => branch(bytes, first));
      } else return new Fault('damaged', `unknown filter ${id}`, true);
    }
    return undo;
  }

  /** LZMA2: chunks of LZMA or of plain bytes (after xz and the LZMA SDK; the .xz specification leaves it out). */
  #lzma2(): Fault | undefined {
    const { output } = this;
    const decoder = new LzmaDecoder(this.#input, this.at, output);
    const damaged = new Fault('damaged', 'the LZMA2 stream is invalid here');
    let properties: LzmaProperties | undefined;
    let needsDictionary = true;
    for (;;) {
      if (!this.#has(1)) return truncated;
      const control = this.#input[this.at]!;
      if (control === 0) {
        this.at += 1;
        return undefined;
      }
      const resetsDictionary = control >= 0xe0 || control === 1;
      if (needsDictionary && !resetsDictionary) return damaged;
      if (resetsDictionary) {
        decoder.dictionaryStart = output.length;
        needsDictionary = false;
      }
      if (control < 0x80) {
        if (control > 2) return damaged;
        if (!this.#has(3)) return truncated;
        const wanted = this.#view.getUint16(this.at + 1) + 1;
        this.at += 3;
        const plain = this.#input.subarray(this.at, this.at + wanted);
        this.at += plain.length;
        if (!output.append(plain)) return new Fault('limit', '');
        if (plain.length < wanted) return truncated;
        continue;
      }
      const header = control >= 0xc0 ? 6 : 5;
      if (!this.#has(header)) return truncated;
      const unpacked = ((control & 0x1f) << 16) + this.#view.getUint16(this.at + 1) + 1;
      const packed = this.#view.getUint16(this.at + 3) + 1;
      if (control >= 0xc0) {
        properties = lzmaProperties(this.#input[this.at + 5]!);
        if (properties === undefined || properties.lc + properties.lp > 4) return damaged;
        decoder.reset(properties);
      } else if (properties === undefined) return damaged;
      else if (control >= 0xa0) decoder.resetState();
      this.at += header;
      decoder.position = this.at;
      decoder.end = Math.min(this.at + packed, this.#input.length);
      const short = this.at + packed > this.#input.length;
      if (!decoder.start()) return short ? truncated : damaged;
      const ended = decoder.run(output.length + unpacked);
      if (ended === 'limit') return new Fault('limit', '');
      if (ended === 'truncated' && short) return truncated;
      if (ended !== 'full' || decoder.position !== decoder.end || !decoder.finished)
        return short ? truncated : damaged;
      this.at = decoder.end;
    }
  }

  #checkHolds(check: number, bytes: Uint8Array): boolean {
    if (check === CHECK_CRC32) return crc32(bytes) === this.#view.getUint32(this.at, true);
    if (check === CHECK_CRC64) {
      const { low, high } = crc64(bytes);
      return low === this.#view.getUint32(this.at, true) && high === this.#view.getUint32(this.at + 4, true);
    }
    if (check === CHECK_SHA256) {
      const digest = newSha256().update(bytes).digest();
      return digest.every((byte, index) => byte === this.#input[this.at + index]);
    }
    // Other ids are reserved and cannot be verified.
    return true;
  }

  /** The index repeats the sizes of the blocks: it is skipped, only its checksum is verified. */
  #indexAndFooter(): Fault | undefined {
    const start = this.at;
    const damaged = new Fault('damaged', 'the index is invalid');
    this.at += 1;
    const end = this.#input.length;
    const records = this.#number(end);
    if (records === undefined) return this.at >= end ? truncated : damaged;
    for (let index = 0; index < records * 2; index += 1)
      if (this.#number(end) === undefined) return this.at >= end ? truncated : damaged;
    while ((this.at - start) % 4 !== 0) this.at += 1;
    if (!this.#has(4 + FOOTER_BYTES)) return truncated;
    if (crc32(this.#input.subarray(start, this.at)) !== this.#view.getUint32(this.at, true)) return damaged;
    this.at += 4;
    const footer = this.#input.subarray(this.at, this.at + FOOTER_BYTES);
    if (
      footer[10] !== 0x59 ||
      footer[11] !== 0x5a ||
      crc32(footer.subarray(4, 10)) !== this.#view.getUint32(this.at, true)
    )
      return new Fault('damaged', 'the footer is invalid');
    this.at += FOOTER_BYTES;
    return undefined;
  }
}

function startsStream(input: Uint8Array, at: number): boolean {
  return XZ_MAGIC.every((byte, index) => input[at + index] === byte);
}

/** Decodes one stream and those that follow it immediately or after padding. */
export function decodeXz(input: Uint8Array, limit: number): Decoded {
  const reader = new XzReader(input, limit);
  if (!startsStream(input, 0))
    return { bytes: new Uint8Array(0), consumed: 0, end: 'damaged', why: 'no xz header' };
  for (;;) {
    const fault = reader.stream();
    const bytes = reader.output.written;
    if (fault) {
      const consumed = Math.min(reader.at, input.length);
      return {
        bytes,
        consumed,
        end: fault.end,
        ...(fault.why === '' ? {} : { why: fault.why }),
        ...(fault.unknown ? { unknown: true } : {}),
      };
    }
    let next = reader.at;
    while (next + 4 <= input.length && input[next] === 0 && !startsStream(input, next)) next += 4;
    if (!startsStream(input, next)) return { bytes, consumed: reader.at, end: 'whole' };
    reader.at = next;
  }
}
