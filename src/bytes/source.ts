/**
 * Sources and spans: where every value read from an input comes from.
 *
 * A span counts bytes, in text and in blobs alike. Text is decoded as Latin-1, one character a byte, so an offset
 * into the text is an offset into the bytes and a string literal keeps the very bytes that were in the file.
 * Lines and columns are worked out only when a person is to read them.
 */

/** A named input: a text a person wrote or a program printed, or a blob. */
export interface Source {
  /** As the user knows it: the path given, `<stdin>`, `image.fd!DSDT`. */
  readonly name: string;
  readonly form: 'text' | 'blob';
  readonly bytes: Uint8Array;
}

/** Half-open range of byte offsets, [start, end). */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Where a span starts, as people count: lines and columns from 1 in text, a byte offset from 0 in a blob. */
export type Place =
  | { readonly line: number; readonly column: number; readonly endLine: number; readonly endColumn: number }
  | { readonly offset: number; readonly length: number };

const texts = new WeakMap<Source, string>();
const lineStarts = new WeakMap<Source, Uint32Array>();

/** The source's bytes as Latin-1 text: `text[i]` is byte `i`. */
export function textOf(source: Source): string {
  let text = texts.get(source);
  if (text === undefined) {
    text = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength).toString(
      'latin1',
    );
    texts.set(source, text);
  }
  return text;
}

/** A text source from a string; characters become UTF-8 bytes. */
export function textSource(name: string, text: string): Source {
  return { name, form: 'text', bytes: new TextEncoder().encode(text) };
}

function newlineIndex(source: Source): Uint32Array {
  let starts = lineStarts.get(source);
  if (starts === undefined) {
    const found = [0];
    const { bytes } = source;
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) found.push(at + 1);
    starts = Uint32Array.from(found);
    lineStarts.set(source, starts);
  }
  return starts;
}

/** Line and column (from 1, the column in bytes) of a byte offset. An offset past the end is that of the end. */
export function lineAndColumn(source: Source, offset: number): { line: number; column: number } {
  const starts = newlineIndex(source);
  const at = Math.min(Math.max(offset, 0), source.bytes.length);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: at - starts[low]! + 1 };
}

/** The place of a span as a person would look it up. */
export function placeOf(span: Span): Place {
  if (span.source.form === 'blob') return { offset: span.start, length: Math.max(0, span.end - span.start) };
  const from = lineAndColumn(span.source, span.start);
  const to = lineAndColumn(span.source, Math.max(span.start, span.end));
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** `name:line:column` or `name@0xoffset`, for a message. */
export function formatPlace(span: Span): string {
  const place = placeOf(span);
  return 'line' in place
    ? `${span.source.name}:${place.line}:${place.column}`
    : `${span.source.name}@0x${place.offset.toString(16)}`;
}
