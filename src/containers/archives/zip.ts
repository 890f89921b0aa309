/** zip (PKWARE's APPNOTE.TXT 6.3.10), by its central directory; without one, by the local file headers. */
import { limitHint } from '../../limits/limits.ts';
import { type Access, asciiAt, latin1, littleEndian } from '../access.ts';
import { crc32 } from '../codecs/checksum.ts';
import { decoderOf } from '../codecs/decoders.ts';
import type { Decoder } from '../codecs/output.ts';
import type { Archive, ArchiveContent, Member } from '../container.ts';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const LOCATOR64_BYTES = 20;
const MAX_COMMENT = 0xffff;
const EXTRA_ZIP64 = 1;
const FLAG_ENCRYPTED = 1;
const FLAG_SIZES_FOLLOW = 8;
const WIDE = 0xffffffff;
const UNIX = 3;
const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

const LZMA = 14;
/** Of LZMA: the stream ends with a marker. */
const FLAG_MARKER = 2;

/** The supported compression methods (4.4.5). */
const METHODS: ReadonlyMap<number, string> = new Map([
  [8, 'deflate'],
  [12, 'bzip2'],
  [LZMA, 'lzma'],
  [93, 'zstd'],
  [95, 'xz'],
]);

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly symbolic: boolean;
}

/** Sizes and the offset that don't fit into 32 bits are in an extra field (4.5.3), in this order, only those needed. */
function widened(access: Access, at: number, length: number, narrow: readonly number[]): readonly number[] {
  if (!narrow.includes(WIDE)) return narrow;
  for (let from = at; from + 4 <= at + length; ) {
    const id = littleEndian(access, from, 2);
    const size = littleEndian(access, from + 2, 2);
    if (id === undefined || size === undefined) break;
    if (id === EXTRA_ZIP64) {
      let next = from + 4;
      return narrow.map((value) => {
        if (value !== WIDE || next + 8 > from + 4 + size) return value;
        next += 8;
        return littleEndian(access, next - 8, 8) ?? value;
      });
    }
    from += 4 + size;
  }
  return narrow;
}

/** LZMA's version and the size of its properties come before the properties (5.8.8); the unpacked size is not there. */
const LZMA_VERSION_BYTES = 4;
const LZMA_PROPERTIES = 5;

/** Decodes LZMA as stored in zip, by giving it the header of `.lzma` files. */
function ofZip(decode: Decoder, entry: Entry): Decoder {
  return async (stored, limit) => {
    const properties = LZMA_VERSION_BYTES + LZMA_PROPERTIES;
    if (stored.length < properties || stored[2] !== LZMA_PROPERTIES)
      return { bytes: new Uint8Array(0), consumed: 0, end: 'damaged', why: 'no LZMA properties' };
    const alone = new Uint8Array(stored.length + LZMA_VERSION_BYTES);
    alone.set(stored.subarray(LZMA_VERSION_BYTES, properties));
    const size = (entry.flags & FLAG_MARKER) !== 0 ? -1n : BigInt(entry.unpacked);
    new DataView(alone.buffer).setBigInt64(LZMA_PROPERTIES, size, true);
    alone.set(stored.subarray(properties), LZMA_PROPERTIES + 8);
    const decoded = await decode(alone, limit);
    return { ...decoded, consumed: Math.max(0, decoded.consumed - LZMA_VERSION_BYTES) };
  };
}

class ZipReader {
  readonly #access: Access;
  readonly #start: number;
  readonly members: Member[] = [];
  readonly faults: string[] = [];

  constructor(access: Access, start: number) {
    this.#access = access;
    this.#start = start;
  }

  #u16(at: number): number {
    return littleEndian(this.#access, at, 2) ?? 0;
  }

  #u32(at: number): number {
    return littleEndian(this.#access, at, 4) ?? 0;
  }

  /** Adds a file whose stored bytes begin at a place. */
  #add(entry: Entry, data: number): void {
    const there = Math.max(0, Math.min(entry.packed, this.#access.size - data));
    if (there < entry.packed) this.faults.push(`${entry.name} is truncated`);
    const place = { name: entry.name, offset: data - this.#start, size: there };
    if (entry.name.endsWith('/')) {
      this.members.push({ ...place, type: 'directory', size: 0 });
      return;
    }
    if ((entry.flags & FLAG_ENCRYPTED) !== 0) {
      this.faults.push(`${entry.name} is encrypted`);
      return;
    }
    if (entry.method === 0) {
      const target = asciiAt(this.#access, data, Math.min(there, 4096));
      this.members.push({
        ...place,
        type: entry.symbolic ? 'link' : 'file',
        ...(entry.symbolic ? { target } : {}),
      });
      return;
    }
    const format = METHODS.get(entry.method);
    const plain = format === undefined ? undefined : decoderOf(format);
    const decode = plain !== undefined && entry.method === LZMA ? ofZip(plain, entry) : plain;
    if (format === undefined || decode === undefined) {
      this.faults.push(`${entry.name} is compressed by the unknown method ${entry.method}`);
      return;
    }
    this.members.push({
      ...place,
      type: 'file',
      packed: {
        format,
        decode: async (stored, limit) => {
          const decoded = await decode(stored, limit);
          return decoded.end === 'whole' && crc32(decoded.bytes) !== entry.crc
            ? { ...decoded, end: 'damaged', why: 'the checksum is wrong' }
            : decoded;
        },
      },
    });
  }

  /** Where the directory begins and how many files it lists; undefined if there is none. */
  #directory(): { at: number; count: number; base: number; end: number } | undefined {
    const from = Math.max(this.#start, this.#access.size - END_BYTES - MAX_COMMENT);
    const tail = this.#access.read(from, this.#access.size - from);
    const text = Buffer.from(tail.buffer, tail.byteOffset, tail.length);
    for (
      let at = text.lastIndexOf('PK\x05\x06', undefined, 'latin1');
      at >= 0;
      at = at === 0 ? -1 : text.lastIndexOf('PK\x05\x06', at - 1, 'latin1')
    ) {
      const place = from + at;
      const comment = this.#u16(place + 20);
      const size = this.#u32(place + 12);
      const offset = this.#u32(place + 16);
      const locator = place - LOCATOR64_BYTES;
      if (offset === WIDE && locator >= this.#start && this.#u32(locator) === LOCATOR64) {
        const wide = this.#start + (littleEndian(this.#access, locator + 8, 8) ?? 0);
        if (this.#u32(wide) === END64)
          return {
            at: this.#start + (littleEndian(this.#access, wide + 48, 8) ?? 0),
            count: littleEndian(this.#access, wide + 32, 8) ?? 0,
            base: this.#start,
            end: place + END_BYTES + comment,
          };
      }
      // Bytes in front of an archive, as of self-extracting ones, shift it; its offsets don't count them.
      const directory = place - size;
      if (directory >= this.#start && (size === 0 || this.#u32(directory) === CENTRAL))
        return {
          at: directory,
          count: this.#u16(place + 10),
          base: directory - offset,
          end: place + END_BYTES + comment,
        };
    }
    return undefined;
  }

  /** Reads by the central directory. @returns where the archive ends; undefined if there is no directory */
  byDirectory(most: number): number | undefined {
    const directory = this.#directory();
    if (directory === undefined || directory.base < this.#start) return undefined;
    let { at } = directory;
    for (let index = 0; index < directory.count; index += 1) {
      if (index >= most) {
        this.faults.push(`more than ${most} files ${limitHint('container-pieces')}; the rest is not read`);
        break;
      }
      if (this.#u32(at) !== CENTRAL) {
        this.faults.push('the central directory is invalid; the rest is not read');
        break;
      }
      const [nameBytes, extraBytes, commentBytes] = [
        this.#u16(at + 28),
        this.#u16(at + 30),
        this.#u16(at + 32),
      ];
      const extra = at + CENTRAL_BYTES + nameBytes;
      const [unpacked, packed, offset] = widened(this.#access, extra, extraBytes, [
        this.#u32(at + 24),
        this.#u32(at + 20),
        this.#u32(at + 42),
      ]);
      const local = directory.base + offset!;
      const mode = this.#u16(at + 4) >> 8 === UNIX ? this.#u16(at + 40) : 0;
      const entry: Entry = {
        name: asciiAt(this.#access, at + CENTRAL_BYTES, nameBytes),
        flags: this.#u16(at + 8),
        method: this.#u16(at + 10),
        crc: this.#u32(at + 16),
        packed: packed!,
        unpacked: unpacked!,
        symbolic: (mode & FILE_TYPE) === SYMBOLIC_LINK,
      };
      if (this.#u32(local) === LOCAL)
        this.#add(entry, local + LOCAL_BYTES + this.#u16(local + 26) + this.#u16(local + 28));
      else this.faults.push(`no file header of ${entry.name} where the central directory says`);
      at = extra + extraBytes + commentBytes;
    }
    return Math.min(directory.end, this.#access.size);
  }

  /** Reads one local file header after the other. @returns where that ended */
  byHeaders(most: number): number {
    this.faults.push('the central directory is missing');
    let at = this.#start;
    while (this.#u32(at) === LOCAL) {
      if (this.members.length >= most) {
        this.faults.push(`more than ${most} files ${limitHint('container-pieces')}; the rest is not read`);
        break;
      }
      const [nameBytes, extraBytes] = [this.#u16(at + 26), this.#u16(at + 28)];
      const data = at + LOCAL_BYTES + nameBytes + extraBytes;
      const [unpacked, packed] = widened(this.#access, at + LOCAL_BYTES + nameBytes, extraBytes, [
        this.#u32(at + 22),
        this.#u32(at + 18),
      ]);
      const name = asciiAt(this.#access, at + LOCAL_BYTES, nameBytes);
      const flags = this.#u16(at + 6);
      if ((flags & FLAG_SIZES_FOLLOW) !== 0 && packed === 0) {
        this.faults.push(
          `the size of ${name} is only in the missing central directory; the rest is not read`,
        );
        break;
      }
      const crc = this.#u32(at + 14);
      const entry = {
        name,
        flags,
        method: this.#u16(at + 8),
        crc,
        packed: packed!,
        unpacked: unpacked!,
        symbolic: false,
      };
      this.#add(entry, data);
      at = data + packed!;
    }
    return Math.min(at, this.#access.size);
  }
}

function list(access: Access, start: number, most: number): ArchiveContent {
  const reader = new ZipReader(access, start);
  const end = reader.byDirectory(most) ?? reader.byHeaders(most);
  return { size: end - start, members: reader.members, faults: reader.faults };
}

/** Whether a compression method of this number is assigned (4.4.5). */
function mayBeMethod(method: number): boolean {
  return method <= 20 || (method >= 93 && method <= 99);
}

/** File names have no control characters. */
function mayBeName(name: Uint8Array): boolean {
  return name.length > 0 && name.every((byte) => byte >= 0x20 && byte !== 0x7f);
}

export const zip: Archive = {
  format: 'zip',
  magics: [{ bytes: latin1('PK\x03\x04'), at: 0 }],
  sniff: (access, at) => {
    const magic = littleEndian(access, at, 4);
    if (magic === END) return access.size - at <= END_BYTES + MAX_COMMENT;
    // A version that is written in practice, and a name: code that reads zip contains the magic number too.
    return (
      magic === LOCAL &&
      (littleEndian(access, at + 4, 1) ?? 255) <= 63 &&
      mayBeMethod(littleEndian(access, at + 8, 2) ?? WIDE) &&
      mayBeName(access.read(at + LOCAL_BYTES, littleEndian(access, at + 26, 2) ?? 0))
    );
  },
  list,
};
