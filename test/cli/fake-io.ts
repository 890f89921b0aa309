/** An Io without a process: what a command writes is kept, what it reads is given. */
import { InputFiles } from '../../src/cli/common/input-files.ts';
import type { Io } from '../../src/cli/common/io.ts';
import { main } from '../../src/cli/program.ts';
import { NO_PROGRESS } from '../../src/cli/progress/progress.ts';

export interface Given {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly terminal?: boolean;
  readonly columns?: number;
}

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. */
export async function run(argv: readonly string[], given: Given = {}): Promise<Outcome> {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const kept = (chunks: Uint8Array[]): Io['stdout'] => ({
    write: (chunk) => {
      chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk);
    },
    isTerminal: () => given.terminal ?? false,
  });
  const status = await main(argv, {
    stdout: kept(out),
    stderr: kept(err),
    readStdin: async (limit) => {
      const bytes = Buffer.from(given.stdin ?? '');
      return bytes.length > limit ? undefined : bytes;
    },
    isPiped: () => given.stdin !== undefined,
    columns: async () => given.columns,
    rows: async () => undefined,
    env: given.env ?? {},
    cwd: given.cwd ?? process.cwd(),
    inputs: new InputFiles(),
    progress: NO_PROGRESS,
  });
  return { status, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') };
}
