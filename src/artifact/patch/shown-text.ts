/** The part of a file that hunks show, as text that can be read by itself, with the places of its lines in the patches. */
import type { LineMarker } from '../../bytes/source.ts';
import type { LinePlace, Segment } from './known-lines.ts';

export interface ShownText {
  readonly text: string;
  /** The places of its lines, for {@link markersOf}. */
  readonly places: readonly { readonly offset: number; readonly place: LinePlace }[];
  /** Incomplete values, which begin or end outside of the hunks. */
  readonly cut: readonly CutValue[];
}

export interface CutValue {
  readonly at: LinePlace;
  /** Name of the property or macro; undefined when its beginning is not shown. */
  readonly name: string | undefined;
}

/** Builds such a text line by line. */
export class TextBuilder {
  readonly places: { offset: number; place: LinePlace }[] = [];
  readonly #lines: string[] = [];
  #length = 0;
  #next: LinePlace | undefined;

  get text(): string {
    return this.#lines.join('');
  }

  /** Adds a line of a patch, or (`isShown` false) a generated one that is reported at `place`. */
  line(text: string, place: LinePlace, isShown: boolean): void {
    const expected = this.#next;
    if (!expected || expected.patch !== place.patch || expected.line !== place.line)
      this.places.push({ offset: this.#length, place });
    this.#lines.push(`${text}\n`);
    this.#length += text.length + 1;
    this.#next = isShown ? { patch: place.patch, line: place.line + 1 } : undefined;
  }
}

/** The places as line markers; `placeOf` gives the name of a patch's text and the number of lines before it. */
export function markersOf(
  { places }: ShownText,
  placeOf: (patch: number) => { readonly name: string; readonly linesBefore: number },
): LineMarker[] {
  return places.map(({ offset, place }) => {
    const { name, linesBefore } = placeOf(place.patch);
    return { offset, name, line: linesBefore + place.line + 1 };
  });
}

/** What one hunk shows of a file, without comments and directives. */
export class SegmentText {
  readonly text: string;
  readonly characters: string[];
  readonly segment: Segment;
  readonly #lineAt: readonly number[];

  constructor(segment: Segment) {
    this.segment = segment;
    this.text = withoutComments(
      segment.lines.map(({ text }) => (DIRECTIVE.test(text) ? '' : text)).join('\n'),
    );
    this.characters = [...this.text];
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineAt = starts;
  }

  placeAt(offset: number): LinePlace {
    const index = this.#lineAt.findLastIndex((start) => start <= offset);
    return this.segment.lines[Math.max(index, 0)] ?? this.segment.at;
  }
}

/** Directives of the C preprocessor, which are dropped since the rest of the file is unknown. */
const DIRECTIVE =
  /^[ \t]*#[ \t]*(?:include|if|ifdef|ifndef|elif|else|endif|define|undef|error|warning|pragma)\b/;

/** Replaces [from, to) by spaces, except for newlines. */
export function blank(characters: string[], from: number, to: number): void {
  for (let at = from; at < to; at += 1) if (characters[at] !== '\n') characters[at] = ' ';
}

/** Exclusive end of the string or comment that starts at `at`; `at` itself when none does. */
export function pastQuoted(text: string, at: number): number {
  if (text.startsWith('//', at)) {
    const end = text.indexOf('\n', at);
    return end < 0 ? text.length : end;
  }
  if (text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2);
    return end < 0 ? text.length : end + 2;
  }
  if (text[at] !== '"') return at;
  for (let end = at + 1; end < text.length && text[end] !== '\n'; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === '"') return end + 1;
  }
  return at + 1;
}

/** The text with comments replaced by spaces, also one that began before the text. */
export function withoutComments(text: string): string {
  const characters = [...text];
  const end = text.indexOf('*/');
  const begin = text.indexOf('/*');
  let at = 0;
  if (end >= 0 && (begin < 0 || end < begin)) {
    blank(characters, 0, end + 2);
    at = end + 2;
  }
  while (at < text.length) {
    const past = pastQuoted(text, at);
    if (past === at) {
      at += 1;
      continue;
    }
    if (text[at] === '/') blank(characters, at, past);
    at = past;
  }
  return characters.join('');
}
