/** Extracts the logs, listings and sources in a text, each with its place, as files of their own. */
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
  /** Number of lines before it in the text. */
  readonly linesBefore: number;
  /** It is the whole text, unchanged. */
  readonly whole: boolean;
}

export interface Pieces {
  readonly pieces: readonly TextPiece[];
  /** The beginnings of unterminated properties with addresses; lines from 0. */
  readonly unfinished: readonly { readonly offset: number; readonly line: number }[];
}

const SPACE = 0x20;
const NEWLINE = 0x0a;

/** Lines `[from, to)` with their quote marks blanked, so that columns are unchanged. */
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

/** A key that is equal for pieces that differ in white space only. */
function contentKey(kind: ArtifactKind, bytes: Uint8Array): string {
  const text = latin1Text(bytes);
  return `${kind} ${sha256Of(new TextEncoder().encode(text.replace(/\s+/g, ' ').trim()))}`;
}

/** The pieces found so far, so that those repeated in a quote or in an HTML part are used once. */
export class SeenPieces {
  readonly #seen = new Set<string>();

  /**
   * False for a piece that was added before. A patch of another message is one to apply again: what is between may have
   * undone it.
   * @param message by which copies of a message are known
   */
  add(kind: ArtifactKind, bytes: Uint8Array, message: string): boolean {
    const key = kind === 'patch' ? `${contentKey(kind, bytes)} ${message}` : contentKey(kind, bytes);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

/**
 * Everything of a known kind in a text, in order; empty for prose.
 * @param logs whether log lines separated by other text are one log (in a file that is a log) or several
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
      // Quote marks in a patch are left to its reader, since the first character of a line matters.
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

/** The index of the line that contains an offset. */
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

/** A function that tells whether an offset is in one of the blocks. */
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

/** True for text that is one unquoted log or listing and nothing else, as printed by its program. */
export function isWhole(kind: ArtifactKind, text: string): boolean {
  const lines = quotedLines(text);
  const blocks = blocksIn(text, lines);
  if (blocks.some((block) => block.kind !== kind)) return false;
  return lines.every(({ start, content }) => start === content);
}
