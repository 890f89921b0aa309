/** The lines or bytes of an input that a window was read from. */
import { formatPlace, type Span, textOf } from '../../bytes/source.ts';

const MAX_LINES = 8;
const MAX_BYTES = 128;
const BYTES_A_LINE = 16;

function textLines({ source, start, end }: Span): string[] {
  const text = textOf(source);
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', Math.max(start, end - 1));
  const lines = text.slice(from, lineEnd < 0 ? text.length : lineEnd).split('\n');
  const shown = lines.slice(0, MAX_LINES).map((line) => line.trim());
  return lines.length > MAX_LINES ? [...shown, `(${lines.length - MAX_LINES} more lines)`] : shown;
}

function byteLines({ source, start, end }: Span): string[] {
  const bytes = Buffer.from(source.bytes.subarray(start, Math.min(end, start + MAX_BYTES)));
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE)
    lines.push((bytes.toString('hex', at, at + BYTES_A_LINE).match(/.{1,8}/g) ?? []).join(' '));
  return end - start > MAX_BYTES ? [...lines, `(${end - start - MAX_BYTES} more bytes)`] : lines;
}

/** The lines or bytes of one place. */
export function rawLines(span: Span): string[] {
  return span.source.form === 'blob' ? byteLines(span) : textLines(span);
}

/** Each place once, followed by its lines or bytes. */
export function rawData(spans: readonly Span[]): string[] {
  const seen = new Set<string>();
  return spans.flatMap((span) => {
    const place = formatPlace(span);
    if (seen.has(place)) return [];
    seen.add(place);
    return [`${place}:`, ...rawLines(span)];
  });
}
