/** Output that is longer than the terminal goes through PAGER, as in git. */
import type { Io } from '../common/io.ts';
import { writeResult } from '../common/result.ts';

interface PagedOptions {
  readonly output?: string;
  readonly 'no-pager'?: boolean;
}

/** What a shell exits with where there is no such program. */
const NOT_FOUND = 127;

/** Shows text through PAGER. @returns false where that isn't wanted, or there is no such program */
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
  // Ctrl-C is the pager's business: if it ended fwmap or the shell, two programs would read the terminal. A signal that
  // a shell traps is not trapped in the programs it runs.
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  const { error, status } = spawnSync('sh', ['-c', `trap : INT; ${pager}`], {
    input: text,
    stdio: ['pipe', 'inherit', 'inherit'],
    // As git sets them: quit where all fits, keep colours, leave the text on the screen.
    env: { LESS: 'FRX', LV: '-c', ...io.env },
  });
  process.off('SIGINT', ignore);
  // The reader may quit before everything is written.
  const isLeft = error !== undefined && 'code' in error && error.code === 'EPIPE';
  return (error === undefined || isLeft) && status !== NOT_FOUND;
}

/** Writes text to a file, through a pager, or to standard output. Throws {@link CommandError}. */
export async function writePaged(text: string, options: PagedOptions, io: Io): Promise<void> {
  if (!(await showPaged(text, options, io))) writeResult(text, options, io);
}
