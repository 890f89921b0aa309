/** The bundles that interactive pages contain. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PageBundles } from '../../page/assemble.ts';
import { CommandError } from '../common/command-error.ts';

/** The text of a bundle: beside this one, or in dist/ when run from source. */
function bundleText(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const file of [join(folder, name), join(folder, 'dist', name)])
      if (existsSync(file)) return readFileSync(file, 'utf8');
    if (folder === dirname(folder)) throw new CommandError(`${name} is missing`, 'npm run build makes it');
  }
}

/** Reads them. Throws {@link CommandError} where one is missing. */
export function pageBundles(): PageBundles {
  return { core: bundleText('core.js'), ui: bundleText('page.js') };
}
