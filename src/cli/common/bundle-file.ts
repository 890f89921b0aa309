/** The files that threads run: each is a bundle of its own (scripts/build.mjs). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a bundle: beside this one, or in dist/ when run from source; undefined before it is built. */
export function bundleFile(name: string): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const file of [join(folder, name), join(folder, 'dist', name)]) if (existsSync(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}
