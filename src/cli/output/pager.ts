/** Text for who sits in front of a terminal: what is longer than it goes through PAGER, as git does it. */
import type { Io } from '../common/io.ts';
import { writeResult } from '../common/result.ts';

interface PagedOptions {
  readonly output?: string;
  readonly 'no-pager'?: boolean;
}

/** What a shell exits with where there is no such program. */
const NOT_FOUND = 127;

/** Shows it through PAGER. @returns false where that isn't to be done, or there is no such program */
async function showPaged(text: string, options: PagedOptions, io: Io): Promise<boolean> {
  const pager = io.env.FWMAP_PAGER ?? io.env.PAGER ?? 'less';
  if (options['no-pager'] === true || options.output !== undefined || pager === '' || pager === 'cat')
    return false;
  if (io.env.TERM === 'dumb' || !(await io.stdout.isTerminal())) return false;
  const rows = await io.rows();
  // A terminal that does not know its size says 0.
  if (!rows || text.split('\n').length <= rows) return false;
  const { spawnSync } = await import('node:child_process');
  io.progress.clear();
  // What Ctrl-C means is the pager's business. Ended by it, fwmap or the shell would leave the terminal to two readers;
  // a signal that a shell traps is not trapped in what it runs.
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  const { error, status } = spawnSync('sh', ['-c', `trap : INT; ${pager}`], {
    input: text,
    stdio: ['pipe', 'inherit', 'inherit'],
    // As git sets them: quit where all fits, keep colours, leave the text on the screen.
    env: { LESS: 'FRX', LV: '-c', ...io.env },
  });
  process.off('SIGINT', ignore);
  // Who has read enough leaves before all is written.
  const isLeft = error !== undefined && 'code' in error && error.code === 'EPIPE';
  return (error === undefined || isLeft) && status !== NOT_FOUND;
}

/** Writes text to where it was asked to go: through a pager, to standard output or a file. Throws {@link CommandError}. */
export async function writePaged(text: string, options: PagedOptions, io: Io): Promise<void> {
  if (!(await showPaged(text, options, io))) writeResult(text, options, io);
}
