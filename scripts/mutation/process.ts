/** A worker process, restarted when a mutant ends it or keeps it busy. */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { FIRST_MUTANT } from './bundle.ts';
import type { Answer, Order } from './messages.ts';

const MEGABYTES = 3000;
/** By the clock, a worker may take this much longer than by its processor time. */
const CLOCK_SHARE = 30;

export class WorkerProcess {
  #child: ChildProcess | undefined;

  constructor(
    private readonly script: string,
    private readonly cwd: string,
  ) {}

  /**
   * @param seconds of processor time that it may take
   * @returns what the worker answers, or how it ended
   */
  async ask(order: Order, seconds: number): Promise<Answer | 'endless' | 'died'> {
    if (this.#child === undefined) {
      const ready = await this.start(-1);
      if (typeof ready === 'string') throw new Error(`the tests cannot be loaded: ${ready}`);
    }
    return this.#wait(seconds, () => this.#child?.send(order));
  }

  /**
   * A new process, in which a mutant is active from the start.
   * @param mutant -1 for none
   */
  async start(mutant: number): Promise<Answer | 'endless' | 'died'> {
    this.end();
    this.#child = fork(this.script, {
      cwd: this.cwd,
      execArgv: [`--max-old-space-size=${MEGABYTES}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {
        ...process.env,
        NODE_DISABLE_COMPILE_CACHE: '1',
        MUTATED_ROOMS: '1',
        [FIRST_MUTANT]: String(mutant),
      },
    });
    return this.#wait(120, () => {});
  }

  end(): void {
    this.#child?.removeAllListeners();
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  /** Lets it put away what tests left behind. */
  close(): void {
    this.#child?.removeAllListeners();
    if (this.#child?.connected === true) this.#child.disconnect();
    this.#child = undefined;
  }

  #wait(seconds: number, begin: () => void): Promise<Answer | 'endless' | 'died'> {
    const child = this.#child;
    if (child === undefined) return Promise.resolve('died');
    const start = Date.now();
    const before = processorSeconds(child.pid);
    return new Promise((resolve) => {
      const done = (answer: Answer | 'endless' | 'died'): void => {
        clearInterval(timer);
        child.removeAllListeners();
        if (typeof answer === 'string') this.end();
        resolve(answer);
      };
      const timer = setInterval(() => {
        const clock = (Date.now() - start) / 1000;
        const spent = processorSeconds(child.pid) - before;
        if (spent > seconds || clock > seconds * CLOCK_SHARE) done('endless');
      }, 500);
      child.on('message', (answer: Answer) => done(answer));
      child.on('exit', () => done('died'));
      begin();
    });
  }
}

/** proc(5): behind the command's name in parentheses, utime and stime are the 12th and 13th, in hundredths of a second. */
function processorSeconds(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Date.now() / 1000;
  }
}
