/**
 * `npm run fuzz -- [OPTION...] [FILE...]`: hostile input through every reader, for a given time. Every step of a case is
 * one that a command does: it must end without an exception, within the given CPU time, with the process below the given
 * memory, and, if the right value is known, with this value. Options: fuzz/options.ts; targets: fuzz/targets/.
 *
 * A case depends on the seed, its target and its number only, so a failure is reproduced with
 * `--target NAME --seed S --from N --cases 1`; its input is written to NAME-SEED-NUMBER.bin, for `--input`. The exit
 * status is 1 if a case failed.
 */
import { fileURLToPath } from 'node:url';
import { hasProgram } from '../test/containers/pack.ts';
import { GROUP } from './fuzz/messages.ts';
import { readOptions, USAGE } from './fuzz/options.ts';
import { Supervisor } from './fuzz/supervisor.ts';
import { GROUPS, type Target } from './fuzz/target.ts';
import { targetsNamed, targetsOf } from './fuzz/targets/all.ts';
import { work } from './fuzz/worker.ts';

/** The targets whose reference program is installed; prints the others. */
function installed(targets: readonly Target[]): Target[] {
  return targets.filter(({ name, needs }) => {
    const isThere = needs === undefined || hasProgram(needs);
    if (!isThere) console.log(`${name} is left out: ${needs} is not installed`);
    return isThere;
  });
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'list') {
    for (const group of GROUPS)
      console.log(`${group}: ${(await targetsOf(group)).map(({ name }) => name).join(', ')}`);
    return 0;
  }
  const group = GROUPS.find((each) => each === process.env[GROUP]);
  if (process.send && group !== undefined) {
    work(await targetsOf(group), options);
    return 0;
  }
  const chosen = installed(await targetsNamed(options.targets));
  if (options.input !== undefined && chosen.length !== 1)
    throw new Error('--input takes a file that is one case, of one --target');
  return new Supervisor(chosen, options, fileURLToPath(import.meta.url)).run();
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`fuzz: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
