/** The files that a run has read, so that its result is never written over one of them. */
import { fstatSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';

export class InputFiles {
  /** `DEVICE:INODE`: a file may have several names. */
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  /** Records an input; of a folder, everything below it. @param path absolute */
  add(path: string): void {
    try {
      const { dev, ino, isDirectory } = statOf(path);
      if (isDirectory) this.#folders.add(realpathSync(path));
      else this.#files.add(`${dev}:${ino}`);
    } catch {
      // A file that can't be found is not read either.
    }
  }

  /** Records what standard input comes from, where that is a file. @param descriptor another one, for tests */
  addStandardInput(descriptor = 0): void {
    try {
      const stat = fstatSync(descriptor, { bigint: true });
      if (stat.isFile()) this.#files.add(`${stat.dev}:${stat.ino}`);
    } catch {
      // It is closed.
    }
  }

  /** Whether an existing file was read. @param path absolute */
  has(path: string): boolean {
    try {
      const { dev, ino } = statOf(path);
      if (this.#files.has(`${dev}:${ino}`)) return true;
      const real = realpathSync(path);
      return [...this.#folders].some((folder) => real.startsWith(folder + sep));
    } catch {
      return false;
    }
  }
}

function statOf(path: string): { dev: bigint; ino: bigint; isDirectory: boolean } {
  const stat = statSync(path, { bigint: true });
  return { dev: stat.dev, ino: stat.ino, isDirectory: stat.isDirectory() };
}
