/**
 * The parts of the process that a command may use. `main` takes them as an argument, so that tests run commands without
 * a process, and so that Node's stream machinery isn't loaded by a command that prints a page and ends.
 */
import { fstatSync, readSync, statSync, writeSync } from 'node:fs';
import { readToEnd, systemMessage } from '../../artifact/file.ts';
import { type Progress, terminalProgress } from '../progress/progress.ts';
import { CommandError } from './command-error.ts';
import { InputFiles } from './input-files.ts';

export interface Output {
  /** Writes all of it, or drops it when the reader has gone away. */
  write(chunk: string | Uint8Array): void;
  /** True when a terminal shows it. Asked only when a colour or a width depends on it. */
  isTerminal(): boolean | Promise<boolean>;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Everything on standard input, at most `limit` bytes; undefined when there is more. */
  readStdin(limit: number): Promise<Uint8Array | undefined>;
  /** True when standard input is a pipe, a socket or a file, which is read where no input is named. */
  isPiped(): boolean;
  /** Columns of the terminal that shows standard output; undefined where there is none. */
  columns(): Promise<number | undefined>;
  /** Lines of the same terminal. */
  rows(): Promise<number | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Shows what is being done to whoever waits. */
  readonly progress: Progress;
  /** Directory that relative paths start from. */
  readonly cwd: string;
  /** Files that were read: no result is written over them. */
  readonly inputs: InputFiles;
}

const EAGAIN_PAUSE_MS = 2;
const READ_CHUNK = 1 << 20;

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** The device behind /dev/null; undefined where there is none. */
function nullDevice(): number | undefined {
  return statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}

/**
 * A file descriptor written synchronously: what was written is out when the process ends, also through a pipe.
 * @param mayFail whether a failed write is ignored: of messages, where the exit status says enough
 * @param onWrite called before anything is written
 */
function descriptorOutput(descriptor: number, mayFail = false, onWrite = (): void => {}): Output {
  let readerGone = false;
  return {
    write(chunk) {
      if (readerGone) return;
      onWrite();
      const length = typeof chunk === 'string' ? Buffer.byteLength(chunk, 'utf8') : chunk.length;
      let rest = chunk;
      for (let at = 0; at < length; ) {
        try {
          // Node writes a text sooner than it makes bytes of it, but only from its beginning.
          if (at > 0 && typeof rest === 'string') rest = Buffer.from(rest, 'utf8');
          at += typeof rest === 'string' ? writeSync(descriptor, rest) : writeSync(descriptor, rest, at);
        } catch (error) {
          const code = errorCode(error);
          if (code === 'EAGAIN') pause(EAGAIN_PAUSE_MS);
          else if (code === 'EPIPE' || mayFail) {
            // `fwmap … | head`: the reader has what it wanted, which is not an error.
            readerGone = true;
            return;
          } else throw new CommandError(`cannot write: ${systemMessage(error)}`);
        }
      }
    },
    async isTerminal() {
      try {
        // Cheap tests first: loading node:tty takes longer than all of this.
        const status = fstatSync(descriptor);
        if (!status.isCharacterDevice() || status.rdev === nullDevice()) return false;
      } catch {
        return false;
      }
      const { isatty } = await import('node:tty');
      return isatty(descriptor);
    },
  };
}

/** Standard input to its end. */
function readDescriptor(descriptor: number, limit: number): Uint8Array | undefined {
  const read = (target: Uint8Array): number => {
    for (;;) {
      try {
        return readSync(descriptor, target, 0, Math.min(target.length, READ_CHUNK), null);
      } catch (error) {
        const code = errorCode(error);
        // Windows reports the end of a pipe this way.
        if (code === 'EOF') return 0;
        if (code !== 'EAGAIN') throw new CommandError(`cannot read standard input: ${systemMessage(error)}`);
        pause(EAGAIN_PAUSE_MS);
      }
    }
  };
  return readToEnd(read, 0, limit);
}

function standardInputIsPiped(): boolean {
  try {
    const status = fstatSync(0);
    return status.isFIFO() || status.isFile() || status.isSocket();
  } catch {
    return false;
  }
}

/** The real process. */
export function processIo(): Io {
  const clear = (): void => progress.clear();
  const stderr = descriptorOutput(2, true, clear);
  const inputs = new InputFiles();
  const { TERM, CI } = process.env;
  const progress = terminalProgress(
    2,
    async () => TERM !== 'dumb' && CI === undefined && stderr.isTerminal(),
  );
  return {
    stdout: descriptorOutput(1, false, clear),
    stderr,
    progress,
    readStdin: async (limit) => {
      // Typed input must not be mixed with the progress line.
      progress.clear();
      inputs.addStandardInput();
      return readDescriptor(0, limit);
    },
    isPiped: standardInputIsPiped,
    // `process.stdout` loads slowly: used only where a terminal shows the result.
    columns: async () => process.stdout.columns,
    rows: async () => process.stdout.rows,
    env: process.env,
    cwd: process.cwd(),
    inputs,
  };
}
