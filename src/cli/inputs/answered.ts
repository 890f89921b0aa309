/** The message that a report replies to. */

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { readFileBytes } from '../../artifact/file.ts';
import { messagesOf } from '../../artifact/text/mail.ts';
import { type Span, textOf } from '../../bytes/source.ts';
import { latin1Text } from '../../bytes/text-encoding.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import { type Answered, replyTo } from '../../report/reply.ts';
import { type NamedReport, renderMachines } from '../../report/subjects/machines.ts';
import { CommandError } from '../common/command.ts';
import type { Io } from '../common/io.ts';
import { writeResult } from '../common/result.ts';

/** Lines around those that the report is about. */
const CONTEXT = 3;
/** How far above the head of a hunk may be. */
const MOST_ABOVE = 24;
/** A tag that a message ends with is nothing to quote. */
const TAG = /^[A-Z][a-z-]+-by: /;

interface Message {
  readonly fields: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
}

/** Header fields as they stand, unfolded (RFC 5322, 2.2.3). */
function fieldsOf(head: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const match = /^([!-9;-~]+):[ \t]*(.*)$/s.exec(line);
    if (match && !fields.has(match[1]!.toLowerCase())) fields.set(match[1]!.toLowerCase(), match[2]!);
  }
  return fields;
}

async function messageOf(bytes: Uint8Array): Promise<Message> {
  const raw = Buffer.from(bytes).toString('utf8');
  const head = raw.slice(0, /\r?\n\r?\n/.exec(raw)?.index ?? raw.length);
  const { default: PostalMime } = await import('postal-mime');
  const { text = '' } = await PostalMime.parse(bytes);
  return { fields: fieldsOf(head), lines: text.split(/\r?\n/) };
}

/** A line without what quoting and a diff put in front of it. */
function bare(line: string): string {
  return line
    .replace(/^(?:[ \t]*>)*[ \t]*[+-]?/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Lines that hold one of those asked for, with some around them; the head of their hunk first. */
function quotedFrom(lines: readonly string[], about: ReadonlySet<string>): string[] {
  const at = lines.findIndex((line) => bare(line) !== '' && about.has(bare(line)));
  if (at < 0) return [];
  const hunk = lines.slice(0, at + 1).findLastIndex((line) => /^(?:>\s?)*@@ /.test(line));
  const from = Math.max(0, at - CONTEXT);
  const head = hunk >= 0 && hunk < from && at - hunk < MOST_ABOVE ? [lines[hunk]!] : [];
  const to = Math.min(lines.length, at + 1 + CONTEXT);
  const around = lines.slice(from, to).map((line) => line.trimEnd());
  const first = around.findIndex((line) => line !== '');
  const last = around.findLastIndex((line) => line !== '' && !TAG.test(line));
  return [...head, ...around.slice(first, last + 1)];
}

/**
 * Reads the message to reply to: of a mailbox the first that has one of the lines, else the first. Throws
 * {@link CommandError} when it is none.
 * @param about lines of the inputs that the report is about
 */
async function readAnswered(path: string, about: readonly string[], io: Io): Promise<Answered> {
  const read = readFileBytes(resolve(io.cwd, path));
  if (!('bytes' in read))
    throw new CommandError(`--reply-to ${path}: ${'failure' in read ? read.failure : 'Is a directory'}`);
  const wanted = new Set(about.map(bare).filter((line) => line !== ''));
  const text = latin1Text(read.bytes);
  let first: Message | undefined;
  const messages = messagesOf(text);
  const isLong = messages.length > limit('thread-messages');
  for (const [start, end] of messages.slice(0, limit('thread-messages'))) {
    const message = await messageOf(read.bytes.subarray(start, end));
    if (!message.fields.has('from')) continue;
    const quoted = quotedFrom(message.lines, wanted);
    if (quoted.length > 0) return { fields: message.fields, quoted };
    first ??= message;
  }
  if (first === undefined)
    throw new CommandError(
      `--reply-to ${path}: no message`,
      'a mailbox, an .eml file, or what git format-patch writes',
    );
  if (isLong)
    io.stderr.write(
      `fwmap: --reply-to ${path}: ${moreThan('thread-messages')}; later ones are not looked at\n`,
    );
  return { fields: first.fields, quoted: [] };
}

/** The line of a text in which a span begins. */
function lineOf({ source, start }: Span): string[] {
  if (source.form !== 'text') return [];
  const text = textOf(source);
  const end = text.indexOf('\n', start);
  return [text.slice(text.lastIndexOf('\n', start - 1) + 1, end < 0 ? text.length : end)];
}

/**
 * Writes reports as a reply.
 * @param about where the inputs say what the reports are about
 */
export async function printReply(
  path: string,
  reports: readonly NamedReport[],
  about: readonly (Span | undefined)[],
  options: { readonly format?: string; readonly output?: string },
  io: Io,
): Promise<void> {
  if (options.format !== undefined && options.format !== 'mail')
    throw new CommandError(`--reply-to: a reply is no ${options.format}`, 'leave --format away');
  const lines = about.flatMap((span) => (span === undefined ? [] : lineOf(span)));
  const answered = await readAnswered(path, lines, io);
  const report = await renderMachines(reports, 'mail', { color: false, width: 72 });
  writeResult(replyTo(answered, report, whoReplies(io)), options, io);
}

/** Who git says that one is: `Name <address>`. */
function whoReplies(io: Io): string | undefined {
  const asked = spawnSync('git', ['var', 'GIT_AUTHOR_IDENT'], { cwd: io.cwd, encoding: 'utf8' });
  return asked.status === 0 ? /^(.*<[^>]+>)/.exec(asked.stdout)?.[1] : undefined;
}
