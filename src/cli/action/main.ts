/** The process that the action starts. */
import { InputFiles } from '../common/input-files.ts';
import { main } from '../program.ts';
import { NO_PROGRESS } from '../progress/progress.ts';
import { type Fwmap, runAction } from './run.ts';

/** Runs the command in this process and returns its output. Its standard error is in its SARIF too. */
const fwmap: Fwmap = async (argv, cwd) => {
  const out: Uint8Array[] = [];
  const status = await main(argv, {
    stdout: {
      write: (chunk) => void out.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
      isTerminal: () => false,
    },
    stderr: { write: () => {}, isTerminal: () => false },
    readStdin: async () => new Uint8Array(0),
    isPiped: () => false,
    columns: async () => undefined,
    rows: async () => undefined,
    env: {},
    progress: NO_PROGRESS,
    cwd,
    inputs: new InputFiles(),
  });
  return { status, stdout: Buffer.concat(out).toString('utf8') };
};

runAction(process.env, fwmap, (line) => process.stdout.write(`${line}\n`)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stdout.write(
    `::error title=fwmap::${message.replace(/[%\r\n]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}\n`,
  );
  process.exitCode = 2;
});
