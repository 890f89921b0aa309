/** What a result is known by from one run to the next, wherever its line has gone. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { type Span, textOf } from '../../bytes/source.ts';
import { messageOf } from '../../findings/finding.ts';
import { sha256Of } from '../../platform/hash.ts';

/** So much of a place is enough to tell it from others. */
const MAX_BYTES = 1 << 12;

/** What stands at a place: of text without comments and without its layout. */
function contentOf({ source, start, end }: Span): string {
  const stop = Math.min(end, start + MAX_BYTES);
  if (source.form === 'blob') return source.bytes.subarray(start, stop).join(' ');
  return textOf(source)
    .slice(start, stop)
    .replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Makes fingerprints of the results of one run: equal results of one file are counted. */
export class Fingerprints {
  readonly #seen = new Map<string, number>();

  /** @param file that it is in: counted for each, and no part of the print, so that it survives a rename */
  of(result: Diagnostic, file: string | undefined): string {
    const { code, path, span } = result;
    // A place says more than a message, whose numbers change with every edit; where there is none, the message it is.
    const content = span === undefined || span.end <= span.start ? messageOf(result) : contentOf(span);
    const print = sha256Of(JSON.stringify([code, path ?? '', content])).slice(0, 32);
    const key = `${file ?? ''}\0${print}`;
    const count = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, count);
    return `${print}:${count}`;
  }
}
