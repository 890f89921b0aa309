/** Opens image files, which are read in blocks unless they are small. */

import { fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type Access, accessTo } from '../../containers/access.ts';
import { closeRead, readFileBytes, systemMessage } from '../file.ts';

/** Larger files are read in blocks. */
const MAX_WHOLE = 32 * 1024 * 1024;
/** Size and number of the cached blocks, since headers are read in many small pieces. */
const BLOCK_BYTES = 16 * 1024;
const BLOCKS_HELD = 32;

export interface OpenedFile {
  readonly access: Access;
  /** Whether the bytes are in memory. */
  readonly whole: boolean;
  /** The system's message when a part could not be read; `access` returns fewer bytes there. */
  fault(): string | undefined;
  close(): void;
}

export type OpenedFileResult = OpenedFile | { readonly directory: true } | { readonly failure: string };

/** Opens a file for random access. One that is not a regular file is read to its end, within the limit for inputs. */
export function openImageFile(path: string): OpenedFileResult {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return { failure: systemMessage(error) };
  }
  const close = (): void => closeRead(descriptor);
  let stat: Stats;
  try {
    stat = fstatSync(descriptor);
  } catch (error) {
    close();
    return { failure: systemMessage(error) };
  }
  if (stat.isDirectory()) {
    close();
    return { directory: true };
  }
  if (!stat.isFile() || stat.size <= MAX_WHOLE) {
    close();
    const read = readFileBytes(path);
    return 'bytes' in read
      ? { access: accessTo(read.bytes), whole: true, fault: () => undefined, close: () => {} }
      : read;
  }
  let failed: string | undefined;
  const access = fileAccess(descriptor, stat.size, (why) => {
    failed ??= why;
  });
  return { access, whole: false, fault: () => failed, close };
}

/** Random access to a file; one that is truncated meanwhile gives fewer bytes. @param onFault called on read errors */
function fileAccess(descriptor: number, size: number, onFault: (why: string) => void): Access {
  const readInto = (offset: number, target: Uint8Array): number => {
    let done = 0;
    while (done < target.length) {
      let count: number;
      try {
        count = readSync(descriptor, target, done, target.length - done, offset + done);
      } catch (error) {
        onFault(systemMessage(error));
        break;
      }
      if (count === 0) break;
      done += count;
    }
    return done;
  };
  /** A direct-mapped cache: block `n` is in slot `n % BLOCKS_HELD`. */
  const held: { readonly number: number; readonly bytes: Uint8Array }[] = [];
  /** A block of the file; undefined when not all of it can be read, since the caller may need less. */
  const blockAt = (number: number): Uint8Array | undefined => {
    const slot = number % BLOCKS_HELD;
    const there = held[slot];
    if (there?.number === number) return there.bytes;
    const bytes = new Uint8Array(BLOCK_BYTES);
    try {
      if (readSync(descriptor, bytes, 0, BLOCK_BYTES, number * BLOCK_BYTES) < BLOCK_BYTES) return undefined;
    } catch {
      return undefined;
    }
    held[slot] = { number, bytes };
    return bytes;
  };
  return {
    size,
    read(offset, length) {
      const count = Math.min(length, size - offset);
      if (offset < 0 || count <= 0) return new Uint8Array(0);
      const inBlock = offset % BLOCK_BYTES;
      const block = inBlock + count > BLOCK_BYTES ? undefined : blockAt((offset - inBlock) / BLOCK_BYTES);
      if (block !== undefined) return block.subarray(inBlock, inBlock + count);
      const target = new Uint8Array(count);
      return target.subarray(0, readInto(offset, target));
    },
    readInto: (offset, target) => readInto(offset, target),
  };
}
