/** Reads files with a limit, returning failures instead of throwing. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { type LimitName, limit, overLimit } from '../limits/limits.ts';
import type { FileResult } from './reading.ts';

/** First buffer for input of unknown size. */
const FIRST_BYTES = 64 * 1024;
/** From this length on the buffer grows to the limit at once. */
const LAZY_BYTES = 4 * 1024 * 1024;

/** The system's message for a failed call: `No such file or directory`. */
export function systemMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno = 0 } = error as NodeJS.ErrnoException;
  const known = getSystemErrorMap().get(errno)?.[1];
  return known === undefined ? error.message : known.charAt(0).toUpperCase() + known.slice(1);
}

/** Whether a call of the system failed: mistakes of ours have no number, and zlib's are called `Z_…`. */
export function isSystemError(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errno' in error &&
    typeof error.errno === 'number' &&
    systemCode(error)?.startsWith('Z_') !== true
  );
}

/** What Node and V8 throw where there is no memory for something large. */
const NO_MEMORY = /^(?:Array buffer allocation failed|Invalid string length|Failed to allocate memory)/;

/** Whether there was too little memory for it: what is smaller than that ends the process by a signal of V8's. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error && (NO_MEMORY.test(error.message) || systemCode(error) === 'ERR_STRING_TOO_LONG')
  );
}

/** What the system calls a failed call: `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** Faults that stay as they are: who asks again is told the same. Others come and go with the host's load and its disks. */
const LASTING: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENAMETOOLONG',
  'EINVAL',
]);

/** Whether what {@link systemMessage} said is a fault that may be gone when it is tried again. */
export function isTransient(message: string): boolean {
  passing ??= new Set(
    [...getSystemErrorMap()].flatMap(([errno, [name]]) =>
      LASTING.has(name) ? [] : [systemMessage(Object.assign(new Error(name), { errno }))],
    ),
  );
  return passing.has(message);
}

let passing: ReadonlySet<string> | undefined;

/** Closes what was only read: a fault comes too late to matter. */
export function closeRead(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // No data can be lost.
  }
}

function uncleared(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

/**
 * Calls `read` until it returns 0; undefined when that gives more than `limit` bytes.
 * @param expected likely number of bytes, 0 when unknown
 */
export function readToEnd(
  read: (target: Uint8Array) => number,
  expected: number,
  limit: number,
): Uint8Array | undefined {
  let bytes = uncleared(Math.min(expected > 0 ? expected : FIRST_BYTES, limit) + 1);
  let length = 0;
  for (;;) {
    if (length > limit) return undefined;
    if (length === bytes.length) {
      // Past LAZY_BYTES one allocation up to the limit: pages are committed only as they are written to.
      const larger = uncleared(length < LAZY_BYTES ? Math.min(length * 4, limit + 1) : limit + 1);
      larger.set(bytes);
      bytes = larger;
    }
    const count = read(bytes.subarray(length));
    if (count === 0) return bytes.subarray(0, length);
    length += count;
  }
}

/**
 * Reads a file or pipe to its end, whatever its reported size (files in /proc and /sys report 0 or a page).
 * @param path may be bytes, for names that are no UTF-8
 * @param name of the limit on its size @param used bytes already counted towards the limit
 */
export function readFileBytes(
  path: string | Uint8Array,
  name: LimitName = 'input-bytes',
  used = 0,
): FileResult {
  const most = limit(name) - used;
  let descriptor: number;
  try {
    descriptor = openSync(typeof path === 'string' ? path : Buffer.from(path), 'r');
  } catch (error) {
    return { failure: systemMessage(error), code: systemCode(error) };
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return { directory: true };
    const bytes =
      stat.size > most ? undefined : readToEnd((target) => readSync(descriptor, target), stat.size, most);
    if (bytes !== undefined) return { bytes };
    return { failure: used === 0 ? overLimit(name) : `${overLimit(name)} together`, tooLarge: true };
  } catch (error) {
    return { failure: systemMessage(error), code: systemCode(error), opened: true };
  } finally {
    closeRead(descriptor);
  }
}
