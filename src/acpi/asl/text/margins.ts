/** Blanks out what is beside ASL text in a listing or a mail. */
import { type Source, textOf } from '../../../bytes/source.ts';
import { latin1Bytes } from '../../../bytes/text-encoding.ts';

/** A line of AML bytes in a mixed listing (`iasl -l`): `0000006B:  8A 42 55 46 5F 2F 03 42     ".BUF_/.B"`. */
const LISTED_BYTES = /^[0-9A-F]{8}: /m;
/** A line of source text in it, with its number. */
const LISTED_TEXT = /^[ \t]+\d+:/;
/** Quote characters of a mail. */
const QUOTES = /^(?:[ \t]*>)+/;

const blanks = (text: string): string => ' '.repeat(text.length);

/**
 * The text with margins replaced by blanks, so that every other byte keeps its offset. Of a mixed listing only the
 * numbered lines are kept; in other text, mail quotes are removed.
 */
export function withoutMargins(source: Source): Source {
  const text = textOf(source);
  const listing = LISTED_BYTES.test(text) && new RegExp(LISTED_TEXT, 'm').test(text);
  if (!listing && !new RegExp(QUOTES, 'm').test(text)) return source;
  const lines = text.split('\n').map((line) => {
    if (!listing) return line.replace(QUOTES, blanks);
    return LISTED_TEXT.test(line) ? line.replace(LISTED_TEXT, blanks) : blanks(line);
  });
  return { ...source, bytes: latin1Bytes(lines.join('\n')) };
}
