/** Reads the parts of a mail or a mailbox. */

import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import { finding } from '../../findings/finding.ts';
import { limit, limitText } from '../../limits/limits.ts';
import { MESSAGE_LINE } from '../sniff.ts';

/** A text or an attachment of a message. */
export type MailPart = PartOfMessage & {
  /** The message's Message-ID, which its copies have as well; of one without, its place. */
  readonly message: string;
};

type PartOfMessage =
  | {
      readonly is: 'text';
      /** `text/plain`, `text/html`. */
      readonly name: string;
      readonly bytes: Uint8Array;
      /** For an unencoded text its place in the mail: the offset, and the number of lines before it. */
      readonly at?: { readonly offset: number; readonly linesBefore: number };
    }
  | {
      readonly is: 'attachment';
      /** The file name, or the type. */
      readonly name: string;
      /** Lower case: `application/gzip`. */
      readonly type: string;
      readonly bytes: Uint8Array;
    };

const NEWLINE = 0x0a;

/** RFC 4155: a separator follows a blank line, and has an address and a date, or is followed by header fields. */
const SEPARATOR = new RegExp(`\\r?\\n\\r?\\n(?=${MESSAGE_LINE.source}|From [^\\r\\n]*\\r?\\n[!-9;-~]+:)`);
/** What may follow a separator in a message with header fields: a field, the blank line after none, mboxrd's `>From`. */
const HEADER = /[!-9;-~]+:|\r?\n|>+From /y;

/** Offset of a message's body: after its first blank line, or after the separator where it has no header fields. */
function bodyOf(text: string, start: number, end: number): number {
  if (text.startsWith('From ', start)) {
    const next = text.indexOf('\n', start) + 1;
    HEADER.lastIndex = next;
    if (next > 0 && next < end && !HEADER.test(text)) return next;
  }
  const gap = /\r?\n\r?\n/g;
  gap.lastIndex = start;
  const blank = gap.exec(text);
  return blank && blank.index < end ? blank.index + blank[0].length : end;
}

/** The messages of a mailbox, each `[start, end)`; a single message is a mailbox of one. */
export function messagesOf(text: string): (readonly [number, number])[] {
  if (!text.startsWith('From ')) return [[0, text.length]];
  const starts = [0];
  const separator = new RegExp(SEPARATOR, 'g');
  for (let match = separator.exec(text); match !== null; match = separator.exec(text))
    starts.push(match.index + match[0].length);
  return starts.map((start, index) => [start, starts[index + 1] ?? text.length]);
}

/** True when the body is a single text without a transfer encoding. */
function isPlain(headers: string): boolean {
  const type = /^content-type:[ \t]*([^\s;]+)/im.exec(headers)?.[1]?.toLowerCase() ?? 'text/plain';
  const encoding = /^content-transfer-encoding:[ \t]*([^\s;]+)/im.exec(headers)?.[1]?.toLowerCase() ?? '7bit';
  return type === 'text/plain' && ['7bit', '8bit', 'binary'].includes(encoding);
}

/**
 * The parts of a mail or mailbox, in order; unencoded texts have their place. Messages that can't be parsed or are truncated
 * are reported to `sink`.
 */
export async function* mailParts(
  bytes: Uint8Array,
  text: string,
  name: string,
  sink: DiagnosticSink,
): AsyncGenerator<MailPart> {
  let attachments = 0;
  let lines = 0;
  let counted = 0;
  for (const [start, end] of messagesOf(text)) {
    const body = bodyOf(text, start, end);
    const headers = text.slice(start, body);
    const message = /^message-id:\s*(<[^>\r\n]*>)/im.exec(headers)?.[1] ?? `at ${start}`;
    if (isPlain(headers)) {
      for (
        let at = bytes.indexOf(NEWLINE, counted);
        at >= 0 && at < body;
        at = bytes.indexOf(NEWLINE, at + 1)
      )
        lines += 1;
      counted = body;
      yield {
        is: 'text',
        message,
        name: 'text/plain',
        bytes: bytes.subarray(body, end),
        at: { offset: body, linesBefore: lines },
      };
      continue;
    }
    if (isCut(text.slice(start, end))) sink.add(finding('artifact/mail-cut', {}, { path: name }));
    for (const part of await encodedParts(bytes.subarray(start, end), name, sink)) {
      if (part.is === 'attachment') attachments += 1;
      if (attachments > limit('mail-attachments')) {
        sink.add(finding('artifact/mail-parts', { most: limit('mail-attachments') }, { path: name }));
        return;
      }
      yield { ...part, message };
    }
  }
}

/** Whether a multipart message lacks its final boundary: its end is missing. */
function isCut(message: string): boolean {
  const last = new Map<string, number>();
  for (const { 1: boundary = '', index } of message.matchAll(/^--([^\r\n]{1,200}?)--[ \t]*\r?$/gm))
    last.set(boundary, index);
  for (const { 1: quoted, 2: bare, index } of message.matchAll(
    /\bboundary=(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))/gi,
  ))
    if ((last.get(quoted ?? bare ?? '') ?? -1) < index) return true;
  return false;
}

/** The decoder's replacement for bytes that are invalid in the part's encoding. */
const REPLACEMENT = '\ufffd';

async function encodedParts(
  message: Uint8Array,
  name: string,
  sink: DiagnosticSink,
): Promise<PartOfMessage[]> {
  const { parseMail } = await import('./mime.ts');
  try {
    const mail = await parseMail(message);
    const parts: PartOfMessage[] = [];
    const say = (type: string, text: string | undefined): void => {
      if (text === undefined || text.trim() === '') return;
      if (text.includes(REPLACEMENT))
        sink.add(finding('artifact/mail-damaged', { part: type }, { path: name }));
      parts.push({ is: 'text', name: type, bytes: new TextEncoder().encode(text) });
    };
    say('text/plain', mail.text);
    if (mail.html !== undefined) {
      const { htmlToText } = await import('./html.ts');
      const { text, isCut } = htmlToText(mail.html);
      if (isCut) {
        const args = { limit: limitText('html-depth', 'nested HTML elements') };
        sink.add(finding('container/limit', args, { path: name }));
      }
      say('text/html', text);
    }
    for (const { filename, mimeType, content } of mail.attachments)
      parts.push({
        is: 'attachment',
        name: filename ?? mimeType,
        type: mimeType,
        bytes: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content),
      });
    return parts;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    sink.add(finding('artifact/mail', { why }, { path: name }));
    return [];
  }
}
