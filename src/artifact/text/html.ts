/** Converts HTML to its visible text. */
import { Parser } from 'htmlparser2';
import { limit } from '../../limits/limits.ts';

/** Elements that begin a new line. */
const BLOCKS = new Set(
  (
    'address article aside blockquote center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 ' +
    'h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul'
  ).split(' '),
);
/** Invisible elements. */
const HIDDEN = new Set(['head', 'script', 'style', 'template', 'title']);
/** Elements that preserve white space. */
const PREFORMATTED = new Set(['pre', 'textarea', 'xmp', 'listing', 'plaintext']);

/** The characters passed to the parser at once; the nesting depth is checked in between. */
const PIECE = 1 << 14;

/**
 * The visible text of HTML; unknown and unclosed tags are ignored.
 * @returns `isCut` when elements nest deeper than `limit('html-depth')` and the text ends there: the parser's time is
 *   quadratic in the depth
 */
export function htmlToText(html: string): { readonly text: string; readonly isCut: boolean } {
  const parts: string[] = [];
  let hidden = 0;
  let preformatted = 0;
  let startsLine = true;
  let depth = 0;
  const put = (text: string): void => {
    if (text === '') return;
    parts.push(text);
    startsLine = text.endsWith('\n');
  };
  const lineBreak = (): void => {
    if (!startsLine) put('\n');
  };
  const parser = new Parser({
    onopentagname(name) {
      depth += 1;
      if (HIDDEN.has(name)) hidden += 1;
      if (PREFORMATTED.has(name)) preformatted += 1;
      if (name === 'br') put('\n');
      else if (BLOCKS.has(name)) lineBreak();
    },
    ontext(text) {
      if (hidden > 0) return;
      if (preformatted > 0) put(text.replace(/\r\n?/g, '\n'));
      else put((startsLine ? text.replace(/^[ \t\r\n]+/, '') : text).replace(/[ \t\r\n]+/g, ' '));
    },
    onclosetag(name) {
      depth -= 1;
      if (HIDDEN.has(name)) hidden = Math.max(0, hidden - 1);
      if (PREFORMATTED.has(name)) preformatted = Math.max(0, preformatted - 1);
      if (BLOCKS.has(name)) lineBreak();
    },
  });
  let at = 0;
  for (; at < html.length && depth <= limit('html-depth'); at += PIECE)
    parser.write(html.slice(at, at + PIECE));
  const isCut = at < html.length;
  parser.end();
  // Mail programs indent with no-break spaces.
  return { text: parts.join('').replaceAll('\u00a0', ' '), isCut };
}
