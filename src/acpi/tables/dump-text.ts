/**
 * Reads text dumps of tables: a heading with signature and address, then lines of hex. The formats are those of old and
 * new acpidump (after 1 MiB the offset column has no blank before it), and of UEFI shells and Windows tools, which have
 * more digits in the offset, a dash or a wider gap in the middle, or CR LF.
 */

import { hex } from '../../bytes/address.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Source, Span } from '../../bytes/source.ts';
import { finding } from '../../findings/finding.ts';

/** The bytes of one table. */
export interface DumpBlock {
  /** The signature in the heading, without trailing blanks: `DSDT`, `RSD PTR`. */
  readonly heading: string;
  readonly address: bigint | undefined;
  readonly bytes: Uint8Array;
  /** The heading's line. */
  readonly span: Span;
}

/** Maximum number of bytes on a line in all known formats. */
const BYTES_A_LINE = 16;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const DASH = 0x2d;

/** Value of an ASCII hexadecimal digit, -1 for any other character. */
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

/** A heading: `SIG @ 0xADDRESS`, `RSD PTR @ (nil)`; old tools print it without `0x` and with a backquote. */
const HEADING = /^(\S(?:.{0,7}?\S)?) *@ *(?:0[xX]([0-9A-Fa-f`]+)|([0-9A-Fa-f]{8,16})|\(nil\))/;

/** A byte buffer that grows by doubling. */
class ByteCollector {
  #bytes = new Uint8Array(4096);
  length = 0;

  /** Memory with room for so many more bytes (fewer than it has at first): from `length` on. */
  withRoom(count: number): Uint8Array {
    if (this.length + count > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  taken(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }
}

/** The offset at the start of a line and the position of its bytes; `undefined` if the line is not one of hex. */
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

/** By character; a table, since a dump has many and is read by code that V8 has not compiled yet. */
const DIGITS = Int8Array.from({ length: 256 }, (_, code) => hexDigit(code));

/** Appends a line's bytes to `into`. */
function lineBytes(bytes: Uint8Array, start: number, end: number, into: ByteCollector): void {
  const target = into.withRoom(BYTES_A_LINE);
  let at = start;
  let count = 0;
  while (count < BYTES_A_LINE && at + 1 < end) {
    const high = DIGITS[bytes[at]!]!;
    const low = DIGITS[bytes[at + 1]!]!;
    const after = at + 2 < end ? bytes[at + 2]! : BLANK;
    if (
      high < 0 ||
      low < 0 ||
      (after !== BLANK && after !== TAB && after !== DASH && after !== CARRIAGE_RETURN)
    )
      break;
    target[into.length + count] = high * 16 + low;
    count += 1;
    // The common case: one blank between two bytes.
    const plain = after === BLANK && count !== BYTES_A_LINE / 2 && bytes[at + 3]! > BLANK;
    if (after === DASH || plain) {
      at += 3;
      continue;
    }
    const gapStart = at + 2;
    at = skipBlanks(bytes, gapStart, end);
    if (count === BYTES_A_LINE / 2) {
      // In the middle of a line there may be another blank, or ` - `. A wider gap precedes the text column.
      if (bytes[at] === DASH && at + 1 < end && bytes[at + 1] === BLANK) at = skipBlanks(bytes, at + 1, end);
      else if (at - gapStart > 2) break;
    } else if (at - gapStart > 1) break;
  }
  into.length += count;
}

/**
 * Splits a dump into the bytes of its tables. Lines that are neither heading nor hex are skipped: tools print banners
 * and table descriptions.
 */
export function readDumpText(source: Source, sink: DiagnosticSink): DumpBlock[] {
  const { bytes } = source;
  const blocks: DumpBlock[] = [];
  let open: { heading: string; address: bigint | undefined; span: Span; into: ByteCollector } | undefined;
  let gapReported = false;
  let missingHeadingReported = false;

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
      if (column.offset !== open.into.length && !gapReported) {
        gapReported = true;
        const { heading, into } = open;
        const args = { heading, from: hex(into.length), to: hex(column.offset) };
        sink.add(finding('acpi/dump-offset', args, { span: { source, start, end } }));
      }
      lineBytes(bytes, column.next, end, open.into);
    } else if (end - start >= 6 && end - start < 200) {
      const found = headingOf(bytes, start, end);
      if (!found && !open && !missingHeadingReported && offsetColumn(bytes, start, end)) {
        missingHeadingReported = true;
        sink.add(finding('acpi/dump-heading', {}, { span: { source, start, end } }));
      }
      if (found) {
        close();
        gapReported = false;
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
