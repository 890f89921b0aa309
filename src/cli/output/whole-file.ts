/** A file that is written whole or not at all. */
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { systemMessage } from '../../artifact/file.ts';
import { CommandError } from '../common/command-error.ts';
import type { Io } from '../common/io.ts';

/** Links that are followed: as many as Linux follows (MAXSYMLINKS). */
const MAX_LINKS = 40;
const ANY_WRITE = 0o222;
const PERMISSIONS = 0o7777;
/** What is written before it gets its name; with the process that does. */
const TEMPORARY = /^\.fwmap-(\d+)\.tmp$/;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Where a path leads to through links, the last of which may lead to nothing yet. Throws what the system says. */
function targetOf(path: string): string {
  let target = path;
  for (let count = 0; count < MAX_LINKS; count += 1) {
    const stat = lstatSync(target, { throwIfNoEntry: false });
    if (!stat?.isSymbolicLink()) return target;
    target = resolve(dirname(target), readlinkSync(target));
  }
  // The system says what is wrong with it.
  statSync(target);
  return target;
}

function writeAll(descriptor: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Takes away what runs that were killed have left in a folder. */
function sweep(folder: string): void {
  try {
    for (const name of readdirSync(folder)) {
      const id = TEMPORARY.exec(name)?.[1];
      if (id !== undefined && !isRunning(Number(id))) unlinkSync(join(folder, name));
    }
  } catch {
    // Whatever is wrong with the folder is told when it is written to.
  }
}

/** Whether signals wait already. */
let areSignalsHeld = false;

/** Dies of a signal, but only after what must not be left undone; nothing of it waits. */
function endsAfter(action: () => void): void {
  // With a handler a signal waits until the program does: the write is through by then.
  if (!areSignalsHeld) {
    areSignalsHeld = true;
    const handlers = SIGNALS.map((signal) => {
      const handler = (): void => {
        for (const [each, other] of handlers) process.off(each, other);
        process.kill(process.pid, signal);
      };
      return [signal, handler] as const;
    });
    for (const [signal, handler] of handlers) process.once(signal, handler);
  }
  action();
}

/** Through a file in the same folder, so that the last step is a rename, which replaces or does not. */
function replace(target: string, before: Stats | undefined, fill: (descriptor: number) => void): void {
  const folder = dirname(target);
  sweep(folder);
  const temporary = join(folder, `.fwmap-${process.pid}.tmp`);
  const descriptor = openSync(temporary, 'wx');
  try {
    try {
      if (before !== undefined) fchmodSync(descriptor, before.mode & PERMISSIONS);
      fill(descriptor);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, target);
  } catch (error) {
    // What went wrong first is what is told.
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeThrough(path: string, content: string | Uint8Array): void {
  const descriptor = openSync(path, 'w');
  try {
    writeAll(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Makes a file that is not there, whole or not at all. Throws what the system says, EEXIST where there is something.
 * @param fill writes what is to be in it
 */
export function makeWhole(path: string, fill: (descriptor: number) => void): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    // The system's own words, and its number.
    closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL));
  endsAfter(() => replace(path, undefined, fill));
}

/**
 * Writes a file, or through links to what they lead to. A file that may not be written to stays as it is, and one that was
 * read as an input too. What is no regular file (a pipe, /dev/stdout) is written to as it is.
 * @param path absolute @param name what the user calls it
 * Throws {@link CommandError}.
 */
export function writeWhole(path: string, name: string, content: string | Uint8Array, io: Io): void {
  try {
    const target = targetOf(path);
    const before = statSync(target, { throwIfNoEntry: false });
    if (before !== undefined) {
      if (io.inputs.has(target)) throw new CommandError(`cannot write ${name}: it is an input`);
      // Who may do everything is not to do it by mistake.
      if ((before.mode & ANY_WRITE) === 0) throw new CommandError(`cannot write ${name}: it is read-only`);
      // A rename would get around the permissions of the file itself.
      if (before.isFile()) closeSync(openSync(target, 'r+'));
    }
    if (before === undefined || before.isFile())
      endsAfter(() => replace(target, before, (descriptor) => writeAll(descriptor, content)));
    else writeThrough(target, content);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`cannot write ${name}: ${systemMessage(error)}`);
  }
}
