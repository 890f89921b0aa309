/** The files that patches apply to: what `--base` names, and files of the source tree that an input is in. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readFileBytes } from '../../artifact/file.ts';
import type { BaseFile } from '../../artifact/patch/resolve.ts';
import { limit } from '../../limits/limits.ts';
import { CommandError } from '../common/command.ts';
import type { Io } from '../common/io.ts';

/** How many folders above an input are searched: a kernel tree is half as deep. */
const MAX_ABOVE = 16;

/** Reads a file, or one of a git revision with `git show`. Throws {@link CommandError} when there is none. */
export function readBase(text: string, { cwd, inputs }: Io): BaseFile {
  const path = resolve(cwd, text);
  inputs.add(path);
  const colon = text.indexOf(':');
  if (existsSync(path) || colon <= 0) {
    const read = readFileBytes(path);
    if ('bytes' in read) return { path, bytes: read.bytes, how: text };
    throw new CommandError(`--base ${text}: ${'failure' in read ? read.failure : 'Is a directory'}`);
  }
  if (text.startsWith('-')) throw new CommandError(`--base ${text}: it takes FILE or REV:PATH`);
  const shown = spawnSync('git', ['show', text], { cwd, maxBuffer: limit('input-bytes') });
  if (shown.error) throw new CommandError(`--base ${text}: cannot run git: ${shown.error.message}`);
  if (shown.status !== 0) {
    const said = shown.stderr.toString('utf8').trim().split('\n')[0] ?? '';
    throw new CommandError(`cannot read ${text} with git show: ${said || `exit status ${shown.status}`}`);
  }
  // Files that it includes are taken from the working tree.
  return { path: resolve(cwd, text.slice(colon + 1)), bytes: shown.stdout, how: text };
}

/** Finds a file by its name in a patch, below one of the folders above an input. */
export function findInTree(name: string, beside: string, { cwd, inputs }: Io): BaseFile | undefined {
  if (name.startsWith('/') || name.split('/').includes('..')) return undefined;
  let folder = dirname(resolve(cwd, beside));
  for (let above = 0; above < MAX_ABOVE; above += 1) {
    const path = join(folder, name);
    if (existsSync(path)) {
      inputs.add(path);
      const read = readFileBytes(path);
      return 'bytes' in read ? { path, bytes: read.bytes, how: path } : undefined;
    }
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return undefined;
}
