/**
 * The file of a code cache: V8's compiled code of the command's bundles from an earlier run. V8 checks its own version and
 * flags and the length of the source, and trusts the rest. So a file is used only if it and its folder belong to the user,
 * and if both copies of the content in it are equal: comparing is faster than any hash.
 */
import {
  accessSync,
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

const MAGIC = 'fwmap code cache 2\n';
/** The magic and the length of the table of contents, in 8 hex digits. */
const HEAD = MAGIC.length + 8;
/** Four times what all bundles need. */
const MAX_CACHE_BYTES = 64 * 1024 * 1024;
/** Compared at a time, so that one small buffer is used again and again. */
const COMPARED_BYTES = 64 * 1024;
const OTHERS_WRITE = 0o022;

interface Contents {
  readonly key: string;
  /** Bundles in the order of their data. */
  readonly code: readonly (readonly [name: string, length: number])[];
}

interface Part {
  readonly at: number;
  readonly length: number;
}

/**
 * Compiled code by bundle. The key is the bundle's name, which has a hash of its content, with its size and time. The file
 * stays open, and the code of a bundle is read only when it is asked for.
 */
export class CodeCache {
  readonly #file: number;
  /** Where the second copy of everything begins. */
  readonly #half: number;
  readonly #parts: ReadonlyMap<string, Part>;

  private constructor(file: number, half: number, parts: ReadonlyMap<string, Part>) {
    this.#file = file;
    this.#half = half;
    this.#parts = parts;
  }

  /**
   * Opens the cache; undefined where there is none, or it can't be trusted, is damaged or has another key.
   * @param key what the code depends on besides its source
   */
  static open(path: string, key: string): CodeCache | undefined {
    let file: number | undefined;
    try {
      // Opening a pipe would block.
      file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const status = fstatSync(file);
      const cache = isOwnFile(status) ? CodeCache.#of(file, status.size / 2, key) : undefined;
      if (cache !== undefined) file = undefined;
      return cache;
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  static #of(file: number, half: number, key: string): CodeCache | undefined {
    if (!Number.isInteger(half)) return undefined;
    const head = readTwice(file, half, 0, HEAD)?.toString('latin1');
    if (head === undefined || !head.startsWith(MAGIC)) return undefined;
    const length = Number.parseInt(head.slice(MAGIC.length), 16);
    const contents = readTwice(file, half, HEAD, length);
    if (contents === undefined) return undefined;
    const { key: found, code } = JSON.parse(contents.toString('utf8')) as Contents;
    if (found !== key) return undefined;
    const parts = new Map<string, Part>();
    let at = HEAD + length;
    for (const [name, length] of code) {
      parts.set(name, { at, length });
      at += length;
    }
    return at === half ? new CodeCache(file, half, parts) : undefined;
  }

  /** The code of a bundle; undefined where there is none, or it is damaged. */
  get(name: string): Uint8Array | undefined {
    const part = this.#parts.get(name);
    return part === undefined ? undefined : readTwice(this.#file, this.#half, part.at, part.length);
  }

  /** The keys of all bundles in it. */
  names(): Iterable<string> {
    return this.#parts.keys();
  }

  close(): void {
    closeSync(this.#file);
  }
}

function isOwnFile(status: Stats): boolean {
  return (
    status.isFile() &&
    status.uid === process.geteuid?.() &&
    (status.mode & OTHERS_WRITE) === 0 &&
    status.size <= MAX_CACHE_BYTES
  );
}

let second: Buffer | undefined;

/** A part of the first copy; undefined where the second copy differs or the part can't be read. */
function readTwice(file: number, half: number, at: number, length: number): Buffer | undefined {
  if (!(length >= 0 && at + length <= half)) return undefined;
  try {
    const bytes = Buffer.allocUnsafeSlow(length);
    if (readSync(file, bytes, 0, length, at) !== length) return undefined;
    second ??= Buffer.allocUnsafeSlow(COMPARED_BYTES);
    for (let from = 0; from < length; from += COMPARED_BYTES) {
      const size = Math.min(COMPARED_BYTES, length - from);
      if (readSync(file, second, 0, size, half + at + from) !== size) return undefined;
      if (!bytes.subarray(from, from + size).equals(second.subarray(0, size))) return undefined;
    }
    return bytes;
  } catch {
    return undefined;
  }
}

/** Writes the file, atomically. A failure is not an error. @param make the code by bundle */
export function writeCodeCache(
  folder: string,
  name: string,
  key: string,
  make: () => ReadonlyMap<string, Uint8Array>,
): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return;
  }
  const code = make();
  const contents: Contents = { key, code: [...code].map(([bundle, { length }]) => [bundle, length]) };
  const table = Buffer.from(JSON.stringify(contents));
  const head = Buffer.from(MAGIC + table.length.toString(16).padStart(8, '0'));
  const once = [head, table, ...code.values()];
  const fresh = join(folder, `.${name}.${process.pid}`);
  try {
    writeFileSync(fresh, Buffer.concat([...once, ...once]), { flag: 'wx', mode: 0o600 });
    renameSync(fresh, join(folder, name));
  } catch {
    rmSync(fresh, { force: true });
  }
}
