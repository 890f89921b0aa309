/** Files that threads start with: each is a bundle of its own (scripts/build.mjs). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a bundle is: beside this one, or in dist/ for who runs the sources; undefined before it is built. */
export function bundleFile(name: string): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const file of [join(folder, name), join(folder, 'dist', name)]) if (existsSync(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}
