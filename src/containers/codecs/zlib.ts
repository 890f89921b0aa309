/** Deflate in its three wrappings, and brotli: Node's zlib, streamed, so that a bomb stops at the limit. */
import { crc32 } from './checksum.ts';
import { type Decoded, Output } from './output.ts';

/** What is written into zlib at once; its output comes in pieces of the same size. */
const CHUNK_BYTES = 64 * 1024;

interface ZlibStream {
  readonly bytesWritten: number;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  end(chunk: Uint8Array): unknown;
  destroy(): unknown;
}

/** Faults of zlib and brotli that only say that the input ended too early. */
const TRUNCATED: ReadonlySet<string | undefined> = new Set([
  'Z_BUF_ERROR',
  'ERR__ERROR_FORMAT_UNEXPECTED_END',
]);

/** Runs the whole input through a stream. What follows the stream's end is not consumed. */
function run(stream: ZlibStream, input: Uint8Array, limit: number): Promise<Decoded> {
  const output = new Output(limit);
  return new Promise((resolve) => {
    const finish = (end: Decoded['end'], why?: string): void => {
      const consumed = Math.min(stream.bytesWritten, input.length);
      stream.destroy();
      resolve({ bytes: output.written, consumed, end, ...(why === undefined ? {} : { why }) });
    };
    let over = false;
    stream.on('data', (chunk) => {
      if (over || output.append(chunk)) return;
      over = true;
      finish('limit');
    });
    stream.on('error', (error) => {
      if (over) return;
      over = true;
      if (TRUNCATED.has(error.code)) finish('truncated');
      else finish('damaged', error.message);
    });
    stream.on('end', () => {
      if (over) return;
      over = true;
      finish('whole');
    });
    stream.end(input);
  });
}

/** What is no larger is unpacked in one call, which takes a fraction of what a stream takes to be set up. */
const SMALL_BYTES = 32 * 1024;

/** Unpacks in one call; undefined where that can't tell: too much of it, cut short, damaged. */
function inflateSmall(input: Uint8Array, limit: number): Decoded | undefined {
  const { inflateRawSync } = process.getBuiltinModule('node:zlib');
  const options = { info: true, maxOutputLength: Math.max(1, Math.min(limit, SMALL_BYTES)), chunkSize: 8192 };
  try {
    // With `info` the result is not the bytes alone, which the types don't know.
    const { buffer, engine } = inflateRawSync(input, options) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
    return { bytes, consumed: engine.bytesWritten, end: 'whole' };
  } catch {
    return undefined;
  }
}

/** Raw deflate (RFC 1951). */
export async function inflateRaw(input: Uint8Array, limit: number): Promise<Decoded> {
  const small = inflateSmall(input, limit);
  if (small !== undefined) return small;
  const { createInflateRaw } = process.getBuiltinModule('node:zlib');
  return run(createInflateRaw({ chunkSize: CHUNK_BYTES }), input, limit);
}

/** Deflate with zlib's two bytes before and Adler-32 behind it (RFC 1950). */
export function decodeZlib(input: Uint8Array, limit: number): Promise<Decoded> {
  const { createInflate } = process.getBuiltinModule('node:zlib');
  return run(createInflate({ chunkSize: CHUNK_BYTES }), input, limit);
}

/** Brotli (RFC 7932), which has no magic number. */
export function decodeBrotli(input: Uint8Array, limit: number): Promise<Decoded> {
  const { createBrotliDecompress } = process.getBuiltinModule('node:zlib');
  return run(createBrotliDecompress({ chunkSize: CHUNK_BYTES }), input, limit);
}

const GZIP_MAGIC: readonly number[] = [0x1f, 0x8b, 0x08];
const GZIP_HEADER_BYTES = 10;
const GZIP_TRAILER_BYTES = 8;
/** Flags of a gzip header (RFC 1952, 2.3.1). */
const FHCRC = 0x02;
const FEXTRA = 0x04;
const FNAME = 0x08;
const FCOMMENT = 0x10;
const FRESERVED = 0xe0;

/** Length of a gzip member's header; undefined when there is none or it is cut short. */
export function gzipHeaderLength(input: Uint8Array): number | undefined {
  if (input.length < GZIP_HEADER_BYTES || !GZIP_MAGIC.every((byte, at) => input[at] === byte))
    return undefined;
  const flags = input[3]!;
  if ((flags & FRESERVED) !== 0) return undefined;
  let at = GZIP_HEADER_BYTES;
  if ((flags & FEXTRA) !== 0) {
    if (at + 2 > input.length) return undefined;
    at += 2 + (input[at]! | (input[at + 1]! << 8));
  }
  for (const text of [FNAME, FCOMMENT]) {
    if ((flags & text) === 0) continue;
    const end = input.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  if ((flags & FHCRC) !== 0) at += 2;
  return at < input.length ? at : undefined;
}

/** One gzip member; its CRC and length are checked. */
async function decodeMember(input: Uint8Array, limit: number): Promise<Decoded> {
  const header = gzipHeaderLength(input);
  if (header === undefined)
    return { bytes: new Uint8Array(0), consumed: 0, end: 'damaged', why: 'no gzip header' };
  const body = await inflateRaw(input.subarray(header), limit);
  const trailer = header + body.consumed;
  if (body.end !== 'whole') return { ...body, consumed: trailer };
  if (trailer + GZIP_TRAILER_BYTES > input.length)
    return { ...body, consumed: input.length, end: 'truncated' };
  const view = new DataView(input.buffer, input.byteOffset);
  const holds =
    view.getUint32(trailer, true) === crc32(body.bytes) &&
    view.getUint32(trailer + 4, true) === body.bytes.length % 2 ** 32;
  const consumed = trailer + GZIP_TRAILER_BYTES;
  return holds ? { ...body, consumed } : { ...body, consumed, end: 'damaged', why: 'the checksum fails' };
}

/** A gzip file: a member and those that follow it at once (RFC 1952, 2.2). What follows them is left alone. */
export async function decodeGzip(input: Uint8Array, limit: number): Promise<Decoded> {
  const first = await decodeMember(input, limit);
  if (first.end !== 'whole' || gzipHeaderLength(input.subarray(first.consumed)) === undefined) return first;
  const output = new Output(limit, first.bytes.length * 2);
  output.append(first.bytes);
  let { consumed } = first;
  for (;;) {
    const rest = input.subarray(consumed);
    const member =
      gzipHeaderLength(rest) === undefined ? undefined : await decodeMember(rest, limit - output.length);
    // What can't be read at all is no member but something behind the last one.
    if (member === undefined || (member.end === 'damaged' && member.bytes.length === 0))
      return { bytes: output.written, consumed, end: 'whole' };
    output.append(member.bytes);
    consumed += member.consumed;
    if (member.end !== 'whole') return { ...member, bytes: output.written, consumed };
  }
}
