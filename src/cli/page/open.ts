/** Showing a file in the browser of whoever sits there. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import type { Io } from '../common/io.ts';

/** Is there a screen, and is somebody in front of it? */
function hasDisplay({ env }: Io, platform: NodeJS.Platform): boolean {
  if (platform === 'darwin' || platform === 'win32') return env.SSH_CONNECTION === undefined;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * What BROWSER names, as xdg-open and Python's webbrowser read it: the first of several between colons, `%s` for the
 * address or that behind it. Editors that work on another machine set it, and have no display there.
 */
function namedBrowser({ env }: Io, url: string): string[] | undefined {
  const words = (env.BROWSER ?? '').split(':')[0]!.split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  return words.includes('%s') ? words.map((word) => (word === '%s' ? url : word)) : [...words, url];
}

/** Starts a browser where there is one; it goes on when this process ends. @returns whether something was started */
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
  // That no browser is installed is no fault: the path is told in any case.
  child.on('error', () => {});
  child.unref();
  return true;
}
