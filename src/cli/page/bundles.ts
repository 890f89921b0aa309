/** What the build leaves for interactive pages. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PageBundles } from '../../page/assemble.ts';
import { CommandError } from '../common/command-error.ts';

/** Beside this bundle, or in dist/ for who runs the sources. */
function bundleText(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const file of [join(folder, name), join(folder, 'dist', name)])
      if (existsSync(file)) return readFileSync(file, 'utf8');
    if (folder === dirname(folder)) throw new CommandError(`${name} is missing`, 'npm run build makes it');
  }
}

/** Throws {@link CommandError} where one is missing. */
export function pageBundles(): PageBundles {
  return { core: bundleText('core.js'), ui: bundleText('page.js') };
}
