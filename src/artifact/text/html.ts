/** HTML as text: what a person sees, line by line. */
import { Parser } from 'htmlparser2';

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

/** Linear in the length of its input; unknown and unclosed tags are passed over. */
export function htmlToText(html: string): string {
  const parts: string[] = [];
  let hidden = 0;
  let asIs = 0;
  let startsLine = true;
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
      if (HIDDEN.has(name)) hidden = Math.max(0, hidden - 1);
      if (AS_IS.has(name)) asIs = Math.max(0, asIs - 1);
      if (BLOCKS.has(name)) lineBreak();
    },
  });
  parser.write(html);
  parser.end();
  // Mail programs indent with blanks that don't break.
  return parts.join('').replaceAll('\u00a0', ' ');
}
