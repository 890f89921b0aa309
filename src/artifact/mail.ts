/** Mails: what a message or a mailbox holds, part by part. */
import type { DiagnosticSink } from '../bytes/diagnostic.ts';
import { finding } from '../findings/finding.ts';

/** Something in a mail that may be an input. */
export interface MailPart {
  /** `text/plain`, or the attachment's file name. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Offset in the mail where the bytes start, when they stand there as they are. */
  readonly offset?: number;
}

/** More parts than a message has that a person sent. */
const MAX_PARTS = 200;
const MAX_MESSAGES = 1000;
const SPACE = 0x20;

/** Offsets of the messages of a mailbox; a single message is a mailbox of one. */
function messageStarts(text: string): number[] {
  const starts = [0];
  if (!text.startsWith('From ')) return starts;
  for (let at = text.indexOf('\n\nFrom '); at >= 0; at = text.indexOf('\n\nFrom ', at + 1))
    if (starts.length < MAX_MESSAGES) starts.push(at + 2);
  return starts;
}

/** True when the body stands in the mail as it was written: one part of text, no transfer encoding. */
function isPlain(headers: string): boolean {
  const type = /^content-type:[ \t]*([^\s;]+)/im.exec(headers)?.[1]?.toLowerCase() ?? 'text/plain';
  const encoding = /^content-transfer-encoding:[ \t]*([^\s;]+)/im.exec(headers)?.[1]?.toLowerCase() ?? '7bit';
  return type === 'text/plain' && ['7bit', '8bit', 'binary'].includes(encoding);
}

/**
 * The parts of a mail. A plain body keeps its place: its bytes are the whole mail's with everything before the body
 * blanked, so that lines and columns are those of the file.
 */
export async function mailParts(
  bytes: Uint8Array,
  text: string,
  name: string,
  sink: DiagnosticSink,
): Promise<MailPart[]> {
  const parts: MailPart[] = [];
  const starts = messageStarts(text);
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? text.length;
    const gap = /\r?\n\r?\n/g;
    gap.lastIndex = start;
    const blank = gap.exec(text);
    const body = blank && blank.index < end ? blank.index + blank[0].length : end;
    if (isPlain(text.slice(start, body))) {
      const placed = new Uint8Array(end).fill(SPACE);
      for (let at = bytes.indexOf(0x0a); at >= 0 && at < body; at = bytes.indexOf(0x0a, at + 1))
        placed[at] = 0x0a;
      placed.set(bytes.subarray(body, end), body);
      parts.push({ name: 'text/plain', bytes: placed, offset: body });
      continue;
    }
    parts.push(...(await encodedParts(bytes.subarray(start, end), name, sink)));
    if (parts.length > MAX_PARTS) break;
  }
  return parts.slice(0, MAX_PARTS);
}

async function encodedParts(message: Uint8Array, name: string, sink: DiagnosticSink): Promise<MailPart[]> {
  const { default: PostalMime } = await import('postal-mime');
  try {
    const mail = await PostalMime.parse(message);
    const parts: MailPart[] = [];
    if (mail.text !== undefined && mail.text.trim() !== '')
      parts.push({ name: 'text/plain', bytes: new TextEncoder().encode(mail.text) });
    for (const { filename, mimeType, content } of mail.attachments)
      parts.push({
        name: filename ?? mimeType,
        bytes: typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content),
      });
    return parts;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    sink.add(finding('artifact/mail', { why }, { path: name }));
    return [];
  }
}
