/**
 * `npm run mutation:stryker -- [--sample N] [--seed S] [--rooms A,B] [--report FILE]`: as `npm run mutation`, by Stryker and its
 * runner for vitest: slow, and by other code than ours. The sample is one of places: all mutants in a place are tried.
 * FILE gets what Stryker reports, as JSON. scripts/mutation/vitest.config.ts says in what order tests are run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXCLUDED_MUTATIONS, type Mutant, mutantsOf, type Place, shuffled } from './mutants.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** All mutants in a place are tried: a large one, such as a whole function, would displace the others. */
const MOST_IN_PLACE = 6;

/** The part of Stryker's report that is read (mutation-testing-report-schema). */
interface Report {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly mutants: readonly {
          readonly status: string;
          readonly location: { readonly start: { readonly line: number; readonly column: number } };
          readonly mutatorName: string;
          readonly replacement: string;
        }[];
      }
    >
  >;
}

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    rooms: { type: 'string', default: 'verdict,window,linux,symbolic' },
    report: { type: 'string' },
  },
});
const { mutants } = await mutantsOf(ROOT, values.rooms.split(','));
const places = shuffled(
  [...new Map(mutants.map((mutant) => [rangeOf(mutant), mutant])).values()],
  Number(values.seed),
);
const chosen: Mutant[] = [];
let count = 0;
for (const place of places) {
  const inside = mutants.filter((mutant) => isWithin(mutant, place)).length;
  if (inside > MOST_IN_PLACE) continue;
  chosen.push(place);
  count += inside;
  if (count >= Number(values.sample)) break;
}
console.log(
  `${mutants.length} mutants; of these ${count} in ${chosen.length} places are tried, seed ${values.seed}`,
);

const temporary = mkdtempSync(join(tmpdir(), 'fwmap-mutation-'));
const corpus = join(ROOT, '../shared');
if (existsSync(corpus)) symlinkSync(corpus, join(temporary, 'shared'));
const report = values.report ?? join(temporary, 'mutation.json');
rmSync(report, { force: true });
const configFile = join(temporary, 'stryker.config.json');
writeFileSync(
  configFile,
  JSON.stringify({
    ...JSON.parse(readFileSync(join(ROOT, 'scripts/mutation/stryker.config.json'), 'utf8')),
    mutator: { excludedMutations: EXCLUDED_MUTATIONS },
    tempDirName: temporary,
    jsonReporter: { fileName: report },
    // A place contains the mutants that are completely inside.
    mutate: chosen.map(rangeOf),
  }),
);
spawnSync('node', ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', configFile], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, MUTATED_ROOMS: values.rooms },
});
if (existsSync(report)) tell(JSON.parse(readFileSync(report, 'utf8')) as Report);
else process.exitCode = 1;
rmSync(temporary, { recursive: true, force: true });

/** A place in Stryker's form: lines from 1, columns from 0. */
function rangeOf({ file, line, column, end }: Mutant): string {
  return `${file}:${line}:${column}-${end.line}:${end.column}`;
}

function isWithin(a: Mutant, b: Mutant): boolean {
  const before = (x: Place, y: Place): boolean =>
    x.line < y.line || (x.line === y.line && x.column <= y.column);
  return a.file === b.file && before(b, a) && before(a.end, b.end);
}

function tell({ files }: Report): void {
  const counts: Record<string, number> = {};
  const alive: string[] = [];
  for (const [name, { mutants: list }] of Object.entries(files))
    for (const { status, location, mutatorName, replacement } of list) {
      counts[status] = (counts[status] ?? 0) + 1;
      if (status === 'Survived' || status === 'NoCoverage')
        alive.push(
          `${name}:${location.start.line}:${location.start.column}  ${mutatorName}  ${replacement}  ${status}`,
        );
    }
  const of = (...statuses: readonly string[]): number =>
    statuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
  const killed = of('Killed', 'Timeout', 'RuntimeError');
  const tried = killed + of('Survived', 'NoCoverage');
  for (const line of alive.sort()) console.log(line);
  console.log(JSON.stringify(counts));
  console.log(`${killed} of ${tried} killed (${((100 * killed) / Math.max(1, tried)).toFixed(1)} %)`);
}
