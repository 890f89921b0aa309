/** The preprocessor's output, with a map back to the files it came from. */
import type { Source, Span } from '../../bytes/source.ts';
import type { SourceText } from '../source/source-text.ts';
import type { ScannedFile } from './scan.ts';

/** A file being read, and the `#include` that named it. */
export interface Inclusion {
  readonly file: ScannedFile;
  readonly parent: Inclusion | undefined;
  /** The directive in the parent. */
  readonly at: Span | undefined;
  readonly depth: number;
}

export interface PreprocessedText extends SourceText {
  /** The `#include` directives that an offset of the text was reached by, the innermost first. */
  includeStack(offset: number): Span[];
  /** Every file read, in order of first use. */
  readonly files: readonly Source[];
}

/** The origin of a piece of output. */
interface Segment {
  readonly start: number;
  readonly inclusion: Inclusion;
  /** In the file's joined text. */
  readonly from: number;
  readonly to: number;
  /** Set when the piece is not a copy of [from, to) but the expansion of this macro, named there. */
  readonly macro: string | undefined;
}

export class OutputBuilder {
  readonly #parts: string[] = [];
  readonly #segments: Segment[] = [];
  #length = 0;
  #lastCharacter = '\n';

  get length(): number {
    return this.#length;
  }

  /** Whether the current line is empty. */
  get atLineStart(): boolean {
    return this.#lastCharacter === '\n';
  }

  /** Copies [from, to) of the file. */
  copy(inclusion: Inclusion, from: number, to: number): void {
    if (to <= from) return;
    this.#segments.push({ start: this.#length, inclusion, from, to, macro: undefined });
    this.#write(inclusion.file.text.slice(from, to));
  }

  /** Writes the expansion of the macro named at [from, to). */
  expansion(inclusion: Inclusion, from: number, to: number, macro: string, text: string): void {
    if (text === '') return;
    this.#segments.push({ start: this.#length, inclusion, from, to, macro });
    this.#write(text);
  }

  #write(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    this.#lastCharacter = text[text.length - 1]!;
  }

  finish(main: Inclusion, files: readonly Source[]): PreprocessedText {
    const text = this.#parts.join('');
    const segments = this.#segments;
    // A parser looks offsets up in increasing order.
    let lastIndex = 0;
    const segmentAt = (offset: number): Segment | undefined => {
      for (let index = lastIndex; index <= lastIndex + 2; index += 1) {
        const segment = segments[index];
        if (!segment || segment.start > offset) break;
        const next = segments[index + 1];
        if (next && next.start <= offset) continue;
        lastIndex = index;
        return segment;
      }
      let low = 0;
      let high = segments.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (segments[middle]!.start <= offset) low = middle + 1;
        else high = middle;
      }
      lastIndex = Math.max(0, low - 1);
      return segments[lastIndex];
    };
    const spanOf = (start: number, end: number): Span => {
      const first = segmentAt(start);
      if (!first) return { source: main.file.source, start: 0, end: 0 };
      const { file } = first.inclusion;
      const last = end - start > 1 ? segmentAt(end - 1)! : first;
      const from = first.macro === undefined ? first.from + start - first.start : first.from;
      let to = first.to;
      if (last.inclusion.file === file) {
        to = last.macro === undefined ? Math.min(last.to, last.from + end - last.start) : last.to;
      }
      const span = {
        source: file.source,
        start: file.originalOffset(from),
        end: file.originalOffset(Math.max(from, to)),
      };
      return first.macro === undefined ? span : { ...span, via: `expanded from macro ${first.macro}` };
    };
    const includeStack = (offset: number): Span[] => {
      const stack: Span[] = [];
      for (let at = segmentAt(offset)?.inclusion; at?.at; at = at.parent) stack.push(at.at);
      return stack;
    };
    return { text, spanOf, includeStack, files };
  }
}
