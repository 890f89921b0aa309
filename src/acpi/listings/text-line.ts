/** Lines of a text that a program printed, freed of what logs and mails put before them. */

/** One line without its end, and without what a log or a quote puts before it. */
export interface TextLine {
  readonly text: string;
  /** Byte offset of the first and after the last character. */
  readonly start: number;
  readonly end: number;
}

/** `> `, `<6>`, `[    0.123456] `, `Nov 22 15:00:00 host kernel: `. */
const LEAD =
  /^(?:(?:>[ \t]?)+)?(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8} \S+ kernel: ?|\S+ \S+ kernel: )?(?:\[[ \d]*\d+\.\d{3,9}(?:@\d+)?\](?:\[[ \w]+\])? ?)?/;

/** No list has longer lines; such a line is passed over. */
const MAX_LINE = 4096;

/** The lines of a text, the last also without an end. */
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
