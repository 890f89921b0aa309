/** Changes to ACPI tables, some blind and some that know what hurts. */
import { pick } from '../../test/grammar/ebnf.ts';
import { anyChange } from './mutations.ts';

/** AML bytes that mean something where they land: calls of themselves, endless loops, false lengths and sizes. */
const PIECES: readonly (readonly number[])[] = [
  [0xa2, 0x02, 0x01],
  [0xa2, 0x05, 0x01, 0x75, 0x60, 0xa3],
  [0x3f],
  [0xcf, 0xff, 0xff, 0xff],
  [0x11, 0x09, 0x0c, 0xff, 0xff, 0xff, 0x7f],
  [0x11, 0x08, 0x0c, 0x00, 0x00, 0x00, 0x80, 0x00],
  [0x13, 0x03, 0x60],
  [0x5b, 0x80, 0x41, 0x42, 0x43, 0x44, 0x00, 0x00, 0x0e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x5b, 0x20, 0x41, 0x42, 0x43, 0x44, 0x60],
  [0xa4, 0x68],
  [0x70, 0x68, 0x68],
  [0x73, 0x60, 0x60, 0x60],
  [0x5b, 0x87],
  [0x5e, 0x5e, 0x5e],
  [0x2f, 0xff],
  [0x14, 0x06, 0x5f, 0x43, 0x52, 0x53, 0x00],
  [0x86],
  [0x8d],
];

const change = anyChange(PIECES.map((piece) => Uint8Array.from(piece)));

/** A table with some bytes changed, cut, doubled, or replaced by those of another. */
export function mutatedTable(
  start: Uint8Array,
  others: readonly Uint8Array[],
  random: () => number,
): Uint8Array {
  let bytes = change(start, random);
  const below = (limit: number): number => Math.floor(random() * limit);
  if (random() < 0.3 && bytes.length > 0) {
    const other = pick(random, others);
    const [at, from] = [below(bytes.length), below(other.length)];
    const part = other.subarray(from, from + below(200));
    bytes = Buffer.concat([
      bytes.subarray(0, at),
      part,
      bytes.subarray(at + (random() < 0.5 ? part.length : 0)),
    ]);
  }
  // Mostly the length is correct, so that all of the table is read.
  if (bytes.length >= 8 && random() < 0.9)
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).writeUInt32LE(bytes.length, 4);
  return bytes;
}
