/** Compares whole processes, which are run alternately so that changes of the machine's speed affect both. */
import { spawnSync } from 'node:child_process';

export interface Timing {
  /** Milliseconds of wall clock. */
  readonly wall: number;
  /** Milliseconds of processor time, in user mode and in the system, of the process and of those that it waited for. */
  readonly cpu: number;
}

/** Uses the shell's `time`, to the millisecond: Node does not report the times of its children. */
const TIMED = `TIMEFORMAT='%3R %3U %3S'; time "$@" </dev/null >/dev/null 2>/dev/null`;

/** Runs a command once and discards its output. Throws if it cannot be started or exits with another status. */
export function time(command: readonly string[], status = 0): Timing {
  const done = spawnSync('bash', ['-c', TIMED, 'bash', ...command], { encoding: 'utf8' });
  if (done.error) throw done.error;
  if (done.status !== status) throw new Error(`${command.join(' ')}: exit status ${done.status}`);
  const [wall = NaN, user = NaN, system = NaN] = done.stderr.trim().split(' ').map(Number);
  return { wall: 1000 * wall, cpu: 1000 * (user + system) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Runs `ours` and `theirs` alternately after one warm-up each; returns the medians, in milliseconds, and the median of
 * the pairs' ratios. CPU time, unlike the wall clock, depends little on the machine's load.
 */
export function compare(
  ours: readonly string[],
  theirs: readonly string[],
  runs: number,
  by: keyof Timing = 'cpu',
): { ours: number; theirs: number; ratio: number } {
  time(ours);
  time(theirs);
  const pairs = Array.from({ length: runs }, () => ({ ours: time(ours)[by], theirs: time(theirs)[by] }));
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    theirs: median(pairs.map((pair) => pair.theirs)),
    ratio: median(pairs.map((pair) => pair.ours / pair.theirs)),
  };
}
