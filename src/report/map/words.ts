/** The words at a box, the same in every medium. */
import { escapeControls } from '../../bytes/escape.ts';
import { formatPlace } from '../../bytes/source.ts';
import { sizeText } from '../phrases.ts';
import { isFixed } from './fold.ts';
import { KIND_WORDS, type MapItem } from './items.ts';
import type { Segment } from './layout.ts';

/** `register`, or what stands for it: `37 registers`. */
export function kindText({ kind, what }: MapItem): string {
  return what !== undefined && /^\d+ /.test(what) ? what : KIND_WORDS[kind];
}

/** Whose it is, and how much of it isn't shown. */
export function ownerText({ owner, inside }: MapItem): string {
  return inside === undefined ? owner : `${owner} (+${inside} inside)`;
}

/** It isn't surely there: hatched or dashed, and {@link certaintyText} says why. */
export function isUncertain({ when, why, conditions }: MapItem): boolean {
  return when !== undefined || why !== undefined || conditions !== undefined;
}

/** When it is there, or why that isn't known; empty for what is certain. */
export function certaintyText({ when, why, conditions }: MapItem): string {
  if (why !== undefined) return `unknown: ${why}`;
  if (conditions !== undefined) return `under ${conditions} conditions`;
  return when === undefined ? '' : `if ${when}`;
}

/**
 * {@link certaintyText} in the room at a box: without what stands beside it already, the owner and what an unknown bound
 * is made of.
 */
export function certaintyLabel(item: MapItem): string {
  const { why, range, owner } = item;
  if (why === undefined) return certaintyText(item);
  if (!isFixed(item) && !range.includes('?')) return 'unknown';
  return certaintyText({ ...item, why: why.startsWith(`${owner} `) ? why.slice(owner.length + 1) : why });
}

/** How much nothing is said of. */
export function gapText({ id }: Pick<Segment, 'id'>, span: bigint): string {
  return sizeText({ space: id === 'io' ? 'io' : 'memory', size: span });
}

/** All that there is to say of it, a line each: for whoever points at it. */
export function detailLines(item: MapItem): string[] {
  const { range, sizeText, owner, what, notes, span, inside } = item;
  return [
    sizeText === '' ? range : `${range}  ${sizeText}`,
    [kindText(item), owner, what !== undefined && !/^\d+ /.test(what) ? what : ''].filter(Boolean).join('  '),
    certaintyText(item),
    notes.join(', '),
    inside === undefined ? '' : `${inside} ranges inside of it are not shown`,
    span === undefined ? '' : formatPlace(span),
  ].filter((line) => line !== '');
}

/** Columns that a text takes; what isn't Latin, Greek, Cyrillic or a sign may be as wide as two. */
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
 * A text in so many columns, with what isn't seen as escapes. What is too long loses its end; paths and ranges, which are
 * told by both ends, their middle.
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
