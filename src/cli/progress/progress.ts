/** Progress on standard error, where that is a terminal and the command takes longer than half a second. */
import { writeSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { escapeControls } from '../../bytes/escape.ts';
import { bundleFile } from '../common/bundle-file.ts';
import { DELAY_MS, LAST, SHOWN, type ThreadData, WRITING } from './shared.ts';

export interface Progress {
  /**
   * Says what is being done. Without a terminal it does nothing.
   * @param takesLong whether it is known to: what shows progress takes a while to start itself, so that for what may be
   * done in a moment it is left until some time is gone
   */
  tell(text: string, takesLong?: boolean): Promise<void>;
  /** Takes the line away: called before anything is written. It comes again with the next `tell`. */
  clear(): void;
}

export const NO_PROGRESS: Progress = { tell: async () => {}, clear: () => {} };

const THREAD = 'progress-thread.cjs';
const DEFAULT_COLUMNS = 80;
/** Half of the time until something is shown. */
const PATIENCE_MS = DELAY_MS / 2;

/**
 * @param descriptor standard error's @param isShown whether it is a terminal, asked once
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
    // The command ends without it, and works without it.
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
        // Whoever writes next finds out.
      }
    },
  };
}
