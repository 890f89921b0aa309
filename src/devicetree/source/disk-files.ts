/** The files that `#include`, `/include/` and `/incbin/` may open, read from disk. */

import {
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { closeRead, readToEnd, systemCode, systemMessage } from '../../artifact/file.ts';
import type { Source } from '../../bytes/source.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import type { OpenFailure, SourceClock, SourceLoader } from './source-loader.ts';

/**
 * Bytes of file contents cached for the next board. The scanned form of a file takes some ten times as much. A larger cache
 * was not quicker over hundreds of boards, and took more memory.
 */
const MAX_CACHED_BYTES = 2 << 20;

export interface SourceFilesOptions {
  /** The file that includes the others; undefined for standard input, which includes from the working directory. */
  readonly mainFile: string | undefined;
  readonly includePaths: readonly string[];
  /** Directory that relative paths start from. */
  readonly cwd?: string;
  /** Called with the path of each file that was opened. */
  readonly opened?: (path: string) => void;
  /** When given, nothing outside of these directories is opened, also through symbolic links. */
  readonly includeRoots?: readonly string[] | undefined;
  readonly clock?: SourceClock;
  /** Replaces the contents of files, by absolute path. */
  readonly patched?: ReadonlyMap<string, Uint8Array> | undefined;
}

/**
 * The clock of the preprocessor: now, or SOURCE_DATE_EPOCH, which reproducible builds set
 * (https://reproducible-builds.org/specs/source-date-epoch/).
 */
export function sourceClock({
  env,
  cwd,
}: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}): SourceClock {
  const epoch = /^\d{1,12}$/.exec(env.SOURCE_DATE_EPOCH ?? '')?.[0];
  return {
    now: epoch === undefined ? new Date() : new Date(Number(epoch) * 1000),
    utc: epoch !== undefined,
    modified: (name) => {
      try {
        return statSync(resolve(cwd, Buffer.from(name, 'latin1').toString('utf8'))).mtime;
      } catch {
        return undefined;
      }
    },
  };
}

function inside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

function failureOf(error: unknown): OpenFailure {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { reason: 'missing', text: 'No such file or directory' };
    case 'EACCES':
      return { reason: 'unreadable', text: 'Permission denied' };
    case 'EISDIR':
      return { reason: 'unreadable', text: 'Is a directory' };
    case 'ELOOP':
      return { reason: 'unreadable', text: systemMessage(error) };
    default:
      return { reason: 'failed', text: systemMessage(error) };
  }
}

/** A cache of file contents by name, shared by the loaders created with it. */
export class SourceStore {
  readonly #kept = new Map<string, Source | OpenFailure>();
  #size = 0;

  /** @param path absolute @param name of the source */
  open(path: string, name: string): Source | OpenFailure {
    const known = this.#kept.get(name);
    if (known) return known;
    const opened = readSource(path, name);
    const size = 'bytes' in opened ? opened.bytes.length : 64;
    if (this.#size + size > MAX_CACHED_BYTES) {
      this.#kept.clear();
      this.#size = 0;
    }
    this.#size += size;
    this.#kept.set(name, opened);
    return opened;
  }
}

/**
 * Opens a regular file. Devices and pipes, which may be endless or block, are not even opened, since opening alone can have
 * effects. Throws system errors.
 */
function openRegular(path: string): { readonly descriptor: number; readonly size: bigint } | OpenFailure {
  const notRegular = (isFolder: boolean): OpenFailure => ({
    reason: 'unreadable',
    text: isFolder ? 'Is a directory' : 'Not a regular file',
  });
  const before = statSync(path);
  if (!before.isFile()) return notRegular(before.isDirectory());
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;
  const descriptor = openSync(path, O_RDONLY | (O_NONBLOCK ?? 0) | (O_NOCTTY ?? 0));
  const stat = fstatSync(descriptor, { bigint: true });
  if (stat.isFile()) return { descriptor, size: stat.size };
  closeRead(descriptor);
  return notRegular(stat.isDirectory());
}

function readSource(path: string, name: string): Source | OpenFailure {
  let descriptor: number | undefined;
  try {
    const opened = openRegular(path);
    if ('reason' in opened) return opened;
    descriptor = opened.descriptor;
    const file = descriptor;
    // A file may grow while it is read, and files in /proc report a size of 0.
    const bytes =
      opened.size > limit('source-bytes')
        ? undefined
        : readToEnd((target) => readSync(file, target), Number(opened.size), limit('source-bytes'));
    if (bytes === undefined) return { reason: 'too-large', text: moreThan('source-bytes') };
    return { name, form: 'text', bytes };
  } catch (error) {
    return failureOf(error);
  } finally {
    if (descriptor !== undefined) closeRead(descriptor);
  }
}

function readPart(path: string, offset: bigint, length: bigint | undefined): Uint8Array | OpenFailure {
  let descriptor: number | undefined;
  try {
    const opened = openRegular(path);
    if ('reason' in opened) return opened;
    descriptor = opened.descriptor;
    const available = opened.size > offset ? opened.size - offset : 0n;
    const wanted = length === undefined || length > available ? available : length;
    if (wanted > BigInt(limit('incbin-bytes')))
      return { reason: 'too-large', text: moreThan('incbin-bytes') };
    const bytes = new Uint8Array(Number(wanted));
    let read = 0;
    while (read < bytes.length) {
      const got = readSync(descriptor, bytes, read, bytes.length - read, offset + BigInt(read));
      if (got === 0) break;
      read += got;
    }
    return bytes.subarray(0, read);
  } catch (error) {
    return failureOf(error);
  } finally {
    if (descriptor !== undefined) closeRead(descriptor);
  }
}

/**
 * A loader for one main file. Without include roots it opens files below the main file's own directory (after resolving
 * symbolic links) or, by name, below a given include path: the kernel reaches other architectures through links there.
 */
export function sourceFiles(options: SourceFilesOptions, store = new SourceStore()): SourceLoader {
  // Paths in source text are Latin-1, one character a byte; as file names these bytes are UTF-8.
  const absolute = (path: string): string =>
    resolve(options.cwd ?? '.', Buffer.from(path, 'latin1').toString('utf8'));
  const own = resolve(options.cwd ?? '.', options.mainFile === undefined ? '.' : dirname(options.mainFile));
  const given = options.includePaths.map((path) => resolve(options.cwd ?? '.', path));
  const roots = options.includeRoots?.map((path) => realOf(resolve(options.cwd ?? '.', path)));
  const refusal = (path: string): OpenFailure | undefined => {
    const named = absolute(path);
    if (!roots && given.some((directory) => inside(named, directory))) return undefined;
    const real = realOf(named);
    const allowed = roots ?? [realOf(own)];
    if (allowed.some((directory) => inside(real, directory))) return undefined;
    return { reason: 'refused', text: `outside of ${allowed.join(', ')} (see --include-root)` };
  };
  const patchedSources = new Map<string, Source>();
  /** The same source object each time, so that data derived from it can be cached. */
  const patchedSource = (name: string, bytes: Uint8Array): Source => {
    let source = patchedSources.get(name);
    if (!source) {
      source = { name, form: 'text', bytes };
      patchedSources.set(name, source);
    }
    return source;
  };
  return {
    ...(options.clock ? { clock: options.clock } : {}),
    open(path) {
      // Refused before anything is looked up, so that a source can't even find out whether an outside file exists.
      const refused = refusal(path);
      if (refused) return refused;
      const patched = options.patched?.get(absolute(path));
      const opened = patched ? patchedSource(path, patched) : store.open(absolute(path), path);
      if (!('reason' in opened)) options.opened?.(path);
      return opened;
    },
    read(path, offset, length) {
      const read = refusal(path) ?? readPart(absolute(path), offset, length);
      if (read instanceof Uint8Array) options.opened?.(path);
      return read;
    },
  };
}

/** The most symbolic links that Linux follows (MAXSYMLINKS). */
const MAX_LINKS = 40;

/** A path with links resolved, also where parts of it don't exist: a dangling link out of the tree is outside, too. */
function realOf(path: string): string {
  let target = path;
  const below: string[] = [];
  for (let links = 0; ; ) {
    try {
      return resolve(realpathSync(target), ...below.toReversed());
    } catch {
      const folder = dirname(target);
      const link = linkAt(target);
      if (link !== undefined && links < MAX_LINKS) {
        links += 1;
        // Relative to the real directory of the link, which may itself be reached through a link.
        target = resolve(realOfFolder(folder), link);
      } else if (folder === target) return path;
      else {
        below.push(basename(target));
        target = folder;
      }
    }
  }
}

function linkAt(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function realOfFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
