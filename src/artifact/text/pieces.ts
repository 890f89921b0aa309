/** Pieces of a text: the logs, listings and sources in it, each with its place, cut out so that it reads as a file of its own. */
import { latin1Text } from '../../bytes/text-encoding.ts';
import { sha256Of } from '../../platform/hash.ts';
import type { ArtifactKind } from '../kinds.ts';
import { type Block, blocksIn } from './blocks.ts';
import { fragmentsIn } from './device-tree-text.ts';
import { type QuotedLine, quotedLines } from './lines.ts';

export interface TextPiece {
  readonly kind: ArtifactKind;
  readonly bytes: Uint8Array;
  /** Offset of its first byte in the text. */
  readonly offset: number;
  /** Lines of the text before it. */
  readonly linesBefore: number;
  /** It is the text as it stands: nothing is around it. */
  readonly whole: boolean;
}

export interface Pieces {
  readonly pieces: readonly TextPiece[];
  /** Where properties of addresses begin that have no end; lines from 0. */
  readonly unfinished: readonly { readonly offset: number; readonly line: number }[];
}

const SPACE = 0x20;
const NEWLINE = 0x0a;

/** Lines `[from, to)` with their quote marks blanked: columns stay what they were. */
function unquoted(bytes: Uint8Array, lines: readonly QuotedLine[], { from, to }: Block): Uint8Array {
  const { start } = lines[from]!;
  const { end } = lines[to - 1]!;
  const cut = new Uint8Array(end - start + 1);
  cut.set(bytes.subarray(start, end));
  cut[end - start] = NEWLINE;
  for (let index = from; index < to; index += 1) {
    const line = lines[index]!;
    cut.fill(SPACE, line.start - start, line.content - start);
  }
  return cut;
}

/** What two pieces have in common that say the same: words and line ends. */
function contentKey(kind: ArtifactKind, bytes: Uint8Array): string {
  const text = latin1Text(bytes);
  return `${kind} ${sha256Of(new TextEncoder().encode(text.replace(/\s+/g, ' ').trim()))}`;
}

/** Pieces that were found already, so that what a reply quotes, or a part repeats as HTML, counts once. */
export class SeenPieces {
  readonly #seen = new Set<string>();

  /** True the first time. */
  add(kind: ArtifactKind, bytes: Uint8Array): boolean {
    const key = contentKey(kind, bytes);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

/**
 * Everything of a known kind in a text, in its order. Empty where it is prose.
 * @param logs what lines of a log with something between them are: one log, of a file that is one; else logs apart
 */
export function piecesIn(bytes: Uint8Array, text: string, logs: 'one log' | 'logs apart'): Pieces {
  const lines = quotedLines(text);
  const blocks = blocksIn(text, lines);
  const skip = blocks.length === 0 ? undefined : takenBy(blocks, lines);
  const found = fragmentsIn(bytes, text, skip);
  if (found === 'whole') {
    const whole: TextPiece = { kind: 'dts-fragment', bytes, offset: 0, linesBefore: 0, whole: true };
    return { pieces: [whole], unfinished: [] };
  }
  const unfinished = found.unfinished.map((offset) => ({ offset, line: lineAt(lines, offset) }));
  const listed = logs === 'one log' ? blocks.filter(({ kind }) => kind !== 'dmesg') : blocks;
  const pieces: TextPiece[] = [
    ...listed.map((block) => ({
      kind: block.kind,
      // A line's mark in a diff is its first character: whoever reads diffs takes the quote marks off.
      bytes:
        block.kind === 'patch'
          ? bytes.subarray(lines[block.from]!.start, lines[block.to - 1]!.end)
          : unquoted(bytes, lines, block),
      offset: lines[block.from]!.start,
      linesBefore: block.from,
      whole: false,
    })),
    ...found.fragments.map((fragment) => ({
      kind: 'dts-fragment' as const,
      bytes: fragment.bytes,
      offset: fragment.start,
      linesBefore: lineAt(lines, fragment.start),
      whole: false,
    })),
  ].sort((a, b) => a.offset - b.offset);
  if (logs === 'logs apart' || pieces.length === 0 || listed.length === blocks.length)
    return { pieces, unfinished };
  const rest = bytes.slice();
  for (const { from, to } of listed) blank(rest, lines[from]!.start, lines[to - 1]!.end);
  const log: TextPiece = { kind: 'dmesg', bytes: rest, offset: 0, linesBefore: 0, whole: false };
  return { pieces: [log, ...pieces], unfinished };
}

function blank(bytes: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to; at += 1) if (bytes[at] !== NEWLINE) bytes[at] = SPACE;
}

/** The line that an offset lies in. */
function lineAt(lines: readonly QuotedLine[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Whether an offset lies in a block. */
function takenBy(blocks: readonly Block[], lines: readonly QuotedLine[]): (offset: number) => boolean {
  return (offset) => {
    const line = lineAt(lines, offset);
    let low = 0;
    let high = blocks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { from, to } = blocks[middle]!;
      if (line < from) high = middle - 1;
      else if (line >= to) low = middle + 1;
      else return true;
    }
    return false;
  };
}

/** True where a text is one log or listing and nothing else, as it came from the program that printed it. */
export function isWhole(kind: ArtifactKind, text: string): boolean {
  const lines = quotedLines(text);
  const blocks = blocksIn(text, lines);
  if (blocks.some((block) => block.kind !== kind)) return false;
  return lines.every(({ start, content }) => start === content);
}
