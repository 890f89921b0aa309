/**
 * What `bin/fwmap.js` runs: loads the command, with the code that V8 made of it in an earlier run where that can be kept.
 * It is a bundle of its own, since it is there before the others are.
 */
import { join } from 'node:path';
import { loadWithCache, type Require } from './load.ts';
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

/**
 * @param native loads everything but bundles
 * @param bundles the folder with the bundles
 */
export function start(native: Require, bundles: string): void {
  const command = process.argv[2] ?? '';
  const folder = isPlain(process.env) && !NATIVE.test(command) ? trustedFolder(process.env) : undefined;
  if (folder === undefined) native(join(bundles, ENTRY));
  else {
    const name = `${COMMAND.test(command) ? command : DEFAULT_COMMAND}-${process.version}-${process.arch}`;
    loadWithCache(ENTRY, bundles, native, { folder, name });
  }
}
