/**
 * Several evaluations at once, as an operating system's threads run them: one at a time, the next where one sleeps or
 * waits for a mutex, an event or a serialized method. ACPICA's interpreter lock lets threads alternate at the same places.
 * Time passes when all of them wait. For machines whose regions are known.
 */

import type { Clock } from './state/clock.ts';
import { AmlFault } from './state/fault.ts';
import type { Evaluation, Threading } from './state/machine.ts';

/** Thrown by an instruction that has to wait: it is run again when the wait is over. */
export class Suspension {
  readonly ready: () => boolean;
  constructor(ready: () => boolean) {
    this.ready = ready;
  }
}

interface Thread {
  /** Puts the thread's frames on the interpreter. */
  enter: () => void;
  /** What it waits for; undefined: nothing. */
  waiting: Suspension | undefined;
  /** When its wait is over at the latest, in 100 ns; undefined: it doesn't wait, or for as long as it takes. */
  until: bigint | undefined;
  result: Evaluation | undefined;
}

/** The machine, as far as running several evaluations needs it. */
interface Threaded {
  readonly clock: Clock;
  /** Runs something in which instructions wait for threads. */
  withThreads<T>(threads: Threading, work: () => T): T;
  /** Takes what runs off the machine. Gives what puts it back. */
  takeOff(): () => void;
  /** Does an evaluation run inside of another? */
  readonly nested: boolean;
  evaluate(enter: () => void): Evaluation;
}

export class Threads implements Threading {
  readonly #machine: Threaded;
  #threads: readonly Thread[] = [];
  /** The thread that runs, from 1. */
  current = 0;

  constructor(machine: Threaded) {
    this.#machine = machine;
  }

  /** Runs what each of `enters` puts on the stack in a thread of its own, until all have ended. */
  run(enters: readonly (() => void)[]): Evaluation[] {
    const machine = this.#machine;
    this.#threads = enters.map((enter) => ({
      enter,
      waiting: undefined,
      until: undefined,
      result: undefined,
    }));
    machine.withThreads(this, () => {
      for (let at = this.#next(0); at !== undefined; at = this.#next(at + 1)) this.#resume(at);
    });
    return this.#threads.map(({ result }) => result ?? DEADLOCK);
  }

  /**
   * Waits in an instruction until `ready`, or for so many 100 ns. Gives whether it became ready. The instruction must
   * have done nothing yet: it is run again.
   */
  wait(ready: () => boolean, timeout: bigint | undefined): boolean {
    const machine = this.#machine;
    const thread = this.#threads[this.current - 1]!;
    const over = ready() || (thread.until !== undefined && machine.clock.now >= thread.until);
    if (over || machine.nested) {
      thread.until = undefined;
      return ready();
    }
    if (timeout !== undefined) thread.until ??= machine.clock.now + timeout;
    throw new Suspension(ready);
  }

  /** The next thread that can run, from `start` on; time passes until there is one. Undefined when all are at their end. */
  #next(start: number): number | undefined {
    const { clock } = this.#machine;
    const count = this.#threads.length;
    for (;;) {
      for (let i = 0; i < count; i++) {
        const at = (start + i) % count;
        const { result, waiting, until } = this.#threads[at]!;
        if (result !== undefined) continue;
        if (waiting === undefined || waiting.ready()) return at;
        if (until !== undefined && clock.now >= until) return at;
      }
      const times = this.#threads.flatMap(({ result, until }) => (result === undefined ? (until ?? []) : []));
      if (times.length === 0) return undefined;
      const first = times.reduce((a, b) => (a < b ? a : b));
      clock.sleep(first - clock.now);
    }
  }

  #resume(at: number): void {
    const machine = this.#machine;
    const thread = this.#threads[at]!;
    this.current = at + 1;
    thread.waiting = undefined;
    try {
      thread.result = machine.evaluate(thread.enter);
    } catch (thrown) {
      if (!(thrown instanceof Suspension)) throw thrown;
      thread.waiting = thrown;
      thread.enter = machine.takeOff();
    }
  }
}

const DEADLOCK: Evaluation = {
  value: undefined,
  fault: new AmlFault('NOT_FOLLOWED', 'every thread waits for another'),
  faults: [],
};
