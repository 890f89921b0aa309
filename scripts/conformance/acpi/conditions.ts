/**
 * `npm run conformance -- conditions [--verbose] [--only=OPERATION] [--plant=FAULT] [DIR|FILE.txt.gz ...]`: checks fwmap's
 * conditions with z3, independently of how fwmap decides them.
 *
 * Operations: the result of each operation of `src/symbolic` in the evaluation of a machine, including `simplified`, is
 * the value defined by its operands, and its known bits are right. By induction every condition is then the one in the
 * firmware. An operation whose result is an unknown value, as it would be too large, claims nothing.
 * Printing: the printed condition equals the condition; no alternative is impossible or covered by the others, and no
 * comparison is redundant. The alternatives of one `_CRS` exclude each other, and so do the windows of one descriptor.
 *
 * FAULT is one of `operation`, `equal`, `possible`, `alternative`, `comparison`, `bracket`, `exclusive`: a fault of this
 * kind is planted and must be found.
 */
import { readdirSync } from 'node:fs';
import { register } from 'node:module';
import { basename, join } from 'node:path';
import { isFault, PrintedChecker } from './conditions/checker.ts';
import { observe } from './conditions/observed.ts';
import { OperationChecker } from './conditions/operations.ts';

export async function run(args: string[]): Promise<number> {
  const option = (name: string): string | undefined =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const planted = option('plant');
  if (planted !== undefined && !isFault(planted)) {
    console.error(`no fault is called ${planted}`);
    return 2;
  }
  const paths = args.filter((arg) => !arg.startsWith('--'));
  const files = (paths.length > 0 ? paths : ['../shared/corpus/acpi'])
    .flatMap((path) => (path.endsWith('.gz') ? [path] : readdirSync(path).map((name) => join(path, name))))
    .filter((path) => path.endsWith('.txt.gz'))
    .sort();
  // The interpreter must be loaded after this, so that it imports the observed constructors.
  register('./conditions/redirect.mjs', import.meta.url);
  const { conditionsIn } = await import('./conditions/machine.ts');
  const operations = new OperationChecker(planted === 'operation', option('only'));
  const printed = new PrintedChecker(planted);
  for (const file of files) {
    const name = basename(file, '.txt.gz');
    observe(operations.observer);
    const conditions = await conditionsIn(file);
    observe(undefined);
    operations.check(name);
    printed.check(name, conditions);
    if (args.includes('--verbose'))
      console.log(`${name}: ${operations.total} operations, ${printed.passed} answers`);
  }
  operations.report();
  printed.report();
  const failed = printed.wrong.length + operations.wrong.length;
  console.log(`${printed.passed + operations.passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
