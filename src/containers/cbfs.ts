/**
 * coreboot's file system (coreboot, Documentation/lib/cbfs; U-Boot, tools/binman/cbfs_util.py). Big endian. Files are
 * aligned to 64 bytes, counted from the first one.
 */
import { type Access, asciiAt, bigEndian, latin1, littleEndian, upToZero } from './access.ts';
import { decoderOf } from './codecs/decoders.ts';
import type { Image, ImageContent, Part } from './container.ts';

const FILE_MAGIC = 'LARCHIVE';
const HEADER_BYTES = 24;
const ALIGNMENT = 64;
const MAX_NAME = 1024;
const MAX_ATTRIBUTES = 64;
const ATTRIBUTE_COMPRESSION = 0x42435a4c;
const TYPE_DELETED = 0;
const TYPE_NULL = 0xffffffff;
const TYPE_OLD_STAGE = 0x10;
/** Compressions by number (cbfs_serialized.h). */
const COMPRESSIONS = ['none', 'lzma', 'lz4'];
/** An old stage begins with its own header, little endian: compression, entry, load address, size, memory size. */
const OLD_STAGE_BYTES = 28;

interface CbfsFile {
  readonly part: Part;
  readonly size: number;
  readonly fault?: string;
}

function fileAt(access: Access, at: number): CbfsFile | undefined {
  if (asciiAt(access, at, 8) !== FILE_MAGIC) return undefined;
  const [length, type, attributes, data] = [8, 12, 16, 20].map((field) => bigEndian(access, at + field, 4));
  if (length === undefined || type === undefined || attributes === undefined || data === undefined)
    return undefined;
  if (data < HEADER_BYTES || data > MAX_NAME + HEADER_BYTES + 4096 || at + data + length > access.size)
    return undefined;
  const name = upToZero(asciiAt(access, at + HEADER_BYTES, Math.min(data - HEADER_BYTES, MAX_NAME)));
  const size = data + length;
  const isEmpty = type === TYPE_DELETED || type === TYPE_NULL || length === 0;
  let method = 0;
  let skipped = 0;
  let fault: string | undefined;
  for (
    let place = attributes, count = 0;
    attributes > 0 && place + 8 <= data && count < MAX_ATTRIBUTES;
    count += 1
  ) {
    const tag = bigEndian(access, at + place, 4);
    const step = bigEndian(access, at + place + 4, 4);
    if (tag === ATTRIBUTE_COMPRESSION) method = bigEndian(access, at + place + 8, 4) ?? 0;
    if (step === undefined || step < 8 || tag === TYPE_NULL) break;
    place += step;
    if (count + 1 === MAX_ATTRIBUTES && method === 0)
      fault = `attributes of ${name} after the first ${MAX_ATTRIBUTES} are not read`;
  }
  if (type === TYPE_OLD_STAGE) {
    method = littleEndian(access, at + data, 4) ?? 0;
    skipped = OLD_STAGE_BYTES;
  }
  const format = COMPRESSIONS[method];
  if (format === undefined) fault = `${name} is compressed by the unknown method ${method}`;
  const decode = format === undefined || format === 'none' || isEmpty ? undefined : decoderOf(format);
  return {
    size,
    part: {
      name: name || (isEmpty ? 'empty' : 'file'),
      offset: data + skipped,
      size: Math.max(0, length - skipped),
      ...(decode === undefined ? {} : { packed: { format: format!, decode } }),
    },
    ...(fault === undefined ? {} : { fault }),
  };
}

function open(access: Access, start: number, limit: number): ImageContent | undefined {
  const parts: Part[] = [];
  const faults: string[] = [];
  let end = start;
  for (let at = start; parts.length < limit; at = start + Math.ceil((end - start) / ALIGNMENT) * ALIGNMENT) {
    const file = fileAt(access, at);
    if (file === undefined) break;
    end = at + file.size;
    if (file.fault !== undefined) faults.push(file.fault);
    parts.push({ ...file.part, offset: file.part.offset + at - start });
  }
  return parts.length === 0 ? undefined : { size: end - start, parts, faults };
}

export const cbfs: Image = {
  format: 'cbfs',
  magics: [{ bytes: latin1(FILE_MAGIC), at: 0 }],
  sniff: (access, at) => fileAt(access, at) !== undefined,
  open,
};
