/** The bytes or lines of the evidence, shown beside a report: each place once, with what was read marked. */
import { escapeHtml } from '../../../bytes/escape.ts';
import { formatPlace, type Source, type Span } from '../../../bytes/source.ts';

/** At most this many places are shown: a report of ten thousand windows has to open quickly. */
const MOST_EXCERPTS = 400;
/** Lines around what was read. */
const AROUND = 2;
const MOST_LINES = 14;
const MOST_COLUMNS = 200;
const BYTES_A_ROW = 16;
const MOST_ROWS = 12;

/** Collects the places that a report names, in that order. */
export class Excerpts {
  readonly #ids = new Map<string, string>();
  readonly #parts: string[] = [];

  /** The id of the excerpt that shows a place; undefined where it isn't shown. */
  idOf(span: Span | undefined): string | undefined {
    if (span === undefined) return undefined;
    const shown = span.source.written === undefined ? span : span.source.written(span.start);
    if (shown.source.bytes.length === 0) return undefined;
    const key = `${formatPlace(shown)}+${shown.end - shown.start}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#parts.length >= MOST_EXCERPTS) return undefined;
    const id = `e${this.#parts.length + 1}`;
    this.#ids.set(key, id);
    const body = shown.source.form === 'text' ? linesOf(shown) : rowsOf(shown);
    this.#parts.push(
      `<figure id="${id}" tabindex="-1"><figcaption>${escapeHtml(formatPlace(shown))}</figcaption><pre tabindex="0">${body}</pre></figure>`,
    );
    return id;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  html(): string {
    return this.#parts.join('\n');
  }
}

const decoder = new TextDecoder();

function decoded(source: Source, start: number, end: number): string {
  return escapeHtml(decoder.decode(source.bytes.subarray(start, end)).replaceAll('\t', '    '));
}

/** The offset at which the line with an offset begins. */
function lineStart({ bytes }: Source, offset: number): number {
  // Below 0 would be counted from the end.
  return offset === 0 ? 0 : bytes.lastIndexOf(0x0a, offset - 1) + 1;
}

function lineEnd({ bytes }: Source, offset: number): number {
  const at = bytes.indexOf(0x0a, offset);
  return at < 0 ? bytes.length : at;
}

function linesOf({ source, start, end }: Span): string {
  let from = lineStart(source, Math.min(start, source.bytes.length));
  for (let line = 0; line < AROUND && from > 0; line += 1) from = lineStart(source, from - 1);
  let number = 1;
  for (let at = source.bytes.indexOf(0x0a); at >= 0 && at < from; at = source.bytes.indexOf(0x0a, at + 1))
    number += 1;
  const lines: string[] = [];
  let after = 0;
  for (let at = from; at < source.bytes.length && lines.length < MOST_LINES && after <= AROUND; number += 1) {
    const stop = lineEnd(source, at);
    const shown = Math.min(stop, at + MOST_COLUMNS);
    // The marked part of this line.
    const [left, right] = [Math.max(at, Math.min(start, shown)), Math.max(at, Math.min(end, shown))];
    const marked = left < right ? `<mark>${decoded(source, left, right)}</mark>` : '';
    const more = shown < stop ? '\u2026' : '';
    lines.push(
      `<span class="n">${number}</span>${decoded(source, at, left)}${marked}${decoded(source, Math.max(left, right), shown)}${more}`,
    );
    if (stop >= end) after += 1;
    at = stop + 1;
  }
  return lines.join('\n');
}

function rowsOf({ source, start, end }: Span): string {
  const { bytes } = source;
  const from = Math.max(0, start - (start % BYTES_A_ROW) - BYTES_A_ROW);
  const stop = Math.min(bytes.length, Math.ceil(end / BYTES_A_ROW) * BYTES_A_ROW + BYTES_A_ROW);
  const digits = Math.max(4, bytes.length.toString(16).length);
  const rows: string[] = [];
  for (let at = from; at < stop && rows.length < MOST_ROWS; at += BYTES_A_ROW) {
    const row = bytes.subarray(at, Math.min(at + BYTES_A_ROW, bytes.length));
    const [left, right] = [
      Math.min(Math.max(0, start - at), row.length),
      Math.max(0, Math.min(row.length, end - at)),
    ];
    const hex = (a: number, b: number): string =>
      Array.from(row.subarray(a, b), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const signs = (a: number, b: number): string =>
      escapeHtml(
        Array.from(row.subarray(a, b), (byte) =>
          byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
        ).join(''),
      );
    const pieces = (of: (a: number, b: number) => string, gap: string): string =>
      left < right
        ? [of(0, left), `<mark>${of(left, right)}</mark>`, of(right, row.length)]
            .filter((piece) => piece !== '')
            .join(gap)
        : of(0, row.length);
    const pad = ' '.repeat((BYTES_A_ROW - row.length) * 3);
    rows.push(
      `<span class="n">${at.toString(16).padStart(digits, '0')}</span>${pieces(hex, ' ')}${pad}  ${pieces(signs, '')}`,
    );
  }
  if (end - from > MOST_ROWS * BYTES_A_ROW) rows.push(`(${end - start} bytes in all)`);
  return rows.join('\n');
}
