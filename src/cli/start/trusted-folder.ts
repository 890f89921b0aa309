/** The folder of the code cache. Only the user may write to it, since its content is run. */
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
 * Whether a folder belongs to the user and nobody else can replace it: every folder above it belongs to the user or root,
 * and others can't write to it, unless it is sticky as /tmp is.
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

/** The folder, which is made if it doesn't exist; undefined where there is none that is safe and writable. */
export function trustedFolder(env: NodeJS.ProcessEnv): string | undefined {
  // Windows has no owners of this kind.
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
