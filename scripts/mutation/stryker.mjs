/**
 * `npm run mutation:stryker -- [--sample N] [--seed S] [--rooms A,B] [--report FILE]`: mutates a random sample of the places in rooms
 * below src/ (the verdict, the windows, the model of Linux and the algebra), and says which mutants no test kills. Left
 * out are words (string literals) and what runs once when a module is loaded. FILE gets what Stryker reports, as JSON.
 * vitest.mutation.config.ts says which tests are run, and in what order.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { commonTokens } from '@stryker-mutator/api/plugin';
import { createInstrumenter } from '@stryker-mutator/instrumenter';
import { createInjector } from 'typed-inject';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const config = JSON.parse(readFileSync(join(ROOT, 'stryker.config.json'), 'utf8'));

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    rooms: { type: 'string', default: 'verdict,window,linux,symbolic' },
    report: { type: 'string' },
  },
});
const rooms = values.rooms.split(',').map((room) => `src/${room}`);
const random = numbers(Number(values.seed));

const mutants = await mutantsOf();
const places = [...new Map(mutants.map((mutant) => [keyOf(mutant), mutant])).values()];
for (let at = places.length - 1; at > 0; at -= 1) {
  const other = Math.floor(random() * (at + 1));
  [places[at], places[other]] = [places[other], places[at]];
}
/** A place is tried with all that lies in it: one with much in it, a whole function, would crowd out the others. */
const MOST_IN_PLACE = 6;

const chosen = [];
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
    ...config,
    tempDirName: temporary,
    jsonReporter: { fileName: report },
    mutate: chosen.map(
      ({ fileName, location: { start, end } }) =>
        // Lines from 1, columns from 0; a place takes in the mutants that lie wholly within.
        `${fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`,
    ),
  }),
);
spawnSync('node', ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', configFile], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, MUTATED_ROOMS: values.rooms },
});
process.exitCode = existsSync(report) ? tell(JSON.parse(readFileSync(report, 'utf8'))) : 1;
rmSync(temporary, { recursive: true, force: true });

function keyOf({ fileName, location: { start, end } }) {
  return `${fileName} ${start.line}:${start.column}-${end.line}:${end.column}`;
}

function isWithin(a, b) {
  const before = (x, y) => x.line < y.line || (x.line === y.line && x.column <= y.column);
  return (
    a.fileName === b.fileName &&
    before(b.location.start, a.location.start) &&
    before(a.location.end, b.location.end)
  );
}

async function mutantsOf() {
  const silent = Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, () => {}]),
  );
  const logger = { ...silent, isDebugEnabled: () => false, isTraceEnabled: () => false };
  const instrumenter = createInjector()
    .provideValue(commonTokens.logger, logger)
    .injectFunction(createInstrumenter);
  const files = rooms
    .flatMap((room) =>
      readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(room, name)),
    )
    .map((name) => ({ name, content: readFileSync(join(ROOT, name), 'utf8'), mutate: true }));
  const { mutants: found } = await instrumenter.instrument(files, {
    plugins: null,
    ignorers: [],
    excludedMutations: config.mutator.excludedMutations,
    noHeader: false,
  });
  return found.filter(({ ignoreReason }) => ignoreReason === undefined);
}

/** A linear congruential generator: the same sample for the same seed. */
function numbers(seed) {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 11n) / 2 ** 53;
  };
}

function tell({ files }) {
  const count = {};
  const alive = [];
  for (const [name, { mutants: list }] of Object.entries(files))
    for (const { status, location, mutatorName, replacement } of list) {
      count[status] = (count[status] ?? 0) + 1;
      if (status === 'Survived' || status === 'NoCoverage')
        alive.push(
          `${name}:${location.start.line}:${location.start.column}  ${mutatorName}  ${replacement}  ${status}`,
        );
    }
  const killed = (count.Killed ?? 0) + (count.Timeout ?? 0) + (count.RuntimeError ?? 0);
  const tried = killed + (count.Survived ?? 0) + (count.NoCoverage ?? 0);
  for (const line of alive.sort()) console.log(line);
  console.log(JSON.stringify(count));
  console.log(`${killed} of ${tried} killed (${((100 * killed) / Math.max(1, tried)).toFixed(1)} %)`);
  return 0;
}
