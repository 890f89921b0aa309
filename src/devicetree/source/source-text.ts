/** The text that the lexer reads, with the map from its offsets to the original files. */
import { type LineMarker, type Source, type Span, textOf } from '../../bytes/source.ts';
import { literalText } from './literals.ts';

export interface SourceText {
  /** Latin-1, a character a byte. */
  readonly text: string;
  /** The original span of [start, end) of the text. */
  spanOf(start: number, end: number): Span;
  /** For preprocessed text: the `#include` directives that an offset was reached by, the innermost first. */
  includeStack?(offset: number): Span[];
  /** The preprocessor stopped early, which has been reported; the parser doesn't report what is missing at the end. */
  readonly endsEarly?: boolean;
}

/** A source without preprocessing; line markers that cpp left in it apply to its spans. */
export function wholeSource(source: Source): SourceText {
  const text = textOf(source);
  const lineMarkers = lineMarkersOf(text);
  const placed: Source = lineMarkers.length > 0 ? { ...source, lineMarkers } : source;
  return { text, spanOf: (start, end) => ({ source: placed, start, end }) };
}

function lineMarkersOf(text: string): LineMarker[] {
  const markers: LineMarker[] = [];
  const note = (at: number): void => {
    const directive = lineDirectiveAt(text, at);
    if (!directive) return;
    const newline = text.indexOf('\n', directive.end);
    const offset = newline < 0 ? text.length : newline + 1;
    markers.push({ offset, name: directive.name, line: directive.line });
  };
  if (text.startsWith('#')) note(0);
  for (let at = text.indexOf('\n#'); at >= 0; at = text.indexOf('\n#', at + 1)) note(at + 1);
  return markers;
}

const TAB = 0x09;
const NEWLINE = 0x0a;
const BLANK = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Exclusive end of the string that starts at a quote. A backslash before a newline is not allowed. For an unterminated
 * string the bitwise complement of the offset where it fails, a negative number: no quote before that offset begins a
 * string either, since all are escaped.
 */
export function stringEnd(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === QUOTE) return end + 1;
    if (code !== BACKSLASH) continue;
    end += 1;
    if (text.charCodeAt(end) === NEWLINE) return ~end;
  }
  return ~text.length;
}

export interface LineDirective {
  /** The number of the line after the directive. */
  readonly line: number;
  readonly name: string;
  /** Exclusive end of the directive's own text. */
  readonly end: number;
}

/** The line directive at `at`: `# 12 "board.dts" 1` as cpp writes it, or `#line 12 "board.dts"`. */
export function lineDirectiveAt(text: string, at: number): LineDirective | undefined {
  const past = (from: number, matches: (code: number) => boolean): number => {
    let to = from;
    while (to < text.length && matches(text.charCodeAt(to))) to += 1;
    return to;
  };
  const isBlank = (code: number): boolean => code === BLANK || code === TAB;
  const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
  const word = text.startsWith('line', at + 1) ? at + 5 : at + 1;
  const digits = past(word, isBlank);
  const afterDigits = past(digits, isDigit);
  const quote = past(afterDigits, isBlank);
  if (digits === word || afterDigits === digits || quote === afterDigits) return undefined;
  let end = text.charCodeAt(quote) === QUOTE ? stringEnd(text, quote) : -1;
  if (end < 0) return undefined;
  const name = literalText(text.slice(quote + 1, end - 1));
  for (;;) {
    const flag = past(end, isBlank);
    const afterFlag = past(flag, isDigit);
    if (flag === end || afterFlag === flag) break;
    end = afterFlag;
  }
  return { line: Number(text.slice(digits, afterDigits)), name, end };
}
