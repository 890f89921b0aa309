/**
 * `npm run bench -- table [MACHINES]`: the speed that people meet, whole processes as ratios, with the goal of each row. It
 * fails where a ratio misses its goal by more than 15 %.
 *
 * MACHINES acpidumps (24 unless said otherwise), evenly from ../shared/corpus/acpi, one process each, against acpiexec's
 * `resources` on what acpixtract makes of the same dump, one process each too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { arch, cpus, release, tmpdir, type } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { compare, median } from './measure.ts';

const FWMAP = fileURLToPath(new URL('../../bin/fwmap.js', import.meta.url));
const TREE = fileURLToPath(new URL('../../samples/openhcl-vtl2.dts', import.meta.url));
const ACPI = '../shared/corpus/acpi';
const NODE = [process.execPath, '-e', '0'];
/** What a goal may be missed by. */
const SLACK = 1.15;
/** Runs of a process that is measured against another. */
const RUNS = 15;
const RUNS_A_MACHINE = 3;
const DSDT_BYTES = 120 * 1024;

interface Row {
  readonly work: string;
  readonly ratio: number;
  readonly goal: number;
}

export function run(args: string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-bench-'));
  try {
    const rows = [...small(folder), ...machines(folder, Number(args[0] ?? 24))];
    console.log(
      `Node ${process.version}, ${type()} ${release()} ${arch()}, ${cpus()[0]?.model ?? 'unknown CPU'} x ${cpus().length}`,
    );
    for (const { work, ratio, goal } of rows)
      console.log(
        `${work.padEnd(64)} ${ratio.toFixed(2)}x  goal ${goal.toFixed(2)}x${ratio > goal * SLACK ? '  missed' : ''}`,
      );
    return Promise.resolve(rows.some(({ ratio, goal }) => ratio > goal * SLACK) ? 1 : 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function against(work: string, goal: number, ours: string[]): Row {
  return { work, goal, ratio: compare([process.execPath, FWMAP, ...ours], NODE, RUNS).ratio };
}

/** One small input against a Node that does nothing. */
function small(folder: string): Row[] {
  const rows: Row[] = [];
  const blob = join(folder, 'tree.dtb');
  const made = spawnSync(process.execPath, [FWMAP, 'dtc', '-O', 'dtb', '-o', blob, TREE]);
  if (made.status === 0) rows.push(against('sysfb on a dtb against node -e 0', 1.25, ['sysfb', blob]));
  const table = existsSync(ACPI) ? dsdtOfSize(folder) : undefined;
  if (table !== undefined)
    rows.push(
      against(`sysfb on a DSDT of ${statSync(table).size >> 10} KiB against node -e 0`, 1.8, [
        'sysfb',
        table,
      ]),
    );
  return rows;
}

/** Unpacks a dump; gives the names of its tables with AML in them, the DSDT first, in the order of the dump. */
function extracted(folder: string, name: string): string[] {
  writeFileSync(join(folder, 'dump.txt'), gunzipSync(readFileSync(join(ACPI, name))));
  for (const old of readdirSync(folder)) if (old.endsWith('.dat')) rmSync(join(folder, old));
  if (spawnSync('acpixtract', ['-a', 'dump.txt'], { cwd: folder }).status !== 0) return [];
  const number = (file: string): number => Number(file.replace(/\D/g, ''));
  const ssdts = readdirSync(folder).filter((file) => /^ssdt\d*\.dat$/.test(file));
  return ['dsdt.dat', ...ssdts.sort((a, b) => number(a) - number(b))];
}

/** The DSDT of the machine whose DSDT is nearest to the size. */
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

function dumps(): string[] {
  return readdirSync(ACPI)
    .filter((file) => file.endsWith('.txt.gz'))
    .sort();
}

function machines(folder: string, count: number): Row[] {
  if (!existsSync(ACPI) || spawnSync('acpiexec', ['-v']).status !== 0) {
    console.log('skipped: machines against acpiexec, which need it and ../shared/corpus/acpi');
    return [];
  }
  const all = dumps();
  const chosen = all.filter(
    (_, i) => Math.floor((i * count) / all.length) !== Math.floor(((i - 1) * count) / all.length),
  );
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
  const work = 'windows on an acpidump against acpiexec';
  return [
    { work: `${work}, median of ${chosen.length}`, ratio: median(open), goal: 1.5 },
    { work: `${work}, the worst`, ratio: Math.max(...open), goal: 3 },
    { work: `${work}, --assume zero`, ratio: median(ratios.map((each) => each.zero)), goal: 1 },
  ];
}
