/** What the thread that shows progress shares with the main thread. */

/** Work that takes less time shows no progress. */
export const DELAY_MS = 500;

/** Places in {@link ThreadData.state}: what the line is, and whether it is being written right now. */
export const SHOWN = 0;
export const WRITING = 1;

/** States of the line: nothing may be written; it may be written; it was written. */
export const LAST = { clear: 0, open: 1, shown: 2 } as const;

export interface ThreadData {
  readonly state: Int32Array;
  readonly descriptor: number;
  readonly columns: number;
  /** Milliseconds, as Date.now() counts. */
  readonly startedAt: number;
}
