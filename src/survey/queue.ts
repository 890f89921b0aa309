/**
 * The shards through a queue: BullMQ on Redis. The results of a shard depend only on its units and its files are written
 * completely or not at all, so a shard that is delivered twice, or again after a worker was killed, gives the same survey.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256Of } from '../platform/hash.ts';
import { loadOptional } from './optional.ts';
import { type Examiner, type OnShard, runShard } from './run.ts';
import { SurveyStore } from './store.ts';
import { isShard, type Shard } from './unit.ts';

/** The part of BullMQ that is used (https://docs.bullmq.io). */
interface BullMq {
  readonly Queue: new (name: string, options: object) => Queue;
  readonly Worker: new (name: string, work: (job: Job) => Promise<void>, options: object) => Worker;
}

interface Queue {
  add(name: string, data: ShardJob, options: object): Promise<unknown>;
  getJob(id: string): Promise<StoredJob | undefined>;
  on(event: 'error', listener: (error: Error) => void): void;
  close(): Promise<void>;
}

/** The part of ioredis that is used. */
interface IoRedis {
  readonly Redis: new (url: string, options: object) => RedisClient;
}

interface RedisClient {
  on(event: 'error', listener: (error: Error) => void): void;
  ping(): Promise<unknown>;
  disconnect(): void;
}

interface StoredJob {
  readonly failedReason?: string;
  isFailed(): Promise<boolean>;
  remove(): Promise<unknown>;
}

interface Job {
  readonly data: ShardJob;
}

interface Worker {
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'completed' | 'failed', listener: (job: Job | undefined, result: unknown) => void): void;
  close(force?: boolean): Promise<void>;
}

interface ShardJob {
  readonly into: string;
  readonly seconds: number;
  readonly shard: Shard;
}

const QUEUE = 'fwmap-survey';
/** How often the survey is checked for finished shards: a folder, and a bucket, where that costs. */
const LOOK_MS = 500;
const LOOK_FAR_MS = 2000;
/** How often unfinished shards are queued again: a Redis that was restarted may have lost them. */
const ASK_AGAIN_MS = 10_000;
/** How long a worker may be silent before its shard goes to another; it renews that in half the time. */
const LOCK_MS = 30_000;
/** A shard whose workers were killed this often is the cause; `runShard` finds out which machine it is. */
const MOST_STALLED = 20;
const ATTEMPTS = 3;

/** An invalid address of a server, or a shard that no worker could finish. */
export class QueueError extends Error {}

/** A server's address as messages name it: without a password. */
interface Address {
  readonly connection: { readonly url: string; readonly maxRetriesPerRequest: null };
  readonly name: string;
}

/** Throws {@link QueueError} for an invalid address, which may have a password in it and is not repeated. */
function addressOf(url: string): Address {
  const invalid = new QueueError(
    '--queue takes the address of a Redis server, such as redis://host:6379/0 or rediss://user:password@host:6379/0',
  );
  if (!/^rediss?:\/\//i.test(url) || !URL.canParse(url)) throw invalid;
  const { protocol, host, pathname } = new URL(url);
  if (host === '' || !/^\/?\d*$/.test(pathname)) throw invalid;
  // BullMQ requires that commands wait for an unreachable server without limit.
  return { connection: { url, maxRetriesPerRequest: null }, name: `${protocol}//${host}${pathname}` };
}

/** Longest wait for a first answer: whether the server refuses this client. */
const FIRST_ANSWER_MS = 5000;

/**
 * Asks the server once. One that can't be reached may come later; one that refuses the password or the database won't.
 * Throws {@link QueueError} for a refusal.
 */
async function checkAccess({ connection: { url }, name }: Address, ioredis: IoRedis): Promise<void> {
  const client = new ioredis.Redis(url, {
    lazyConnect: true,
    connectTimeout: FIRST_ANSWER_MS,
    commandTimeout: FIRST_ANSWER_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  });
  const refusals: Error[] = [];
  const note = (error: unknown): void => {
    // The client's name for an answer that is an error.
    if (error instanceof Error && error.name === 'ReplyError') refusals.push(error);
  };
  client.on('error', note);
  await client.ping().catch(note);
  client.disconnect();
  const [refusal] = refusals;
  if (refusal !== undefined && !/^(?:LOADING|BUSY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN)\b/.test(refusal.message))
    throw new QueueError(`${name}: ${refusal.message}`);
}

/** Loads BullMQ, and the client that it needs but doesn't depend on. Throws {@link QueueError} where the server refuses. */
async function load(cwd: string, address: Address): Promise<BullMq> {
  const ioredis = (await loadOptional('ioredis', cwd)) as IoRedis;
  const bullmq = (await loadOptional('bullmq', cwd)) as BullMq;
  await checkAccess(address, ioredis);
  return bullmq;
}

/** The same message is repeated no more often than this: an unreachable server is tried many times a second. */
const SAME_TROUBLE_MS = 10_000;

function seldom(tell: (message: string) => void): (message: string) => void {
  const told = new Map<string, number>();
  return (message) => {
    const now = Date.now();
    if (now - (told.get(message) ?? Number.NEGATIVE_INFINITY) < SAME_TROUBLE_MS) return;
    told.set(message, now);
    tell(message);
  };
}

export interface QueueOptions {
  readonly url: string;
  readonly cwd: string;
  /** Called when a connection fails; BullMQ keeps trying. */
  readonly onTrouble: (message: string) => void;
}

/** Queues shards and waits until all of them are done. Throws {@link QueueError}. */
export async function workThroughQueue(
  shards: readonly Shard[],
  store: SurveyStore,
  {
    url,
    cwd,
    onTrouble,
    seconds,
    onShard,
  }: QueueOptions & { readonly seconds: number; readonly onShard: OnShard },
): Promise<void> {
  const address = addressOf(url);
  const { connection } = address;
  const trouble = seldom(onTrouble);
  const { Queue } = await load(cwd, address);
  const queue = new Queue(QUEUE, { connection });
  queue.on('error', (error) => trouble(error.message));
  const place = sha256Of(store.place.name).slice(0, 16);
  const pause = store.place.folder === undefined ? LOOK_FAR_MS : LOOK_MS;
  const open = new Map(shards.map((shard) => [`${place}-${shard.id}`, shard]));
  try {
    for (let asked = Number.NEGATIVE_INFINITY; open.size > 0; await sleep(pause)) {
      const done = await store.done();
      for (const [id, shard] of open) {
        if (!done.has(shard.id)) continue;
        open.delete(id);
        onShard(shard, await store.countsOf(shard));
      }
      if (Date.now() - asked < ASK_AGAIN_MS) continue;
      asked = Date.now();
      for (const [id, shard] of open) {
        try {
          await ask(queue, id, { into: store.place.name, seconds, shard });
        } catch (error) {
          if (error instanceof QueueError) throw error;
          // The connection was lost.
          trouble(error instanceof Error ? error.message : String(error));
          break;
        }
      }
    }
  } finally {
    await queue.close();
  }
}

/** Queues a job unless it exists. Throws {@link QueueError} where it has failed for good. */
async function ask(queue: Queue, id: string, data: ShardJob): Promise<void> {
  const job = await queue.getJob(id);
  if (job !== undefined) {
    if (!(await job.isFailed())) return;
    await job.remove();
    throw new QueueError(
      `a worker gave up on shard ${data.shard.id}: ${job.failedReason ?? 'no reason given'}`,
    );
  }
  await queue.add('shard', data, {
    jobId: id,
    attempts: ATTEMPTS,
    backoff: { type: 'exponential', delay: 1000 },
    removeOnComplete: true,
  });
}

/** A worker that runs until it is closed. */
export interface RunningWorker {
  /** Finishes the shards in progress. */
  close(): Promise<void>;
}

interface OpenSurvey {
  readonly store: SurveyStore;
  readonly examiner: Examiner;
}

/**
 * Takes shards from the queue.
 * @param examinerOf for the survey of a job
 * @param into the place to use instead of the one that a job names: where a folder has another path on this host
 */
export async function startWorker(
  examinerOf: (store: SurveyStore) => Promise<Examiner>,
  {
    url,
    cwd,
    onTrouble,
    together,
    into,
    onShard,
  }: QueueOptions & { readonly together: number; readonly into?: string; readonly onShard: OnShard },
): Promise<RunningWorker> {
  const address = addressOf(url);
  const { connection } = address;
  const { Worker } = await load(cwd, address);
  const given = into === undefined ? undefined : await SurveyStore.open(into, cwd);
  const open = async (name: string): Promise<OpenSurvey> => {
    const store = given ?? (await SurveyStore.open(name, cwd));
    return { store, examiner: await examinerOf(store) };
  };
  const surveys = new Map<string, Promise<OpenSurvey>>();
  const surveyAt = (name: string): Promise<OpenSurvey> => {
    let survey = surveys.get(name);
    if (survey === undefined) {
      survey = open(name);
      surveys.set(name, survey);
      // The next job tries again.
      survey.catch(() => surveys.delete(name));
    }
    return survey;
  };
  const worker = new Worker(
    QUEUE,
    async ({ data: { into: named, seconds, shard } }) => {
      if (!isShard(shard)) throw new QueueError('the job is not of a survey of this version');
      const { store, examiner } = await surveyAt(given?.place.name ?? named);
      if (await store.isDone(shard)) return;
      onShard(shard, await runShard(shard, store, examiner, seconds));
    },
    {
      connection,
      concurrency: together,
      lockDuration: LOCK_MS,
      stalledInterval: LOCK_MS / 2,
      maxStalledCount: MOST_STALLED,
    },
  );
  const trouble = seldom(onTrouble);
  worker.on('error', (error) => trouble(error.message));
  return { close: () => worker.close() };
}
