/**
 * `npm run bench -- acpi [DIRECTORY]`: tables of real machines, compared with ACPICA's acpiexec.
 *
 * DIRECTORY holds outputs of acpidump, one per machine, gzipped or not (../shared/corpus/acpi). All of them are loaded and
 * every `_CRS` is evaluated in this process; acpiexec is run once per machine, on the tables that acpixtract extracts, for
 * the same objects. Then `fwmap sysfb` as a whole process, compared with a Node that does nothing: on a PC's DSDT of about
 * 120 KiB, and on that of a Hyper-V machine with 2,048 processors (../shared/corpus/hyperv-gen2), alone, with all its
 * tables, and with a value set.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { evaluateAllCrs, loadMachine } from '../../src/acpi/machine.ts';
import { readAcpiTables } from '../../src/acpi/tables/read.ts';
import { type AcpiTable, holdsAml } from '../../src/acpi/tables/table.ts';
import { openBytes } from '../../src/artifact/open-bytes.ts';
import { DiagnosticList } from '../../src/bytes/diagnostic.ts';
import { compare, median } from './processes/measure.ts';

const SHARED = '../shared/corpus/acpi';
const HYPERV = '../shared/corpus/hyperv-gen2';
/** At most this share of acpiexec's CPU time. */
const BOUND = 0.5;
/** Most time of a whole process on a DSDT of that size, in multiples of a Node that does nothing. */
const PROCESS_BOUND = 2.5;
const DSDT_BYTES = 120 * 1024;
const RUNS = 15;
/** acpiexec aborts loops that wait for a device after ten seconds; a run that takes this long has failed. */
const TIMEOUT = 120_000;

interface Machine {
  readonly name: string;
  readonly dump: Buffer;
}

interface Run {
  readonly seconds: number;
  readonly devices: readonly string[];
  readonly tables: readonly AcpiTable[];
}

/** Evaluates all machines of a folder in this process and compares with acpiexec; undefined without acpiexec. */
export async function inOneProcess(
  folder = SHARED,
): Promise<{ readonly machines: number; readonly ratio: number } | undefined> {
  if (!existsSync(folder)) return undefined;
  const machines = machinesIn(folder);
  const runs: Run[] = [];
  for (const machine of machines) runs.push(await ours(machine));
  const compared = againstAcpiexec(machines, runs);
  return compared === undefined ? undefined : { machines: machines.length, ratio: compared.ratio };
}

function machinesIn(folder: string): Machine[] {
  return readdirSync(folder)
    .filter((file) => /\.txt(\.gz)?$/.test(file))
    .sort()
    .map((file): Machine => {
      const bytes = readFileSync(join(folder, file));
      return { name: file, dump: file.endsWith('.gz') ? gunzipSync(bytes) : bytes };
    });
}

export async function run(args: string[]): Promise<number> {
  const folder = args[0] ?? SHARED;
  if (!existsSync(folder)) {
    console.log(`skipped: ${folder} is not there`);
    return 0;
  }
  const machines = machinesIn(folder);
  const runs: Run[] = [];
  for (const machine of machines) runs.push(await ours(machine));
  const compared = againstAcpiexec(machines, runs);
  if (compared === undefined) console.log('skipped: acpiexec is not there');
  else console.log(compared.told);
  const status = compared === undefined || compared.ratio <= BOUND ? 0 : 1;
  return Math.max(status, wholeProcesses(runs.flatMap(({ tables }) => tables)));
}

/** Reads, loads and evaluates one machine and measures the CPU time. */
async function ours(machine: Machine): Promise<Run> {
  const started = process.cpuUsage();
  const sink = new DiagnosticList();
  const artifacts = await openBytes(machine.name, machine.dump, {}, sink);
  const tables = artifacts.flatMap((artifact) => readAcpiTables(artifact, sink));
  const entries = evaluateAllCrs(loadMachine(tables, { assume: 'zero' }, sink));
  const { user, system } = process.cpuUsage(started);
  return { seconds: (user + system) / 1e6, devices: entries.map(({ device }) => device), tables };
}

function againstAcpiexec(
  machines: readonly Machine[],
  runs: readonly Run[],
): { readonly ratio: number; readonly told: string } | undefined {
  if (spawnSync('acpiexec', ['-v']).status !== 0) return undefined;
  const theirs = machines.map((machine, i) => acpiexecSeconds(machine, runs[i]!.devices));
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const total = { ours: sum(runs.map(({ seconds }) => seconds)), theirs: sum(theirs) };
  const ratio = total.ours / total.theirs;
  const each = median(runs.map(({ seconds }, i) => seconds / theirs[i]!));
  const objects = sum(runs.map(({ devices }) => devices.length));
  return {
    ratio,
    told:
      `${machines.length} machines, ${objects} _CRS: ${total.ours.toFixed(1)} s in one process, acpiexec ` +
      `${total.theirs.toFixed(1)} s, ratio ${ratio.toFixed(2)} (bound ${BOUND}), median of the machines ${each.toFixed(2)}`,
  };
}

/** CPU seconds of acpiexec, from the shell's `times`. */
function acpiexecSeconds(machine: Machine, devices: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-bench-'));
  try {
    writeFileSync(join(folder, 'dump.txt'), machine.dump);
    spawnSync('acpixtract', ['-a', 'dump.txt'], { cwd: folder, stdio: 'ignore' });
    const number = (file: string): number => Number(/\d+/.exec(file)?.[0] ?? 0);
    const files = readdirSync(folder)
      .filter((file) => /^(dsdt|ssdt\d*)\.dat$/.test(file))
      .sort((a, b) => number(a) - number(b));
    writeFileSync(
      join(folder, 'commands'),
      `${devices.map((device) => `evaluate ${device}._CRS`).join('\n')}\nquit\n`,
    );
    const { stdout } = spawnSync(
      'bash',
      ['-c', `acpiexec ${files.join(' ')} <commands >/dev/null 2>&1; times`],
      { cwd: folder, encoding: 'utf8', timeout: TIMEOUT },
    );
    const children = stdout.trim().split('\n').at(-1) ?? '';
    return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (seconds, [, minutes, rest]) => seconds + 60 * Number(minutes) + Number(rest),
      0,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `fwmap sysfb` on a PC's DSDT and on those of the Hyper-V machine. */
function wholeProcesses(tables: readonly AcpiTable[]): number {
  const dsdts = tables.filter((table) => table.signature === 'DSDT' && holdsAml(table));
  const distance = (table: AcpiTable): number => Math.abs(table.bytes.length - DSDT_BYTES);
  const [nearest] = dsdts.toSorted((a, b) => distance(a) - distance(b));
  let status = 0;
  if (nearest !== undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'fwmap-bench-'));
    try {
      const file = join(folder, 'dsdt.aml');
      writeFileSync(file, nearest.bytes);
      status = wholeProcess(`a PC's DSDT of ${(nearest.bytes.length / 1024).toFixed(0)} KiB`, [file]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const dsdt = join(HYPERV, 'dsdt.dat');
  if (!existsSync(dsdt)) {
    console.log(`skipped: ${dsdt} is not there`);
    return status;
  }
  return Math.max(
    status,
    wholeProcess(`Hyper-V's DSDT of ${(statSync(dsdt).size / 1024).toFixed(0)} KiB`, [dsdt]),
    wholeProcess('all tables of that machine', [HYPERV]),
    wholeProcess('the DSDT with values set', [dsdt, '--set', 'MG2B=0xf8000000', '--set', 'MG2L=0x8000000']),
  );
}

function wholeProcess(what: string, args: readonly string[]): number {
  const fwmap = fileURLToPath(new URL('../../bin/fwmap.js', import.meta.url));
  const result = compare([process.execPath, fwmap, 'sysfb', ...args], [process.execPath, '-e', '0'], RUNS);
  console.log(
    `fwmap sysfb on ${what}: ${result.ours.toFixed(1)} ms, node -e 0: ${result.theirs.toFixed(1)} ms, ` +
      `ratio ${result.ratio.toFixed(2)} (median of ${RUNS} pairs, bound ${PROCESS_BOUND})`,
  );
  return result.ratio <= PROCESS_BOUND ? 0 : 1;
}
