/** HTML as text: what a person sees, line by line. */
import { Parser } from 'htmlparser2';
import { limit } from '../../limits/limits.ts';

/** Elements that begin a line of their own. */
const BLOCKS = new Set(
  (
    'address article aside blockquote center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 ' +
    'h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul'
  ).split(' '),
);
/** Elements that nobody sees. */
const HIDDEN = new Set(['head', 'script', 'style', 'template', 'title']);
/** Elements in which blanks and line ends stand as they are. */
const AS_IS = new Set(['pre', 'textarea', 'xmp', 'listing', 'plaintext']);

/** As much is given to the parser at once: between two pieces it is seen how deep the elements nest. */
const PIECE = 1 << 14;

/**
 * Unknown and unclosed tags are passed over.
 * @returns the text, and whether it ends before the HTML does: at each tag the parser looks through what is open, so elements
 *   may not nest beyond a limit
 */
export function htmlToText(html: string): { readonly text: string; readonly isCut: boolean } {
  const parts: string[] = [];
  let hidden = 0;
  let asIs = 0;
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
      if (AS_IS.has(name)) asIs += 1;
      if (name === 'br') put('\n');
      else if (BLOCKS.has(name)) lineBreak();
    },
    ontext(text) {
      if (hidden > 0) return;
      if (asIs > 0) put(text.replace(/\r\n?/g, '\n'));
      else put((startsLine ? text.replace(/^[ \t\r\n]+/, '') : text).replace(/[ \t\r\n]+/g, ' '));
    },
    onclosetag(name) {
      depth -= 1;
      if (HIDDEN.has(name)) hidden = Math.max(0, hidden - 1);
      if (AS_IS.has(name)) asIs = Math.max(0, asIs - 1);
      if (BLOCKS.has(name)) lineBreak();
    },
  });
  let at = 0;
  for (; at < html.length && depth <= limit('html-depth'); at += PIECE)
    parser.write(html.slice(at, at + PIECE));
  const isCut = at < html.length;
  parser.end();
  // Mail programs indent with blanks that don't break.
  return { text: parts.join('').replaceAll('\u00a0', ' '), isCut };
}
