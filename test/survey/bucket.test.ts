/** Surveys in a bucket: what is there is what a folder has, whatever happens meanwhile. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { tarOf } from '../../src/survey/tar.ts';
import { run } from '../cli/fake-io.ts';
import { freePort, fwmap, hasPackage, hasRedis, kill, startRedis } from './fleet.ts';
import { contentOf } from './folder.ts';
import { type Bucket, startS3 } from './s3.ts';

const PACKAGE = '@aws-sdk/client-s3';
const INTO = 's3://fleet/of/boards';
const BEFORE = 'of/boards/';

const processes: ChildProcess[] = [];
let folder: string;
let inputs: string;
let bucket: Bucket;
/** What a survey into a folder has. */
let expected: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-bucket-'));
  inputs = join(folder, 'inputs');
  mkdirSync(inputs);
  const source = (model: string) => Buffer.from(`/dts-v1/; / { model = "${model}"; };`);
  for (let at = 0; at < 40; at += 1) writeFileSync(join(inputs, `${at}.dts`), source(`board ${at}`));
  // Contents of an archive go to the bucket too until they are processed.
  const members = Array.from({ length: 20 }, (_, at) => ({
    path: `in/${at}.dts`,
    bytes: source(`archived ${at}`),
  }));
  writeFileSync(join(inputs, 'more.tar'), tarOf(members));
  await run(['survey', inputs, '--into', join(folder, 'expected')]);
  expected = contentOf(join(folder, 'expected'));
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  // Pages of lists are smaller than the folders.
  bucket = await startS3(3);
  for (const [name, value] of Object.entries({ ...bucket.env, TMPDIR: folder })) vi.stubEnv(name, value);
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map(kill));
  await bucket.close();
  vi.unstubAllEnvs();
});

const survey = (...argv: string[]) => run(['survey', inputs, '--into', INTO, '--jobs', '2', ...argv]);

/** Every object below the prefix, with the hash of its bytes. */
function content(): Record<string, string> {
  const hashes = [...bucket.objects].map(([key, bytes]) => {
    expect(key.startsWith(BEFORE)).toBe(true);
    return [key.slice(BEFORE.length), createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(hashes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const done = () => [...bucket.objects.keys()].filter((key) => key.startsWith(`${BEFORE}done/`));
const written = () => bucket.requests.filter((each) => each.startsWith('PUT ')).map((each) => each.slice(4));
const temporary = () => readdirSync(folder).filter((name) => /^fwmap-/.test(name));

describe.skipIf(!hasPackage(PACKAGE))('a survey in a bucket', () => {
  test('has the names and bytes of one in a folder', async () => {
    const outcome = await survey();
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(content()).toEqual(expected);
    // Each was spooled, fetched and removed.
    expect(written().filter((key) => key.startsWith(`${BEFORE}spool/`))).toHaveLength(20);
    expect(temporary()).toEqual([]);
    // Again there is nothing to do, and shards are not looked for one by one.
    bucket.requests.length = 0;
    expect(await survey()).toEqual(outcome);
    expect(bucket.requests.filter((each) => /^(?:HEAD|PUT|DELETE)/.test(each))).toEqual([]);
    expect(content()).toEqual(expected);
    expect((await survey('--kernel', '6.6.10')).stderr).toContain(
      `${INTO} holds a survey for each machine's`,
    );
  });

  test('takes requests that fail for the moment', async () => {
    const troubles = ['error', 'reset', 'cut'] as const;
    // One of each kind of request in so many: repeated, it is another number.
    bucket.trouble = (_, number) => (number % 7 === 3 ? troubles[Math.floor(number / 7) % 3] : undefined);
    expect(await survey()).toMatchObject({ status: 0, stderr: '' });
    expect(content()).toEqual(expected);
    expect(temporary()).toEqual([]);
  });

  test.each(['windows/', 'done/', 'plan/', 'inputs/', 'spool/'])(
    'ends with status 2 where %s is refused, and goes on from there',
    async (refused) => {
      const one = Object.keys(expected).find((name) => name.startsWith(refused)) ?? refused;
      bucket.trouble = (request) => (request.startsWith(`PUT ${BEFORE}${one}`) ? 'denied' : undefined);
      const { status, stdout, stderr } = await survey();
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        new RegExp(
          `^fwmap: cannot write ${INTO}/${one}\\w*: AccessDenied: as the test wants it \\(HTTP status 403\\); run the same command again to continue\n$`,
        ),
      );
      const before = done();
      expect(before).not.toContain(`${BEFORE}${one}`);
      bucket.trouble = () => undefined;
      bucket.requests.length = 0;
      expect((await survey()).status).toBe(0);
      expect(content()).toEqual(expected);
      for (const key of before) expect(written()).not.toContain(key);
    },
  );

  test('ends with status 2 where a spooled file, a mark or a list cannot be read', async () => {
    for (const refused of [`GET ${BEFORE}spool/`, `GET ${BEFORE}kernel.json`, `GET ${BEFORE}done/`]) {
      bucket.trouble = (request) => (request.startsWith(refused) ? 'denied' : undefined);
      const { status, stderr } = await survey();
      expect([status, stderr]).toEqual([2, expect.stringContaining(`s3://fleet/${refused.slice(4)}`)]);
      expect(temporary()).toEqual([]);
    }
    bucket.trouble = () => undefined;
    expect((await survey()).status).toBe(0);
    expect(content()).toEqual(expected);
  });

  test('goes on where it was killed: only marks count', async () => {
    const killed = fwmap('survey', inputs, '--into', INTO, '--jobs', '1');
    processes.push(killed);
    const ended = once(killed, 'exit');
    // In the middle of a shard, when one is done.
    bucket.trouble = (request) => {
      if (!request.startsWith(`PUT ${BEFORE}findings/`) || done().length === 0) return undefined;
      killed.kill('SIGKILL');
      return 'reset';
    };
    expect(await ended).toEqual([null, 'SIGKILL']);
    const before = done();
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(
      Object.keys(expected).filter((name) => name.startsWith('done/')).length,
    );
    bucket.trouble = () => undefined;
    bucket.requests.length = 0;
    expect((await survey()).status).toBe(0);
    expect(content()).toEqual(expected);
    for (const key of before) expect(written()).not.toContain(key);
  });

  test.skipIf(!hasRedis || !hasPackage('bullmq') || !hasPackage('ioredis'))(
    'through Redis is that of one process, though a worker is killed',
    { timeout: 180_000 },
    async () => {
      const port = await freePort();
      const url = `redis://127.0.0.1:${port}/0`;
      processes.push(await startRedis(port));
      const first = fwmap('worker', '--queue', url, '--jobs', '1');
      const working = fwmap('survey', inputs, '--into', INTO, '--queue', url);
      processes.push(first, working);
      const ended = once(working, 'exit');
      let isKilled = false;
      bucket.trouble = (request) => {
        if (isKilled || !request.startsWith(`PUT ${BEFORE}findings/`)) return undefined;
        isKilled = true;
        first.kill('SIGKILL');
        // Lost with it: what the queue knows is not delivered again after half a minute but asked for again.
        spawnSync('redis-cli', ['-p', String(port), 'flushall']);
        processes.push(fwmap('worker', '--queue', url, '--jobs', '1', '--into', `${INTO}/`));
        return 'reset';
      };
      expect((await ended)[0]).toBe(0);
      expect(isKilled).toBe(true);
      expect(content()).toEqual(expected);
    },
  );

  test('says what is missing', async () => {
    const [environment, said] = [bucket.env, vi.stubEnv];
    const tries: readonly (readonly [string, string, string])[] = [
      ['AWS_ACCESS_KEY_ID', '', 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE'],
      ['AWS_ACCESS_KEY_ID', 'another', 'AccessDenied'],
      ['AWS_ENDPOINT_URL_S3', 'http://127.0.0.1:1', 'Connection refused'],
    ];
    for (const [name, value, why] of tries) {
      said(name, value);
      const { status, stderr } = await survey();
      expect([name, status, stderr]).toEqual([name, 2, expect.stringContaining(`${INTO}/kernel.json: `)]);
      expect(stderr).toContain(why);
      said(name, environment[name]!);
    }
    const { stderr } = await run(['survey', inputs, '--into', 's3://another/place']);
    expect(stderr).toContain('cannot read s3://another/place/kernel.json: NoSuchBucket');
  });
});

test('other addresses are refused, and no folder is made of them', async () => {
  for (const into of [
    'gs://fleet/a',
    'http://host/a',
    's3:fleet/a',
    's3:/fleet/a',
    's3://',
    's3://fleet/../a',
  ])
    for (const argv of [['survey', 'inputs', '--into', into]])
      expect(await run(argv, { cwd: folder })).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(/^fwmap: .*; name a folder, or s3:\/\/BUCKET\/PREFIX\n$/),
      });
  for (const argv of [
    ['asl', join(process.cwd(), 'samples/gen2-dsdt.aml'), '--directory', 's3://fleet/a'],
    ['scan', join(process.cwd(), 'samples/gen2-dsdt.aml'), '--extract', 's3://fleet/a'],
  ])
    expect(await run(argv, { cwd: folder })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('s3://fleet/a is not a folder'),
    });
  expect(readdirSync(folder).filter((name) => name.includes(':'))).toEqual([]);
});

test('where the client is not installed, it says so', () => {
  const bare = join(folder, 'bare');
  for (const name of ['bin', 'dist', 'package.json']) cpSync(name, join(bare, name), { recursive: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(bare, 'bin/fwmap.js'), 'survey', inputs, '--into', INTO],
    { cwd: bare, encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: `fwmap: ${PACKAGE} is not installed; npm install ${PACKAGE}, beside fwmap or in this folder\n`,
  });
});
