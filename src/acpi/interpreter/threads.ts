/**
 * Concurrent evaluations, like threads of an operating system. One runs at a time; another one continues when it sleeps
 * or waits for a mutex, an event or a serialized method, where ACPICA's interpreter releases its lock too. The clock
 * advances when all threads wait. Only for machines with known region contents.
 */

import type { Clock } from './state/clock.ts';
import { AmlFault } from './state/fault.ts';
import type { Evaluation, Threading } from './state/machine.ts';

/** Thrown by an instruction that must wait. The instruction is executed again after the wait. */
export class Suspension {
  readonly ready: () => boolean;
  constructor(ready: () => boolean) {
    this.ready = ready;
  }
}

interface Thread {
  /** Pushes or restores the thread's frames. */
  enter: () => void;
  /** What it waits for, if it waits. */
  waiting: Suspension | undefined;
  /** End of its wait in units of 100 ns; `undefined` if it does not wait, or without a timeout. */
  until: bigint | undefined;
  result: Evaluation | undefined;
}

/** The parts of the machine that threads need. */
interface Threaded {
  readonly clock: Clock;
  /** Calls `work`, during which instructions may wait for other threads. */
  withThreads<T>(threads: Threading, work: () => T): T;
  /** Removes the execution state from the machine. @returns a function that restores it */
  suspend(): () => void;
  /** An evaluation is running inside another. */
  readonly nested: boolean;
  evaluate(enter: () => void): Evaluation;
}

export class Threads implements Threading {
  readonly #machine: Threaded;
  #threads: readonly Thread[] = [];
  /** Number of the running thread, from 1. */
  current = 0;

  constructor(machine: Threaded) {
    this.#machine = machine;
  }

  /** Evaluates each of `enters` in its own thread until all have ended. */
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
   * Waits in an instruction until `ready` is true. The instruction must not have had side effects, since it is executed
   * again. @param timeout in units of 100 ns @returns whether `ready` is true
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

  /** The next thread that can run, searched for from `start`, advancing the clock if necessary; `undefined` if there is none. */
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
      thread.enter = machine.suspend();
    }
  }
}

const DEADLOCK: Evaluation = {
  value: undefined,
  fault: new AmlFault('NOT_FOLLOWED', 'deadlock: every thread waits for another'),
  faults: [],
};
