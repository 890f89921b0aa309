/** Lines of a program's output without the prefixes of logs and mails. */

/** One line without its newline and without log or quote prefixes. */
export interface TextLine {
  readonly text: string;
  /** Byte offsets of `text`; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

/** `> `, `<6>`, `[    0.123456] `, `Nov 22 15:00:00 host kernel: `. */
const LEAD =
  /^(?:(?:>[ \t]?)+)?(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S+ kernel: ?|\S+ \S+ kernel: )?(?:\[[ \d]*\d+\.\d{3,9}(?:@\d+)?\](?:\[[ \w]+\])? ?)?/;

/** Longer lines are not part of any list and are skipped. */
const MAX_LINE = 4096;

/** The lines of a text; the last may lack its newline. */
export function* linesOf(text: string): Generator<TextLine> {
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const line = text.slice(start, end).replace(/\r$/, '');
    if (line.length <= MAX_LINE) {
      const lead = LEAD.exec(line)?.[0].length ?? 0;
      yield { text: line.slice(lead), start: start + lead, end: start + line.length };
    }
    start = end + 1;
  }
}
