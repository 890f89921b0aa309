/**
 * Runs targets in worker processes, one at a time: gives each its share of the time, ends a worker whose case hangs or that
 * has grown too large, and continues after that case.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GROUP, type Order, type Progress, readStatus, STATUS_FILE } from './messages.ts';
import type { Options } from './options.ts';
import type { Group, Target } from './target.ts';
import { randomOf, SUSPECT_SHARE } from './worker.ts';

/** Share of the memory that the worker's heap may have: beyond it the process can't stay below the rest. */
const HEAP_SHARE = 0.75;
/** Most time and cases of an order; all targets are to have some turns. */
const SLICE_MILLISECONDS = 500;
const TURNS = 5;
const SLICE_CASES = 1000;
/** How much longer a case may take by the clock than by its CPU time. */
const CLOCK_SHARE = 10;
/** Seconds of CPU time that a target may take to get ready. */
const PREPARATION = 300;

interface Tally {
  readonly target: Target;
  /** Number of the next case. */
  next: number;
  cases: number;
  spent: number;
  slowest: number;
  slowestCase: number;
  failures: number;
}

/** One worker process, with what it is doing. */
class WorkerProcess {
  readonly #status: string;
  readonly #child: ChildProcess;
  #rss = 0;

  constructor(script: string, group: Group, status: string, megabytes: number) {
    this.#status = status;
    writeFileSync(status, ''.padEnd(60));
    this.#child = fork(script, process.argv.slice(2), {
      serialization: 'advanced',
      execArgv: [
        ...process.execArgv,
        // Cases leave much behind at once: collected young, it costs little.
        '--max-semi-space-size=32',
        `--max-old-space-size=${Math.floor(megabytes * HEAP_SHARE)}`,
      ],
      env: { ...process.env, [STATUS_FILE]: status, [GROUP]: group },
    });
  }

  get rss(): number {
    return this.#rss;
  }

  /** CPU time of the process; elapsed time where the system doesn't report it. */
  #cpuSeconds(): number {
    try {
      // proc(5): the command's name is in parentheses; utime and stime are fields 14 and 15, in ticks of a hundredth.
      const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return Date.now() / 1000;
    }
  }

  end(): void {
    this.#child.removeAllListeners();
    this.#child.kill('SIGKILL');
  }

  /** @returns how it went, or why the process is gone, with the number of its case; undefined when time is up */
  do(
    order: Order,
    patience: number,
    deadline: number,
  ): Promise<Progress | { gone: string; number: number | undefined } | undefined> {
    return new Promise((resolve) => {
      let seen = '';
      let [since, used] = [Date.now(), this.#cpuSeconds()];
      const done = (result: Parameters<typeof resolve>[0]): void => {
        clearInterval(watch);
        this.#child.removeAllListeners();
        resolve(result);
      };
      const at = (): number | undefined => readStatus(readFileSync(this.#status, 'latin1'))?.number;
      const watch = setInterval(
        () => {
          const status = readFileSync(this.#status, 'latin1');
          const number = readStatus(status)?.number;
          if (status !== seen) [since, used] = [Date.now(), this.#cpuSeconds()];
          seen = status;
          const most = number === undefined ? PREPARATION : patience;
          const waited = (Date.now() - since) / 1000;
          // On a busy machine much time passes in which the worker does nothing.
          const isStuck = waited > most * CLOCK_SHARE || (waited > most && this.#cpuSeconds() - used > most);
          if (isStuck) done({ gone: 'does not end', number });
          else if (Date.now() > deadline + patience * 1000) done(undefined);
        },
        Math.min(500, patience * 250),
      );
      this.#child.once('message', (progress: Progress) => {
        this.#rss = Math.max(this.#rss, progress.rss);
        done(progress);
      });
      this.#child.once('exit', (code, signal) => {
        done({ gone: `the process ended with ${signal ?? `status ${code}`}`, number: at() });
      });
      this.#child.send(order);
    });
  }
}

export class Supervisor {
  readonly #options: Options;
  readonly #script: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fwmap-fuzz-'));
  readonly #workers = new Map<Group, WorkerProcess>();
  readonly #tallies: readonly Tally[];
  readonly #started = Date.now();
  readonly #failures: string[] = [];
  readonly #slice: number;
  #rss = 0;

  /** @param script what is forked: it calls `work` with the targets of a group */
  constructor(targets: readonly Target[], options: Options, script: string) {
    this.#options = options;
    this.#script = script;
    this.#slice = Math.min(SLICE_MILLISECONDS, (options.seconds * 1000) / targets.length / TURNS);
    this.#tallies = targets.map((target) => ({
      target,
      next: options.from,
      cases: 0,
      spent: 0,
      slowest: 0,
      slowestCase: 0,
      failures: 0,
    }));
  }

  /** @returns the exit status: 0, or 1 when a case failed */
  async run(): Promise<number> {
    const { seconds, cases, progress, keepGoing, input } = this.#options;
    const deadline = this.#started + seconds * 1000;
    const telling = Number.isFinite(progress) ? setInterval(() => this.#tell(), progress * 1000) : undefined;
    let total = 0;
    while ((keepGoing || this.#failures.length === 0) && Date.now() < deadline && total < cases) {
      const tally = this.#next();
      if (!tally) break;
      const before = tally.cases;
      await this.#turn(tally, Math.min(SLICE_CASES, cases - total), deadline);
      total += tally.cases - before;
      if (input !== undefined) break;
    }
    clearInterval(telling);
    for (const worker of this.#workers.values()) worker.end();
    rmSync(this.#folder, { recursive: true });
    this.#tell();
    for (const failure of this.#failures) console.error(`failed: ${failure}`);
    return this.#failures.length === 0 ? 0 : 1;
  }

  /** Whose turn it is: the target that had least of its share. A planted fault is seen once a target. */
  #next(): Tally | undefined {
    const { plant } = this.#options;
    let least: Tally | undefined;
    const share = ({ spent, target }: Tally): number => spent / (target.weight ?? 1);
    for (const tally of this.#tallies)
      if (!(plant && tally.failures > 0) && (least === undefined || share(tally) < share(least)))
        least = tally;
    return least;
  }

  async #turn(tally: Tally, most: number, deadline: number): Promise<void> {
    const { target } = tally;
    const { patience, input } = this.#options;
    const worker = this.#worker(target.group);
    const started = Date.now();
    const order: Order = {
      target: target.name,
      from: tally.next,
      cases: input === undefined ? most : 1,
      milliseconds: Math.min(this.#slice, Math.max(1, deadline - started)),
      ...(input !== undefined && { input: new Uint8Array(readFileSync(input)) }),
    };
    const went = await worker.do(order, patience, deadline);
    tally.spent += Date.now() - started;
    if (went === undefined || 'gone' in went) {
      worker.end();
      this.#workers.delete(target.group);
      if (went === undefined) return;
      const number = went.number ?? tally.next;
      const why = went.number === undefined ? `${went.gone} while it gets ready` : went.gone;
      if (went.number !== undefined) await this.#keepInput(target, number);
      this.#fail(tally, number, why);
      tally.cases += Math.max(0, number + 1 - tally.next);
      tally.next = number + 1;
      return;
    }
    const { cases, slowest, slowestCase, failure } = went;
    tally.cases += cases;
    tally.next += cases;
    if (slowest > tally.slowest) [tally.slowest, tally.slowestCase] = [slowest, slowestCase];
    this.#rss = Math.max(this.#rss, worker.rss);
    if (failure === undefined) return;
    this.#keep(target, failure.number, failure.bytes);
    this.#fail(tally, failure.number, failure.why);
    // One that has grown stays large.
    if (/^the process has /.test(failure.why)) {
      worker.end();
      this.#workers.delete(target.group);
    }
  }

  #keep({ name }: Target, number: number, bytes: Uint8Array): void {
    const { into, seed } = this.#options;
    mkdirSync(into, { recursive: true });
    writeFileSync(join(into, `${name}-${seed}-${number}.bin`), bytes);
  }

  /** Keeps the input of a case whose process died before it reported it: the input is generated again, not run. */
  async #keepInput(target: Target, number: number): Promise<void> {
    const { input, files, seed } = this.#options;
    if (input !== undefined) return;
    const cases = await target.prepare(files);
    this.#keep(target, number, (await cases.make(randomOf(seed, target.name, number))).bytes);
  }

  #worker(group: Group): WorkerProcess {
    let worker = this.#workers.get(group);
    if (!worker) {
      const status = join(this.#folder, group);
      worker = new WorkerProcess(this.#script, group, status, this.#options.megabytes);
      this.#workers.set(group, worker);
    }
    return worker;
  }

  #fail(tally: Tally, number: number, why: string): void {
    tally.failures += 1;
    const text = `${tally.target.name} case ${number}: ${why}`;
    this.#failures.push(text);
    if (this.#options.keepGoing) console.error(text.split('\n', 3).join('\n'));
  }

  #tell(): void {
    const seconds = (Date.now() - this.#started) / 1000;
    const count = (of: (tally: Tally) => number): number =>
      this.#tallies.reduce((sum, tally) => sum + of(tally), 0);
    for (const { target, cases, slowest, slowestCase, failures } of this.#tallies) {
      // Only steps that may be too slow are measured in CPU time.
      const slow =
        slowest > 0
          ? `slowest step ${slowest.toFixed(0)} ms (case ${slowestCase})`
          : `no step of ${target.milliseconds * SUSPECT_SHARE} ms`;
      console.log(
        `  ${target.name.padEnd(20)} ${String(cases).padStart(9)} cases, ${slow}${failures > 0 ? `, ${failures} failed` : ''}`,
      );
    }
    console.log(
      `${count(({ cases }) => cases)} cases of ${this.#tallies.length} targets in ${seconds.toFixed(0)} s from seed ` +
        `${this.#options.seed}, largest process ${(this.#rss / 1024 / 1024).toFixed(0)} MiB, ${this.#failures.length} failed`,
    );
  }
}
