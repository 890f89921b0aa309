/** Reads the message that a report replies to, from a mail or a mailbox. */
import { type Span, textOf } from '../../bytes/source.ts';
import { latin1Text } from '../../bytes/text-encoding.ts';
import { limit } from '../../limits/limits.ts';
import { messagesOf } from './mail.ts';

/** A person named in a header field, decoded; untrusted. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** The message that is answered; header fields are unfolded and otherwise unchanged. */
export interface AnsweredMessage {
  /** By lower-case name; of repeated fields the first. */
  readonly fields: ReadonlyMap<string, string>;
  /** The people in each field with addresses, by lower-case name, groups expanded; also of List-Post (RFC 2369). */
  readonly people: ReadonlyMap<string, readonly Mailbox[]>;
  /** The lines of its text that the report is about, without line ends; may be empty. */
  readonly quoted: readonly string[];
}

/** Context lines quoted around those that the report is about. */
const CONTEXT = 3;
/** How many lines above the quoted ones a hunk's header is searched. */
const MOST_ABOVE = 24;
/** Tags at the end of a message, which are not quoted. */
const TAG = /^[A-Z][a-z-]+-by: /;

interface Message extends Omit<AnsweredMessage, 'quoted'> {
  readonly lines: readonly string[];
}

/** Header fields, unfolded (RFC 5322, 2.2.3). */
function fieldsOf(head: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const match = /^([!-9;-~]+):[ \t]*(.*)$/s.exec(line);
    if (match && !fields.has(match[1]!.toLowerCase())) fields.set(match[1]!.toLowerCase(), match[2]!);
  }
  return fields;
}

/** Fields with possible recipients of a reply. */
const ADDRESS_FIELDS = ['from', 'reply-to', 'mail-followup-to', 'to', 'cc', 'list-post'];

/** The address in `<mailto:list@example.com>` of List-Post (RFC 2369); empty when it says NO. */
function mailtoOf(field: string): string {
  return /<mailto:([^>?]+)/i.exec(field)?.[1] ?? '';
}

async function messageOf(bytes: Uint8Array): Promise<Message> {
  const raw = Buffer.from(bytes).toString('utf8');
  const head = raw.slice(0, /\r?\n\r?\n/.exec(raw)?.index ?? raw.length);
  const { addressParser, default: PostalMime } = await import('postal-mime');
  const { text = '' } = await PostalMime.parse(bytes);
  const fields = fieldsOf(head);
  const people = ADDRESS_FIELDS.map((name): [string, Mailbox[]] => {
    // The parser drops control characters, which would turn a malformed address into a different one.
    const field = (fields.get(name) ?? '').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '\ufffd');
    const addresses = name === 'list-post' ? mailtoOf(field) : field;
    const found = addressParser(addresses, { flatten: true });
    return [name, found.map((each) => ({ name: each.name, address: each.address ?? '' }))];
  });
  return { fields, people: new Map(people), lines: text.split(/\r?\n/) };
}

/** A line without quote marks and the mark of a diff. */
function bare(line: string): string {
  return line
    .replace(/^(?:[ \t]*>)*[ \t]*[+-]?/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The first line that is in `about`, with context; preceded by the header of its hunk. */
function quotedFrom(lines: readonly string[], about: ReadonlySet<string>): string[] {
  const at = lines.findIndex((line) => bare(line) !== '' && about.has(bare(line)));
  if (at < 0) return [];
  const hunk = lines.slice(0, at).findLastIndex((line) => /^(?:>\s?)*@@ /.test(line));
  const from = Math.max(0, at - CONTEXT);
  const head = hunk >= 0 && hunk < from && at - hunk < MOST_ABOVE ? [lines[hunk]!] : [];
  const to = Math.min(lines.length, at + 1 + CONTEXT);
  const around = lines.slice(from, to).map((line) => line.trimEnd());
  const first = around.findIndex((line) => line !== '');
  const last = around.findLastIndex((line) => line !== '' && !TAG.test(line));
  return [...head, ...around.slice(first, last + 1)];
}

function answeredOf({ fields, people }: Message, quoted: readonly string[]): AnsweredMessage {
  return { fields, people, quoted };
}

/** The line of a text in which a span begins. */
function lineOf({ source, start }: Span): string[] {
  if (source.form !== 'text') return [];
  const text = textOf(source);
  const end = text.indexOf('\n', start);
  return [text.slice(text.lastIndexOf('\n', start - 1) + 1, end < 0 ? text.length : end)];
}

/**
 * Reads the message to reply to: of a mailbox the first with one of the lines, else the first.
 * @param mail a message, or a mailbox (RFC 4155)
 * @param about the places that the report is about
 * @returns undefined when there is no message; `all` is false when there are more messages than the limit
 *   `thread-messages` and none of those read has one of the lines
 */
export async function answeredMessage(
  mail: Uint8Array,
  about: readonly (Span | undefined)[],
): Promise<{ readonly answered: AnsweredMessage; readonly all: boolean } | undefined> {
  const lines = about.flatMap((span) => (span === undefined ? [] : lineOf(span)));
  const wanted = new Set(lines.map(bare).filter((line) => line !== ''));
  let first: Message | undefined;
  const messages = messagesOf(latin1Text(mail));
  for (const [start, end] of messages.slice(0, limit('thread-messages'))) {
    const message = await messageOf(mail.subarray(start, end));
    if (!message.fields.has('from')) continue;
    const quoted = quotedFrom(message.lines, wanted);
    if (quoted.length > 0) return { answered: answeredOf(message, quoted), all: true };
    first ??= message;
  }
  if (first === undefined) return undefined;
  const all = messages.length <= limit('thread-messages');
  return { answered: answeredOf(first, []), all };
}
