/** Processes shards: batches of units go to an examiner and come back as rows. */
import { type Outcome, rowsOfFailure } from './rows.ts';
import type { ShardCounts, SurveyStore } from './store.ts';
import type { MachineRows } from './tables.ts';
import type { Shard, Unit } from './unit.ts';

/** The result of a unit: the rows of each machine in it. */
export type Examined = readonly MachineRows[];

/** A unit without rows, for a reason outside of its own bytes. */
export interface Unexamined {
  readonly unexamined: string;
}

/**
 * The host failed: a file that existed could not be read again, a thread could not be started. It gives no rows, because
 * another run would give other rows; the shard stays open.
 */
export class HostError extends Error {}

/** Examines units in another thread, so that a failure ends only its own batch. */
export interface Examiner {
  /**
   * Examines a batch. @returns the result of each unit, in order. Throws {@link ExaminationError} when the units
   * themselves lost the batch, {@link HostError} when the host did.
   * @param seconds the time limit for each unit
   */
  examine(units: readonly Unit[], seconds: number): Promise<readonly (Examined | Unexamined)[]>;
}

/** A batch is lost; `outcome` is the cause, as far as it is known. */
export class ExaminationError extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.reason ?? outcome.status);
    this.name = 'ExaminationError';
    this.outcome = outcome;
  }
}

/** Small units are batched, since handing over a batch costs as much as reading a small tree. */
const MOST_IN_BATCH = 32;
const MOST_BYTES_IN_BATCH = 256 * 1024;

function batchesOf(units: readonly Unit[]): Unit[][] {
  const batches: Unit[][] = [];
  let bytes = 0;
  for (const unit of units) {
    const last = batches.at(-1);
    if (last === undefined || last.length >= MOST_IN_BATCH || bytes + unit.bytes > MOST_BYTES_IN_BATCH) {
      batches.push([unit]);
      bytes = unit.bytes;
    } else {
      last.push(unit);
      bytes += unit.bytes;
    }
  }
  return batches;
}

/** Examines a batch. If it is lost, each unit is tried alone, and one that is lost again becomes a row with the reason. */
async function examineBatch(
  batch: readonly Unit[],
  examiner: Examiner,
  seconds: number,
): Promise<Examined[]> {
  try {
    return (await examiner.examine(batch, seconds)).map((each) => {
      if ('unexamined' in each) throw new HostError(each.unexamined);
      return each;
    });
  } catch (error) {
    if (!(error instanceof ExaminationError)) throw error;
    if (batch.length > 1) {
      const alone: Examined[] = [];
      for (const unit of batch) alone.push(...(await examineBatch([unit], examiner, seconds)));
      return alone;
    }
    return batch.map(({ hash, path, bytes }) => [
      rowsOfFailure({ machine: hash, path, bytes: BigInt(bytes) }, error.outcome, []),
    ]);
  }
}

/** Processes one shard. @returns its counts */
export async function runShard(
  shard: Shard,
  store: SurveyStore,
  examiner: Examiner,
  seconds: number,
): Promise<ShardCounts> {
  const batches = batchesOf(shard.units);
  const examined: Examined[][] = [];
  const bytesOf = (index: number): number => batches[index]!.reduce((sum, { bytes }) => sum + bytes, 0);
  // The largest first: at the end of a survey threads wait for what was started last.
  const order = [...batches.keys()].sort((a, b) => bytesOf(b) - bytesOf(a));
  await Promise.all(
    order.map(async (index) => {
      examined[index] = await examineBatch(batches[index]!, examiner, seconds);
    }),
  );
  return store.finish(shard, examined.flat(2));
}

/** Called after each shard. */
export type OnShard = (shard: Shard, counts: ShardCounts) => void;

/**
 * Processes shards, `together` at a time, so that no thread waits for the last batch of one. Throws what storing one throws,
 * after those in progress have ended: an examiner that is closed before would make failures of their machines.
 * @returns why shards stayed open, for each of those that {@link HostError}s left open
 */
export async function runShards(
  shards: readonly Shard[],
  store: SurveyStore,
  examiner: Examiner,
  {
    seconds,
    together,
    onShard,
  }: { readonly seconds: number; readonly together: number; readonly onShard: OnShard },
): Promise<readonly string[]> {
  const waiting = shards.values();
  const failures: string[] = [];
  let isEnding = false;
  const worker = async (): Promise<void> => {
    for (const shard of waiting)
      try {
        if (isEnding) return;
        onShard(shard, await runShard(shard, store, examiner, seconds));
      } catch (error) {
        if (!(error instanceof HostError)) {
          isEnding = true;
          throw error;
        }
        failures.push(error.message);
      }
  };
  const ended = await Promise.allSettled(Array.from({ length: together }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return failures;
}
