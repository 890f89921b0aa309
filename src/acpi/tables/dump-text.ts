/**
 * The text forms of a table dump: a line that names the table and its address, then lines of hex. acpidump's own, old
 * and new (the offset column grows past 1 MiB and then has no blank before it), and the look-alikes of UEFI shells
 * and Windows tools: more hex digits in the offset, a dash or a wider gap in the middle, CR LF.
 */

import { hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source, Span } from '../../bytes/source.ts';
import { finding } from '../../findings/finding.ts';

/** One table's lines, as bytes. */
export interface DumpBlock {
  /** As the heading has it, blanks at the end removed: `DSDT`, `RSD PTR`. */
  readonly heading: string;
  readonly address: bigint | undefined;
  readonly bytes: Uint8Array;
  /** The heading's line. */
  readonly span: Span;
}

/** A line has at most this many bytes in every known form; what follows is the text column. */
const BYTES_A_LINE = 16;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const DASH = 0x2d;

/** Value of an ASCII hex digit, -1 for anything else. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  return -1;
}

function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end && (bytes[next] === BLANK || bytes[next] === TAB)) next += 1;
  return next;
}

/** A heading: `SIG @ 0xADDRESS`, `RSD PTR @ (nil)`, also without `0x` and with a backquote as old tools print it. */
const HEADING = /^(\S(?:.{0,7}?\S)?) *@ *(?:0[xX]([0-9A-Fa-f`]+)|([0-9A-Fa-f]{8,16})|\(nil\))/;

/** Collects the bytes of one block; grows by doubling. */
class ByteCollector {
  #bytes = new Uint8Array(4096);
  length = 0;

  push(byte: number): void {
    if (this.length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.length] = byte;
    this.length += 1;
  }

  taken(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

/** Where a line's bytes start and the offset it names; undefined when the line isn't one of hex. */
function offsetColumn(
  bytes: Uint8Array,
  start: number,
  end: number,
): { offset: number; next: number } | undefined {
  let at = skipBlanks(bytes, start, end);
  const first = at;
  let offset = 0;
  while (at < end && at - first < 16) {
    const digit = hexDigit(bytes[at]!);
    if (digit < 0) break;
    offset = offset * 16 + digit;
    at += 1;
  }
  if (at - first < 2 || bytes[at] !== COLON || at + 1 >= end) return undefined;
  const next = skipBlanks(bytes, at + 1, end);
  if (next === at + 1) return undefined;
  return { offset, next };
}

/** Reads a line's bytes into `into`; returns how many there were. */
function lineBytes(bytes: Uint8Array, start: number, end: number, into: ByteCollector): number {
  let at = start;
  let count = 0;
  while (count < BYTES_A_LINE && at + 1 < end) {
    const high = hexDigit(bytes[at]!);
    const low = hexDigit(bytes[at + 1]!);
    const after = at + 2 < end ? bytes[at + 2]! : BLANK;
    if (
      high < 0 ||
      low < 0 ||
      (after !== BLANK && after !== TAB && after !== DASH && after !== CARRIAGE_RETURN)
    )
      break;
    into.push(high * 16 + low);
    count += 1;
    // One blank between two bytes, as nearly everywhere.
    const plain = after === BLANK && count !== BYTES_A_LINE / 2 && bytes[at + 3]! > BLANK;
    if (after === DASH || plain) {
      at += 3;
      continue;
    }
    const gapStart = at + 2;
    at = skipBlanks(bytes, gapStart, end);
    if (count === BYTES_A_LINE / 2) {
      // The middle: one more blank, or ` - `. A wider gap means the line ends here and the text column follows.
      if (bytes[at] === DASH && at + 1 < end && bytes[at + 1] === BLANK) at = skipBlanks(bytes, at + 1, end);
      else if (at - gapStart > 2) break;
    } else if (at - gapStart > 1) break;
  }
  return count;
}

/**
 * Splits a dump into its tables' bytes. Lines that are neither heading nor hex end a block and are passed over: tools
 * print banners and table descriptions between.
 */
export function readDumpText(source: Source, sink: DiagnosticSink): DumpBlock[] {
  const { bytes } = source;
  const blocks: DumpBlock[] = [];
  let open: { heading: string; address: bigint | undefined; span: Span; into: ByteCollector } | undefined;
  let gapTold = false;
  let headlessTold = false;

  const close = (): void => {
    if (!open) return;
    blocks.push({ heading: open.heading, address: open.address, span: open.span, bytes: open.into.taken() });
    open = undefined;
  };

  for (let start = 0; start < bytes.length; ) {
    let end = bytes.indexOf(NEWLINE, start);
    if (end < 0) end = bytes.length;
    const column = open ? offsetColumn(bytes, start, end) : undefined;
    if (open && column) {
      if (column.offset !== open.into.length && !gapTold) {
        gapTold = true;
        const { heading, into } = open;
        const args = { heading, from: hex(into.length), to: hex(column.offset) };
        sink.add(finding('acpi/dump-offset', args, { span: { source, start, end } }));
      }
      lineBytes(bytes, column.next, end, open.into);
    } else if (end - start >= 6 && end - start < 200) {
      const found = headingOf(bytes, start, end);
      if (!found && !open && !headlessTold && offsetColumn(bytes, start, end)) {
        headlessTold = true;
        sink.add(finding('acpi/dump-heading', {}, { span: { source, start, end } }));
      }
      if (found) {
        close();
        gapTold = false;
        open = { ...found, span: { source, start, end }, into: new ByteCollector() };
      }
    }
    start = end + 1;
  }
  close();
  return blocks;
}

function headingOf(
  bytes: Uint8Array,
  start: number,
  end: number,
): { heading: string; address: bigint | undefined } | undefined {
  const at = bytes.subarray(start, end).indexOf(0x40);
  if (at < 1) return undefined;
  const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  const match = HEADING.exec(line);
  if (!match) return undefined;
  const digits = (match[2] ?? match[3])?.replaceAll('`', '');
  return {
    heading: match[1]!,
    address: digits === undefined || digits === '' ? undefined : BigInt(`0x${digits}`),
  };
}
