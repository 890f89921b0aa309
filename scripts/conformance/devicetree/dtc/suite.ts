/** dtc's own test suite with our command in place of dtc. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

export function suite(args: string[], corpus: string): number {
  const [source, command] = args;
  if (!source) {
    console.error('usage: npm run conformance -- dtc suite DTC_SOURCE [COMMAND]');
    return 2;
  }
  const runner = join(corpus, '..', 'bin', 'run-dtc-suite');
  const ours = command ?? `node ${resolve('bin/fwmap.js')} dtc`;
  return spawnSync(runner, [source, ours], { stdio: 'inherit' }).status ?? 1;
}
