/** What stands beside ASL text in a listing or in a mail, taken away without moving anything. */
import { type Source, textOf } from '../../../bytes/source.ts';
import { latin1Bytes } from '../../../bytes/text-encoding.ts';

/** A line of iasl's mixed listing (`iasl -l`) that holds AML: `0000006B:  8A 42 55 46 5F 2F 03 42     ".BUF_/.B"`. */
const LISTED_BYTES = /^[0-9A-F]{8}: /m;
/** A line of it that holds text, with its number. */
const LISTED_TEXT = /^[ \t]+\d+:/;
/** A mail's quotes. */
const QUOTES = /^(?:[ \t]*>)+/;

const blanks = (text: string): string => ' '.repeat(text.length);

/**
 * The text with margins turned into blanks: every byte that stays keeps its offset. In a mixed listing only the
 * numbered lines stay; elsewhere mail quotes go.
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
