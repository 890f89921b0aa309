/** Where the code cache is: a folder that nobody but who runs fwmap can write to, since what is in it is run. */
import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;

/** `fwmap` in the folder for caches of the XDG Base Directory Specification; undefined where the environment has none. */
function cacheFolder({ XDG_CACHE_HOME: given, HOME: home }: NodeJS.ProcessEnv): string | undefined {
  // "If an implementation encounters a relative path in any of these variables it should […] ignore it."
  if (given?.startsWith('/')) return join(given, 'fwmap');
  return home?.startsWith('/') ? join(home, '.cache', 'fwmap') : undefined;
}

/**
 * Whether a folder is the user's own and no one else can put another one in its place: every folder above it is the
 * user's or root's, and others can't write to it, or as in /tmp not to what isn't theirs.
 * @param folder without symbolic links
 */
function isOwn(folder: string, user: number): boolean {
  const { uid, mode } = lstatSync(folder);
  if (uid !== user || (mode & OTHERS_WRITE) !== 0) return false;
  for (let above = dirname(folder); ; above = dirname(above)) {
    const status = lstatSync(above);
    if (status.uid !== user && status.uid !== 0) return false;
    if ((status.mode & OTHERS_WRITE) !== 0 && (status.mode & STICKY) === 0) return false;
    if (above === dirname(above)) return true;
  }
}

/** The folder, made where it isn't there; undefined where there can be none that is safe. */
export function trustedFolder(env: NodeJS.ProcessEnv): string | undefined {
  // Windows says nothing about owners.
  const user = process.geteuid?.();
  const named = cacheFolder(env);
  if (user === undefined || named === undefined) return undefined;
  try {
    const folder = realOf(named) ?? made(named);
    return isOwn(folder, user) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function realOf(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

/** Not `recursive`: Node 20 and 22 never come back from that below /proc. */
function made(folder: string): string {
  for (const each of [dirname(folder), folder]) if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
  return realpathSync(folder);
}
