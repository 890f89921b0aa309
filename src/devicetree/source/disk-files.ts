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
 * Bytes of file contents kept for the next board. What is made of a file to preprocess it takes some ten times as much;
 * with more, memory grows for hundreds of boards and the time they take does not get shorter.
 */
const MAX_KEPT = 2 << 20;

export interface SourceFilesOptions {
  /** The file the others are reached from; undefined for standard input, whose tree is the working directory. */
  readonly mainFile: string | undefined;
  readonly includePaths: readonly string[];
  /** Directory that relative paths start from. */
  readonly cwd?: string;
  /** Told the path of each file that was opened. */
  readonly opened?: (path: string) => void;
  /** When given, nothing outside these directories is opened, symbolic links followed. */
  readonly includeRoots?: readonly string[] | undefined;
  readonly clock?: SourceClock;
  /** Contents in place of those of files, by absolute path. */
  readonly patched?: ReadonlyMap<string, Uint8Array> | undefined;
}

/**
 * Times as the preprocessor tells them: now, or what SOURCE_DATE_EPOCH says, which builds set that are to come out the
 * same on every day (https://reproducible-builds.org/specs/source-date-epoch/).
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

/** Contents kept between boards, by the name they are opened under. Shared by loaders that are made from the same store. */
export class SourceStore {
  readonly #kept = new Map<string, Source | OpenFailure>();
  #size = 0;

  /** @param path absolute @param name what the source is called */
  open(path: string, name: string): Source | OpenFailure {
    const known = this.#kept.get(name);
    if (known) return known;
    const opened = readSource(path, name);
    const size = 'bytes' in opened ? opened.bytes.length : 64;
    if (this.#size + size > MAX_KEPT) {
      this.#kept.clear();
      this.#size = 0;
    }
    this.#size += size;
    this.#kept.set(name, opened);
    return opened;
  }
}

/**
 * Opens a file for what is included: a regular one, nothing else. A device gives bytes without end and a pipe waits for
 * them; neither is as much as opened, since that alone may do something. Throws what the system says.
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
    // A file may grow while it is read, and some below /proc don't say how large they are.
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
 * A loader for one main file. Without include roots it opens what lies below the main file's own directory (symbolic
 * links followed) or, by name, below an include path the user gave: kernels reach other architectures through links there.
 */
export function sourceFiles(options: SourceFilesOptions, store = new SourceStore()): SourceLoader {
  // Paths in texts hold one byte a character; a file's name is those bytes as UTF-8.
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
  /** The same source each time, so that what is derived from it can be kept. */
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
      // Before anything is opened or looked for: what is outside is none of the text's business, not even whether it is there.
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

/** As many as Linux follows (MAXSYMLINKS). */
const MAX_LINKS = 40;

/** Where a path is, links followed, also the part of it that is not there: a link that leads nowhere leads outside too. */
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
        // From the folder that the link is in, which may itself be behind one.
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
