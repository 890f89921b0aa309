/**
 * Reads hex dumps: xxd, hexdump -C, od, plain hex with or without `0x` and commas, iasl's listings, and the initializer
 * of an ASL Buffer. The place of every byte in the text is recorded.
 */

import { type Source, textOf } from '../../bytes/source.ts';
import { limit, moreThan } from '../../limits/limits.ts';

/** One byte of a dump; `null` for `??`. */
export type DumpedByte = number | null;

/** The bytes of one dump or buffer. */
export interface HexBlock {
  readonly bytes: readonly DumpedByte[];
  /** Byte `i` is written at [starts[i], ends[i]) of the text. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** The last line before it with a path; empty if there is none. */
  readonly heading: string;
  /** What was not read, with its place in the text. */
  readonly problems: readonly HexProblem[];
}

export interface HexProblem {
  readonly problem: string;
  readonly start: number;
  readonly end: number;
}

/** Maximum number of bytes that a `*` for repeated lines may replace. */
const MAX_SQUEEZED = 0x10000;

class BlockBuilder {
  readonly bytes: DumpedByte[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly heading: string;
  readonly problems: HexProblem[] = [];
  /** The offset in its first line. */
  base = 0;
  #full = false;

  constructor(heading: string) {
    this.heading = heading;
  }

  push(byte: DumpedByte, start: number, end: number): void {
    if (this.bytes.length >= limit('hex-bytes')) {
      if (this.bytes.length === limit('hex-bytes') && !this.#full)
        this.problems.push({
          problem: `${moreThan('hex-bytes')}; the rest is not read`,
          start,
          end,
        });
      this.#full = true;
      return;
    }
    this.bytes.push(byte);
    this.starts.push(start);
    this.ends.push(end);
  }
}

/** A buffer object printed by acpiexec or the kernel's debugger: its first bytes are on the same line. */
const OBJECT_DUMP =
  /^[ \t]*\[?Buffer\]? (?:Length|\(Length) ?[0-9A-Fa-f]+\)? ?=?[ \t]*(?=[0-9A-Fa-f]{4,8}: )/;
const QUOTE = /^(?:>[ \t]?)+/;
// Offsets before the bytes of a line: `0000:`, or `0000` in a C comment.
const COLON_OFFSET = /^[ \t]*([0-9A-Fa-f]{1,16}):(?=[ \t]|$)/;
const COMMENT_OFFSET = /^[ \t]*\/\*[ \t]*([0-9A-Fa-f]{1,16})[ \t]*\*\//;
/** Offsets of hexdump -C and od: digits and blanks, then bytes. */
const BARE_OFFSET = /^([0-9A-Fa-f]{6,16})(?:[ \t]+(?=(?:[0-9A-Fa-f]{2}|\?\?)(?:[ \t]|$))|[ \t]*$)/;
/** Separators on a line of bytes without an offset. */
const BETWEEN = /[ \t,;:-]*(?:0[xX])?/y;
/** A Buffer and its opening brace. */
const BUFFER = /\bBuffer[ \t]*\([^)\n]{0,64}\)\s*\{/g;
/** Comments, which contain offsets and characters, and a mail's quote characters. */
const NO_CODE = /\/\*(?:[\s\S]*?\*\/|[\s\S]*$)|\/\/[^\n]*|^(?:>[ \t]?)+/gm;
/** Part of a line with an offset in which bytes are read. */
const MAX_COLUMN_LINE = 1024;
/** Part of a line in which a path is searched for. */
const MAX_HEADING = 512;

/** Every block of bytes in a text, in order. */
export function hexBlocks(source: Source): HexBlock[] {
  const text = textOf(source);
  const buffers = aslBuffers(text);
  return buffers.length > 0 ? buffers : dumpedLines(text);
}

function dumpedLines(text: string): HexBlock[] {
  const blocks: BlockBuilder[] = [];
  let open: BlockBuilder | undefined;
  let heading = '';
  let squeezed = false;

  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const lead = text.slice(start, Math.min(end, start + 128));
    const from = start + ((QUOTE.exec(lead) ?? OBJECT_DUMP.exec(lead))?.[0].length ?? 0);
    const line = text.slice(from, end).replace(/\r$/, '');
    start = end + 1;
    if (line.trim() === '*' && open) {
      squeezed = true;
      continue;
    }
    const column = offsetColumn(line.slice(0, MAX_COLUMN_LINE), open?.bytes.length ?? 0, squeezed);
    if (column) {
      if (!open || (column.offset === 0 && open.bytes.length > 0)) {
        open = new BlockBuilder(heading);
        heading = '';
        blocks.push(open);
      }
      if (squeezed) repeatLine(open, column.offset);
      // A partial dump may begin with any offset.
      if (open.bytes.length === 0) open.base = column.offset;
      const reached = open.base + open.bytes.length;
      if (column.offset !== reached && open.problems.length === 0)
        open.problems.push({
          problem: `the dump jumps from offset 0x${reached.toString(16)} to 0x${column.offset.toString(16)}; bytes are taken in the order of the lines`,
          start: from,
          end,
        });
      squeezed = false;
      readBytes(line.slice(0, MAX_COLUMN_LINE), column.next, from, open, true);
    } else if (isPlain(line)) {
      if (!open) {
        open = new BlockBuilder(heading);
        heading = '';
        blocks.push(open);
      }
      readBytes(line, 0, from, open, false);
    } else if (line.trim() !== '' && !/^\s*(?:\/\/|\/\*.*\*\/\s*$|[{}]+\s*$)/.test(line)) {
      // The path may stand a line or two above the bytes.
      if (line.includes('\\')) heading = line.slice(0, MAX_HEADING);
      open = undefined;
    }
  }
  return blocks.filter((block) => block.bytes.length > 0);
}

/** The offset at the start of a line. A bare number is one only if it is 0, `reached` or, after a `*`, higher. */
function offsetColumn(
  line: string,
  reached: number,
  squeezed: boolean,
): { offset: number; next: number } | undefined {
  const marked = COLON_OFFSET.exec(line) ?? COMMENT_OFFSET.exec(line);
  if (marked) return { offset: Number.parseInt(marked[1]!, 16), next: marked[0].length };
  const bare = BARE_OFFSET.exec(line);
  if (!bare) return undefined;
  const digits = bare[1]!;
  // od prints seven octal digits by default, od -Ax six hexadecimal ones, hexdump eight.
  const offset = Number.parseInt(digits, digits.length === 7 ? 8 : 16);
  const expected =
    offset === 0 || offset === reached || (squeezed && offset > reached && offset - reached < MAX_SQUEEZED);
  return expected ? { offset, next: bare[0].length } : undefined;
}

/** Repeats the line before a `*` up to the offset of the next line. */
function repeatLine(block: BlockBuilder, upTo: number): void {
  const first = block.bytes.length - 16;
  if (first < 0) return;
  const end = Math.min(upTo, block.bytes.length + MAX_SQUEEZED);
  for (let at = block.bytes.length; at < end; at += 1) {
    const model = first + ((at - first) % 16);
    block.push(block.bytes[model]!, block.starts[model]!, block.ends[model]!);
  }
}

const PAIR = /[0-9A-Fa-f]{2}|\?\?/y;

/** Whether a line consists of bytes only. */
function isPlain(line: string): boolean {
  let at = 0;
  for (let bytes = 0; ; bytes += 1) {
    BETWEEN.lastIndex = at;
    at += BETWEEN.exec(line)?.[0].length ?? 0;
    PAIR.lastIndex = at;
    if (!PAIR.test(line)) return bytes > 0 && at === line.length;
    at += 2;
  }
}

function readBytes(line: string, next: number, base: number, block: BlockBuilder, column: boolean): void {
  let at = next + (/^[ \t]*(?:0[xX])?/.exec(line.slice(next))?.[0].length ?? 0);
  let count = 0;
  for (;;) {
    PAIR.lastIndex = at;
    const pair = PAIR.exec(line)?.[0];
    if (pair === undefined) return;
    block.push(pair === '??' ? null : Number.parseInt(pair, 16), base + at, base + at + 2);
    at += 2;
    count += 1;
    if (!column) {
      BETWEEN.lastIndex = at;
      at += BETWEEN.exec(line)?.[0].length ?? 0;
      continue;
    }
    const rest = line.slice(at);
    // hexdump -C and others print a gap in the middle of a line.
    const middle = count === 8 ? /^ {2}(?=[0-9A-Fa-f]{2}(?: |$))/.exec(rest) : null;
    if (middle) {
      at += 2;
      continue;
    }
    if (/^[ \t]{2}/.test(rest) || rest.trim() === '') return;
    // Bytes are separated by one blank, comma or dash; a wider gap precedes the text column.
    const gap = /^(?: - |[ \t]*,[ \t]*(?:0[xX])?|[ \t]?(?:0[xX])?)/.exec(rest)?.[0] ?? '';
    at += gap.length;
  }
}

/** The initializers of `Buffer (…) { … }` in ASL text. */
function aslBuffers(written: string): HexBlock[] {
  if (!written.includes('Buffer')) return [];
  const text = written.replace(NO_CODE, (piece) => piece.replace(/[^\n]/g, ' '));
  const blocks: BlockBuilder[] = [];
  let close = 0;
  for (const match of text.matchAll(BUFFER)) {
    const open = match.index + match[0].length;
    // The search for `}` is not repeated for several Buffers before the same one, or before none.
    if (close >= 0 && close < open) close = text.indexOf('}', open);
    const inside = text.slice(open, close < 0 ? text.length : close);
    const before = text.slice(Math.max(0, match.index - MAX_HEADING), match.index);
    const block = new BlockBuilder(before.slice(before.lastIndexOf('\n') + 1));
    const whole = { start: match.index, end: close < 0 ? text.length : close + 1 };
    if (close < 0) block.problems.push({ problem: 'the Buffer has no closing brace', ...whole });
    const foreign = /[^0-9A-Fa-fxXZzOoNnEeRr,\s]/.test(inside);
    if (foreign)
      block.problems.push({ problem: 'the Buffer is not a list of bytes; it is not read', ...whole });
    if (!foreign)
      for (const word of inside.matchAll(/0[xX][0-9A-Fa-f]{1,2}\b|\b\d{1,3}\b|\bZero\b|\bOne\b/g)) {
        const value = word[0] === 'Zero' ? 0 : word[0] === 'One' ? 1 : Number(word[0]);
        if (value <= 0xff) block.push(value, open + word.index, open + word.index + word[0].length);
      }
    if (block.bytes.length > 0 || foreign) blocks.push(block);
  }
  return blocks;
}
