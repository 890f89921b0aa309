/** `--live`: this machine, collected by the script that `fwmap capture` prints. */

import { spawnSync } from 'node:child_process';
import { limit } from '../../limits/limits.ts';
import { CAPTURE_SCRIPT } from '../capture/script.ts';
import { CommandError } from '../common/command-error.ts';
import type { Io } from '../common/io.ts';

/** The name of this machine's capture in messages. */
export const LIVE_NAME = '<live>';

/** Runs the script here; its messages go to standard error. @returns the tar. Throws {@link CommandError} if it fails. */
export function captureHere(io: Io): Uint8Array {
  const { stdout, stderr, status, error } = spawnSync('sh', ['-s', '--', '-o', '-'], {
    input: CAPTURE_SCRIPT,
    maxBuffer: limit('input-bytes'),
  });
  if (error !== undefined) throw new CommandError(`--live: cannot run the script: ${error.message}`);
  const said = stderr.toString('utf8').trimEnd();
  if (status !== 0) throw new CommandError(`--live: ${said.split('\n').at(-1)}`);
  if (said !== '') io.stderr.write(`${said}\n`);
  return stdout;
}
