/** A pseudo terminal, by `script` of util-linux, and a program in it that is typed to. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';

export function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Terminals are had by `script`; without it tests that need one are skipped. */
export const HAS_TERMINALS = isInstalled('script') && process.platform === 'linux';

/** How long something is waited for, on a machine with much else to do. */
const PATIENCE_MS = 30_000;
const ESCAPES = /\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>]|\][^\x07]*\x07)/g;

export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  #shown = '';
  #seen = 0;
  readonly #patience: number;

  /**
   * @param command a shell command line, which the terminal ends with
   * @param given `patience`: milliseconds that something is waited for
   */
  constructor(
    command: string,
    given: {
      env?: Readonly<Record<string, string>>;
      cwd?: string;
      columns?: number;
      rows?: number;
      patience?: number;
    } = {},
  ) {
    const { columns = 80, rows = 24, patience = PATIENCE_MS } = given;
    this.#patience = patience;
    this.#child = spawn('script', ['-qefc', `stty cols ${columns} rows ${rows}; ${command}`, '/dev/null'], {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', TERM: 'xterm', LC_ALL: 'C.UTF-8', ...given.env },
      ...(given.cwd === undefined ? {} : { cwd: given.cwd }),
    });
    this.#child.stdout.setEncoding('utf8');
    this.#child.stdout.on('data', (text: string) => {
      this.#shown += text;
    });
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** All that was shown. */
  get raw(): string {
    return this.#shown;
  }

  /** All that was shown, without what moves the cursor or colours. */
  get text(): string {
    let text = this.#shown.replace(ESCAPES, '').replaceAll('\r\n', '\n');
    // What is written anew from further left on.
    while (/[^\x08]\x08/.test(text)) text = text.replace(/[^\x08]\x08/g, '');
    return text;
  }

  /** Waits until something is shown after what was waited for before, and gives what is between. */
  async until(pattern: RegExp): Promise<string> {
    const end = Date.now() + this.#patience;
    for (;;) {
      const rest = this.text.slice(this.#seen);
      const found = pattern.exec(rest);
      if (found) {
        this.#seen += found.index + found[0].length;
        return rest.slice(0, found.index + found[0].length);
      }
      if (Date.now() > end) throw new Error(`no ${pattern} in ${JSON.stringify(rest)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits for the end. @returns the exit status */
  async ended(): Promise<number | null> {
    this.#child.stdin.end();
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    return new Promise((resolve) => this.#child.on('close', resolve));
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
