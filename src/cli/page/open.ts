/** Showing a file in the browser of whoever sits there. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import type { Io } from '../common/io.ts';

/** Is there a screen, and is somebody in front of it? */
function hasDisplay({ env }: Io, platform: NodeJS.Platform): boolean {
  if (platform === 'darwin' || platform === 'win32') return env.SSH_CONNECTION === undefined;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Starts a browser where there is one; it goes on when this process ends. @returns whether something was started */
export function openInBrowser(path: string, io: Io, platform: NodeJS.Platform = process.platform): boolean {
  if (!hasDisplay(io, platform)) return false;
  const url = pathToFileURL(path).href;
  const [program, ...words] =
    platform === 'darwin'
      ? ['open', url]
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(program!, words, { stdio: 'ignore', detached: true });
  // That no browser is installed is no fault: the path is told in any case.
  child.on('error', () => {});
  child.unref();
  return true;
}
