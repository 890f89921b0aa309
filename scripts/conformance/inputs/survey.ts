/**
 * `npm run conformance -- survey [--redis] [--time-limit SECONDS] PATH...`: surveys folders with one thread and with two,
 * killed and begun again, and with `--redis` through a queue with two workers one of which is killed half-way; holds the
 * folders against each other byte by byte, and prints how long each took. A host that is busy with other things needs a
 * time limit that no machine reaches: which one does is chance.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort, fwmap, kill, startRedis } from '../../../test/survey/fleet.ts';
import { contentOf, doneIn } from '../../../test/survey/folder.ts';

/** Runs a survey to its end and gives the seconds that it took. */
async function survey(operands: readonly string[], into: string, jobs: number): Promise<number> {
  const start = Date.now();
  const child = spawn(
    process.execPath,
    ['bin/fwmap.js', 'survey', ...operands, '--into', into, '--jobs', String(jobs)],
    { stdio: ['ignore', 'inherit', 'ignore'] },
  );
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`fwmap survey ended with ${status}`);
  return (Date.now() - start) / 1000;
}

/** Waits until so many shards are done, or the process has ended. */
async function until(child: ReturnType<typeof fwmap>, into: string, shards: number): Promise<void> {
  while (child.exitCode === null && doneIn(into) < shards) await sleep(20);
}

/** What a killed process had begun. */
function sweep(into: string): void {
  rmSync(join(into, '.new'), { recursive: true, force: true });
  mkdirSync(join(into, '.new'));
}

async function queued(operands: readonly string[], into: string, half: number): Promise<number> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}/0`;
  const redis = await startRedis(port);
  const start = Date.now();
  const workers = [1, 2].map(() => fwmap('worker', '--queue', url, '--jobs', '1'));
  const child = fwmap('survey', ...operands, '--into', into, '--queue', url);
  const ended = once(child, 'exit');
  await until(child, into, half);
  await kill(workers[0]!);
  const [status] = await ended;
  await Promise.all([...workers, redis].map(kill));
  if (status !== 0) throw new Error(`fwmap survey --queue ended with ${status}`);
  return (Date.now() - start) / 1000;
}

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { redis: { type: 'boolean', default: false }, 'time-limit': { type: 'string', default: '60' } },
  });
  if (positionals.length === 0) {
    console.error('usage: npm run conformance -- survey [--redis] [--time-limit SECONDS] PATH...');
    return 2;
  }
  const operands = [...positionals, '--time-limit', values['time-limit']];
  const folder = mkdtempSync(join(tmpdir(), 'fwmap-survey-'));
  let passed = 0;
  let failed = 0;
  try {
    const at = (name: string): string => join(folder, name);
    const two = await survey(operands, at('two'), 2);
    const one = await survey(operands, at('one'), 1);
    const expected = contentOf(at('one'));
    const shards = doneIn(at('one'));
    const bytes = Object.keys(expected).reduce((sum, name) => sum + statSync(join(at('one'), name)).size, 0);
    const holds = (what: string, into: string): void => {
      const same = JSON.stringify(contentOf(into)) === JSON.stringify(expected);
      if (same) passed += 1;
      else failed += 1;
      console.log(`${same ? 'ok' : 'FAILED'}: ${what} gives the same folder`);
    };
    console.log(
      `1 thread ${one.toFixed(1)} s, 2 threads ${two.toFixed(1)} s: ${(one / two).toFixed(2)} times as many a second`,
    );
    console.log(
      `${shards} shards, ${Object.keys(expected).length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`,
    );
    holds('with two threads it', at('two'));

    const child = fwmap('survey', ...operands, '--into', at('killed'), '--jobs', '2');
    await until(child, at('killed'), Math.ceil(shards / 2));
    await kill(child);
    console.log(`killed when ${doneIn(at('killed'))} of ${shards} shards were done`);
    const rest = await survey(operands, at('killed'), 2);
    sweep(at('killed'));
    holds(`begun again, ${rest.toFixed(1)} s more, it`, at('killed'));

    if (values.redis) {
      const seconds = await queued(operands, at('queued'), Math.ceil(shards / 2));
      sweep(at('queued'));
      holds(`through Redis, a worker of two killed half-way, ${seconds.toFixed(1)} s, it`, at('queued'));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
