/** Runs the inputs of one row, each twice the one before, and tells what each took. Started by ../growth.ts. */
import { InputFiles } from '../../../src/cli/common/input-files.ts';
import { main } from '../../../src/cli/program.ts';
import { NO_PROGRESS } from '../../../src/cli/progress/progress.ts';
import { GROWING } from './inputs.ts';

/** How often the count is doubled. */
const DOUBLINGS = 4;

export interface Measured {
  readonly bytes: number;
  readonly seconds: number;
  /** Peak of the process until then. */
  readonly rss: number;
}

const { name, count, command, make } = GROWING.find((each) => each.name === process.argv[2])!;

async function seconds(input: Uint8Array): Promise<number> {
  let written = 0;
  const output = {
    write: (chunk: string | Uint8Array) => {
      written += chunk.length;
    },
    isTerminal: () => false,
  };
  const before = process.cpuUsage();
  await main([...command, '-'], {
    stdout: output,
    stderr: output,
    readStdin: async () => input,
    isPiped: () => true,
    columns: async () => undefined,
    rows: async () => undefined,
    env: {},
    cwd: '/',
    inputs: new InputFiles(),
    progress: NO_PROGRESS,
  });
  const { user, system } = process.cpuUsage(before);
  if (written === 0) throw new Error(`${name}: nothing was written`);
  return (user + system) / 1e6;
}

const bytesOf = (size: number): Uint8Array => {
  const made = make(size);
  return typeof made === 'string' ? Buffer.from(made, 'latin1') : made;
};

// What is compiled or read once is not what grows.
await seconds(bytesOf(Math.max(1, count >> (DOUBLINGS + 1))));
for (let doubling = DOUBLINGS; doubling >= 0; doubling -= 1) {
  const input = bytesOf(Math.max(1, count >> doubling));
  const measured: Measured = {
    bytes: input.length,
    seconds: await seconds(input),
    rss: process.resourceUsage().maxRSS * 1024,
  };
  process.send!(measured);
}
process.disconnect();
