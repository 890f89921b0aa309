/**
 * `npm run conformance -- planted-faults [--only WORD]`: plants faults in copies of the sources, one by one, and looks
 * whether hide and seek or else the tests of the verdict and of the driver's model catch them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAULTS, type Fault } from './planted/faults.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const COPIED = [
  'src',
  'scripts',
  'test',
  'samples',
  'grammars',
  'schemas',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];
/** A fault that nothing caught in so many seconds of processor time is missed. */
const MOST_SECONDS = 60;
/** Catches most of what hide and seek meets seldom: first, since all tests together may take longer than there is. */
const FIRST_TESTS = [
  'test/verdict/kinds.test.ts',
  'test/verdict/everyday.test.ts',
  'test/verdict/evidence.test.ts',
  'test/verdict/sysfb-tree.test.ts',
];
const TESTS = ['test/verdict', 'test/linux', 'test/evidence'];
/** It looks for the faults' texts, which is no way of catching one. */
const NO_TEST = 'test/verdict/planted-faults.test.ts';

/** Plants a fault in a copy; `undefined` where its text isn't there exactly once. */
export function planted(source: string, { find, replace }: Fault): string | undefined {
  const parts = source.split(find);
  return parts.length === 2 ? parts.join(replace) : undefined;
}

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { only: { type: 'string' }, seed: { type: 'string', default: '7' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  let missed = 0;
  let caught = 0;
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const clean = await caughtBy(folder, values.seed);
    if (clean.by !== undefined) {
      console.log(`without any fault ${clean.by} fails: nothing can be said`);
      return 1;
    }
    for (const fault of FAULTS) {
      if (values.only !== undefined && !fault.name.includes(values.only)) continue;
      const file = join(folder, fault.file);
      const source = readFileSync(file, 'utf8');
      const changed = planted(source, fault);
      if (changed === undefined) {
        missed += 1;
        console.log(`${fault.name.padEnd(72)}  can't be planted: its text isn't in ${fault.file} once`);
        continue;
      }
      writeFileSync(file, changed);
      const { by, seconds } = await caughtBy(folder, values.seed);
      writeFileSync(file, source);
      if (by === undefined) missed += 1;
      else caught += 1;
      console.log(
        `${fault.name.padEnd(72)}  ${(by ?? 'NOTHING').padEnd(13)}  ${seconds.toFixed(0).padStart(3)} s`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${caught} passed, ${missed} failed`);
  return missed === 0 ? 0 : 1;
}

interface Check {
  readonly by: string;
  /** Arguments of node, for one run after another as long as they succeed. */
  readonly runs: readonly (readonly string[])[];
}

/** Both run at once; the first that fails has caught it. Of each the processor time counts, whatever else the machine does. */
async function caughtBy(
  folder: string,
  seed: string,
): Promise<{ readonly by: string | undefined; readonly seconds: number }> {
  const hiding = ['--import', 'tsx', 'scripts/conformance.ts', 'hide-and-seek', '--failures', '1'];
  // One thread of one process, so that its time is that of the tests.
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--bail',
    '1',
    '--pool',
    'threads',
    '--no-isolate',
  ];
  const checks: readonly Check[] = [
    { by: 'hide and seek', runs: [[...hiding, '--seed', seed, '--seconds', String(MOST_SECONDS)]] },
    {
      by: 'tests',
      runs: [
        [...vitest, '--maxWorkers', '1', ...FIRST_TESTS],
        [...vitest, '--maxWorkers', '1', '--exclude', NO_TEST, ...TESTS],
      ],
    },
  ];
  const running: ChildProcess[] = [];
  const ends = checks.map(
    ({ by, runs }) =>
      new Promise<{ by: string; seconds: number } | undefined>((resolve) => {
        let used = 0;
        const next = (at: number): void => {
          const child = spawn(
            'bash',
            ['-c', TIMED, 'timed', String(MOST_SECONDS), process.execPath, ...runs[at]!],
            {
              cwd: folder,
              stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
              detached: true,
            },
          );
          running.push(child);
          let times = '';
          child.stdio[3]!.on('data', (chunk) => {
            times += String(chunk);
          });
          child.on('close', (status) => {
            used += secondsIn(times);
            if (status === 0 && at + 1 < runs.length) next(at + 1);
            // 128 and more: it was ended, by its limit or by us, and has found nothing.
            else resolve(status === null || status === 0 || status > 128 ? undefined : { by, seconds: used });
          });
        };
        next(0);
      }),
  );
  const first = new Promise<{ by: string; seconds: number } | undefined>((resolve) => {
    for (const end of ends) void end.then((caught) => caught !== undefined && resolve(caught));
    void Promise.all(ends).then(() => resolve(undefined));
  });
  const caught = await first;
  for (const { pid, exitCode } of running) if (pid !== undefined && exitCode === null) endGroup(pid);
  await Promise.all(ends);
  if (caught === undefined || caught.seconds > MOST_SECONDS) return { by: undefined, seconds: MOST_SECONDS };
  return caught;
}

/** Runs a command with a limit on its processor time, and writes the time to descriptor 3. */
const TIMED = 'ulimit -t "$1"; shift; "$@"; status=$?; times >&3; exit $status';

/** What `times` prints of the commands: the second line, user and system: `1m2.345s 0m0.678s`. */
function secondsIn(times: string): number {
  const [, ofCommands = ''] = times.split('\n');
  return [...ofCommands.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (all, [, minutes, seconds]) => all + 60 * Number(minutes) + Number(seconds),
    0,
  );
}

/** Ends a process of ours with those that it started. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
