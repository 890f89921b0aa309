/** What the action asks git. */
import { spawnSync } from 'node:child_process';

/** A listing of a large repository is some megabytes. */
const MAX_OUTPUT = 1 << 28;

export class GitError extends Error {}

/** Runs git in a repository. Throws {@link GitError} with the first line that git said. */
export function git(cwd: string, ...argv: string[]): string {
  const ran = spawnSync('git', argv, { cwd, maxBuffer: MAX_OUTPUT, encoding: 'utf8' });
  if (ran.error) throw new GitError(`git can't be run: ${ran.error.message}`);
  if (ran.status !== 0)
    throw new GitError(`git ${argv[0]}: ${ran.stderr.trim().split('\n')[0] ?? ran.status}`);
  return ran.stdout;
}

/** The same, undefined where git ends with an error: for questions with yes or no. */
export function gitOrNothing(cwd: string, ...argv: string[]): string | undefined {
  try {
    return git(cwd, ...argv);
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
