/** The words at a box, the same in every format. */
import { escapeControls } from '../../bytes/escape.ts';
import { formatPlace } from '../../bytes/source.ts';
import { sizeText } from '../phrases.ts';
import { isFixed } from './fold.ts';
import { KIND_WORDS, type MapItem } from './items.ts';
import type { Segment } from './layout.ts';

/** What a map says that has no items. */
export const NOTHING_TO_DRAW = 'No address ranges to draw.';

/** `register`, or for a folded box `37 registers`. */
export function kindText({ kind, what }: MapItem): string {
  return what !== undefined && /^\d+ /.test(what) ? what : KIND_WORDS[kind];
}

/** The owner, and how many ranges inside are not shown. */
export function ownerText({ owner, inside }: MapItem): string {
  return inside === undefined ? owner : `${owner} (+${inside} inside)`;
}

/** Whether it is conditional or unknown: drawn hatched or dashed, and {@link certaintyText} says why. */
export function isUncertain({ when, why, conditions }: MapItem): boolean {
  return when !== undefined || why !== undefined || conditions !== undefined;
}

/** Its condition, or why it is unknown; empty where it is certain. */
export function certaintyText({ when, why, conditions }: MapItem): string {
  if (why !== undefined) return `unknown: ${why}`;
  if (conditions !== undefined) return `under ${conditions} conditions`;
  return when === undefined ? '' : `if ${when}`;
}

/**
 * {@link certaintyText} for the label of a box: without the owner and the expressions of bounds, which the label has
 * already.
 */
export function certaintyLabel(item: MapItem): string {
  const { why, range, owner } = item;
  if (why === undefined) return certaintyText(item);
  if (!isFixed(item) && !range.includes('?')) return 'unknown';
  return certaintyText({ ...item, why: why.startsWith(`${owner} `) ? why.slice(owner.length + 1) : why });
}

/** The size of a gap. */
export function gapText({ id }: Pick<Segment, 'id'>, span: bigint): string {
  return sizeText({ space: id === 'io' ? 'io' : 'memory', size: span });
}

/** The details of an item, one a line, shown when it is pointed at. */
export function detailLines(item: MapItem): string[] {
  const { range, sizeText, owner, what, notes, span, inside } = item;
  return [
    sizeText === '' ? range : `${range}  ${sizeText}`,
    [kindText(item), owner, what !== undefined && !/^\d+ /.test(what) ? what : ''].filter(Boolean).join('  '),
    certaintyText(item),
    notes.join(', '),
    inside === undefined
      ? ''
      : `${inside} ${inside === 1 ? 'range inside it is' : 'ranges inside it are'} not shown`,
    span === undefined ? '' : formatPlace(span),
  ].filter((line) => line !== '');
}

/** How many columns a text takes; characters that aren't Latin, Greek, Cyrillic or symbols count as two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += isWide(character) ? 2 : 1;
  return columns;
}

function isWide(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code >= 0x590 && !(code >= 0x2000 && code <= 0x2bff);
}

/** The characters that fit from the start. */
function head(characters: readonly string[], columns: number): string {
  let [text, used] = ['', 0];
  for (const character of characters) {
    used += isWide(character) ? 2 : 1;
    if (used > columns) break;
    text += character;
  }
  return text;
}

/**
 * A text in at most `columns` columns, with invisible characters escaped. A long text loses its end; a path or a range, of
 * which both ends matter, its middle.
 */
export function shortened(text: string, columns: number): string {
  const shown = escapeControls(text);
  if (columnsOf(shown) <= columns) return shown;
  const characters = [...shown];
  if (columns < 4) return head(characters, columns);
  const tail = /^[\\/[]/.test(shown) ? Math.floor((columns - 1) * 0.6) : 0;
  const end = [...head(characters.reverse(), tail)].reverse().join('');
  return `${head(characters.reverse(), columns - 1 - tail)}\u2026${end}`;
}
