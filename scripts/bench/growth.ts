/**
 * `npm run bench -- growth [PART OF A NAME]`: the input of every reader doubled four times. The time must grow no faster
 * than the input, and stay within 1.5 s of CPU per megabyte (at least 1.5 s); memory within 512 MiB more than its size.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GROWING } from './growth/inputs.ts';
import type { Measured } from './growth/worker.ts';

const SECONDS_A_MEGABYTE = 1.5;
const MOST_BYTES = 512 << 20;
/** Bound of the ratio of times over two doublings; it is 4 for linear, 16 for quadratic growth. */
const MOST_FACTOR = 8;
/** Shorter times are not compared. */
const LEAST_SECONDS = 0.25;
/** Milliseconds of wall clock after which a row is aborted. */
const PATIENCE = 300_000;

function measure(name: string): Promise<Measured[]> {
  return new Promise((resolve) => {
    const measured: Measured[] = [];
    const worker = fork(fileURLToPath(new URL('./growth/worker.ts', import.meta.url)), [name], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const timer = setTimeout(() => worker.kill('SIGKILL'), PATIENCE);
    worker.on('message', (message) => measured.push(message as Measured));
    worker.on('exit', () => {
      clearTimeout(timer);
      resolve(measured);
    });
  });
}

/** The bounds that a row exceeds, as text. */
function faultsOf(measured: readonly Measured[]): string[] {
  const last = measured.at(-1);
  if (measured.length < 5 || last === undefined) return ['it does not end'];
  const faults: string[] = [];
  const factor = last.seconds / measured[2]!.seconds;
  if (last.seconds > LEAST_SECONDS && factor > MOST_FACTOR) faults.push('it grows faster than its input');
  if (last.seconds > Math.max(1, last.bytes / 1e6) * SECONDS_A_MEGABYTE) faults.push('it takes too long');
  if (last.rss > MOST_BYTES + last.bytes) faults.push('it takes too much memory');
  return faults;
}

export async function run([part = '']: string[]): Promise<number> {
  let failed = 0;
  for (const { name } of GROWING.filter((each) => each.name.includes(part))) {
    const measured = await measure(name);
    const faults = faultsOf(measured);
    if (faults.length > 0) failed += 1;
    const last = measured.at(-1);
    const seconds = measured.map((each) => each.seconds.toFixed(2)).join(' ');
    const size =
      last === undefined ? '' : `${(last.bytes / 1e6).toFixed(2)} MB ${(last.rss / 2 ** 20).toFixed(0)} MiB`;
    console.log(
      `${name.padEnd(44)} ${seconds} s, ${size}${faults.length > 0 ? `   ${faults.join(', ')}` : ''}`,
    );
  }
  console.log(`${failed} failed`);
  return failed === 0 ? 0 : 1;
}
