/**
 * CPU time of one process for all files, compared with dtc started once per file, as build systems do; also checks that
 * the memory of the process does not grow with the number of boards.
 *
 *   npm run bench -- dtc [LINUX_SOURCE] [DTC] [EVERY]
 *
 * boards: every board (or each EVERYth) of Linux, source to blob, compared with `cpp | dtc`; needs a kernel source tree.
 * blobs: every blob of the corpus to windows, compared with `dtc -I dtb -O dts`; the median of several alternating runs.
 *
 * fwmap's side is bundled first, as it is for users: it is slower if each file is transformed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { readPossiblyPacked } from '../conformance/devicetree/dtc/compile.ts';
import type { Board, Outcome, Task } from './processes/dtc-work.ts';
import { median } from './processes/measure.ts';

const CORPUS = '../shared/corpus';
const BUNDLE = 'node_modules/.cache/bench/dtc-work.mjs';
const ROUNDS = 7;
/** Numbers of boards for which memory is measured, besides all of them. */
const MEMORY_STEPS = [300, 1000];
/** Bound of the ratio of the memory for all boards and for the largest of these numbers. */
const MEMORY_GROWTH = 1.25;

async function bundle(): Promise<void> {
  const built = await rolldown({
    input: join(import.meta.dirname, 'processes/dtc-work.ts'),
    platform: 'node',
    external: /^(?![./]|.*:)/,
    logLevel: 'warn',
  });
  await built.write({ file: BUNDLE, minify: true });
  await built.close();
}

function ours(task: Task): Outcome {
  const { stdout, stderr, status } = spawnSync(process.execPath, [BUNDLE], {
    input: JSON.stringify(task),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Outcome;
}

/** User and system seconds of a shell script and all it starts. */
function shellSeconds(script: string, cwd: string): number {
  const timed = `TIMEFORMAT='%U %S'; time { ${script}\n} </dev/null >/dev/null 2>&1`;
  const options = { cwd, encoding: 'utf8', input: timed, maxBuffer: 1 << 28 } as const;
  const { stderr } = spawnSync('bash', ['-s'], options);
  const [user = 0, system = 0] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  return user + system;
}

function say(what: string, mine: number, theirs: number, ratio: number, limit: number): number {
  console.log(
    `${what}: ${mine.toFixed(2)} s, ${theirs.toFixed(2)} s: ${ratio.toFixed(2)} (at most ${limit.toFixed(2)})`,
  );
  return ratio <= limit ? 0 : 1;
}

/** Ratio of the CPU time of every board in one process and with `cpp | dtc`; undefined without dtc or the corpus. */
export async function boardsInOneProcess(
  linux: string,
): Promise<{ readonly boards: number; readonly ratio: number } | undefined> {
  if (!existsSync(CORPUS) || spawnSync('dtc', ['--version']).status !== 0) return undefined;
  await bundle();
  const chosen = chosenBoards(1);
  const { seconds } = ours({ boards: { linux, list: chosen } });
  return { boards: chosen.length, ratio: seconds / boardsSeconds(chosen, linux, 'dtc') };
}

function chosenBoards(every: number): Board[] {
  const list = JSON.parse(readFileSync(join(CORPUS, 'boards.json'), 'utf8')) as { boards: Board[] };
  return list.boards.filter((_, index) => index % every === 0);
}

function boardsSeconds(chosen: readonly Board[], linux: string, dtc: string): number {
  const script = chosen
    .map(({ src, arch }) => {
      const includes = `-I include -I arch/${arch}/boot/dts -I scripts/dtc/include-prefixes`;
      const cpp = `cpp -nostdinc ${includes} -undef -D__DTS__ -x assembler-with-cpp ${src}`;
      return `${cpp} | ${dtc} -q -i ${dirname(src)} -i arch/${arch}/boot/dts -I dts -O dtb -o /dev/null -`;
    })
    .join('\n');
  return shellSeconds(script, linux);
}

function boards(linux: string, dtc: string, every: number): number {
  const chosen = chosenBoards(every);
  const steps = [...MEMORY_STEPS.filter((count) => count < chosen.length), chosen.length];
  const outcomes = steps.map((count) => ours({ boards: { linux, list: chosen.slice(0, count) } }));
  const peaks = outcomes.map(({ peak }) => peak);
  const told = steps.map((count, index) => `${count} boards ${(peaks[index]! / 2 ** 20).toFixed(0)} MiB`);
  const growth = peaks.at(-1)! / (peaks.at(-2) ?? peaks[0]!);
  console.log(`at most: ${told.join(', ')}: ${growth.toFixed(2)} (at most ${MEMORY_GROWTH})`);
  const mine = outcomes.at(-1)!.seconds;
  const theirs = boardsSeconds(chosen, linux, dtc);
  const tooSlow = say('source to blob, beside cpp | dtc', mine, theirs, mine / theirs, 1);
  return growth > MEMORY_GROWTH ? 1 : tooSlow;
}

function blobs(dtc: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-bench-'));
  const paths = ['dtb', 'dtbo'].flatMap((kind) =>
    readdirSync(join(CORPUS, kind))
      .filter((name) => /\.dtbo?\.gz$/.test(name))
      .map((name) => {
        const path = join(folder, `${kind}-${basename(name, '.gz')}`);
        writeFileSync(path, readPossiblyPacked(join(CORPUS, kind, name)));
        return path;
      }),
  );
  const script = paths.map((path) => `${dtc} -q -I dtb -O dts -o /dev/null ${path}`).join('\n');
  const pairs = Array.from({ length: ROUNDS }, () => {
    const mine = ours({ blobs: paths }).seconds;
    const theirs = shellSeconds(script, folder);
    return { mine, theirs, ratio: mine / theirs };
  });
  rmSync(folder, { recursive: true });
  console.log(`${paths.length} blobs`);
  const of = (name: 'mine' | 'theirs' | 'ratio'): number => median(pairs.map((pair) => pair[name]));
  return say('blob to windows, beside dtc -I dtb -O dts', of('mine'), of('theirs'), of('ratio'), 1 / 3);
}

export async function run([linux, dtc = 'dtc', every = '1']: string[]): Promise<number> {
  if (!existsSync(CORPUS) || spawnSync(dtc, ['--version']).status !== 0) {
    console.log(`left out: needs ${CORPUS} and dtc`);
    return 0;
  }
  await bundle();
  const decoded = blobs(dtc);
  if (linux === undefined) {
    console.log('boards left out: needs the path of an unpacked kernel source');
    return decoded;
  }
  return Math.max(decoded, boards(linux, dtc, Number(every)));
}
