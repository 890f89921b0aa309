/** Runs the inputs of one row, each twice the size of the previous one, and sends the costs. Started by ../growth.ts. */
import { GROWING } from './inputs.ts';
import { inputOf, secondsOf } from './run-row.ts';

/** How often the count is doubled. */
const DOUBLINGS = 4;

export interface Measured {
  readonly bytes: number;
  readonly seconds: number;
  /** Peak memory of the process so far, in bytes. */
  readonly rss: number;
}

const row = GROWING.find(({ name }) => name === process.argv[2])!;
// Warms up, so that code that is loaded or compiled once is not measured.
await secondsOf(row, inputOf(row, row.count >> (DOUBLINGS + 1)));
for (let doubling = DOUBLINGS; doubling >= 0; doubling -= 1) {
  const input = inputOf(row, row.count >> doubling);
  const measured: Measured = {
    bytes: input.length,
    seconds: await secondsOf(row, input),
    rss: process.resourceUsage().maxRSS * 1024,
  };
  process.send!(measured);
}
process.disconnect();
