import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';
import { violations } from '../report/schemas.ts';
import { freePort, fwmap, hasPackage, hasRedis, kill, startRedis } from './fleet.ts';
import { contentOf, doneIn } from './folder.ts';

const processes: ChildProcess[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-queue-'));
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map(kill));
  rmSync(folder, { recursive: true });
});

function trees(count: number): string {
  const into = join(folder, 'trees');
  mkdirSync(into);
  for (let i = 0; i < count; i += 1)
    writeFileSync(
      join(into, `${i}.dts`),
      `/dts-v1/; / { model = "board ${i}"; memory { reg = <${i} 1>; }; };`,
    );
  return into;
}

describe.skipIf(!hasRedis || !hasPackage('bullmq') || !hasPackage('ioredis'))(
  'a survey through Redis',
  () => {
    test('is that of one process, though a worker is killed and Redis loses all it had', {
      timeout: 180_000,
    }, async () => {
      const inputs = trees(320);
      const alone = join(folder, 'alone');
      await run(['survey', inputs, '--into', alone]);

      const port = await freePort();
      const url = `redis://127.0.0.1:${port}/0`;
      let redis = await startRedis(port);
      processes.push(redis);
      const into = join(folder, 'queued');
      const survey = fwmap('survey', inputs, '--into', into, '--queue', url);
      const workers = [1, 2].map(() => fwmap('worker', '--queue', url, '--jobs', '1'));
      processes.push(survey, ...workers);
      const ended = once(survey, 'exit');
      while (survey.exitCode === null && doneIn(into) < 3) await sleep(10);
      await kill(workers[0]!);
      await kill(redis);
      redis = await startRedis(port);
      processes.push(redis);
      const [status] = await ended;
      expect(status).toBe(0);
      rmSync(join(into, '.new'), { recursive: true });
      mkdirSync(join(into, '.new'));
      expect(contentOf(into)).toEqual(contentOf(alone));
      const worker = workers[1]!;
      const gone = once(worker, 'exit');
      worker.kill('SIGTERM');
      expect((await gone)[0]).toBe(0);
    });
  },
);

describe('--queue', () => {
  test.each([
    'foo:geheim',
    'redis:geheim',
    'http://user:geheim@host/',
    'redis://:geheim@host:99999/0',
    'redis://:geheim@host:6379/abc',
  ])('%s is no address, and is not repeated: it may have a password in it', async (url) => {
    const board = join(folder, 'board.dts');
    writeFileSync(board, '/dts-v1/; / { };');
    for (const argv of [['survey', board, '--into', join(folder, 'survey')], ['worker']]) {
      const { status, stderr } = await run([...argv, '--queue', url]);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^fwmap: --queue takes the address of a Redis server/);
      expect(stderr).not.toContain('geheim');
    }
  });

  test.skipIf(!hasRedis || !hasPackage('bullmq') || !hasPackage('ioredis'))(
    'ends where the server refuses it, with what that says',
    async () => {
      const port = await freePort();
      processes.push(await startRedis(port));
      // Redis has 16 databases unless it is told otherwise.
      for (const [place, refusal] of [
        ['127.0.0.1:PORT/99', 'ERR DB index is out of range'],
        [':geheim@127.0.0.1:PORT/0', ''],
      ] as const) {
        const url = `redis://${place.replace('PORT', String(port))}`;
        if (refusal === '') spawnSync('redis-cli', ['-p', String(port), 'config', 'set', 'requirepass', 'x']);
        const { status, stderr } = spawnSync(process.execPath, ['bin/fwmap.js', 'worker', '--queue', url], {
          encoding: 'utf8',
          timeout: 30_000,
        });
        expect(status).toBe(2);
        expect(stderr).toContain(refusal === '' ? 'WRONGPASS' : refusal);
        expect(stderr).not.toContain('geheim');
      }
    },
  );
});

describe.skipIf(!hasPackage('@duckdb/node-api'))('a query', () => {
  const ask = (...argv: string[]) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['bin/fwmap.js', 'query', ...argv], {
      encoding: 'utf8',
    });
    return { stdout, stderr, status };
  };

  test('in SQL has every format', async () => {
    const into = join(folder, 'survey');
    await run(['survey', trees(3), '--into', into]);
    const sql =
      'SELECT model, 18446744073709551615::UBIGINT AS most, NULL AS none FROM machines ORDER BY model';
    expect(ask(into, sql, '--format', 'csv').stdout).toBe(
      'model,most,none\r\nboard 0,18446744073709551615,\r\nboard 1,18446744073709551615,\r\nboard 2,18446744073709551615,\r\n',
    );
    const answered = JSON.parse(ask(into, sql, '--format', 'json').stdout);
    expect(violations('query', answered)).toEqual([]);
    expect(violations('query', { ...answered, results: [{ title: 1 }] })).not.toEqual([]);
    expect(answered).toMatchObject({
      schema: 'fwmap/query@1',
      results: [
        {
          columns: ['model', 'most', 'none'],
          rows: [0, 1, 2].map((i) => [`board ${i}`, '18446744073709551615', null]),
        },
      ],
    });
    expect(ask(into, sql).stdout).toContain('board 2  18446744073709551615');
    expect(ask(into, "SELECT '<script>' AS a", '--format', 'html').stdout).not.toContain('<script>');
    expect(ask(into, 'SELECT nothing')).toMatchObject({ status: 2, stdout: '' });
  });

  test('has names for what is asked often', async () => {
    const [before, after] = ['before', 'after'].map((name) => join(folder, name)) as [string, string];
    const inputs = trees(3);
    await run(['survey', inputs, '--into', before]);
    writeFileSync(join(inputs, '1.dts'), '/dts-v1/; / { model = "board 1"; memory { reg = <0x100 1>; }; };');
    writeFileSync(
      join(inputs, 'bus.dts'),
      '/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; bus { compatible = "simple-bus"; #address-cells = <1>; ' +
        '#size-cells = <1>; ranges = <0xe0000000 0xe0000000 0x10000000>; }; };',
    );
    await run(['survey', inputs, '--into', after]);
    const summary = JSON.parse(ask(after, '--summary', '--format', 'json').stdout).results;
    // 0xe0000000 to 0xefffffff is two slots of 128 MiB.
    expect(summary.find(({ title }: { title: string }) => title.includes('128 MiB')).rows).toEqual([
      ['0xe0000000', 1],
      ['0xe8000000', 1],
    ]);
    const rows = (...argv: string[]) => JSON.parse(ask(...argv, '--format', 'json').stdout).results[0].rows;
    expect(rows(after, '--needed')).toEqual([]);
    expect(rows(after, '--conditions')).toEqual([]);
    expect(rows(after, '--moved', before)).toEqual([
      [join(inputs, '1.dts'), '/memory reg[0]', '[mem 0x1-0x1]', '[mem 0x100-0x100]'],
    ]);
  });
});
