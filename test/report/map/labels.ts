/** The texts of a picture with the room that they take, and what is wrong with them. */
import { Parser } from 'htmlparser2';

export interface Label {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly baseline: number;
}

/** Widths of a character of the widest font that the style names, DejaVu Sans Mono: 0.602 of the size. */
const WIDTHS: Readonly<Record<string, number>> = { t: 15 * 0.602, h: 13 * 0.602 };
const WIDTH = 12 * 0.602;

/** Columns as terminals count them: what is from CJK on may take two. */
function columns(text: string): number {
  return [...text].reduce(
    (sum, character) => sum + (/[\u1100-\u115f\u2e80-\uffef]|[\u{1f000}-\u{3ffff}]/u.test(character) ? 2 : 1),
    0,
  );
}

/** Reads the texts of the first `svg` in a document. */
export function labelsIn(svg: string): {
  readonly labels: Label[];
  readonly width: number;
  readonly height: number;
} {
  const labels: Label[] = [];
  let [width, height] = [0, 0];
  let open: Record<string, string> | undefined;
  let text = '';
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === 'svg' && width === 0)
          [width, height] = [Number(attributes.width), Number(attributes.height)];
        if (name === 'text') [open, text] = [attributes, ''];
      },
      ontext(piece) {
        if (open !== undefined) text += piece;
      },
      onclosetag(name) {
        if (name !== 'text' || open === undefined) return;
        const [x, baseline] = [Number(open.x), Number(open.y)];
        const long = columns(text) * (WIDTHS[open.class ?? ''] ?? WIDTH);
        if (text !== '') {
          const left = open['text-anchor'] === 'end' ? x - long : x;
          labels.push({ text, left, right: left + long, baseline });
        }
        open = undefined;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(svg);
  return { labels, width, height };
}

/** Labels that meet or leave the picture. Lines of 12 pixels don't meet where their baselines are 12 apart. */
export function faults(svg: string): string[] {
  const { labels, width, height } = labelsIn(svg);
  const found: string[] = [];
  for (const { text, left, right, baseline } of labels)
    if (left < 0 || right > width + 0.5 || baseline < 8 || baseline > height)
      found.push(`leaves the picture: ${text}`);
  const lines = [...labels].sort((a, b) => a.baseline - b.baseline || a.left - b.left);
  for (const [at, label] of lines.entries())
    for (let next = at + 1; next < lines.length && lines[next]!.baseline - label.baseline < 11.5; next += 1) {
      const other = lines[next]!;
      if (other.left < label.right - 0.5 && label.left < other.right - 0.5)
        found.push(`meet: ${label.text} | ${other.text}`);
    }
  return found;
}
