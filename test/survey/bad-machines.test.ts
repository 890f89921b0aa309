/** Machines that end the thread that examines them: each is a row with its reason, and nothing else is lost. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { openPool } from '../../src/cli/survey/pool.ts';
import { withLimits } from '../../src/limits/limits.ts';
import { FolderPlace } from '../../src/survey/place/folder.ts';
import { rowsOfFailure } from '../../src/survey/rows.ts';
import { ExaminationError, type Examiner, runShards } from '../../src/survey/run.ts';
import { SurveyStore } from '../../src/survey/store.ts';
import type { Row } from '../../src/survey/tables.ts';
import { shardsOf, type Unit } from '../../src/survey/unit.ts';

const folder = mkdtempSync(join(tmpdir(), 'fwmap-bad-machines-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A thread in which a machine does what its path says. */
const THREAD = `
const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
export async function examineUnits({ units }) {
  const examined = [];
  for (const { hash, path, bytes } of units) {
    if (path.startsWith('exits')) process.exit(3);
    if (path.startsWith('throws ')) throw new Error('a fault of ours');
    if (path.startsWith('throws-later')) {
      setTimeout(() => { throw new Error('a fault of ours'); });
      await later(60_000);
    }
    if (path.startsWith('loops')) for (;;);
    if (path.startsWith('fills')) for (const kept = []; ; ) kept.push(new Array(1000).fill(kept.length));
    examined.push([{
      machines: [{ machine: hash, path, bytes: BigInt(bytes), status: 'ok', reason: null }],
      windows: [], descriptors: [], bridges: [], findings: [], answers: [], gaps: [],
    }]);
  }
  return examined;
}
`;

/** What becomes of which machine. */
const STATUS = {
  // Nobody tells that a thread has ended by itself; the time limit does.
  exits: 'time',
  throws: 'failed',
  'throws-later': 'failed',
  loops: 'time',
  fills: 'memory',
  good: 'ok',
} as const;

class NotingStore extends SurveyStore {
  readonly rows: Row[] = [];

  override finish(
    ...[shard, machines]: Parameters<SurveyStore['finish']>
  ): ReturnType<SurveyStore['finish']> {
    this.rows.push(...machines.flatMap((each) => each.machines));
    return super.finish(shard, machines);
  }
}

test('a machine that ends its thread, takes too long or too much memory is a row with its reason', async () => {
  const file = join(folder, 'thread.mjs');
  writeFileSync(file, THREAD);
  const store = new NotingStore(new FolderPlace(join(folder, 'survey'), []));
  // Among several in a batch, so that good ones are lost with bad ones at first.
  const kinds = Object.keys(STATUS) as (keyof typeof STATUS)[];
  const paths = kinds.flatMap((kind) => ['good-before', kind, 'good-after'].map((name) => `${name} ${kind}`));
  const units = paths.map(
    (path, index): Unit => ({
      hash: index.toString(16).padStart(64, '0'),
      path,
      file: `/${path}`,
      bytes: 100,
    }),
  );
  let shards = 0;
  await withLimits({ 'survey-thread-bytes': 48 << 20 }, async () => {
    const pool = await openPool(2, store, file);
    const onShard = (): void => {
      shards += 1;
    };
    try {
      await runShards(shardsOf(units), store, pool, { seconds: 3, together: 3, onShard });
    } finally {
      await pool.close();
    }
  });
  expect(shards).toBe(shardsOf(units).length);
  const expected = paths.map((path) => {
    const [kind] = path.split(' ');
    return [path, kind!.startsWith('good-') ? 'ok' : STATUS[kind as keyof typeof STATUS]];
  });
  expect(store.rows.map(({ path, status }) => [path, status]).sort()).toEqual(expected.sort());
  for (const { status, reason } of store.rows)
    expect(typeof reason).toBe(status === 'ok' ? 'object' : 'string');
}, 240_000);

test('where a shard cannot be stored, those in progress end before the threads do', async () => {
  const store = new NotingStore(new FolderPlace(join(folder, 'full'), []));
  const finish = store.finish.bind(store);
  store.finish = async (shard, machines) => {
    if (machines[0]!.machines[0]!.path === 'first') throw new Error('the disk is full');
    return finish(shard, machines);
  };
  let isClosed = false;
  const examiner: Examiner = {
    examine: async ([unit]) => {
      if (unit!.path === 'second') await sleep(100);
      if (isClosed) throw new ExaminationError({ status: 'failed', reason: 'the thread was ended' });
      const subject = { machine: unit!.hash, path: unit!.path, bytes: 1n };
      return [[rowsOfFailure(subject, { status: 'none' }, [])]];
    },
  };
  const shards = ['first', 'second', 'third'].map((path, index) =>
    shardsOf([{ hash: String(index).padStart(64, '0'), path, file: `/${path}`, bytes: 1 }]),
  );
  const running = runShards(shards.flat(), store, examiner, { seconds: 1, together: 2, onShard: () => {} });
  await expect(running).rejects.toThrow('the disk is full');
  isClosed = true;
  await sleep(200);
  // The second was in progress; the third was not begun.
  expect(store.rows.map(({ path, status }) => [path, status])).toEqual([['second', 'none']]);
});
