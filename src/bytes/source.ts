/**
 * Sources and spans: the origin of every value read from an input.
 *
 * Spans count bytes, in text and in blobs alike. Text is decoded as Latin-1, one character a byte, so offsets into text and
 * bytes are the same and string literals keep their bytes. Lines and columns are computed for output only.
 */

/** A named input, text or binary. */
export interface Source {
  /** For messages: the path given, `<stdin>`, `image.fd!DSDT`. */
  readonly name: string;
  readonly form: 'text' | 'blob';
  readonly bytes: Uint8Array;
  /** cpp's line markers in the text (`# 12 "board.dts"`), in order; places are reported by them. */
  readonly lineMarkers?: readonly LineMarker[];
  /** For a blob compiled from text: maps an offset to the text, where places are reported. */
  readonly written?: (offset: number) => Span;
}

/** From `offset` on, lines count from `line` of the file `name`. */
export interface LineMarker {
  readonly offset: number;
  readonly name: string;
  readonly line: number;
}

/** Half-open range of byte offsets, [start, end). */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  /** How the text originated here: `expanded from macro GIC_SPI`. */
  readonly via?: string;
}

/** The place of a span for output: lines and columns from 1 in text, a byte offset from 0 in a blob. */
export type Place =
  | {
      readonly line: number;
      readonly column: number;
      readonly endLine: number;
      readonly endColumn: number;
      /** The file of the line, where a line marker names another than the source. */
      readonly name?: string;
    }
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

/** Line and column (from 1, columns in bytes) of a byte offset, clamped to the source. */
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

/** The last line marker at or before an offset. */
function markerAt(markers: readonly LineMarker[], offset: number): LineMarker | undefined {
  let low = 0;
  let high = markers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (markers[middle]!.offset <= offset) low = middle + 1;
    else high = middle;
  }
  return markers[low - 1];
}

/** The place of a span for output, with line markers applied. */
export function placeOf(span: Span): Place {
  const { source } = span;
  if (source.written) return placeOf(source.written(span.start));
  if (source.form === 'blob') return { offset: span.start, length: Math.max(0, span.end - span.start) };
  const from = lineAndColumn(source, span.start);
  const to = lineAndColumn(source, Math.max(span.start, span.end));
  const marked = (offset: number, line: number): { line: number; name?: string } => {
    const marker = source.lineMarkers && markerAt(source.lineMarkers, offset);
    if (!marker) return { line };
    return { line: marker.line + line - lineAndColumn(source, marker.offset).line, name: marker.name };
  };
  return {
    ...marked(span.start, from.line),
    column: from.column,
    endLine: marked(span.end, to.line).line,
    endColumn: to.column,
  };
}

/** `name:line.column`, as dtc writes it, or `name@0xoffset`, for a message. */
export function formatPlace(span: Span): string {
  if (span.source.written) return formatPlace(span.source.written(span.start));
  const place = placeOf(span);
  return 'line' in place
    ? `${place.name ?? span.source.name}:${place.line}.${place.column}`
    : `${span.source.name}@0x${place.offset.toString(16)}`;
}
