/** Raw deflate, zlib, gzip and brotli: Node's zlib, streamed, so that a decompression bomb stops at the limit. */
import { zlib } from '../../platform/zlib.ts';
import { crc32 } from './checksum.ts';
import { type Decoded, Output } from './output.ts';

/** Size of the pieces in which zlib's output comes. */
const CHUNK_BYTES = 64 * 1024;

interface ZlibStream {
  readonly bytesWritten: number;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  end(chunk: Uint8Array): unknown;
  destroy(): unknown;
}

/** Error codes of zlib and brotli for truncated input. */
const TRUNCATED: ReadonlySet<string | undefined> = new Set([
  'Z_BUF_ERROR',
  'ERR__ERROR_FORMAT_UNEXPECTED_END',
]);

/** How a stream ended; its bytes are in an output. */
type Ended = Omit<Decoded, 'bytes'>;

/**
 * Runs the whole input through a stream; bytes after the stream's end are not consumed. Rejects if there is too little
 * memory for the output.
 */
function run(stream: ZlibStream, input: Uint8Array, output: Output): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let over = false;
    const finish = (end: Decoded['end'], why?: string): void => {
      if (over) return;
      over = true;
      const consumed = Math.min(stream.bytesWritten, input.length);
      stream.destroy();
      resolve({ consumed, end, ...(why === undefined ? {} : { why }) });
    };
    stream.on('data', (chunk) => {
      try {
        if (!over && !output.append(chunk)) finish('limit');
      } catch (error) {
        // An exception in this listener would end the process with exit status 1, which means an answer.
        over = true;
        stream.destroy();
        reject(error);
      }
    });
    stream.on('error', (error) =>
      TRUNCATED.has(error.code) ? finish('truncated') : finish('damaged', error.message),
    );
    stream.on('end', () => finish('whole'));
    stream.end(input);
  });
}

async function decodeWith(stream: ZlibStream, input: Uint8Array, limit: number): Promise<Decoded> {
  const output = new Output(limit);
  const ended = await run(stream, input, output);
  return { bytes: output.written, ...ended };
}

/** Up to this size inputs are unpacked in one call, which takes a fraction of the time that setting up a stream takes. */
const SMALL_BYTES = 32 * 1024;

/** Unpacks in one call; undefined if the output is too large or the input truncated or damaged. */
function inflateSmall(input: Uint8Array, output: Output): Ended | undefined {
  const most = Math.min(output.limit - output.length, SMALL_BYTES);
  if (most <= 0) return undefined;
  try {
    // With `info` the result is an object; the types don't describe it.
    const { buffer, engine } = zlib().inflateRawSync(input, {
      info: true,
      maxOutputLength: most,
      chunkSize: 8192,
    }) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
    output.append(buffer);
    return { consumed: engine.bytesWritten, end: 'whole' };
  } catch {
    return undefined;
  }
}

/** Unpacks raw deflate (RFC 1951) and appends it to an output. */
async function inflateInto(input: Uint8Array, output: Output): Promise<Ended> {
  return (
    inflateSmall(input, output) ?? run(zlib().createInflateRaw({ chunkSize: CHUNK_BYTES }), input, output)
  );
}

/** Raw deflate (RFC 1951). */
export async function inflateRaw(input: Uint8Array, limit: number): Promise<Decoded> {
  const output = new Output(limit);
  const ended = await inflateInto(input, output);
  return { bytes: output.written, ...ended };
}

/** Deflate with zlib's header of two bytes and Adler-32 (RFC 1950). */
export function decodeZlib(input: Uint8Array, limit: number): Promise<Decoded> {
  return decodeWith(zlib().createInflate({ chunkSize: CHUNK_BYTES }), input, limit);
}

/** Brotli (RFC 7932), which has no magic number. */
export function decodeBrotli(input: Uint8Array, limit: number): Promise<Decoded> {
  return decodeWith(zlib().createBrotliDecompress({ chunkSize: CHUNK_BYTES }), input, limit);
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

/** Length of a gzip member's header; undefined if it is invalid or truncated. */
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

/** Unpacks one gzip member and appends it to an output; its CRC and length are verified. */
async function decodeMember(input: Uint8Array, output: Output): Promise<Ended> {
  const header = gzipHeaderLength(input);
  if (header === undefined) return { consumed: 0, end: 'damaged', why: 'no gzip header' };
  const before = output.length;
  const body = await inflateInto(input.subarray(header), output);
  const trailer = header + body.consumed;
  if (body.end !== 'whole') return { ...body, consumed: trailer };
  if (trailer + GZIP_TRAILER_BYTES > input.length) return { consumed: input.length, end: 'truncated' };
  const view = new DataView(input.buffer, input.byteOffset);
  const bytes = output.bytes.subarray(before, output.length);
  const holds =
    view.getUint32(trailer, true) === crc32(bytes) &&
    view.getUint32(trailer + 4, true) === bytes.length % 2 ** 32;
  const consumed = trailer + GZIP_TRAILER_BYTES;
  return holds ? { consumed, end: 'whole' } : { consumed, end: 'damaged', why: 'the checksum is wrong' };
}

/** A gzip file: a member and those that follow it immediately (RFC 1952, 2.2). Bytes after them are not read. */
export async function decodeGzip(input: Uint8Array, limit: number): Promise<Decoded> {
  const output = new Output(limit);
  let consumed = 0;
  for (;;) {
    const rest = input.subarray(consumed);
    const before = output.length;
    const isFirst = consumed === 0;
    if (!isFirst && gzipHeaderLength(rest) === undefined)
      return { bytes: output.written, consumed, end: 'whole' };
    const member = await decodeMember(rest, output);
    // Bytes that only look like another member are not part of the file.
    if (!isFirst && member.end === 'damaged' && output.length === before)
      return { bytes: output.written, consumed, end: 'whole' };
    consumed += member.consumed;
    if (member.end !== 'whole') return { ...member, bytes: output.written, consumed };
  }
}
