/**
 * Splits the lines of a kernel log into the prefix written by dmesg, a journal, syslog, a console or a mailer, and the
 * message that the kernel printed.
 */

import type { Artifact } from '../../artifact/artifact.ts';
import { limit } from '../../limits/limits.ts';
import { writtenLines } from './records.ts';

export interface LogLine {
  /** Offset of the line in the text. */
  readonly at: number;
  /** Offset of its end. */
  readonly end: number;
  /** Characters from the beginning of the original line to the end of the message. */
  readonly length: number;
  /** Offset of the message in the text; that of the line where escape sequences were removed. */
  readonly messageAt: number;
  /** The kernel's message; not trimmed at the end. */
  readonly message: string;
  /** Time since boot, where the stamp has it. */
  readonly seconds: number | undefined;
  /** The line is marked as the kernel's by a time stamp, a priority or `kernel:`. */
  readonly stamped: boolean;
  /** A line of another program in a syslog or journal. */
  readonly foreign: boolean;
  /** The machine that a syslog or journal names. */
  readonly host: string | undefined;
  /** Number of quote marks before it. */
  readonly depth: number;
  /** False for a last line without a line break. */
  readonly whole: boolean;
}

const QUOTE = /^(?:[ \t]*[>|])+[ \t]?|^[ \t]+/;
const COLOUR = /\x1b\[[\d;]*m/g;

/** The parts of a prefix, each at most once or twice, in the order in which tools write them. */
const PRIORITY = /<\d{1,3}>/y;
/** A record of /dev/kmsg, also with the release in front as netconsole writes it; the time is in microseconds. */
const RECORD = /(?:\d+\.\d+[^\s,;]*,)?\d{1,4},\d+,(\d+),[-c+][^;]*;/y;
/** A line of the dictionary after such a record. */
const DICTIONARY = /^ [A-Z][A-Z0-9_]*=/;
/** dmesg -x. */
const FACILITY = /[a-z0-9]+ *:[a-z]+ *: /y;
/** Dates of syslog, rsyslog, journalctl and dmesg --time-format iso. */
const DATE =
  /(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d| [A-Z]{2,5})?|\d{9,11}\.\d{6}) /y;
const KERNEL = /(?:(\S+) )?kernel(?:\[\d+\])?: ?/y;
const ISO_DATE = /\d{4}-\d\d-\d\dT/y;
/** A host, followed by the name of another program. */
const OTHER_PROGRAM = /\S+ [A-Za-z(][\w./@()-]*(?:\[\d+\])?: /y;
const STAMP = /\[ *(\d+\.\d+)\]/y;
/** dmesg -T, -e and --time-format delta, also with the difference that -d adds. */
const OTHER_STAMP =
  /\[(?: *\+?\d*\.\d+|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}|[A-Z][a-z]{2} ?[ \d]?\d \d\d:\d\d)(?: <[ +]*\d+\.\d+>)?\]/y;
/** RFC 5424: version, date, host, program, process, kind of message, structured data. */
const SYSLOG =
  /1 \d{4}-\d\d-\d\dT\S+ (\S+) (\S+) \S+ \S+ (?:-|(?:\[(?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: \ufeff?|$)/y;
const CALLER = / ?\[ *[TC]\d+\]/y;

/** The blank before a stamp in the middle of a line. */
const INSIDE = /(?<=[^\s:>|]) (?=\[ *\d+\.\d{6}\] )/;

/** A stamp anywhere in a line. */
const ANY_STAMP = /\[ *\d+\.\d{3,9}\]/;
/** What another program puts in front of a line is not longer. */
const MAX_OUTER = 96;
/** The lines with a stamp that are compared to find what stands in front of all. */
const SAMPLED_STAMPS = 100;

/** The end of a part that begins at `at`; undefined when it isn't there. */
function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

interface LogForm {
  /** Once a dated line had `kernel:`, dated lines without it are those of other programs. */
  named: boolean;
  /** Whether a record of /dev/kmsg was seen. */
  records: boolean;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLowerOrDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x7a);
}

function isUpperOrDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x5a);
}

/** The place of a line, for {@link LogLine}. */
interface LinePlace {
  readonly at: number;
  readonly end: number;
  readonly length: number;
  /** Offset of its text in the file; undefined when something was removed from the text. */
  readonly textAt: number | undefined;
  readonly whole: boolean;
}

function readLine(text: string, form: LogForm, place: LinePlace): LogLine {
  const { at: lineAt, end, length, textAt, whole } = place;
  const made = (
    start: number,
    depth: number,
    stamped: boolean,
    foreign: boolean,
    seconds: number | undefined,
  ): LogLine => ({
    at: lineAt,
    end,
    length,
    messageAt: textAt === undefined ? lineAt : textAt + start,
    message: text.slice(start),
    seconds,
    stamped,
    foreign,
    host,
    depth,
    whole,
  });
  let host: string | undefined;
  const takeKernel = (isMarked: boolean): boolean => {
    KERNEL.lastIndex = at;
    const match = KERNEL.exec(text);
    if (match === null) return false;
    at = KERNEL.lastIndex;
    // Without a date or a stamp before it, the word may be of a message.
    if (isMarked && !/^kern\.[a-z]+$/.test(match[1] ?? '')) host = match[1];
    return true;
  };
  // First characters are tested before patterns, since a log may consist of very many short lines.
  const quote = ' \t>|'.includes(text[0]!) ? QUOTE.exec(text)![0] : '';
  const depth = quote.replace(/[^>|]/g, '').length;
  let at = quote.length;
  let stamped = false;
  const take = (pattern: RegExp): boolean => {
    const end = after(pattern, text, at);
    if (end === undefined) return false;
    at = end;
    return true;
  };
  RECORD.lastIndex = at;
  const record = isDigit(text.charCodeAt(at)) ? RECORD.exec(text) : null;
  if (record !== null) {
    form.records = true;
    return made(RECORD.lastIndex, depth, true, false, Number.parseInt(record[1]!, 10) / 1e6);
  }
  if (form.records && DICTIONARY.test(text)) return made(at, depth, false, true, undefined);
  const takePriority = (): boolean => text[at] === '<' && take(PRIORITY);
  const isNamed = text.includes('kernel', at);
  if (takePriority()) stamped = true;
  SYSLOG.lastIndex = at;
  const syslog = stamped && text[at] === '1' ? SYSLOG.exec(text) : null;
  if (syslog !== null) {
    at = SYSLOG.lastIndex;
    if (syslog[2] !== 'kernel') return made(at, depth, false, true, undefined);
    if (syslog[1] !== '-') host = syslog[1];
  }
  if (isLowerOrDigit(text.charCodeAt(at)) && take(FACILITY)) stamped = true;
  const date = at;
  const dated = isUpperOrDigit(text.charCodeAt(at)) && take(DATE);
  if (isNamed && takeKernel(dated)) {
    stamped = true;
    if (dated) form.named = true;
  } else if (dated) {
    if (form.named && after(OTHER_PROGRAM, text, at) !== undefined)
      return made(at, depth, false, true, undefined);
    // Without a program name only the dates of dmesg --time-format iso are stamps; other dates occur in messages.
    if (after(ISO_DATE, text, date) === undefined) at = date;
    else stamped = true;
  }
  if (takePriority()) stamped = true;
  let seconds: number | undefined;
  STAMP.lastIndex = at;
  const stamp = text[at] === '[' ? STAMP.exec(text) : null;
  if (stamp !== null) {
    at = STAMP.lastIndex;
    seconds = Number.parseFloat(stamp[1]!);
    stamped = true;
  } else if (text[at] === '[' && take(OTHER_STAMP)) stamped = true;
  if ((text[at] === ' ' || text[at] === '[') && take(CALLER)) stamped = true;
  if (text[at] === ' ') at += 1;
  // journalctl -o short-monotonic: the host comes after the stamp.
  if (isNamed && stamp !== null && !dated) takeKernel(true);
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return made(at, depth, stamped, false, seconds);
}

/** The form of a text: its letters and numbers left out. */
function shapeOf(text: string): string {
  return text
    .replace(/\d+/g, '0')
    .replace(/\p{L}+/gu, 'a')
    .replace(/\s+/g, ' ');
}

/** What precedes the first stamp of a line whose prefix is none of the known ones; undefined without such a stamp. */
function beforeStamp(text: string): string | undefined {
  const at = text.search(ANY_STAMP);
  return at <= 0 || at > MAX_OUTER || hasStampAhead(text) ? undefined : text.slice(0, at);
}

/** Whether the first stamp of a line follows a known prefix. */
function hasStampAhead(text: string): boolean {
  const place = { at: 0, end: 0, length: 0, textAt: undefined, whole: true };
  return readLine(text, { named: false, records: false }, place).seconds !== undefined;
}

/**
 * The form of what another program put in front of every line: the time of a build server, a file's name and the number of
 * the line, a quotation mark. The ends of messages in a filled paragraph have many forms.
 */
function outerShape(artifact: Artifact): string | undefined {
  const shapes = new Map<string, number>();
  let stamps = 0;
  for (const { text, unread } of writtenLines(artifact)) {
    if (unread || text.length > limit('log-line-bytes') || !ANY_STAMP.test(text)) continue;
    stamps += 1;
    const before = beforeStamp(text);
    if (before !== undefined) {
      const shape = shapeOf(before);
      shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
    }
    if (stamps === SAMPLED_STAMPS) break;
  }
  for (const [shape, count] of shapes) if (count >= 3 && count * 2 > stamps) return shape;
  return undefined;
}

/** Where the quotation mark or element that `before` opens is closed; the end of the line otherwise. */
function closedAt(line: string, before: string): number {
  const mark = /["']$/.exec(before)?.[0] ?? (/<\w[^>]*>$/.test(before) ? '</' : undefined);
  const at = mark === undefined ? -1 : line.lastIndexOf(mark);
  return at < before.length ? line.length : at;
}

/** The messages of a line: a mail program that fills paragraphs puts several on one. */
function piecesOf(text: string): string[] {
  const pieces = text.includes('] ', 1) ? text.split(INSIDE) : [text];
  const [first, second, ...rest] = pieces;
  // A date in front of the first stamp is no message.
  return second !== undefined && !ANY_STAMP.test(first!) && hasStampAhead(text)
    ? [`${first} ${second}`, ...rest]
    : pieces;
}

/**
 * The non-blank lines of a log, without their prefixes.
 * @param onUnread called for lines that are skipped: too long, or a record without a message
 */
export function* logLines(
  artifact: Artifact,
  onUnread: (at: number, why: 'long' | 'no message') => void = () => {},
): Generator<LogLine> {
  const form: LogForm = { named: false, records: false };
  const outer = outerShape(artifact);
  for (const { text: raw, at, whole, end, unread } of writtenLines(artifact)) {
    if (unread || raw.length > limit('log-line-bytes')) {
      onUnread(at, unread ? 'no message' : 'long');
      continue;
    }
    // Serial consoles return to the first column in front of a line as well.
    const line = (raw.includes('\x1b') ? raw.replace(COLOUR, '') : raw).replace(/^\r+/, '');
    if (line.trim() === '') continue;
    const found = outer === undefined ? undefined : beforeStamp(line);
    const before = found !== undefined && shapeOf(found) === outer ? found : '';
    let from = before.length;
    for (const piece of piecesOf(line.slice(from, closedAt(line, before)))) {
      yield readLine(piece, form, {
        at: end === undefined ? at + from : at,
        end: end ?? at + from + piece.length,
        length: from + piece.length,
        textAt: line.length === raw.length && end === undefined ? at + from : undefined,
        whole,
      });
      from += piece.length + 1;
    }
  }
}

/** Whether a line is journalctl's separator between boots. */
export function isBootMark(message: string): boolean {
  return /^-- (?:Reboot|Boot [0-9a-f]{32}) --$/.test(message.trim());
}

/** Shorter lines were not wrapped by a mailer: they wrap at 65 characters or more. */
const MIN_WRAP = 62;

/**
 * Whether `line` may be the rest of a line that a mailer wrapped: it has no stamp, and its first word would not have fitted
 * on the line before.
 */
export function mayContinue(
  previous: { readonly length: number; readonly message: string },
  line: LogLine,
): boolean {
  if (line.stamped || line.foreign) return false;
  if (previous.message.trim() === '') return true;
  const word = /^\S*/.exec(line.message)![0].length;
  return previous.length + 1 + word >= MIN_WRAP;
}
