/** Threads that examine units. One that runs out of time or memory is replaced. */
import { isSystemError, systemCode, systemMessage } from '../../artifact/file.ts';
import { givenLimits, limit, moreThan } from '../../limits/limits.ts';
import {
  ExaminationError,
  type Examined,
  type Examiner,
  HostError,
  type Unexamined,
} from '../../survey/run.ts';
import type { SurveyStore } from '../../survey/store.ts';
import { bundleFile } from '../common/bundle-file.ts';
import type { PlacedUnit } from './thread.ts';

/** The bundle of `thread.ts` (scripts/build.mjs). */
const THREAD = 'survey-thread.cjs';
const MIB = 2 ** 20;

export interface Pool extends Examiner {
  close(): Promise<void>;
}

function threadFile(): string {
  const file = bundleFile(THREAD);
  if (file === undefined) throw new Error(`${THREAD} is missing: npm run build makes it`);
  return file;
}

/**
 * Starts `threads` of them, with the limits of the run.
 * @param file what a thread runs
 */
export async function openPool(threads: number, store: SurveyStore, file = threadFile()): Promise<Pool> {
  const [{ Tinypool }, { default: pLimit }] = await Promise.all([import('tinypool'), import('p-limit')]);
  const pool = new Tinypool({
    filename: file,
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(16, Math.ceil(limit('survey-thread-bytes') / MIB)) },
  });
  const limits = givenLimits();
  const asked = await store.asked();
  // The time that a batch waits for a thread is not its own.
  const whenFree = pLimit(threads);
  // The next batches are fetched meanwhile, where they are on another host.
  const whenNear = pLimit(2 * threads);
  const examine = async (units: readonly PlacedUnit[], seconds: number) => {
    const limit = new AbortController();
    const running = pool.run(
      { units, limits, asked },
      { name: 'examineUnits', signal: limit.signal },
    ) as Promise<(Examined | Unexamined)[]>;
    const timer = setTimeout(() => limit.abort(), 1000 * seconds * units.length);
    try {
      return await running;
    } catch (error) {
      if (limit.signal.aborted)
        throw new ExaminationError({ status: 'time', reason: `took more than ${seconds} s` });
      if (isOfHost(error)) throw new HostError(`a thread of the survey: ${systemMessage(error)}`);
      throw new ExaminationError(lossOf(error));
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    examine: (units, seconds) =>
      whenNear(() =>
        store.withFiles(units, (paths) => {
          const placed = units.map((unit, index): PlacedUnit => ({ ...unit, at: paths[index]! }));
          return whenFree(() => examine(placed, seconds));
        }),
      ),
    close: () => pool.destroy(),
  };
}

/** A thread that can't be started, or that finds none of its own files: no machine is why. */
function isOfHost(error: unknown): boolean {
  return isSystemError(error) || systemCode(error) === 'ERR_WORKER_INIT_FAILED';
}

function lossOf(error: unknown): ExaminationError['outcome'] {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { status: 'memory', reason: `took ${moreThan('survey-thread-bytes')}` };
  return { status: 'failed', reason: error instanceof Error ? error.message : String(error) };
}
