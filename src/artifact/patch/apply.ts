/** Applies patches to whole files. */

import { applyPatch } from 'diff';
import { limit } from '../../limits/limits.ts';
import { firstLine, type Hunk, type HunkLine } from './unified-diff.ts';

const REVERSED = { ' ': ' ', '+': '-', '-': '+' } as const;

function reversed(hunks: readonly Hunk[]): Hunk[] {
  let shift = 0;
  return hunks.map((hunk) => {
    const first = firstLine(hunk) + shift;
    // A hunk that only removes lines gives the line before it in the new file.
    const oldStart = hunk.lines.some(({ mark }) => mark !== '-') ? first : first - 1;
    for (const { mark } of hunk.lines) shift += mark === '+' ? 1 : mark === '-' ? -1 : 0;
    return {
      ...hunk,
      oldStart,
      lines: hunk.lines.map((line): HunkLine => ({ ...line, mark: REVERSED[line.mark] })),
    };
  });
}

/** Compares a line of a file with one of a hunk. */
type Same = (line: string, shown: string) => boolean;

/** Trailing blanks are ignored, since mailers drop them. */
const exactly: Same = (line, shown) => line.trimEnd() === shown.trimEnd();
/** All runs of blanks are equal, since copying from a terminal turns tabs into spaces. */
const ignoringBlanks: Same = (line, shown) => squeezed(line) === squeezed(shown);

function squeezed(line: string): string {
  return line.trim().replace(/[ \t]+/g, ' ');
}

function applied(text: string, hunks: readonly Hunk[], same: Same): string | undefined {
  let shift = 0;
  const structured = hunks.map((hunk) => {
    const { lines } = hunk;
    const added = lines.filter(({ mark }) => mark === '+').length;
    const removed = lines.filter(({ mark }) => mark === '-').length;
    const oldStart = firstLine(hunk);
    const newStart = oldStart + shift;
    shift += added - removed;
    return {
      oldStart,
      oldLines: lines.length - added,
      newStart,
      newLines: lines.length - removed,
      lines: lines.map(({ mark, text: line }) => mark + line),
    };
  });
  const patch = {
    oldFileName: undefined,
    newFileName: undefined,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: structured,
  };
  const result = applyPatch(text, patch, {
    // Past the last line, `line` is undefined.
    compareLine: (_number, line: string | undefined, _operation, wanted) =>
      line !== undefined && same(line, wanted),
  });
  return result === false ? undefined : result;
}

/** Whether the old lines of all hunks are at the line numbers given. */
function fits(lines: readonly string[], hunks: readonly Hunk[], same: Same): boolean {
  return hunks.every((hunk) => {
    const old = hunk.lines.filter(({ mark }) => mark !== '+');
    return old.every(({ text }, index) => {
      const line = lines[firstLine(hunk) - 1 + index];
      return line !== undefined && same(line, text);
    });
  });
}

/** The number of lines with a mark; decides the direction of a patch that fits both ways. */
function changed(hunks: readonly Hunk[], mark: '+' | '-'): number {
  return hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.mark === mark).length, 0);
}

/** Whether matching hunks with a file would exceed `limit('patch-work')`. */
export function isTooLarge(text: string, hunks: readonly Hunk[]): boolean {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines * hunks.length > limit('patch-work');
}

/**
 * A file before and after hunks, where `text` may be either; undefined when the hunks fit in neither direction. Hunks may
 * have moved, but all their lines must be there.
 */
export function beforeAndAfter(
  text: string,
  hunks: readonly Hunk[],
): { readonly before: string; readonly after: string } | undefined {
  if (isTooLarge(text, hunks)) return undefined;
  const lines = text.split('\n');
  const back = reversed(hunks);
  for (const same of [exactly, ignoringBlanks]) {
    const isAfter =
      fits(lines, back, same) && (!fits(lines, hunks, same) || changed(hunks, '+') > changed(hunks, '-'));
    const order = isAfter ? [back, hunks] : [hunks, back];
    for (const way of order) {
      const other = applied(text, way, same);
      if (other !== undefined)
        return way === hunks ? { before: text, after: other } : { before: other, after: text };
    }
  }
  return undefined;
}
