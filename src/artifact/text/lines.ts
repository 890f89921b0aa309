/** Lines of text that may be quoted, and omission marks. */

/** Quote marks at the start of a line, with the blank after them. */
export const QUOTE = /^(?:[ \t]*[>|])+[ \t]?/;

export interface QuotedLine {
  readonly start: number;
  /** Offset of the text after the quote marks. */
  readonly content: number;
  /** Exclusive, line break excluded. */
  readonly end: number;
}

export function quotedLines(text: string): QuotedLine[] {
  const lines: QuotedLine[] = [];
  for (let start = 0; start <= text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end);
    lines.push({ start, content: start + (QUOTE.exec(line)?.[0].length ?? 0), end });
    start = end + 1;
  }
  return lines;
}

const OMITTED =
  /^\W*(?:snip(?:ped|pet|s)?|cut(?: here)?|trimmed|truncated|skip(?:ped)?|omitted|elided|(?:\d+ )?(?:more )?lines? (?:omitted|skipped|removed|cut|deleted)|(?:some )?(?:more )?output (?:omitted|trimmed|skipped|removed))\W*$/i;
const DOTS = /^[[\](){}<>\s*.…–-]*(?:\.{2,}|…)[[\](){}<>\s*.…–-]*$/;
const SCISSORS = /^[-\s]*(?:8<|>8)[-\s<>8]*/;
/** The longest omission mark. */
const MAX_OMISSION = 120;

/** Whether a line is a mark for omitted lines: `[...]`, `<snip>`, `--8<--`. */
export function isOmission(line: string): boolean {
  if (line.length > MAX_OMISSION) return false;
  const text = line.trim();
  return OMITTED.test(text) || DOTS.test(text) || SCISSORS.test(text);
}

const NBSP_FIRST = 0xc2;
const NBSP_SECOND = 0xa0;
const SPACE = 0x20;

/** Replaces no-break spaces (UTF-8), which mail programs write for runs of spaces, by plain ones. */
export function withPlainBlanks(bytes: Uint8Array): Uint8Array {
  let at = bytes.indexOf(NBSP_FIRST);
  while (at >= 0 && bytes[at + 1] !== NBSP_SECOND) at = bytes.indexOf(NBSP_FIRST, at + 1);
  if (at < 0) return bytes;
  const plain = new Uint8Array(bytes.length);
  plain.set(bytes.subarray(0, at));
  let length = at;
  for (let from = at; from < bytes.length; from += 1) {
    if (bytes[from] === NBSP_FIRST && bytes[from + 1] === NBSP_SECOND) {
      plain[length] = SPACE;
      from += 1;
    } else plain[length] = bytes[from]!;
    length += 1;
  }
  return plain.subarray(0, length);
}
