/** Runs the command of a row on an input, in this process. */
import { InputFiles } from '../../../src/cli/common/input-files.ts';
import { main } from '../../../src/cli/program.ts';
import { NO_PROGRESS } from '../../../src/cli/progress/progress.ts';
import type { Growing } from './growing.ts';

export function inputOf({ make }: Growing, count: number): Uint8Array {
  const made = make(Math.max(1, count));
  return typeof made === 'string' ? Buffer.from(made, 'latin1') : made;
}

/** @returns seconds of CPU that the command took */
export async function secondsOf({ name, command }: Growing, input: Uint8Array): Promise<number> {
  let written = 0;
  let isFault = false;
  const output = {
    write: (chunk: string | Uint8Array) => {
      written += chunk.length;
      if (typeof chunk === 'string' && chunk.includes('internal error')) isFault = true;
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
  if (isFault) throw new Error(`${name}: an internal error`);
  if (written === 0) throw new Error(`${name}: nothing was written`);
  return (user + system) / 1e6;
}
