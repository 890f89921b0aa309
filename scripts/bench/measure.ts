/** Whole processes side by side: run in turn, so that a machine whose speed drifts does not favour either. */
import { spawnSync } from 'node:child_process';

export interface Timing {
  /** Milliseconds of wall clock. */
  readonly wall: number;
}

/** Runs a command once, its output thrown away. Throws when it can't be started or exits with an unexpected status. */
export function time(command: readonly string[], status = 0): Timing {
  const started = process.hrtime.bigint();
  const done = spawnSync(command[0]!, command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
  const wall = Number(process.hrtime.bigint() - started) / 1e6;
  if (done.error) throw done.error;
  if (done.status !== status)
    throw new Error(`${command.join(' ')}: exit status ${done.status}\n${done.stderr.toString()}`);
  return { wall };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Runs `ours` and `theirs` in turn after one warm-up each; gives the medians and the median of the pairs' ratios. */
export function compare(
  ours: readonly string[],
  theirs: readonly string[],
  runs: number,
): { ours: number; theirs: number; ratio: number } {
  time(ours);
  time(theirs);
  const pairs = Array.from({ length: runs }, () => ({ ours: time(ours).wall, theirs: time(theirs).wall }));
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    theirs: median(pairs.map((pair) => pair.theirs)),
    ratio: median(pairs.map((pair) => pair.ours / pair.theirs)),
  };
}
