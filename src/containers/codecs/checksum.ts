/** Checksums of the compressed formats: CRC-32, CRC-64 (xz), xxHash-32 (lz4) and xxHash-64 (Zstandard). */

// Tables are made on first use: most inputs need none.
let crc32Table: Int32Array | undefined;

function crcTable(polynomial: number): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[byte] = value;
  }
  return table;
}

/** CRC-32 of IEEE 802.3, used by gzip, zip, xz, U-Boot and IGVM. @param seed the CRC of the preceding bytes */
export function crc32(bytes: Uint8Array, seed = 0): number {
  crc32Table ??= crcTable(0xedb88320);
  const table = crc32Table;
  let crc = ~seed;
  for (let at = 0; at < bytes.length; at += 1) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}

let crc64Table: { readonly low: Int32Array; readonly high: Int32Array } | undefined;

/** The polynomial of ECMA-182, reflected, as two halves. */
function makeCrc64Table(): { readonly low: Int32Array; readonly high: Int32Array } {
  const table = { low: new Int32Array(256), high: new Int32Array(256) };
  for (let byte = 0; byte < 256; byte += 1) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (odd) {
        low ^= 0xd7870f42;
        high ^= 0xc96c5795;
      }
    }
    table.low[byte] = low;
    table.high[byte] = high;
  }
  return table;
}

/** CRC-64 of xz (the .xz format, 6), its lower and its upper half. */
export function crc64(bytes: Uint8Array): { readonly low: number; readonly high: number } {
  crc64Table ??= makeCrc64Table();
  const table = crc64Table;
  let low = -1;
  let high = -1;
  for (let at = 0; at < bytes.length; at += 1) {
    const index = (low ^ bytes[at]!) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ table.low[index]!;
    high = (high >>> 8) ^ table.high[index]!;
  }
  return { low: ~low >>> 0, high: ~high >>> 0 };
}

const PRIME1 = 0x9e3779b1;
const PRIME2 = 0x85ebca77;
const PRIME3 = 0xc2b2ae3d;
const PRIME4 = 0x27d4eb2f;
const PRIME5 = 0x165667b1;

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** xxHash-32 with seed 0 (github.com/Cyan4973/xxHash, doc/xxhash_spec.md). */
export function xxh32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash: number;
  if (bytes.length >= 16) {
    const lanes = [(PRIME1 + PRIME2) | 0, PRIME2, 0, -PRIME1];
    for (; at + 16 <= bytes.length; at += 16)
      for (let lane = 0; lane < 4; lane += 1)
        lanes[lane] = Math.imul(
          rotate((lanes[lane]! + Math.imul(view.getUint32(at + lane * 4, true), PRIME2)) | 0, 13),
          PRIME1,
        );
    hash = (rotate(lanes[0]!, 1) + rotate(lanes[1]!, 7) + rotate(lanes[2]!, 12) + rotate(lanes[3]!, 18)) | 0;
  } else hash = PRIME5;
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4)
    hash = Math.imul(rotate((hash + Math.imul(view.getUint32(at, true), PRIME3)) | 0, 17), PRIME4);
  for (; at < bytes.length; at += 1)
    hash = Math.imul(rotate((hash + Math.imul(bytes[at]!, PRIME5)) | 0, 11), PRIME1);
  hash = Math.imul(hash ^ (hash >>> 15), PRIME2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A 64-bit number as two halves: xxHash-64 of megabytes is too slow with `bigint`. */
interface Wide {
  low: number;
  high: number;
}

function multiply(a: Wide, b: Wide): Wide {
  const a0 = a.low & 0xffff;
  const a1 = a.low >>> 16;
  const b0 = b.low & 0xffff;
  const b1 = b.low >>> 16;
  const low = a0 * b0;
  const middle = a1 * b0 + (low >>> 16);
  const middle2 = a0 * b1 + (middle & 0xffff);
  const carry = a1 * b1 + Math.floor(middle / 65536) + Math.floor(middle2 / 65536);
  return {
    low: (middle2 << 16) | (low & 0xffff) | 0,
    high: (carry + Math.imul(a.low, b.high) + Math.imul(a.high, b.low)) | 0,
  };
}

function add(a: Wide, b: Wide): Wide {
  const low = (a.low >>> 0) + (b.low >>> 0);
  return { low: low | 0, high: (a.high + b.high + (low > 0xffffffff ? 1 : 0)) | 0 };
}

function rotateWide(a: Wide, by: number): Wide {
  if (by === 32) return { low: a.high, high: a.low };
  if (by > 32) return rotateWide({ low: a.high, high: a.low }, by - 32);
  return { low: (a.low << by) | (a.high >>> (32 - by)), high: (a.high << by) | (a.low >>> (32 - by)) };
}

function exclusive(a: Wide, b: Wide): Wide {
  return { low: a.low ^ b.low, high: a.high ^ b.high };
}

function shiftedXor(a: Wide, by: number): Wide {
  const shifted =
    by >= 32
      ? { low: a.high >>> (by - 32), high: 0 }
      : { low: (a.low >>> by) | (a.high << (32 - by)), high: a.high >>> by };
  return exclusive(a, shifted);
}

const WIDE1: Wide = { low: 0x85ebca87 | 0, high: 0x9e3779b1 | 0 };
const WIDE2: Wide = { low: 0x27d4eb4f, high: 0xc2b2ae3d | 0 };
const WIDE3: Wide = { low: 0x9e3779f9 | 0, high: 0x165667b1 };
const WIDE4: Wide = { low: 0xc2b2ae63 | 0, high: 0x85ebca77 | 0 };
const WIDE5: Wide = { low: 0x165667c5, high: 0x27d4eb2f };

function round(lane: Wide, input: Wide): Wide {
  return multiply(rotateWide(add(lane, multiply(input, WIDE2)), 31), WIDE1);
}

/** The lower half of xxHash-64 with seed 0, the checksum of Zstandard's frames. */
export function xxh64Low(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const wide = (at: number): Wide => ({ low: view.getInt32(at, true), high: view.getInt32(at + 4, true) });
  let at = 0;
  let hash = WIDE5;
  if (bytes.length >= 32) {
    const zero = { low: 0, high: 0 };
    const minus1 = add({ low: ~WIDE1.low, high: ~WIDE1.high }, { low: 1, high: 0 });
    const lanes = [add(WIDE1, WIDE2), WIDE2, zero, minus1];
    for (; at + 32 <= bytes.length; at += 32)
      for (let lane = 0; lane < 4; lane += 1) lanes[lane] = round(lanes[lane]!, wide(at + lane * 8));
    hash = [1, 7, 12, 18].map((by, lane) => rotateWide(lanes[lane]!, by)).reduce(add);
    for (const lane of lanes) hash = add(multiply(exclusive(hash, round(zero, lane)), WIDE1), WIDE4);
  }
  hash = add(hash, { low: bytes.length | 0, high: Math.floor(bytes.length / 2 ** 32) });
  for (; at + 8 <= bytes.length; at += 8) {
    hash = exclusive(hash, round({ low: 0, high: 0 }, wide(at)));
    hash = add(multiply(rotateWide(hash, 27), WIDE1), WIDE4);
  }
  if (at + 4 <= bytes.length) {
    hash = exclusive(hash, multiply({ low: view.getInt32(at, true), high: 0 }, WIDE1));
    hash = add(multiply(rotateWide(hash, 23), WIDE2), WIDE3);
    at += 4;
  }
  for (; at < bytes.length; at += 1) {
    hash = exclusive(hash, multiply({ low: bytes[at]!, high: 0 }, WIDE5));
    hash = multiply(rotateWide(hash, 11), WIDE1);
  }
  hash = multiply(shiftedXor(hash, 33), WIDE2);
  hash = multiply(shiftedXor(hash, 29), WIDE3);
  return shiftedXor(hash, 32).low >>> 0;
}
