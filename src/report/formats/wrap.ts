/** Breaking text into lines. */

/** A word that is too long for a line is broken after one of these. */
const BREAKS = /[/.,;:+&|-]/;

/** The pieces of one word, none longer than `width`. */
function pieces(word: string, width: number): string[] {
  const found: string[] = [];
  let left = word;
  while (left.length > width) {
    let at = width;
    while (at > width / 2 && !BREAKS.test(left[at - 1]!)) at -= 1;
    if (at <= width / 2) at = width;
    found.push(left.slice(0, at));
    left = left.slice(at);
  }
  found.push(left);
  return found;
}

/**
 * Lines of at most `width` characters, broken at spaces. A range in brackets, `[mem 0x…-0x…]`, stays on one line, so
 * that it can be searched for.
 * @param first prefix of the first line @param rest prefix of the others
 */
export function wrap(text: string, width: number, first = '', rest = first): string[] {
  const words = text.match(/\[(?:mem|io|bus) +[^\]\s]*(?: window)?\]\S*|\S+/g) ?? [];
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of words) {
    for (const piece of pieces(word, Math.max(1, width - rest.length))) {
      if (!empty && line.length + 1 + piece.length > width) {
        lines.push(line);
        line = rest;
        empty = true;
      }
      line += empty ? piece : ` ${piece}`;
      empty = false;
    }
  }
  lines.push(line);
  return lines.map((made) => made.trimEnd());
}
