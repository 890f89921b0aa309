/** A survey in a folder. */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../../artifact/file.ts';
import type { LentFile, Place } from './place.ts';

/** Where files are until they are complete. */
export const UNFINISHED = '.new';
/** Unfinished files that are older than this belong to a run that was killed. */
const ABANDONED_MS = 60 * 60 * 1000;

/** Each file is written beside the others and then renamed, so that a killed run leaves no partial files. */
export class FolderPlace implements Place {
  readonly name: string;
  readonly folder: string;
  readonly #made = new Set<string>();

  /**
   * Makes the folder if it doesn't exist. Throws the system's error.
   * @param path absolute
   * @param inner folders in it that are made too; others are when something is written there
   */
  constructor(path: string, inner: readonly string[]) {
    this.name = path;
    this.folder = path;
    for (const name of [...inner, UNFINISHED]) this.#make(name);
    for (const name of readdirSync(join(path, UNFINISHED))) {
      const file = join(path, UNFINISHED, name);
      const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
      if (since !== undefined && Date.now() - since > ABANDONED_MS) rmSync(file, { force: true });
    }
  }

  #make(name: string): void {
    if (this.#made.has(name)) return;
    mkdirSync(join(this.folder, name), { recursive: true });
    this.#made.add(name);
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return absent(() => readFileSync(join(this.folder, name)));
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    const inner = dirname(name);
    if (inner !== '.') this.#make(inner);
    const fresh = join(this.folder, UNFINISHED, randomBytes(12).toString('hex'));
    // Flushed before it is renamed, so that after a power failure the file is complete or missing.
    try {
      writeFileSync(fresh, content, { flush: true });
      renameSync(fresh, join(this.folder, name));
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  }

  async has(name: string): Promise<boolean> {
    return existsSync(join(this.folder, name));
  }

  async list(folder: string): Promise<string[]> {
    return absent(() => readdirSync(join(this.folder, folder))) ?? [];
  }

  async remove(folder: string): Promise<void> {
    this.#made.delete(folder);
    rmSync(join(this.folder, folder), { recursive: true, force: true });
  }

  async lend(name: string): Promise<LentFile> {
    return { path: join(this.folder, name), release: () => {} };
  }
}

/** What a call gives; undefined where what it is about doesn't exist. */
function absent<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
