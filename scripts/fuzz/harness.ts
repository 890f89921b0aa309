/**
 * What every fuzzer here is: a worker that makes cases and runs them, one process for all, and a supervisor that ends
 * it when a case hangs and goes on behind that case. A case is made from the seed and its number alone, so a failure is
 * seen again with `--seed S --from N --cases 1`.
 *
 *   --seconds N    run for so long (60)
 *   --cases N      or until so many cases are through
 *   --seed N       which cases (1)
 *   --from N       number of the first case (0)
 *   --keep-going   count failures instead of ending at the first
 *   --progress N   say how far it is every N seconds
 *
 * Every step of a case is one that a command does: it must end without an exception, within the time given, in CPU
 * time, and with the process below the memory given. A case that fails is written to NAME-SEED-NUMBER.bin in the current
 * directory. The exit status is 1 if one did.
 */
import { fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../test/grammar/ebnf.ts';

/** Runs one step of a case under the watch. */
export type Step = <T>(name: string, action: () => T | Promise<T>) => Promise<T>;

export interface Cases<C> {
  make(random: () => number): C;
  run(made: C, step: Step): Promise<void>;
  /** What is kept of a case that fails. */
  bytes(made: C): Uint8Array;
}

export interface Fuzzer<C> {
  /** Of the failures' files. */
  readonly name: string;
  /** The script itself: it is forked. */
  readonly script: string;
  readonly mostMilliseconds: number;
  readonly mostBytes: number;
  /** Reads what cases start from; FILEs are the command's own arguments. */
  prepare(files: readonly string[]): Promise<Cases<C>>;
}

/** Of the worker's heap: beyond it the process can't stay below the bytes given. */
const HEAP_SHARE = 0.75;
/** Cases between two reports of the worker. */
const BATCH = 200;
/** Seconds without a new case after which the worker hangs: CPU time passes slowly on a machine that is busy. */
const PATIENCE = 60;

interface Progress {
  /** Cases done since the last report. */
  readonly cases: number;
  readonly slowest: number;
  readonly slowestCase: number;
  readonly rss: number;
  readonly failure?: { readonly number: number; readonly bytes: Uint8Array; readonly why: string };
}

/** To be called by a fuzzer's script, in both processes. */
export async function fuzz<C>(fuzzer: Fuzzer<C>): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '60' },
      cases: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      progress: { type: 'string', default: 'Infinity' },
      'keep-going': { type: 'boolean', default: false },
    },
  });
  const options: Options = {
    seconds: Number(values.seconds),
    cases: Number(values.cases),
    seed: Number(values.seed),
    from: Number(values.from),
    progress: Number(values.progress),
    keepGoing: values['keep-going'],
    files: positionals,
  };
  if (process.send) await work(fuzzer, options, process.env[STATUS_FILE]!);
  else process.exitCode = await new Supervisor(fuzzer, options).run();
}

interface Options {
  readonly seconds: number;
  readonly cases: number;
  readonly seed: number;
  readonly from: number;
  readonly progress: number;
  readonly keepGoing: boolean;
  readonly files: readonly string[];
}

/** Environment variable that names the file in which the worker notes the number of each case before it runs it. */
const STATUS_FILE = 'FWMAP_FUZZ_STATUS';

class Supervisor<C> {
  readonly #fuzzer: Fuzzer<C>;
  readonly #options: Options;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fwmap-fuzz-'));
  readonly #status = join(this.#folder, 'status');
  readonly #started = Date.now();
  readonly #failures: string[] = [];
  #cases = 0;
  #slowest = 0;
  #slowestCase = 0;
  #rss = 0;
  #next: number;

  constructor(fuzzer: Fuzzer<C>, options: Options) {
    this.#fuzzer = fuzzer;
    this.#options = options;
    this.#next = options.from;
  }

  async run(): Promise<number> {
    const { seconds, cases, progress, keepGoing } = this.#options;
    const deadline = this.#started + seconds * 1000;
    const telling = Number.isFinite(progress) ? setInterval(() => this.#tell(), progress * 1000) : undefined;
    do await this.#worker(deadline);
    while ((keepGoing || this.#failures.length === 0) && Date.now() < deadline && this.#cases < cases);
    clearInterval(telling);
    rmSync(this.#folder, { recursive: true });
    this.#tell();
    for (const failure of this.#failures) console.error(`failed: ${failure}`);
    return this.#failures.length === 0 ? 0 : 1;
  }

  #tell(): void {
    const seconds = (Date.now() - this.#started) / 1000;
    // Only steps that may be too slow are measured in CPU time.
    const slowest =
      this.#slowest > 0
        ? `slowest step ${this.#slowest.toFixed(0)} ms (case ${this.#slowestCase})`
        : `no step of ${this.#fuzzer.mostMilliseconds * SUSPECT_SHARE} ms`;
    console.log(
      `${this.#cases} cases in ${seconds.toFixed(0)} s from seed ${this.#options.seed}, ${slowest}, ` +
        `largest process ${(this.#rss / 1024 / 1024).toFixed(0)} MiB, ${this.#failures.length} failed`,
    );
  }

  /** One worker, until it has done all that is wanted, or one of its cases fails. */
  #worker(deadline: number): Promise<void> {
    const { script, mostBytes } = this.#fuzzer;
    writeFileSync(this.#status, '');
    const worker = fork(fileURLToPath(script), [...process.argv.slice(2), '--from', String(this.#next)], {
      serialization: 'advanced',
      execArgv: [
        ...process.execArgv,
        // Cases leave much behind at once: collected young, it costs little.
        '--max-semi-space-size=32',
        `--max-old-space-size=${Math.floor((mostBytes * HEAP_SHARE) / 1024 / 1024)}`,
      ],
      env: { ...process.env, [STATUS_FILE]: this.#status },
    });
    return new Promise<void>((resolve) => {
      let seen = '';
      let since = Date.now();
      const end = (): void => {
        clearInterval(watch);
        worker.removeAllListeners();
        worker.kill('SIGKILL');
        resolve();
      };
      const watch = setInterval(() => {
        const at = readFileSync(this.#status, 'latin1');
        if (at !== seen) since = Date.now();
        else if (at !== '' && Date.now() - since > PATIENCE * 1000) {
          this.#fail(Number(at), 'does not end');
          end();
          return;
        }
        seen = at;
        if (Date.now() > deadline) end();
      }, 500);
      worker.on('message', (progress: Progress) => {
        this.#cases += progress.cases;
        this.#next += progress.cases;
        this.#rss = Math.max(this.#rss, progress.rss);
        if (progress.slowest > this.#slowest) {
          this.#slowest = progress.slowest;
          this.#slowestCase = progress.slowestCase;
        }
        const { failure } = progress;
        if (failure !== undefined) {
          const { name } = this.#fuzzer;
          writeFileSync(`${name}-${this.#options.seed}-${failure.number}.bin`, failure.bytes);
          this.#fail(failure.number, failure.why);
          end();
        } else if (this.#cases >= this.#options.cases || Date.now() > deadline) end();
      });
      worker.on('exit', (code, signal) => {
        const at = readFileSync(this.#status, 'latin1');
        this.#fail(Number(at), `the process ended with ${signal ?? `status ${code}`}`);
        end();
      });
    });
  }

  /** Notes a failure; the next worker goes on behind it. */
  #fail(number: number, why: string): void {
    this.#failures.push(`case ${number}: ${why}`);
    if (this.#options.keepGoing) console.error(`case ${number}: ${why.split('\n', 3).join('\n')}`);
    this.#cases += Math.max(0, number + 1 - this.#next);
    this.#next = number + 1;
  }
}

/** Share of the time given from which on a step's CPU time is measured. */
const SUSPECT_SHARE = 0.25;
/** Times a slow case is run again. */
const ATTEMPTS = 3;
/** Cases between two looks at the process' memory. */
const RSS_EVERY = 8;

/** Runs a case; what is wrong with it. */
async function runOnce<C>(cases: Cases<C>, made: C, step: Step): Promise<string | undefined> {
  try {
    await cases.run(made, step);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return undefined;
}

/**
 * The CPU time of a case's slowest step. On a busy machine a case may wait for long, and even CPU time varies with what
 * else runs: it is too slow when it is so each time.
 */
async function timed<C>(
  cases: Cases<C>,
  made: C,
  most: number,
): Promise<{ took: number; why: string | undefined }> {
  let best = Number.POSITIVE_INFINITY;
  let slow: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS && best > most; attempt += 1) {
    let took = 0;
    const why = await runOnce(cases, made, async (name, action) => {
      const started = process.cpuUsage();
      const result = await action();
      const { user, system } = process.cpuUsage(started);
      const milliseconds = (user + system) / 1000;
      took = Math.max(took, milliseconds);
      if (milliseconds > most) slow = `${name} took ${milliseconds.toFixed(0)} ms`;
      return result;
    });
    if (why !== undefined) return { took, why };
    best = Math.min(best, took);
  }
  return { took: best, why: best > most ? slow : undefined };
}

/** Odd numbers that spread seed and number over all 32 bits. */
const SEED_FACTOR = 0x9e3779b1;
const CASE_FACTOR = 0x85ebca6b;

async function work<C>(fuzzer: Fuzzer<C>, options: Options, statusFile: string): Promise<void> {
  process.once('disconnect', () => process.exit());
  const cases = await fuzzer.prepare(options.files);
  const status = openSync(statusFile, 'w');
  let [done, slowest, slowestCase, rss, longest] = [0, 0, 0, 0, 0];
  const last = options.from + options.cases;
  const send = (failure?: Progress['failure']): void => {
    process.send!({ cases: done, slowest, slowestCase, rss, ...(failure && { failure }) } satisfies Progress);
    done = 0;
  };
  for (let number = options.from; number < last; number += 1) {
    writeSync(status, String(number).padStart(12), 0);
    const random = seededRandom(
      (Math.imul(options.seed, SEED_FACTOR) + Math.imul(number + 1, CASE_FACTOR)) >>> 0,
    );
    const made = cases.make(random);
    let why = await runOnce(cases, made, async (_name, action) => {
      const started = performance.now();
      const result = await action();
      const took = performance.now() - started;
      if (took > longest) longest = took;
      return result;
    });
    if (why === undefined && longest > fuzzer.mostMilliseconds * SUSPECT_SHARE) {
      const measured = await timed(cases, made, fuzzer.mostMilliseconds);
      if (measured.took > slowest) [slowest, slowestCase] = [measured.took, number];
      why = measured.why;
    }
    longest = 0;
    if (number % RSS_EVERY === 0) rss = Math.max(rss, process.memoryUsage.rss());
    if (rss > fuzzer.mostBytes) why ??= `the process has ${(rss / 1024 / 1024).toFixed(0)} MiB`;
    done += 1;
    if (why !== undefined) {
      send({ number, bytes: cases.bytes(made), why });
      break;
    }
    if (done === BATCH || number + 1 === last) {
      send();
      await new Promise(setImmediate);
    }
  }
  closeSync(status);
}
