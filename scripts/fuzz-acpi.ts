/**
 * `npm run fuzz:acpi -- [--seconds N] [--cases N] [--seed N] [FILE...]`: loads, evaluates and prints mutated ACPI tables
 * until the time or the number of cases is up. Every case must end by itself, within two seconds, without an exception
 * and without taking more than 512 MiB. FILEs are tables or acpidump texts to start from, besides those made here.
 *
 * A case that fails is written to fuzz-acpi-failure.bin in the current directory, its tables one after the other. Exit
 * status 1 then.
 */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodeTables } from '../src/acpi/aml/tables.ts';
import { compileAsl } from '../src/acpi/asl/compile.ts';
import { printTable } from '../src/acpi/asl/print.ts';
import { evaluate, evaluateAllCrs, loadMachine } from '../src/acpi/machine.ts';
import { parseName } from '../src/acpi/name.ts';
import { readAcpiTables, tableAt } from '../src/acpi/tables/read.ts';
import { holdsAml } from '../src/acpi/tables/table.ts';
import { openInput } from '../src/artifact/open.ts';
import { DiagnosticList } from '../src/bytes/diagnostic.ts';
import { PROGRAMS } from '../test/acpi/interpreter/programs.ts';
import { randomProgram } from '../test/acpi/interpreter/random-programs.ts';
import { pick, seededRandom } from '../test/grammar/ebnf.ts';

/** CPU time for a case. */
const MOST_MILLISECONDS = 2000;
const MOST_BYTES = 512 * 1024 * 1024;
/** What the worker's own memory may grow to: beyond it there is no way to stay below {@link MOST_BYTES}. */
const HEAP_MEGABYTES = 384;
/** Cases between two reports of the worker. */
const BATCH = 50;
/** Tables longer than this are not started from, so that a case takes its time in the readers and not in copying. */
const LONGEST_START = 8000;
const RANDOM_STARTS = 20;
const SAMPLES = ['gen1-dsdt.asl', 'gen2-dsdt.asl'];
/** Seconds without a report after which the worker is taken to hang. */
const PATIENCE = 120;

interface Work {
  readonly seed: number;
  readonly starts: readonly Uint8Array[];
}

/** What the worker tells after each batch: how far it is, and what went wrong. */
interface Progress {
  readonly cases: number;
  readonly slowest: number;
  readonly rss: number;
  readonly failure?: { readonly bytes: Uint8Array; readonly why: string };
}

if (process.send) process.once('message', (task) => work(task as Work));
else process.exitCode = await supervise();

async function supervise(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '60' },
      cases: { type: 'string', default: '1000000000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const starts: Uint8Array[] = [];
  for (const file of positionals) {
    const sink = new DiagnosticList();
    for (const artifact of await openInput(file, {}, sink))
      for (const table of readAcpiTables(artifact, sink))
        if (table.bytes.length <= LONGEST_START) starts.push(Uint8Array.from(table.bytes));
  }
  const deadline = Date.now() + Number(values.seconds) * 1000;
  const wanted = Number(values.cases);
  let cases = 0;
  let slowest = 0;
  let rss = 0;
  let last = Date.now();
  // A process of its own, so that a hang can be ended and memory is that of the readers alone.
  const worker = fork(fileURLToPath(import.meta.url), {
    serialization: 'advanced',
    execArgv: [...process.execArgv, `--max-old-space-size=${HEAP_MEGABYTES}`],
  });
  worker.send({ seed: Number(values.seed), starts } satisfies Work);
  const failure = await new Promise<string | undefined>((resolve) => {
    const watch = setInterval(() => {
      if (Date.now() - last > PATIENCE * 1000) resolve('a case does not end');
      else if (Date.now() > deadline) resolve(undefined);
    }, 500);
    worker.on('message', (progress: Progress) => {
      last = Date.now();
      cases += progress.cases;
      slowest = Math.max(slowest, progress.slowest);
      rss = Math.max(rss, progress.rss);
      if (progress.failure) {
        writeFileSync('fuzz-acpi-failure.bin', progress.failure.bytes);
        resolve(progress.failure.why);
      } else if (cases >= wanted || Date.now() > deadline) resolve(undefined);
    });
    worker.on('exit', (code) => {
      clearInterval(watch);
      resolve(`the readers ended with status ${code}`);
    });
  });
  worker.kill('SIGKILL');
  console.log(
    `${cases} cases, slowest ${slowest.toFixed(0)} ms, largest process ${(rss / 1024 / 1024).toFixed(0)} MiB`,
  );
  if (failure === undefined) return 0;
  console.error(`failed: ${failure}`);
  return 1;
}

/** Tables of the programs that the interpreter is tested with, and of the samples. */
function madeTables(): Uint8Array[] {
  const bodies = [
    ...Object.values(PROGRAMS),
    ...Array.from({ length: RANDOM_STARTS }, (_, i) => randomProgram(i + 1).body),
  ].map((body) => `DefinitionBlock ("", "DSDT", 2, "FWMAP", "FUZZ", 1)\n{\n${body}\n}\n`);
  const samples = SAMPLES.map((name) =>
    readFileSync(new URL(`../samples/${name}`, import.meta.url), 'latin1'),
  );
  return [...bodies, ...samples].flatMap((text) => {
    const bytes = Buffer.from(text, 'latin1');
    return compileAsl({ name: 'fuzz', form: 'text', bytes }, new DiagnosticList()).map(
      (compiled) => compiled.bytes,
    );
  });
}

async function work({ seed, starts }: Work): Promise<void> {
  const random = seededRandom(seed);
  const all = [...madeTables(), ...starts];
  let slowest = 0;
  let rss = 0;
  for (let cases = 1; ; cases += 1) {
    const tables = Array.from({ length: random() < 0.3 ? 2 : 1 }, () =>
      mutated(pick(random, all), all, random),
    );
    const started = process.cpuUsage();
    let why: string | undefined;
    try {
      useTables(tables);
    } catch (error) {
      why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    // CPU time: on a busy machine a case may wait for long.
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    slowest = Math.max(slowest, took);
    if (took > MOST_MILLISECONDS) why ??= `took ${took.toFixed(0)} ms`;
    if (cases % 10 === 0) rss = Math.max(rss, process.memoryUsage.rss());
    if (rss > MOST_BYTES) why ??= `the process has ${rss} bytes`;
    if (why !== undefined || cases % BATCH === 0) {
      const failure = why === undefined ? {} : { failure: { bytes: Buffer.concat(tables), why } };
      process.send!({ cases: BATCH, slowest, rss, ...failure } satisfies Progress);
      if (why !== undefined) return;
      await new Promise(setImmediate);
    }
  }
}

/** AML bytes that mean something where they land: calls of themselves, endless loops, lengths and sizes that lie. */
const PIECES: readonly (readonly number[])[] = [
  [0xa2, 0x02, 0x01],
  [0xa2, 0x05, 0x01, 0x75, 0x60, 0xa3],
  [0x3f],
  [0xcf, 0xff, 0xff, 0xff],
  [0x11, 0x09, 0x0c, 0xff, 0xff, 0xff, 0x7f],
  [0x11, 0x08, 0x0c, 0x00, 0x00, 0x00, 0x80, 0x00],
  [0x13, 0x03, 0x60],
  [0x5b, 0x80, 0x41, 0x42, 0x43, 0x44, 0x00, 0x00, 0x0e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x5b, 0x20, 0x41, 0x42, 0x43, 0x44, 0x60],
  [0xa4, 0x68],
  [0x70, 0x68, 0x68],
  [0x73, 0x60, 0x60, 0x60],
  [0x5b, 0x87],
  [0x5e, 0x5e, 0x5e],
  [0x2f, 0xff],
  [0x14, 0x06, 0x5f, 0x43, 0x52, 0x53, 0x00],
  [0x86],
  [0x8d],
];

function mutated(start: Uint8Array, all: readonly Uint8Array[], random: () => number): Buffer {
  let bytes = Buffer.from(start);
  const below = (limit: number): number => Math.floor(random() * limit);
  const changes = below(6);
  for (let change = 0; change < changes && bytes.length > 0; change += 1) {
    const at = below(bytes.length);
    switch (below(8)) {
      case 0:
        bytes[at] = below(256);
        break;
      case 1:
        bytes[at] = bytes[at]! ^ (1 << below(8));
        break;
      case 2:
        if (random() < 0.3) bytes = bytes.subarray(0, at);
        break;
      case 3:
        if (at + 4 <= bytes.length)
          bytes.writeUInt32LE(pick(random, [0, 1, 0x24, 0x7fffffff, 0xffffffff]), at);
        break;
      case 4:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          bytes.subarray(at, at + below(64)),
          bytes.subarray(at),
        ]);
        break;
      case 5: {
        const other = pick(random, all);
        const from = below(other.length);
        const part = other.subarray(from, from + below(200));
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          part,
          bytes.subarray(at + (random() < 0.5 ? part.length : 0)),
        ]);
        break;
      }
      default: {
        const piece = Buffer.from(pick(random, PIECES));
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          piece,
          bytes.subarray(at + (random() < 0.5 ? piece.length : 0)),
        ]);
      }
    }
  }
  // Mostly the length is told as it is, so that all of the table is read.
  if (bytes.length >= 8 && random() < 0.9) bytes.writeUInt32LE(bytes.length, 4);
  return bytes;
}

/** All that the library does with tables, on whatever the bytes are. */
function useTables(inputs: readonly Uint8Array[]): void {
  const sink = new DiagnosticList();
  const tables = inputs.flatMap((bytes) => tableAt({ name: 'fuzz', form: 'blob', bytes }, 0, sink) ?? []);
  for (const options of [{ assume: 'zero' }, {}] as const) {
    const machine = loadMachine(tables, options, sink);
    evaluateAllCrs(machine);
    evaluate(machine, parseName('\\T000')!);
  }
  const code = tables.filter(holdsAml);
  const decoded = decodeTables(code, sink);
  for (const table of code) printTable(decoded, table);
}
