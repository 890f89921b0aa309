/** `--reply-to FILE`: a report as a reply to the message in a file. */

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { readFileBytes } from '../../artifact/file.ts';
import { answeredMessage } from '../../artifact/text/answered.ts';
import type { Span } from '../../bytes/source.ts';
import { moreThan } from '../../limits/limits.ts';
import { replyTo } from '../../report/reply.ts';
import { type NamedReport, renderMachines } from '../../report/subjects/machines.ts';
import { CommandError } from '../common/command.ts';
import type { Io } from '../common/io.ts';
import { writeResult } from '../common/result.ts';

/**
 * Writes reports as a reply. Throws {@link CommandError} where the file holds no message.
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
    throw new CommandError(`--reply-to does not work with --format ${options.format}`, 'omit --format');
  const read = readFileBytes(resolve(io.cwd, path));
  if (!('bytes' in read))
    throw new CommandError(`--reply-to ${path}: ${'failure' in read ? read.failure : 'Is a directory'}`);
  const found = await answeredMessage(read.bytes, about);
  if (found === undefined)
    throw new CommandError(
      `--reply-to ${path}: it holds no message`,
      'it takes a mailbox, an .eml file, or a patch as git format-patch writes it',
    );
  if (!found.all)
    io.stderr.write(`fwmap: --reply-to ${path}: ${moreThan('thread-messages')}; later ones are ignored\n`);
  if (!/<[^<>\s]+>/.test(found.answered.fields.get('message-id') ?? ''))
    io.stderr.write(
      `fwmap: --reply-to ${path}: the message has no Message-ID; the reply starts a new thread\n`,
    );
  const report = await renderMachines(reports, 'mail', { color: false, width: 72 });
  writeResult(replyTo(found.answered, report, whoReplies(io)), options, io);
}

/** The author identity of git, `Name <address>`; undefined where git has none. */
function whoReplies(io: Io): string | undefined {
  const asked = spawnSync('git', ['var', 'GIT_AUTHOR_IDENT'], { cwd: io.cwd, encoding: 'utf8' });
  return asked.status === 0 ? /^(.*<[^>]+>)/.exec(asked.stdout)?.[1] : undefined;
}
