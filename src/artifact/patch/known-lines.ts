/**
 * A file known only from a series of patches: the lines that their hunks show, before the first and after the last patch.
 */
import { firstLine, type Hunk } from './unified-diff.ts';

/** The place of a line in the text of a patch. */
export interface LinePlace {
  /** Number of the patch in the series, from 0. */
  readonly patch: number;
  /** Line of its text, from 0. */
  readonly line: number;
}

export interface KnownLine extends LinePlace {
  readonly text: string;
}

/** Consecutive known lines. */
export interface Segment {
  readonly lines: readonly KnownLine[];
  /** The heading of the hunk that shows the first line. */
  readonly heading: string;
  /** Place of that heading. */
  readonly at: LinePlace;
}

interface Line extends KnownLine {
  readonly heading: string;
  readonly at: LinePlace;
}

/** Lines by their numbers, from 1. */
type Lines = Map<number, Line>;

export class KnownFile {
  readonly #before: Lines = new Map();
  #after: Lines = new Map();
  /** From line `from` of the current file on, line numbers have increased by `by`. */
  #shifts: { readonly from: number; readonly by: number }[] = [];
  /** Lines that differ from what earlier hunks showed: the patches are of another order or version. */
  mismatches = 0;

  /** Applies the hunks of the next patch. */
  apply(patch: number, hunks: readonly Hunk[]): void {
    const after: Lines = new Map();
    const shifts: { from: number; by: number }[] = [];
    const old = [...this.#after].sort(([a], [b]) => a - b);
    let next = 0;
    let delta = 0;
    const moveUpTo = (line: number): void => {
      for (; next < old.length && old[next]![0] < line; next += 1)
        after.set(old[next]![0] + delta, old[next]![1]);
    };
    for (const hunk of [...hunks].sort((a, b) => firstLine(a) - firstLine(b))) {
      let at = firstLine(hunk);
      moveUpTo(at);
      for (const { mark, text, line } of hunk.lines) {
        const shown: Line = {
          text,
          patch,
          line,
          heading: hunk.heading,
          at: { patch, line: hunk.line },
        };
        if (mark === '+') {
          after.set(at + delta, shown);
          delta += 1;
          continue;
        }
        const known = this.#after.get(at);
        if (known && known.text.trim() !== text.trim()) this.mismatches += 1;
        if (!known) this.#before.set(at - this.#shiftAt(at), shown);
        if (mark === ' ') after.set(at + delta, known ?? shown);
        else delta -= 1;
        at += 1;
        if (known) next += 1;
      }
      shifts.push({ from: at + delta, by: delta });
    }
    moveUpTo(Number.POSITIVE_INFINITY);
    this.#after = after;
    this.#shifts = combined(this.#shifts, shifts);
  }

  #shiftAt(line: number): number {
    return this.#shifts.findLast(({ from }) => from <= line)?.by ?? 0;
  }

  get before(): Segment[] {
    return segmentsOf(this.#before);
  }

  get after(): Segment[] {
    return segmentsOf(this.#after);
  }
}

/** Combines the shifts of two patches, in line numbers of the result. */
function combined(
  first: readonly { readonly from: number; readonly by: number }[],
  second: readonly { readonly from: number; readonly by: number }[],
): { from: number; by: number }[] {
  const shiftIn = (shifts: typeof first, line: number): number =>
    shifts.findLast(({ from }) => from <= line)?.by ?? 0;
  const moved = first.map(({ from }) => {
    // Converts a line number between the two patches to one of the result.
    const by = second.findLast((shift) => shift.from - shift.by <= from)?.by ?? 0;
    return from + by;
  });
  return [...new Set([...moved, ...second.map(({ from }) => from)])]
    .sort((a, b) => a - b)
    .map((from) => {
      const by = shiftIn(second, from);
      return { from, by: by + shiftIn(first, from - by) };
    });
}

function segmentsOf(lines: Lines): Segment[] {
  const segments: { lines: KnownLine[]; heading: string; at: LinePlace }[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [number, { heading, at, ...line }] of [...lines].sort(([a], [b]) => a - b)) {
    if (number !== last + 1) segments.push({ lines: [], heading, at });
    segments.at(-1)!.lines.push(line);
    last = number;
  }
  return segments;
}
