/**
 * Access to other files for `#include`, `/include/` and `/incbin/`. The library opens nothing itself: the caller passes a
 * loader, which decides what may be opened (`--include-root`).
 */
import type { Source } from '../../bytes/source.ts';

export interface OpenFailure {
  /**
   * `refused`: outside of what may be opened, whether it exists or not. `failed`: a system error (too many open files, a bad
   * disk), so it may exist.
   */
  readonly reason: 'missing' | 'refused' | 'unreadable' | 'failed' | 'too-large';
  /** For the message: `No such file or directory`, `outside the include root /src`. */
  readonly text: string;
}

/** The times for the preprocessor's `__DATE__`, `__TIME__` and `__TIMESTAMP__`. */
export interface SourceClock {
  /** The time of preprocessing. */
  readonly now: Date;
  /** Whether `now` is printed in UTC, as reproducible builds require, or in the local time zone. */
  readonly utc: boolean;
  /** The modification time of a file, by the name of its source. */
  modified(name: string): Date | undefined;
}

export interface SourceLoader {
  /** Without a clock, times are the question marks that GNU cpp writes for unknown ones. */
  readonly clock?: SourceClock;
  /**
   * Opens a path, joined from an include path and the name in the source, not normalised. The same path gives the same
   * `Source` object each time, so that data derived from it can be cached. The source's name is the path.
   */
  open(path: string): Source | OpenFailure;
  /** Bytes [offset, offset + length) of a file, fewer when it ends before; for `/incbin/`. */
  read(path: string, offset: bigint, length: bigint | undefined): Uint8Array | OpenFailure;
}

export function isFailure(opened: object): opened is OpenFailure {
  return 'reason' in opened;
}

/** `dir/name`; an absolute name, or no directory, leaves the name as it is. */
export function joinPath(directory: string | undefined, name: string): string {
  if (directory === undefined || name.startsWith('/')) return name;
  return directory === '' || directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

/** The part before the last slash; undefined when there is none. */
export function directoryOf(path: string): string | undefined {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? undefined : path.slice(0, slash);
}

/**
 * Looks a name up in the directory of the file that names it (`from`, unless undefined), then in each include path. Returns
 * the first that opens; else the first failure that is not `missing`.
 */
export function openOnPath<T extends object>(
  name: string,
  from: string | undefined,
  includePaths: readonly string[],
  open: (path: string) => T | OpenFailure,
): T | OpenFailure {
  let failure: OpenFailure | undefined;
  const directories = from === undefined ? includePaths : [directoryOf(from), ...includePaths];
  for (const directory of directories) {
    const opened = open(joinPath(directory, name));
    if (!isFailure(opened)) return opened;
    if (!failure || failure.reason === 'missing') failure = opened;
    // The file may exist: searching on could find another one than was meant.
    if (name.startsWith('/') || opened.reason === 'refused' || opened.reason === 'failed') break;
  }
  return failure ?? { reason: 'missing', text: 'No such file or directory' };
}
