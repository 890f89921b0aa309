/** Fingerprints, by which a result is recognised in the next run even if its line has moved. */
import type { Diagnostic } from '../../bytes/diagnostic.ts';
import { type Span, textOf } from '../../bytes/source.ts';
import { messageOf } from '../../findings/finding.ts';
import { sha256Of } from '../../platform/hash.ts';

/** How many bytes of a place go into its fingerprint. */
const MAX_BYTES = 1 << 12;

/** The content of a place; of text, without comments and white space. */
function contentOf({ source, start, end }: Span): string {
  const stop = Math.min(end, start + MAX_BYTES);
  if (source.form === 'blob') return source.bytes.subarray(start, stop).join(' ');
  return textOf(source)
    .slice(start, stop)
    .replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Makes fingerprints of the results of one run: equal results of one file are numbered. */
export class Fingerprints {
  readonly #seen = new Map<string, number>();

  /** @param file of the result: equal results are numbered for each file, which isn't part of the print: files get renamed */
  of(result: Diagnostic, file: string | undefined): string {
    const { code, path, span } = result;
    // The content of the place, since a message has numbers that change with every edit; the message where there is none.
    const content = span === undefined || span.end <= span.start ? messageOf(result) : contentOf(span);
    const print = sha256Of(JSON.stringify([code, path ?? '', content])).slice(0, 32);
    const key = `${file ?? ''}\0${print}`;
    const count = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, count);
    return `${print}:${count}`;
  }
}
