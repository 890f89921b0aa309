/**
 * How source text reaches other files: `#include`, `/include/` and `/incbin/`. The library opens nothing itself; who
 * calls it gives a loader, and the loader decides what may be opened (`--include-root`).
 */
import type { Source } from '../../bytes/source.ts';

export interface OpenFailure {
  /**
   * `refused`: outside what may be opened, there or not. `failed`: the system gave up (too many open files, a bad disk); it may
   * be there.
   */
  readonly reason: 'missing' | 'refused' | 'unreadable' | 'failed' | 'too-large';
  /** For the message: `No such file or directory`, `outside the include root /src`. */
  readonly text: string;
}

/** What the preprocessor's `__DATE__`, `__TIME__` and `__TIMESTAMP__` ask for. */
export interface SourceClock {
  /** When the text is preprocessed. */
  readonly now: Date;
  /** Whether `now` is told in UTC, as a reproducible build asks for, or in the local time zone. */
  readonly utc: boolean;
  /** When a file was last changed, by the name of its source. */
  modified(name: string): Date | undefined;
}

export interface SourceLoader {
  /** Without one, times are the question marks that cpp writes where it knows none. */
  readonly clock?: SourceClock;
  /**
   * Opens a path as composed from an include path and the name in the source, not normalised. The same path gives the
   * same `Source` object each time, so that what is derived from it can be kept. The source's name is the path.
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
 * Looks a name up beside the file that names it (`from`, unless undefined), then in each include path.
 * Gives the first that opens; else the most telling failure.
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
    // Whether it is there isn't known: to look on could give another file than was meant.
    if (name.startsWith('/') || opened.reason === 'refused' || opened.reason === 'failed') break;
  }
  return failure ?? { reason: 'missing', text: 'No such file or directory' };
}
