/**
 * `npm run bench [-- table [--machines N] [--linux DIR]]`: the speed as seen by users: ratios of whole processes, with the
 * goal of each row. It fails if a ratio misses its goal by more than 15 %.
 *
 * CPU time of alternating processes, medians of pairs, so that other load on the machine matters little; only the survey
 * is measured by the wall clock, and not judged unless the machine is idle.
 *
 * `--machines`: the number of acpidumps (default: 24), taken evenly from ../shared/corpus/acpi, one process each, compared
 * with acpiexec's `resources` on the tables that acpixtract extracts, also one process each. `--linux`: a source tree of
 * Linux, for the row of its boards.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, release, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { inOneProcess } from './acpi.ts';
import { boardsInOneProcess } from './dtc.ts';
import { ACPI, dumps, someDumps } from './processes/dumps.ts';
import { compare, median, time } from './processes/measure.ts';

const FWMAP = fileURLToPath(new URL('../../bin/fwmap.js', import.meta.url));
const TREE = fileURLToPath(new URL('../../samples/openhcl-vtl2.dts', import.meta.url));
const BLOBS = '../shared/corpus/dtb';
const NODE = [process.execPath, '-e', '0'];
/** Factor by which a goal may be missed. */
const SLACK = 1.15;
/** Runs of each process of a comparison. */
const RUNS = 25;
const RUNS_A_MACHINE = 3;
const RUNS_OF_BLOBS = 7;
const RUNS_OF_SURVEYS = 3;
const BLOBS_TOGETHER = 200;
const DSDT_BYTES = 120 * 1024;
/** Highest load average of an idle machine; a survey in two threads needs two free processors, a loop of acpiexec one. */
const IDLE_LOAD = 0.3;

interface Row {
  readonly work: string;
  readonly ratio: number;
  readonly goal: number;
  /** The goal is a minimum, not a maximum. */
  readonly atLeast?: true;
  /** Why it is not compared with its goal. */
  readonly unjudged?: string;
}

/** A row whose requirements are missing. */
interface Skipped {
  readonly work: string;
  readonly needs: string;
}

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { machines: { type: 'string', default: '24' }, linux: { type: 'string' } },
  });
  const load = loadavg()[0]!;
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-bench-'));
  try {
    console.log(
      `Node ${process.version}, ${type()} ${release()} ${arch()}, ${cpus()[0]?.model ?? 'unknown CPU'} x ${cpus().length}, ` +
        `load average ${load.toFixed(1)}`,
    );
    if (process.env.NODE_EXTRA_CA_CERTS) console.log(certificates());
    const parts: (() => readonly (Row | Skipped)[] | Promise<readonly (Row | Skipped)[]>)[] = [
      () => small(folder),
      () => machines(folder, Number(values.machines)),
      () => manyBlobs(folder),
      async () => [await boards(values.linux), await machinesTogether(load)],
      () => [survey(folder, load)],
    ];
    let missed = 0;
    for (const part of parts)
      for (const row of await part()) {
        console.log(told(row));
        if (isMissed(row)) missed += 1;
      }
    if (missed > 0) console.log(`${missed} missed by more than ${((SLACK - 1) * 100).toFixed(0)} %`);
    return missed > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Node 20 reads these certificates at each start, whatever it runs: a ratio to `node -e 0` is smaller with them. */
function certificates(): string {
  const { ours, theirs } = compare(NODE, ['env', '-u', 'NODE_EXTRA_CA_CERTS', ...NODE], RUNS);
  return `NODE_EXTRA_CA_CERTS is set: node -e 0 takes ${ours.toFixed(0)} ms, ${theirs.toFixed(0)} ms without it`;
}

function isMissed(row: Row | Skipped): boolean {
  if ('needs' in row || row.unjudged !== undefined) return false;
  return row.atLeast ? row.ratio < row.goal / SLACK : row.ratio > row.goal * SLACK;
}

function told(row: Row | Skipped): string {
  const work = row.work.padEnd(66);
  if ('needs' in row) return `${work} skipped: it needs ${row.needs}`;
  const goal = `goal ${row.atLeast ? 'at least ' : ''}${row.goal.toFixed(2)}x`;
  const remark = row.unjudged ?? (isMissed(row) ? 'missed' : '');
  return `${work} ${row.ratio.toFixed(2)}x  ${goal}  ${remark}`.trimEnd();
}

function against(work: string, goal: number, ours: string[]): Row {
  return { work, goal, ratio: compare([process.execPath, FWMAP, ...ours], NODE, RUNS).ratio };
}

/** One small input, compared with a Node that does nothing. */
function small(folder: string): (Row | Skipped)[] {
  const blob = join(folder, 'tree.dtb');
  const made = spawnSync(process.execPath, [FWMAP, 'dtc', '-O', 'dtb', '-o', blob, TREE]);
  if (made.status !== 0) throw new Error(`fwmap dtc: exit status ${made.status}`);
  const tree = against('sysfb on a dtb against node -e 0', 1.25, ['sysfb', blob]);
  const table = existsSync(ACPI) ? dsdtOfSize(folder) : undefined;
  if (table === undefined)
    return [tree, { work: 'sysfb on a DSDT against node -e 0', needs: `acpixtract and ${ACPI}` }];
  const work = `sysfb on a DSDT of ${statSync(table).size >> 10} KiB against node -e 0`;
  return [tree, against(work, 1.8, ['sysfb', table])];
}

/** Extracts a dump. @returns the names of its tables with AML, the DSDT first, then the SSDTs in the order of the dump */
function extracted(folder: string, name: string): string[] {
  writeFileSync(join(folder, 'dump.txt'), gunzipSync(readFileSync(join(ACPI, name))));
  for (const old of readdirSync(folder)) if (old.endsWith('.dat')) rmSync(join(folder, old));
  if (spawnSync('acpixtract', ['-a', 'dump.txt'], { cwd: folder }).status !== 0) return [];
  const number = (file: string): number => Number(file.replace(/\D/g, ''));
  const ssdts = readdirSync(folder).filter((file) => /^ssdt\d*\.dat$/.test(file));
  return ['dsdt.dat', ...ssdts.sort((a, b) => number(a) - number(b))];
}

/** The DSDT of the corpus whose size is nearest to {@link DSDT_BYTES}. */
function dsdtOfSize(folder: string): string | undefined {
  let best: { readonly bytes: Buffer; readonly off: number } | undefined;
  for (const name of dumps()) {
    if (extracted(folder, name).length === 0) return undefined;
    const bytes = readFileSync(join(folder, 'dsdt.dat'));
    const off = Math.abs(bytes.length - DSDT_BYTES);
    if (off < (best?.off ?? Infinity)) best = { bytes, off };
  }
  if (best === undefined) return undefined;
  writeFileSync(join(folder, 'chosen.aml'), best.bytes);
  return join(folder, 'chosen.aml');
}

function machines(folder: string, count: number): (Row | Skipped)[] {
  const work = 'windows on an acpidump against acpiexec';
  if (!existsSync(ACPI) || spawnSync('acpiexec', ['-v']).status !== 0)
    return [{ work, needs: `acpiexec and ${ACPI}` }];
  const chosen = someDumps(count);
  const ratios: { readonly open: number; readonly zero: number }[] = [];
  for (const name of chosen) {
    const tables = extracted(folder, name).map((file) => join(folder, file));
    const theirs = ['acpiexec', '-b', 'resources', ...tables];
    const ours = [process.execPath, FWMAP, 'windows', join(folder, 'dump.txt')];
    ratios.push({
      open: compare(ours, theirs, RUNS_A_MACHINE).ratio,
      zero: compare([...ours, '--assume', 'zero'], theirs, RUNS_A_MACHINE).ratio,
    });
  }
  const open = ratios.map((each) => each.open);
  return [
    { work: `${work}, median of ${chosen.length}`, ratio: median(open), goal: 1.5 },
    { work: `${work}, the worst`, ratio: Math.max(...open), goal: 3 },
    { work: `${work}, --assume zero`, ratio: median(ratios.map((each) => each.zero)), goal: 1 },
  ];
}

/** A list of blobs in one process, compared with one process of dtc per blob. */
function manyBlobs(folder: string): (Row | Skipped)[] {
  const work = `windows on ${BLOBS_TOGETHER} blobs to ndjson against dtc blob by blob`;
  if (!existsSync(BLOBS) || spawnSync('dtc', ['--version']).status !== 0)
    return [{ work, needs: `dtc and ${BLOBS}` }];
  const blobs = readdirSync(BLOBS)
    .filter((name) => name.endsWith('.dtb.gz'))
    .sort()
    .slice(0, BLOBS_TOGETHER)
    .map((name, index) => {
      const path = join(folder, `${index}.dtb`);
      writeFileSync(path, gunzipSync(readFileSync(join(BLOBS, name))));
      return path;
    });
  const script = join(folder, 'dtc.sh');
  writeFileSync(script, blobs.map((blob) => `dtc -q -I dtb -O dts -o /dev/null ${blob}\n`).join(''));
  const ours = [process.execPath, FWMAP, 'windows', '--format', 'ndjson', ...blobs];
  return [{ work, goal: 0.5, ratio: compare(ours, ['sh', script], RUNS_OF_BLOBS).ratio }];
}

async function boards(linux: string | undefined): Promise<Row | Skipped> {
  const compared = linux === undefined ? undefined : await boardsInOneProcess(linux);
  if (compared === undefined)
    return {
      work: 'boards of Linux in one process against cpp | dtc',
      needs: 'dtc, ../shared/corpus and --linux',
    };
  return {
    work: `${compared.boards} boards of Linux in one process against cpp | dtc`,
    ratio: compared.ratio,
    goal: 0.25,
  };
}

/**
 * On some machines acpiexec waits in loops until ten seconds have passed (AE_AML_LOOP_TIMEOUT): on one of the corpus that is
 * a third to a half of the processor time of all, and the less of it the busier the machine is.
 */
async function machinesTogether(load: number): Promise<Row | Skipped> {
  const compared = await inOneProcess();
  if (compared === undefined)
    return { work: 'machines in one process against acpiexec', needs: `acpiexec and ${ACPI}` };
  return {
    work: `${compared.machines} machines in one process against acpiexec, evaluate`,
    ratio: compared.ratio,
    goal: 0.23,
    ...(load > IDLE_LOAD
      ? { unjudged: 'not judged: acpiexec waits in loops, and the machine is not idle' }
      : {}),
  };
}

/** The same machines in two threads and in one, by the wall clock. */
function survey(folder: string, load: number): Row | Skipped {
  const work = 'survey, machines a second with 2 threads against 1';
  if (!existsSync(ACPI) || availableParallelism() < 2) return { work, needs: `two processors and ${ACPI}` };
  let count = 0;
  const seconds = (jobs: number): number => {
    count += 1;
    const into = join(folder, `survey-${count}`);
    const command = [process.execPath, FWMAP, 'survey', ACPI, '--into', into, '--jobs', String(jobs)];
    return time(command).wall;
  };
  const ratios = Array.from({ length: RUNS_OF_SURVEYS }, () => seconds(1) / seconds(2));
  return {
    work,
    ratio: median(ratios),
    goal: 1.8,
    atLeast: true,
    ...(load > IDLE_LOAD ? { unjudged: 'not judged: the machine is not idle' } : {}),
  };
}
