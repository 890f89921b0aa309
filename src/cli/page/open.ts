/** Shows a file in the user's browser. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import type { Io } from '../common/io.ts';

/** Whether there is a local display. */
function hasDisplay({ env }: Io, platform: NodeJS.Platform): boolean {
  if (platform === 'darwin' || platform === 'win32') return env.SSH_CONNECTION === undefined;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * The program that BROWSER names, as xdg-open and Python's webbrowser read it: the first of a list with colons; the
 * address replaces `%s` or follows at the end. Editors that work on another machine set it, without a display there.
 */
function namedBrowser({ env }: Io, url: string): string[] | undefined {
  const words = (env.BROWSER ?? '').split(':')[0]!.split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  return words.includes('%s') ? words.map((word) => (word === '%s' ? url : word)) : [...words, url];
}

/** Starts a browser, if there is one; it outlives this process. @returns whether one was started */
export function openInBrowser(path: string, io: Io, platform: NodeJS.Platform = process.platform): boolean {
  const url = pathToFileURL(path).href;
  const named = namedBrowser(io, url);
  if (named === undefined && !hasDisplay(io, platform)) return false;
  const [program, ...words] =
    named ??
    (platform === 'darwin'
      ? ['open', url]
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url]);
  const child = spawn(program!, words, { stdio: 'ignore', detached: true });
  // A missing browser is not an error: the path was printed.
  child.on('error', () => {});
  child.unref();
  return true;
}
