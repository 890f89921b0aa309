/** The words at a box, the same in every medium. */
import { formatPlace } from '../../bytes/source.ts';
import { KIND_WORDS, type MapItem } from './items.ts';

/** `register`, or what stands for it: `37 registers`. */
export function kindText({ kind, what }: MapItem): string {
  return what !== undefined && /^\d+ /.test(what) ? what : KIND_WORDS[kind];
}

/** Whose it is, and how much of it isn't shown. */
export function ownerText({ owner, inside }: MapItem): string {
  return inside === undefined ? owner : `${owner} (+${inside} inside)`;
}

/** When it is there, or why that isn't known; empty for what is certain. */
export function certaintyText({ when, why, conditions }: MapItem): string {
  if (why !== undefined) return `unknown: ${why}`;
  if (conditions !== undefined) return `under ${conditions} conditions`;
  return when === undefined ? '' : `if ${when}`;
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

/** A text in so many columns; what is too long loses its middle, as paths are told by both ends. */
export function shortened(text: string, columns: number): string {
  if (text.length <= columns) return text;
  if (columns < 4) return text.slice(0, Math.max(0, columns));
  const tail = Math.floor((columns - 1) * 0.6);
  return `${text.slice(0, columns - 1 - tail)}\u2026${text.slice(text.length - tail)}`;
}
