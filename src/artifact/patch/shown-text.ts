/** What hunks show of a file, as a text that can be read by itself, and where its lines stand in the patches. */
import type { LineMarker } from '../../bytes/source.ts';
import type { LinePlace, Segment } from './known-lines.ts';

export interface ShownText {
  readonly text: string;
  /** Where its lines stand, as parts of {@link LineMarker}. */
  readonly places: readonly { readonly offset: number; readonly place: LinePlace }[];
  /** Values that begin or end outside of what is shown. */
  readonly cut: readonly CutValue[];
}

export interface CutValue {
  readonly at: LinePlace;
  /** Of the property or macro; undefined where its beginning is not shown. */
  readonly name: string | undefined;
}

/** Puts such a text together, line by line. */
export class TextBuilder {
  readonly places: { offset: number; place: LinePlace }[] = [];
  readonly #lines: string[] = [];
  #length = 0;
  #next: LinePlace | undefined;

  get text(): string {
    return this.#lines.join('');
  }

  /** A line of a patch, or one made up that is told as being there. */
  line(text: string, place: LinePlace, isShown: boolean): void {
    const expected = this.#next;
    if (!expected || expected.patch !== place.patch || expected.line !== place.line)
      this.places.push({ offset: this.#length, place });
    this.#lines.push(`${text}\n`);
    this.#length += text.length + 1;
    this.#next = isShown ? { patch: place.patch, line: place.line + 1 } : undefined;
  }
}

/** The places as markers of a source; `placeOf` gives the text that a patch stands in. */
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

/** Directives of the C preprocessor, which mean nothing without the file around them. */
const DIRECTIVE =
  /^[ \t]*#[ \t]*(?:include|if|ifdef|ifndef|elif|else|endif|define|undef|error|warning|pragma)\b/;

export function blank(characters: string[], from: number, to: number): void {
  for (let at = from; at < to; at += 1) if (characters[at] !== '\n') characters[at] = ' ';
}

/** End of a string or comment that starts at `at`; `at` itself when none does. */
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

/** Comments blanked, also one that began before the text. */
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
