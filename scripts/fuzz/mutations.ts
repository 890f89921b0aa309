/** Changes to inputs: bits, bytes, words and pieces of any, lines and numbers of texts. */
import { pick } from '../../test/grammar/ebnf.ts';

export type Change = (bytes: Uint8Array, random: () => number) => Uint8Array;

const MOST_CHANGES = 6;
/** How much is doubled or left out at most. */
const LONGEST_COPY = 64;
/** How often a piece is repeated at most; what comes of it is no longer than that. */
const MOST_REPEATS = 3000;
const LONGEST_REPEAT = 100_000;
/** Where headers are: half of the changes to images go there. */
const HEADER_BYTES = 256;

const WORDS = [0, 1, 2, 3, 4, 9, 0x24, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

function spliced(bytes: Uint8Array, at: number, removed: number, part: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at + removed)]);
}

/** Repeats the `length` bytes at a place, twice or very often. */
function repeated(bytes: Uint8Array, at: number, length: number, random: () => number): Uint8Array {
  const part = bytes.subarray(at, at + length);
  if (part.length === 0) return bytes;
  const most = Math.min(MOST_REPEATS, Math.floor(LONGEST_REPEAT / part.length));
  const count = random() < 0.9 ? 1 : 1 + Math.floor(random() * most);
  return spliced(bytes, at, 0, Buffer.concat(new Array<Uint8Array>(count).fill(part)));
}

/** Changes that any bytes may have. `pieces` mean something where they land; words are of `order`. */
export function anyChange(pieces: readonly Uint8Array[] = [], order: 'BE' | 'LE' = 'LE'): Change {
  return (start, random) => {
    let bytes: Uint8Array = Buffer.from(start);
    const below = (limit: number): number => Math.floor(random() * limit);
    const place = (): number => below(random() < 0.5 ? Math.min(bytes.length, HEADER_BYTES) : bytes.length);
    for (let left = below(MOST_CHANGES + 1); left > 0 && bytes.length > 0; left -= 1) {
      const at = place();
      switch (below(pieces.length > 0 ? 9 : 8)) {
        case 0:
          bytes[at] = below(256);
          break;
        case 1:
          bytes[at]! ^= 1 << below(8);
          break;
        case 2:
          bytes[at] = pick(random, EDGES);
          break;
        case 3:
          if (random() < 0.4) bytes = bytes.subarray(0, at);
          break;
        case 4: {
          // A size, an offset, a count.
          const word = random() < 0.5 ? at & ~3 : at;
          const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
          if (word + 4 > bytes.length) break;
          if (order === 'BE') view.writeUInt32BE(pick(random, WORDS), word);
          else view.writeUInt32LE(pick(random, WORDS), word);
          break;
        }
        case 5:
          bytes = repeated(bytes, at, below(LONGEST_COPY), random);
          break;
        case 6:
          bytes = spliced(bytes, at, below(LONGEST_COPY), new Uint8Array());
          break;
        case 7: {
          const from = place();
          bytes = Buffer.from(bytes);
          bytes.copyWithin(at, from, from + below(LONGEST_COPY));
          break;
        }
        default:
          bytes = spliced(bytes, at, 0, pick(random, pieces));
      }
      if (bytes.length > 0 && !(bytes instanceof Buffer)) bytes = Buffer.from(bytes);
    }
    return bytes;
  };
}

/** Numbers that are too large, too small, or none, as texts have them. */
const NUMBERS = [
  '0',
  '-1',
  '0x',
  '0xffffffff',
  '0xffffffffffffffff',
  '0x10000000000000000',
  'ffffffffffffffff',
  '18446744073709551616',
  '99999999999999999999999999',
  '1e9',
  '(null)',
];
/** What no text should hold. */
const ODD_BYTES = [
  '\0',
  '\x1b[2J',
  '\x80',
  '\xff\xfe',
  '\r',
  '\r\n',
  '\t',
  '\x0b',
  '\u2028',
  '\xa0',
  '> ',
  '  ',
];
const LONG = 5000;

/** Changes to a text: lines, numbers, words; now and then any bytes. */
export function textChange(tokens: readonly string[] = []): Change {
  const words = [...tokens, ...ODD_BYTES].map((word) => Buffer.from(word, 'latin1'));
  const any = anyChange(words);
  return (start, random) => {
    if (random() < 0.4) return any(start, random);
    let lines = Buffer.from(start).toString('latin1').split('\n');
    const below = (limit: number): number => Math.floor(random() * limit);
    for (let left = 1 + below(MOST_CHANGES); left > 0; left -= 1) {
      const at = below(lines.length);
      const line = lines[at]!;
      switch (below(9)) {
        case 0:
          lines.splice(at, 1);
          break;
        case 1: {
          const most = Math.min(MOST_REPEATS, Math.floor(LONGEST_REPEAT / (line.length + 1)));
          const count = random() < 0.8 ? 1 : below(most);
          lines = lines.toSpliced(at, 0, ...new Array<string>(count).fill(line));
          break;
        }
        case 2: {
          const other = below(lines.length);
          [lines[at], lines[other]] = [lines[other]!, line];
          break;
        }
        case 3:
          lines[at] = line.replace(/(?:0x)?[0-9a-f]+/i, pick(random, NUMBERS));
          break;
        case 4: {
          // The last number of the line.
          const [number] = line.slice(-LONGEST_COPY).match(/[0-9a-fx]+(?=[^0-9a-fx]*$)/i) ?? [];
          const from = number === undefined ? line.length : line.lastIndexOf(number);
          lines[at] = line.slice(0, from) + pick(random, NUMBERS) + line.slice(from + (number ?? '').length);
          break;
        }
        case 5:
          lines[at] = line.slice(0, below(line.length));
          break;
        case 6:
          lines[at] = line + (lines[at + 1] ?? '');
          lines.splice(at + 1, 1);
          break;
        case 7: {
          const token = tokens.length > 0 ? pick(random, tokens) : pick(random, ODD_BYTES);
          const from = below(line.length + 1);
          lines[at] = line.slice(0, from) + token + line.slice(from);
          break;
        }
        default: {
          const from = below(line.length + 1);
          const piece = line.slice(from, from + 1 + below(4)) || ' ';
          lines[at] = line.slice(0, from) + piece.repeat(random() < 0.8 ? 2 : below(LONG)) + line.slice(from);
        }
      }
      if (lines.length === 0) lines = [''];
    }
    return Buffer.from(lines.join('\n'), 'latin1');
  };
}
