/** Images as inputs: files that are never whole in memory, unless they are small or something is wrapped around them. */

import { fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type Access, accessTo } from '../../containers/access.ts';
import { closeRead, readFileBytes, systemMessage } from '../file.ts';

/** Larger files are read where they are needed. */
const MAX_WHOLE = 32 * 1024 * 1024;
/** Headers are read in many small steps: from blocks of this size, of which so many are held. */
const BLOCK_BYTES = 16 * 1024;
const BLOCKS_HELD = 32;

export interface OpenedFile {
  readonly access: Access;
  /** Whether the bytes are in memory. */
  readonly whole: boolean;
  /** What the system said when a part could not be read; that part is missing from what `access` gives. */
  fault(): string | undefined;
  close(): void;
}

export type OpenedFileResult = OpenedFile | { readonly directory: true } | { readonly failure: string };

/** Opens a file for reading here and there. What is no regular file is read to its end, or the limit for inputs. */
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

/** A file that is cut short while it is read ends where it ends. @param onFault told what cannot be read */
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
  /** By the number of a block, its remainder by the number of them. */
  const held: { readonly number: number; readonly bytes: Uint8Array }[] = [];
  /** A block of the file; undefined where not all of it can be read, which is no fault of who wants less of it. */
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
