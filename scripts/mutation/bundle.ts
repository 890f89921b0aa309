/** Tests with the instrumented sources, put together so that one process loads them in a second. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const ENTRY = 'mutation-entry';
/** The worker's environment variable: the mutant that is active from the start. */
export const FIRST_MUTANT = 'FWMAP_FIRST_MUTANT';

/**
 * @param tests files below the checkout
 * @param texts what takes the place of sources, by file below the checkout
 * @returns the script of a worker
 */
export async function bundleTests(
  root: string,
  tests: readonly string[],
  texts: ReadonlyMap<string, string>,
  folder: string,
): Promise<string> {
  const absolute = (name: string) => join(root, name);
  const entry = [
    `import { serve } from ${JSON.stringify(absolute('scripts/mutation/worker.ts'))};`,
    'await serve([',
    // Sources first: what runs once when a module is loaded is to run then, not in the test that happens to load it.
    ...[...texts.keys(), ...tests].map(
      (name) => `[${JSON.stringify(name)}, () => import(${JSON.stringify(absolute(name))})],`,
    ),
    `], Number(process.env.${FIRST_MUTANT} ?? -1));`,
  ].join('\n');
  const built = await rolldown({
    input: { worker: ENTRY },
    platform: 'node',
    // Tests are modules that do something.
    treeshake: false,
    external: (id) => !/^[./]|^mutation-entry$|^vitest$/.test(id),
    plugins: [
      {
        name: 'mutants',
        resolveId(id) {
          if (id === ENTRY) return id;
          return id === 'vitest' ? absolute('scripts/mutation/vitest-shim.ts') : null;
        },
        load(id) {
          if (id === ENTRY) return { code: entry, moduleType: 'ts' };
          if (!id.endsWith('.ts')) return null;
          // Code that looks for files next to its own must find them.
          const code = (texts.get(relative(root, id)) ?? readFileSync(id, 'utf8'))
            .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
            .replaceAll('import.meta.dirname', JSON.stringify(join(id, '..')));
          return { code, moduleType: 'ts' };
        },
      },
    ],
    onLog() {},
  });
  await built.write({ dir: folder, format: 'esm', minify: false, entryFileNames: '[name].mjs' });
  await built.close();
  return join(folder, 'worker.mjs');
}
