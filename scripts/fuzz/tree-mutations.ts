/** Changes to the bytes of device trees, blobs and sources alike. */
import { pick } from '../../test/grammar/ebnf.ts';

const MOST_CHANGES = 6;
/** How much is doubled at most. */
const LONGEST_COPY = 64;

const WORDS = [0, 1, 2, 3, 4, 9, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];

const TOKENS = [
  '{',
  '}',
  ';',
  '<',
  '>',
  '"',
  "'",
  '/*',
  '*/',
  '//',
  '&',
  '(',
  ')',
  '[',
  ']',
  '\\\n',
  '##',
  '#',
  ' ? 1 : 0',
  '/dts-v1/;',
  '/include/ "x"',
  '/include/ "board.dtsi"\n',
  '/incbin/("data.bin", 1, 0xffffffffffffffff)',
  '#define A A B\n#define B A A\nA\n',
  '#define F(x, ...) x ## __VA_ARGS__\nF(',
  '#if 1\n',
  '#else\n',
  '#endif\n',
  '#include "again.h"\n',
  '# 1 "x"\n',
  '#line 4294967295 "y"\n',
  '/bits/ 64',
  '/delete-node/ &soc;',
  '0xffffffffffffffff',
  'ranges',
  '#address-cells = <9>;',
  '#size-cells = <0>;',
];

/** None to six changes: bits, bytes, words of a blob, and what is cut off, doubled or put in. */
export function mutated(start: Uint8Array, random: () => number): Uint8Array {
  let bytes = Buffer.from(start);
  const changes = Math.floor(random() * (MOST_CHANGES + 1));
  for (let change = 0; change < changes && bytes.length > 0; change += 1) {
    const at = Math.floor(random() * bytes.length);
    switch (Math.floor(random() * 7)) {
      case 0:
        bytes[at] = Math.floor(random() * 256);
        break;
      case 1:
        bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
        break;
      case 2:
        if (random() < 0.3) bytes = bytes.subarray(0, at);
        break;
      case 3: {
        // A size, an offset or a token of a blob.
        const word = at & ~3;
        if (word + 4 <= bytes.length) bytes.writeUInt32BE(pick(random, WORDS), word);
        break;
      }
      case 4: {
        const part = bytes.subarray(at, at + Math.floor(random() * LONGEST_COPY));
        bytes = Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
        break;
      }
      case 5: {
        const behind = at + Math.floor(random() * LONGEST_COPY);
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(behind)]);
        break;
      }
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(random, TOKENS)), bytes.subarray(at)]);
    }
  }
  return bytes;
}
