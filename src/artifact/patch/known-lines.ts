/**
 * A file of which only a series of patches tells: the lines that their hunks show, as they were before the first and as
 * they are after the last.
 */
import { firstLine, type Hunk } from './unified-diff.ts';

/** Where a line stands in the text of a patch. */
export interface LinePlace {
  /** Number of the patch in the series, from 0. */
  readonly patch: number;
  /** Line of its text, from 0. */
  readonly line: number;
}

export interface KnownLine extends LinePlace {
  readonly text: string;
}

/** Known lines one after the other, without a gap. */
export interface Segment {
  readonly lines: readonly KnownLine[];
  /** The heading of the hunk that shows the first line. */
  readonly heading: string;
  /** Of that heading. */
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
  /** From which line of the file as it is now on, how many lines more there are before it than there were. */
  #shifts: { readonly from: number; readonly by: number }[] = [];
  /** Hunks that show another text than was known: patches of another order or version. */
  mismatches = 0;

  /** Lays the hunks of the next patch over what is known. */
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

/** Shifts of a file that was changed twice, in lines of the result. */
function combined(
  first: readonly { readonly from: number; readonly by: number }[],
  second: readonly { readonly from: number; readonly by: number }[],
): { from: number; by: number }[] {
  const shiftIn = (shifts: typeof first, line: number): number =>
    shifts.findLast(({ from }) => from <= line)?.by ?? 0;
  const moved = first.map(({ from }) => {
    // A line of the file between the two patches, in the result.
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
