/** Progress on standard error, where that is a terminal and the command takes longer than half a second. */
import { writeSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { escapeControls } from '../../bytes/escape.ts';
import { bundleFile } from '../common/bundle-file.ts';
import { DELAY_MS, LAST, SHOWN, type ThreadData, WRITING } from './shared.ts';

export interface Progress {
  /**
   * Sets the text of the line. Without a terminal it does nothing.
   * @param takesLong whether the work is known to take long: the thread that shows progress is slow to start, so that for
   * other work it starts only after a while
   */
  tell(text: string, takesLong?: boolean): Promise<void>;
  /** Removes the line: called before anything is written. The next `tell` shows it again. */
  clear(): void;
}

export const NO_PROGRESS: Progress = { tell: async () => {}, clear: () => {} };

const THREAD = 'progress-thread.cjs';
const DEFAULT_COLUMNS = 80;
/** Half of the time until something is shown. */
const PATIENCE_MS = DELAY_MS / 2;

/**
 * Progress on a terminal. @param descriptor of standard error @param isShown whether that is a terminal; called once
 */
export function terminalProgress(descriptor: number, isShown: () => Promise<boolean>): Progress {
  const startedAt = Date.now();
  const state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  let thread: Promise<Worker | undefined> | undefined;
  const start = async (): Promise<Worker | undefined> => {
    const file = bundleFile(THREAD);
    if (file === undefined || !(await isShown())) return undefined;
    const { Worker } = await import('node:worker_threads');
    const columns = process.stderr.columns ?? DEFAULT_COLUMNS;
    const worker = new Worker(file, {
      workerData: { state, descriptor, columns, startedAt } satisfies ThreadData,
    });
    // The command works without progress.
    worker.on('error', () => {});
    worker.unref();
    return worker;
  };
  return {
    async tell(text, takesLong = false) {
      if (thread === undefined && !takesLong && Date.now() - startedAt < PATIENCE_MS) return;
      thread ??= start();
      const worker = await thread;
      if (worker === undefined) return;
      Atomics.compareExchange(state, SHOWN, LAST.clear, LAST.open);
      worker.postMessage(escapeControls(text));
    },
    clear() {
      const last = Atomics.exchange(state, SHOWN, LAST.clear);
      if (thread === undefined || last === LAST.clear) return;
      Atomics.wait(state, WRITING, 1, 100);
      try {
        writeSync(descriptor, '\r\x1b[K');
      } catch {
        // The next write fails too, and reports it.
      }
    },
  };
}
