/** Runs git for the action. */
import { spawnSync } from 'node:child_process';

/** In bytes: a listing of a large repository takes several megabytes. */
const MAX_OUTPUT = 1 << 28;

export class GitError extends Error {}

/** Runs git in a repository. @returns its output. Throws {@link GitError} with the first line of its error. */
export function git(cwd: string, ...argv: string[]): string {
  const ran = spawnSync('git', argv, { cwd, maxBuffer: MAX_OUTPUT, encoding: 'utf8' });
  if (ran.error) throw new GitError(`cannot run git: ${ran.error.message}`);
  if (ran.status !== 0)
    throw new GitError(`git ${argv[0]}: ${ran.stderr.trim().split('\n')[0] ?? ran.status}`);
  return ran.stdout;
}

/** The same, but undefined where git fails. */
export function gitOrNothing(cwd: string, ...argv: string[]): string | undefined {
  try {
    return git(cwd, ...argv);
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
