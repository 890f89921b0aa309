/**
 * `npm run mutation -- [--sample N] [--from N] [--seed S] [--rooms A,B] [--report FILE]`: tries a random sample of the mutants
 * of rooms (or of folders and files) below src/: the verdict, the windows, the model of Linux and the algebra. It names those
 * that no test kills. Left out are words (string literals), what runs only while a module is loaded, and what
 * equivalent.ts names. The mutants are Stryker's. Its runner loads all modules anew for each, which takes 20 s; here one
 * process has the tests loaded and runs those that reach the mutant, one by one, until one fails.
 *
 * `--from N` leaves out the first N of the same order: a large sample can be taken in parts. FILE gets all as JSON.
 * `--again FILE` tries what such a report has alive. `--tests A,B` holds mutants against more tests (below test/). With
 * `--twice` what survives is tried once more in a process of its own, in which the mutant is active from the start: nothing
 * that an earlier run kept can hide it there.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleTests } from './bundle.ts';
import { equivalence } from './equivalent.ts';
import type { Answer, TestRecord } from './messages.ts';
import { type Mutant, mutantsOf, shuffled, withOnly } from './mutants.ts';
import { WorkerProcess } from './process.ts';
import { testsOf } from './tests.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** How many more are drawn than are tried: some run only while a module is loaded. */
const SPARE = 1.5;
/** A mutant is endless where it is reached this many times as often, or takes this many times as long. */
const HIT_FACTOR = 100;
const TIME_FACTOR = 10;
const LEAST_SECONDS = 5;
const MOST_SECONDS = 60;

type Status = 'killed' | 'endless' | 'died' | 'survived' | 'not reached' | 'equivalent';

interface Result extends Mutant {
  readonly status: Status;
  /** The test that killed it, and its message; or why it is equivalent. */
  readonly by?: string;
}

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '500' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    rooms: { type: 'string', default: 'verdict,window,linux,symbolic' },
    report: { type: 'string' },
    again: { type: 'string' },
    tests: { type: 'string', default: '' },
    twice: { type: 'boolean', default: false },
  },
});
const places = values.rooms.split(',').map((place) => place.replace(/^src\//, ''));
const from = Number(values.from);
const wanted = from + Number(values.sample);

const { mutants, texts } = await mutantsOf(ROOT, places);
const drawn =
  values.again === undefined
    ? shuffled(mutants, Number(values.seed)).slice(0, Math.ceil(wanted * SPARE))
    : stillAlive(values.again);
const chosen = new Set(drawn.map(({ id }) => id));
const rooms = [...new Set(places.map((place) => place.split('/')[0] ?? place))];
const more = values.tests.split(',').filter((name) => name !== '');
const tests = testsOf(ROOT, rooms, more);
/** Mutants are run with the tests of their own room; one that survives runs all of them. */
const testsOfRoom = new Map(rooms.map((room) => [room, new Set(testsOf(ROOT, [room], more))]));
const folder = join(ROOT, `node_modules/.cache/mutation-${process.pid}`);
mkdirSync(folder, { recursive: true });
const worker = new WorkerProcess(
  await bundleTests(
    ROOT,
    tests,
    new Map([...texts].map(([name, text]) => [name, withOnly(text, chosen)])),
    folder,
  ),
  ROOT,
);
try {
  await main();
} finally {
  worker.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Mutants are identified by what they replace and by the line's text, since lines may have been added or removed. */
function stillAlive(report: string): Mutant[] {
  const key = ({ file, lineText, column, mutator, original, replacement }: Mutant): string =>
    JSON.stringify([file, lineText, column, mutator, original, replacement]);
  const alive = (JSON.parse(readFileSync(report, 'utf8')) as Result[]).filter(isAlive).map(key);
  return mutants.filter((mutant) => alive.includes(key(mutant)));
}

async function main(): Promise<void> {
  const recorded = await worker.ask({ kind: 'record' }, 1800);
  if (typeof recorded === 'string' || recorded.kind !== 'recorded')
    throw new Error(`tests without a mutant: ${recorded}`);
  for (const { name, failure } of recorded.tests)
    if (failure !== undefined) console.log(`fails without a mutant: ${name}: ${failure.split('\n')[0]}`);
  const seconds = recorded.tests.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  const reached = new Set(recorded.tests.flatMap(({ hits }) => Object.keys(hits).map(Number)));
  const atLoad = new Set(recorded.atLoad.filter((id) => !reached.has(id)));
  const tried = drawn.filter(({ id }) => !atLoad.has(id)).slice(from, wanted);
  console.log(
    `${mutants.length} mutants, seed ${values.seed}: ${tried.length} are tried, from number ${from} on; ` +
      `${recorded.tests.length} tests in ${tests.length} files take ${seconds.toFixed(1)} s`,
  );
  const slowest = recorded.tests.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 12);
  for (const { name, milliseconds } of slowest)
    console.log(`  ${milliseconds.toFixed(0)} ms ${name.slice(0, 100)}`);
  const results: Result[] = [];
  const kills = new Map<number, number>();
  for (const mutant of tried) {
    const result = await resultOf(mutant, recorded.tests, kills);
    results.push(result);
    if (results.length % 20 === 0) console.log(`${results.length}: ${summary(results)}`);
    if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(results, null, 1));
  }
  for (const result of results) if (isAlive(result)) console.log(lineOf(result));
  console.log(summary(results));
}

async function resultOf(
  mutant: Mutant,
  records: readonly TestRecord[],
  kills: Map<number, number>,
): Promise<Result> {
  const why = equivalence(mutant);
  if (why !== undefined) return { ...mutant, status: 'equivalent', by: why };
  const own = testsOfRoom.get(mutant.file.split('/')[1] ?? '');
  const reaching = records
    .map((record, at) => ({ ...record, at, reached: record.hits[mutant.id] ?? 0 }))
    .filter(({ reached, failure }) => reached > 0 && failure === undefined)
    .filter(({ name }) => own?.has(name.split(' > ')[0] ?? ''))
    // What has killed others and is quick comes first.
    .sort((a, b) => costOf(a) - costOf(b));
  function costOf({ milliseconds, at }: { milliseconds: number; at: number }): number {
    return (milliseconds + 1) / (1 + (kills.get(at) ?? 0));
  }
  if (reaching.length === 0) return { ...mutant, status: 'not reached' };
  const seconds = Math.min(
    MOST_SECONDS,
    LEAST_SECONDS + (TIME_FACTOR * reaching.reduce((sum, { milliseconds }) => sum + milliseconds, 0)) / 1000,
  );
  const order = {
    kind: 'try',
    mutant: mutant.id,
    tests: reaching.map(({ at }) => at),
    hitLimit: 1000 + HIT_FACTOR * reaching.reduce((sum, { reached }) => sum + reached, 0),
  } as const;
  let answer: Answer | 'endless' | 'died' = await worker.ask(order, seconds);
  if (typeof answer !== 'string' && answer.kind === 'killed' && answer.stale) {
    worker.end();
    answer = await worker.ask(order, seconds);
    worker.end();
  }
  if (values.twice && typeof answer !== 'string' && answer.kind === 'survived') {
    const started = await worker.start(mutant.id);
    answer = typeof started === 'string' ? started : await worker.ask(order, seconds);
    worker.end();
  }
  if (typeof answer === 'string') return { ...mutant, status: answer };
  if (answer.kind !== 'killed') return { ...mutant, status: 'survived' };
  kills.set(answer.by, (kills.get(answer.by) ?? 0) + 1);
  return { ...mutant, status: 'killed', by: `${records[answer.by]?.name}: ${answer.message}` };
}

function isAlive({ status }: Result): boolean {
  return status === 'survived' || status === 'not reached';
}

function lineOf({ file, line, column, mutator, original, replacement, status }: Result): string {
  const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 100);
  return `${status}: ${file}:${line}:${column} ${mutator}\n    ${short(original)}\n    ${short(replacement)}`;
}

function summary(results: readonly Result[]): string {
  const count = (...all: readonly Status[]) => results.filter(({ status }) => all.includes(status)).length;
  const killed = count('killed', 'endless', 'died');
  const equivalent = count('equivalent');
  const share = ((100 * killed) / Math.max(1, results.length - equivalent)).toFixed(1);
  return (
    `killed ${killed} of ${results.length - equivalent} (${share} %), ${equivalent} equivalent; of the killed ` +
    `${count('endless')} are endless, ${count('died')} end the process; ${count('not reached')} are not reached`
  );
}
