/** Writes files atomically: whole or not at all. */
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

/** How many links are followed: as many as Linux does (MAXSYMLINKS). */
const MAX_LINKS = 40;
const ANY_WRITE = 0o222;
const PERMISSIONS = 0o7777;
/** The name of a file until it is complete; it has the process id. */
const TEMPORARY = /^\.fwmap-(\d+)\.tmp$/;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The target of a path through links; the last one may be dangling. Throws the system's error. */
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

/** Removes what killed runs have left in a folder. */
function sweep(folder: string): void {
  try {
    for (const name of readdirSync(folder)) {
      const id = TEMPORARY.exec(name)?.[1];
      if (id !== undefined && !isRunning(Number(id))) unlinkSync(join(folder, name));
    }
  } catch {
    // A fault of the folder is reported when it is written to.
  }
}

/** Whether the handlers are installed. */
let areSignalsHeld = false;

/** Runs a synchronous action so that a signal ends the process only after it. */
function endsAfter(action: () => void): void {
  // A signal with a handler is delivered when the event loop runs again: the action is complete by then.
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

/** Writes to a file in the same folder and renames it, which is atomic. */
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
    // The first error is the one to report.
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
 * Makes a new file, atomically. Throws the system's error, EEXIST where the path exists.
 * @param fill writes the content
 */
export function makeWhole(path: string, fill: (descriptor: number) => void): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    // For the system's own error.
    closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL));
  endsAfter(() => replace(path, undefined, fill));
}

/**
 * Writes a file, atomically; links are followed. A read-only file and one that was read as an input are left alone.
 * Anything that isn't a regular file (a pipe, /dev/stdout) is written to directly.
 * @param path absolute @param name for messages
 * Throws {@link CommandError}.
 */
export function writeWhole(path: string, name: string, content: string | Uint8Array, io: Io): void {
  try {
    const target = targetOf(path);
    const before = statSync(target, { throwIfNoEntry: false });
    if (before !== undefined) {
      if (io.inputs.has(target)) throw new CommandError(`cannot write ${name}: it is an input`);
      // root could write it, but hardly means to.
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
