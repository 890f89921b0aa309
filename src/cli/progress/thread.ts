/**
 * The thread that shows progress. It is separate since the main thread is busy with reading and evaluating for seconds at
 * a time.
 */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import yoctoSpinner from 'yocto-spinner';
import { DELAY_MS, LAST, SHOWN, type ThreadData, WRITING } from './shared.ts';

const { state, descriptor, columns, startedAt } = workerData as ThreadData;
const UPDATE_MS = 100;
const HIDE_CURSOR = '\x1b[?25l';

/** Writes unless the line is to be clear; `clear` waits for a write in progress. */
function write(text: string): void {
  // A killed command couldn't show the cursor again.
  const out = text.replaceAll(HIDE_CURSOR, '');
  if (out === '') return;
  Atomics.store(state, WRITING, 1);
  if (Atomics.compareExchange(state, SHOWN, LAST.open, LAST.shown) !== LAST.clear) {
    try {
      writeSync(descriptor, out);
    } catch {
      // The terminal is gone or blocked: the next frame may work.
    }
  }
  Atomics.store(state, WRITING, 0);
  Atomics.notify(state, WRITING);
}

const stream = {
  isTTY: true,
  columns,
  write,
  cursorTo: () => write('\r'),
  moveCursor: () => {},
  clearLine: () => write('\x1b[K'),
};

const spinner = yoctoSpinner({ stream: stream as unknown as NodeJS.WriteStream, handleSignals: false });
/** Cut to one line, since one line is cleared. */
const fitting = (text: string): string => text.slice(0, Math.max(0, columns - 3));

let latest = '';
parentPort?.on('message', (text: string) => {
  latest = text;
});
setTimeout(
  () => {
    spinner.start(fitting(latest));
    // Not at each message: a survey sends thousands a second.
    setInterval(() => {
      if (spinner.text !== fitting(latest)) spinner.text = fitting(latest);
    }, UPDATE_MS);
  },
  Math.max(0, DELAY_MS - (Date.now() - startedAt)),
);
