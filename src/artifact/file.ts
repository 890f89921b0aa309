/** Files, read with a limit and without exceptions. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';

/** More than any firmware image, log or configuration; what is larger was named by mistake. */
export const MAX_INPUT_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

export type FileResult =
  | { readonly bytes: Uint8Array }
  | { readonly directory: true }
  | { readonly failure: string; readonly tooLarge?: true };

/** What the system says about a failed call, as people know it: `No such file or directory`. */
export function systemMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('errno' in error && typeof error.errno === 'number') {
    const known = getSystemErrorMap().get(error.errno)?.[1];
    if (known) return known.charAt(0).toUpperCase() + known.slice(1);
  }
  return error.message;
}

/** Reads a file to its end, whatever size it claims (files below /proc and /sys claim 0 or a page), pipes too. */
export function readFileBytes(path: string | Buffer, limit: number): FileResult {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return { failure: systemMessage(error) };
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return { directory: true };
    const tooLarge = {
      failure: `Larger than the limit of ${limit / (1024 * 1024)} MiB`,
      tooLarge: true,
    } as const;
    if (stat.size > limit) return tooLarge;
    let buffer = Buffer.allocUnsafe(Math.max(stat.size + 1, CHUNK_BYTES));
    let length = 0;
    for (;;) {
      if (length === buffer.length) {
        const larger = Buffer.allocUnsafe(buffer.length * 2);
        buffer.copy(larger);
        buffer = larger;
      }
      const read = readSync(descriptor, buffer, length, buffer.length - length, null);
      if (read === 0) return { bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, length) };
      length += read;
      if (length > limit) return tooLarge;
    }
  } catch (error) {
    return { failure: systemMessage(error) };
  } finally {
    closeSync(descriptor);
  }
}
