/** Names of files for programs that know the repository: relative to its root, with `/` between the parts. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Locate } from '../../report/results/located.ts';

/** How many folders above the working directory are searched for `.git`. */
const MAX_ABOVE = 64;

/** The folder with `.git` at or above a folder; the folder itself where there is none. */
function rootOf(folder: string): string {
  let at = folder;
  for (let above = 0; above < MAX_ABOVE; above += 1) {
    if (existsSync(join(at, '.git'))) return at;
    const up = dirname(at);
    if (up === at) break;
    at = up;
  }
  return folder;
}

/** Finds files by their names on the command line. A file of a git revision, `REV:PATH`, is located at PATH. */
export function locatorAt(cwd: string): Locate {
  const root = rootOf(cwd);
  return (name) => {
    const ofRevision = existsSync(resolve(cwd, name)) ? null : /^[^:/]+:(?!\/)(.+)$/.exec(name);
    const file = ofRevision === null ? resolve(cwd, name) : resolve(root, ofRevision[1]!);
    const path = relative(root, file);
    const outside = path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
    return { path: (outside ? file : path).split(sep).join('/'), inRoot: !outside };
  };
}
