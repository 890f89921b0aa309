/**
 * `npm run conformance -- aslts CHECKOUT [OPTION...]`: ACPICA's ASL test suite, run by fwmap's interpreter.
 *
 * CHECKOUT is a work tree of https://github.com/acpica/acpica. Its cases are compiled with iasl as the suite's own
 * makefiles do, unoptimised (`iasl -oa`), with 64- or 32-bit integers, and kept for the next run. Each case's method
 * stores lines `:STST:collection:case:test:status:` to Debug: these are the verdicts counted.
 *
 *   --mode n64|n32|r32 integers of 64 bits (default), as the suite's scripts make them for 32, or really of 32 bits: there
 *                      is no file of verdicts on these, ask an acpiexec
 *   --case NAME        only this case (any number of times)
 *   --iasl PATH        the compiler: the checkout's own if it is built, else the one installed
 *   --acpiexec PATH    ask this acpiexec for its verdicts on the very same tables
 *   --verdicts FILE    acpiexec's verdicts, `collection:case:test:status` a line; ../shared/corpus/aslts has them
 *   --method NAME      what to run in each case: MN00 as the suite's own scripts do (default), or MAIN
 *   --verbose          everything the cases print, to standard error
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MODES, type Mode, suiteCases } from './aslts/compile.ts';
import { acpiexecVerdicts, runCase, suiteTables } from './aslts/run.ts';

const SHARED_VERDICTS = '../shared/corpus/aslts';

interface Count {
  ours: number;
  theirs: number;
  /** Tests that acpiexec passes and we don't. */
  readonly missing: string[];
}

/**
 * The status of each test, by `collection:case:test`. Tests that occur more than once are numbered in the order of their
 * statuses, because files of verdicts are sorted.
 */
export function verdictsIn(lines: readonly string[]): Map<string, string> {
  const statuses = new Map<string, string[]>();
  for (const line of lines) {
    const fields = /^(?::STST:)?(\w+:[^:]+:[^:]+):(\w+)/.exec(line);
    if (fields === null) continue;
    const known = statuses.get(fields[1]!);
    if (known === undefined) statuses.set(fields[1]!, [fields[2]!]);
    else known.push(fields[2]!);
  }
  const verdicts = new Map<string, string>();
  for (const [test, given] of statuses)
    given.sort().forEach((status, i) => {
      verdicts.set(i === 0 ? test : `${test}#${i + 1}`, status);
    });
  return verdicts;
}

function isMode(text: string): text is Mode {
  return (MODES as readonly string[]).includes(text);
}

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      mode: { type: 'string', default: 'n64' },
      case: { type: 'string', multiple: true },
      iasl: { type: 'string' },
      acpiexec: { type: 'string' },
      verdicts: { type: 'string' },
      method: { type: 'string', default: 'MN00' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const [checkout] = positionals;
  const { mode } = values;
  if (checkout === undefined || !isMode(mode)) {
    console.error('usage: npm run conformance -- aslts CHECKOUT [--mode n64|n32|r32] [--case NAME]...');
    return 2;
  }
  const wanted = values.case;
  const cases = suiteCases(checkout, mode, values.iasl, wanted);
  const tables = suiteTables(checkout);
  const printed: string[] = [];
  const theirLines: string[] = [];
  for (const { name, aml } of cases) {
    if (aml === undefined) {
      console.log(`${name}: not compiled`);
      continue;
    }
    const started = performance.now();
    const done = runCase(name, aml, tables, values.method);
    const seconds = (performance.now() - started) / 1000;
    const lines = done.debug.flatMap((line) => line.split('\n'));
    if (values.verbose) for (const line of lines) console.error(line);
    const verdicts = lines.filter((line) => line.startsWith(':STST:'));
    printed.push(...verdicts);
    if (values.acpiexec !== undefined)
      theirLines.push(...acpiexecVerdicts(values.acpiexec, name, aml, values.method));
    const count = (status: string) => verdicts.filter((line) => line.includes(`:${status}:`)).length;
    console.log(
      `${name}: ${count('PASS')} pass, ${count('FAIL')} fail, ${seconds.toFixed(1)} s${done.fault ? `, aborted: ${done.fault}` : ''}`,
    );
  }
  if (values.acpiexec !== undefined)
    return report(verdictsIn(printed), verdictsIn(theirLines), wanted !== undefined);
  const file = values.verdicts ?? join(SHARED_VERDICTS, `${mode}.txt`);
  const ours = verdictsIn(printed);
  if (!existsSync(file)) {
    console.log(`skipped: acpiexec's verdicts, ${file} is not there`);
    return 0;
  }
  const theirs = verdictsIn(readFileSync(file, 'utf8').split('\n'));
  return report(ours, theirs, wanted !== undefined);
}

/** Compares by collection; with `part` only cases that were run. */
function report(
  ours: ReadonlyMap<string, string>,
  theirs: ReadonlyMap<string, string>,
  part: boolean,
): number {
  const ran = new Set(Array.from(ours.keys(), (key) => key.split(':', 2).join(':')));
  const counts = new Map<string, Count>();
  const countOf = (key: string): Count => {
    const collection = key.slice(0, key.indexOf(':'));
    const count = counts.get(collection) ?? { ours: 0, theirs: 0, missing: [] };
    counts.set(collection, count);
    return count;
  };
  let passed = 0;
  let failed = 0;
  for (const [key, status] of ours) if (status.startsWith('PASS')) countOf(key).ours += 1;
  for (const [key, status] of theirs) {
    if (status !== 'PASS') continue;
    if (part && !ran.has(key.split(':', 2).join(':'))) continue;
    const count = countOf(key);
    count.theirs += 1;
    const given = ours.get(key);
    if (given === 'PASS') passed += 1;
    else {
      failed += 1;
      count.missing.push(`${key}: ${given ?? 'not reported'}`);
    }
  }
  for (const [collection, count] of counts) {
    for (const missing of count.missing) console.log(`  ${missing}`);
    console.log(
      `${collection}: ${count.ours} pass here, ${count.theirs} with acpiexec, ${count.missing.length} of those not here`,
    );
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
