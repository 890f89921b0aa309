/**
 * The file of a code cache: what V8 made of the command's bundles in an earlier run. V8 holds such data against its own
 * version and flags and against the source's length, and believes the rest. So a file is taken only where it is the
 * user's own, in a folder that is, and its content is there twice and the same: comparing is faster than any hash.
 */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** What a bundle's code is kept by: its name, which has a hash of its content, with its size and time. */
export type CodeCache = ReadonlyMap<string, Uint8Array>;

const MAGIC = 'fwmap code cache 1\n';
/** The magic and the length of the table of contents, in 8 hex digits. */
const HEAD = MAGIC.length + 8;
/** All bundles together take a quarter of it. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;
const OTHERS_WRITE = 0o022;

function isOwnFile(status: Stats): boolean {
  return (
    status.isFile() &&
    status.uid === process.geteuid?.() &&
    (status.mode & OTHERS_WRITE) === 0 &&
    status.size <= MAX_CACHE_BYTES
  );
}

/** The file's content; undefined where it can't be read or isn't to be trusted. */
function readOwnFile(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    // A pipe of that name would be waited for.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = fstatSync(file);
    if (!isOwnFile(status)) return undefined;
    const bytes = Buffer.allocUnsafeSlow(status.size);
    return readSync(file, bytes, 0, status.size, 0) === status.size ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

interface Contents {
  readonly key: string;
  /** Bundles in the order of their data. */
  readonly code: readonly (readonly [name: string, length: number])[];
}

/**
 * What the file has; undefined where there is none, or it is damaged, or of another key.
 * @param key what the code depends on beside its source
 */
export function readCodeCache(path: string, key: string): CodeCache | undefined {
  const bytes = readOwnFile(path);
  if (bytes === undefined) return undefined;
  const half = bytes.length / 2;
  const content = bytes.subarray(0, half);
  if (!Number.isInteger(half) || half < HEAD || !content.equals(bytes.subarray(half))) return undefined;
  if (content.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  const start = HEAD + Number.parseInt(content.toString('latin1', MAGIC.length, HEAD), 16);
  try {
    const contents = JSON.parse(content.toString('utf8', HEAD, start)) as Contents;
    if (contents.key !== key) return undefined;
    const cache = new Map<string, Uint8Array>();
    let at = start;
    for (const [name, length] of contents.code) {
      cache.set(name, content.subarray(at, at + length));
      at += length;
    }
    return at === half ? cache : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the file, whole or not at all. That it can't be is no error. */
export function writeCodeCache(folder: string, name: string, key: string, cache: CodeCache): void {
  const contents: Contents = { key, code: [...cache].map(([bundle, { length }]) => [bundle, length]) };
  const table = Buffer.from(JSON.stringify(contents));
  const head = Buffer.from(MAGIC + table.length.toString(16).padStart(8, '0'));
  const once = [head, table, ...cache.values()];
  const fresh = join(folder, `.${name}.${process.pid}`);
  try {
    writeFileSync(fresh, Buffer.concat([...once, ...once]), { flag: 'wx', mode: 0o600 });
    renameSync(fresh, join(folder, name));
  } catch {
    rmSync(fresh, { force: true });
  }
}
