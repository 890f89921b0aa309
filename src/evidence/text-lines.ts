/** The lines of a text artifact, with their offsets. */
import type { Artifact } from '../artifact/artifact.ts';
import { type Span, textOf } from '../bytes/source.ts';

export interface TextLine {
  /** Without the line end. */
  readonly text: string;
  /** Offset of its first byte. */
  readonly at: number;
  /** False for a last line without a newline, which may be truncated. */
  readonly whole: boolean;
}

export function* linesOf(artifact: Artifact): Generator<TextLine> {
  const text = textOf(artifact.source);
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    yield { text: text.slice(at, end).replace(/\r$/, ''), at, whole: newline >= 0 };
    at = end + 1;
  }
}

/** The span of part of a line. */
export function spanIn(artifact: Artifact, line: TextLine, from = 0, length = line.text.length - from): Span {
  return { source: artifact.source, start: line.at + from, end: line.at + from + length };
}

/**
 * The lines without their common indentation: a listing from a mail keeps its columns, with the quote marks blanked.
 */
export function* outdentedLines(artifact: Artifact): Generator<TextLine> {
  let least = Number.POSITIVE_INFINITY;
  for (const { text } of linesOf(artifact)) {
    if (text.trim() === '') continue;
    least = Math.min(least, text.search(/\S/));
    if (least === 0) break;
  }
  if (least === 0 || least === Number.POSITIVE_INFINITY) {
    yield* linesOf(artifact);
    return;
  }
  for (const line of linesOf(artifact))
    yield { ...line, text: line.text.slice(least), at: line.at + Math.min(least, line.text.length) };
}
