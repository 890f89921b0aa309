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

/** Files that are looked for by what they include, before it is given up: a header may be included by a thousand boards. */
const MAX_INCLUDERS = 50;
/** Steps from an included file to a board. */
const MAX_INCLUDE_DEPTH = 8;

/** A source that is read for what it describes; a `.dtsi` alone describes nothing. */
const BOARD = /\.(?:dts|dtso)$/;
const INCLUDED = /\.(?:dtsi|h)$/;

/**
 * The commit that the pull request is compared with: where its branch began, or where that is not known, as in a shallow
 * clone, the tip of the other branch. It is fetched where it isn't there.
 */
export function baseOf(cwd: string, base: string): string {
  if (gitOrNothing(cwd, 'cat-file', '-e', `${base}^{commit}`) === undefined)
    git(cwd, 'fetch', '--no-tags', '--quiet', '--depth=1', 'origin', base);
  return (
    gitOrNothing(cwd, 'merge-base', base, 'HEAD')?.trim() ??
    git(cwd, 'rev-parse', '--verify', `${base}^{commit}`).trim()
  );
}

/** Files that match one of the patterns and are different from the base; boards that include one, too. */
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

/** Boards that include these files, directly or not, by the names in their `#include` and `/include/` lines. */
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
