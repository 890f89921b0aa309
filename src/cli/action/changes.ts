/** Which firmware files a pull request changes. */
import { basename } from 'node:path/posix';
import { git, gitOrNothing } from './git.ts';

export interface ChangedFile {
  /** From the root of the repository on. */
  readonly path: string;
  /** Another name that it had before. */
  readonly before: string;
  readonly did: 'added' | 'changed' | 'removed' | 'includes what changed';
}

/** The search for boards that include a changed file ends at this many: a header may be included by a thousand. */
const MAX_INCLUDERS = 50;
/** Steps from an included file to a board. */
const MAX_INCLUDE_DEPTH = 8;

/** Sources that are read by themselves; a `.dtsi` alone describes no machine. */
const BOARD = /\.(?:dts|dtso)$/;
const INCLUDED = /\.(?:dtsi|h)$/;

/**
 * The commit that the pull request is compared with: the merge base, or where that is not known, as in a shallow clone,
 * the tip of the base branch, which is fetched if it is missing. Throws {@link GitError}.
 */
export function baseOf(cwd: string, base: string): string {
  const tip = commitOf(cwd, base) ?? fetched(cwd, base);
  return gitOrNothing(cwd, 'merge-base', tip, 'HEAD')?.trim() ?? tip;
}

function commitOf(cwd: string, name: string): string | undefined {
  return gitOrNothing(cwd, 'rev-parse', '--verify', '--quiet', `${name}^{commit}`)?.trim();
}

/** Fetches a branch. @returns its commit, since the branch gets no name here */
function fetched(cwd: string, name: string): string {
  git(cwd, 'fetch', '--no-tags', '--quiet', '--depth=1', 'origin', name);
  return git(cwd, 'rev-parse', '--verify', 'FETCH_HEAD^{commit}').trim();
}

/**
 * The commit of the base branch that GitHub merged this one into for the test merge. The event may name an older commit of
 * that branch: changes in between don't belong to this pull request.
 * @param head the tip of the pull request's branch @returns undefined where HEAD isn't the test merge
 */
export function mergedInto(cwd: string, head: unknown): string | undefined {
  // Read from the commit object: a shallow clone hides the parents.
  const commit = gitOrNothing(cwd, 'cat-file', 'commit', 'HEAD') ?? '';
  const parents = [...commit.slice(0, commit.indexOf('\n\n') + 1).matchAll(/^parent ([0-9a-f]+)\n/gm)];
  const [first, second, ...more] = parents.map((match) => match[1]);
  return second === head && more.length === 0 ? first : undefined;
}

/** Files that match one of the patterns and differ from the base, and boards that include one. */
export function changedFiles(cwd: string, base: string, patterns: readonly string[]): ChangedFile[] {
  const pathspecs = patterns.map((pattern) => `:(top,glob)${pattern}`);
  const told = git(
    cwd,
    'diff',
    '--name-status',
    '-z',
    '--find-renames',
    base,
    'HEAD',
    '--',
    ...pathspecs,
  ).split('\0');
  const files: ChangedFile[] = [];
  for (let at = 0; at + 1 < told.length; ) {
    const status = told[at]!.charAt(0);
    const path = told[at + 1]!;
    if (status === 'R' || status === 'C') {
      files.push({ path: told[at + 2]!, before: path, did: status === 'R' ? 'changed' : 'added' });
      at += 3;
      continue;
    }
    const did = status === 'A' ? 'added' : status === 'D' ? 'removed' : 'changed';
    files.push({ path, before: path, did });
    at += 2;
  }
  const included = files.filter(({ path }) => INCLUDED.test(path));
  const whole = files.filter(({ path }) => !INCLUDED.test(path));
  const boards = includersOf(cwd, included).filter((path) => !whole.some((file) => file.path === path));
  return [...whole, ...boards.map((path) => ({ path, before: path, did: 'includes what changed' as const }))];
}

/** Boards that include these files, directly or through others, by the names in `#include` and `/include/` lines. */
function includersOf(cwd: string, files: readonly ChangedFile[]): string[] {
  const boards = new Set<string>();
  const seen = new Set<string>();
  let names = [...new Set(files.map(({ path }) => basename(path)))];
  for (
    let depth = 0;
    names.length > 0 && depth < MAX_INCLUDE_DEPTH && boards.size < MAX_INCLUDERS;
    depth += 1
  ) {
    const patterns = names.flatMap((name) => [
      '-e',
      `include[/ \t]*["<]\\([^">]*/\\)\\?${name.replace(/[.[\]*^$\\]/g, '\\$&')}[">]`,
    ]);
    const found = gitOrNothing(
      cwd,
      'grep',
      '-l',
      '-z',
      ...patterns,
      'HEAD',
      '--',
      ':(top,glob)**/*.dts',
      ':(top,glob)**/*.dtso',
      ':(top,glob)**/*.dtsi',
    );
    const paths = (found ?? '')
      .split('\0')
      .filter((path) => path !== '')
      .map((path) => path.replace(/^HEAD:/, ''));
    names = [];
    for (const path of paths) {
      if (seen.has(path)) continue;
      seen.add(path);
      if (BOARD.test(path)) boards.add(path);
      else names.push(basename(path));
    }
  }
  return [...boards].sort().slice(0, MAX_INCLUDERS);
}
