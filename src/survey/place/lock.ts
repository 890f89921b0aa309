/** One survey at a time in a folder: two that plan at once would both have the same machines. */
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../../artifact/file.ts';
import { PlaceError } from './place.ts';

/** How often whoever holds a folder shows that it runs. */
const BEAT_MS = 2000;
/** Without a sign for this long it was killed on another host; only own time counts, clocks of hosts differ. */
const SILENT_MS = 30_000;
const LOOK_MS = 250;

/** Folders that this process holds. */
const held = new Set<string>();

export interface FolderLock {
  /** To be called where the timers of this process may not run for long. */
  beat(): void;
  release(): void;
}

/**
 * Takes a folder. What was killed doesn't keep it: on this host it is known at once, elsewhere after half a minute. Throws
 * {@link PlaceError} where another process holds it, and the system's error.
 * @param folder the folder for unfinished files, which exists
 */
export async function lockFolder(
  folder: string,
  { beatMs = BEAT_MS, silentMs = SILENT_MS } = {},
): Promise<FolderLock> {
  const path = join(folder, 'lock');
  const own = JSON.stringify({ host: hostname(), pid: process.pid });
  let last: string | undefined;
  for (let since = Date.now(); ; ) {
    try {
      create(path, own);
      break;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const seen = stateOf(path);
    if (seen === undefined) continue;
    const state = `${seen.changed} ${seen.text}`;
    const isSilent = Date.now() - since >= silentMs;
    if (!held.has(path) && (isDead(seen.text) || (last === state && isSilent))) {
      takeAway(path, seen.text);
      continue;
    }
    if (held.has(path) || (last !== undefined && last !== state)) throw inUse(seen.text);
    last = state;
    await sleep(Math.min(LOOK_MS, silentMs));
  }
  held.add(path);
  let beaten = Date.now();
  const beat = (): void => {
    if (Date.now() - beaten < beatMs) return;
    beaten = Date.now();
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // The folder is gone; whoever writes a result there tells it.
    }
  };
  const timer = setInterval(beat, beatMs);
  timer.unref();
  return {
    beat,
    release: () => {
      clearInterval(timer);
      held.delete(path);
      rmSync(path, { force: true });
    },
  };
}

/** Throws the system's error, without a file that says nothing. */
function create(path: string, text: string): void {
  const file = openSync(path, 'wx');
  try {
    try {
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** Removes a lock, unless another process has removed it and taken the folder meanwhile. */
function takeAway(path: string, text: string): void {
  const away = `${path}.${process.pid}`;
  try {
    renameSync(path, away);
    if (readFileSync(away, 'utf8') === text) rmSync(away, { force: true });
    else renameSync(away, path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

function stateOf(path: string): { readonly text: string; readonly changed: number } | undefined {
  try {
    return { text: readFileSync(path, 'utf8'), changed: statSync(path).mtimeMs };
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

function holderOf(text: string): { readonly host?: unknown; readonly pid?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { host?: unknown; pid?: unknown };
  } catch {
    return {};
  }
}

/** Whether a process of this host wrote it that has ended. A number like the own one is that of an earlier container. */
function isDead(text: string): boolean {
  const { host, pid } = holderOf(text);
  if (host !== hostname() || typeof pid !== 'number') return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
}

function inUse(text: string): PlaceError {
  const { host, pid } = holderOf(text);
  return new PlaceError(
    `another survey is running in this folder: process ${pid ?? '?'} on ${host ?? '?'}`,
    'wait for it, or name another folder',
  );
}
