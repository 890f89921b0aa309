/**
 * What `bin/fwmap.js` runs: loads the command, with V8's compiled code from an earlier run where there is a cache. It is a
 * bundle of its own, since it loads the others.
 */
import { join } from 'node:path';
import { loadWithCache, type Require } from './load.ts';
import { trustedFolder } from './trusted-folder.ts';

const ENTRY = './cli.cjs';
/** Each of these has a cache file of its own: commands share little code. */
const COMMAND = /^(?:asl|at|bridges|diff|dtc|eval|explain|resources|scan|simulate|windows)$/;
const DEFAULT_COMMAND = 'sysfb';
/** These load packages that aren't bundled, and Node warns of `import()` in code that it didn't load itself. */
const NATIVE = /^(?:query|survey|worker)$/;

/** False with Node's own switch, and with whatever changes or watches how V8 compiles. */
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
