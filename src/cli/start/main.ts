/**
 * What `bin/fwmap.js` runs: loads the command, with the code that V8 made of it in an earlier run where that can be kept.
 * It is a bundle of its own, since it is there before the others are.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadWithCache } from './load.ts';
import { trustedFolder } from './trusted-folder.ts';

const ENTRY = './cli.cjs';
/** Code is kept for each command: one needs little of what another does. */
const COMMAND = /^(?:asl|at|bridges|diff|dtc|eval|explain|resources|scan|simulate|windows)$/;
const DEFAULT_COMMAND = 'sysfb';
/** These load packages that aren't bundled: `import()` in code that isn't loaded by Node itself makes Node warn. */
const NATIVE = /^(?:query|survey|worker)$/;

/** Node's own switch, and whatever makes V8 compile otherwise or watches it. */
function isPlain({ NODE_DISABLE_COMPILE_CACHE, NODE_OPTIONS, NODE_V8_COVERAGE }: NodeJS.ProcessEnv): boolean {
  return !NODE_DISABLE_COMPILE_CACHE && !NODE_OPTIONS && !NODE_V8_COVERAGE && process.execArgv.length === 0;
}

const here = fileURLToPath(import.meta.url);
const native = createRequire(here);
const command = process.argv[2] ?? '';
const folder = isPlain(process.env) && !NATIVE.test(command) ? trustedFolder(process.env) : undefined;
if (folder === undefined) native(ENTRY);
else {
  const bundles = dirname(here);
  loadWithCache(ENTRY, bundles, native, {
    folder,
    name: `${COMMAND.test(command) ? command : DEFAULT_COMMAND}-${process.version}-${process.arch}`,
    // It names the other bundles, with the hashes of what is in them.
    key: readFileSync(join(bundles, ENTRY), 'latin1'),
  });
}
