/** Queries of surveys in a bucket: as those of folders, of the tables that are needed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { tablesIn } from '../../src/survey/query/fetch.ts';
import { run } from '../cli/fake-io.ts';
import { hasPackage } from './fleet.ts';
import { type Bucket, startS3 } from './s3.ts';

let folder: string;
let bucket: Bucket;

/** A survey of 20 boards with a bus each, two shards; of those from `first` on the bus is elsewhere. */
async function makeSurvey(name: string, first: number): Promise<void> {
  const inputs = join(folder, 'inputs');
  mkdirSync(inputs, { recursive: true });
  for (let at = 0; at < 20; at += 1) {
    const base = at < first ? '0xe0000000' : '0xd0000000';
    writeFileSync(
      join(inputs, `${at}.dts`),
      `/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; model = "board ${at}"; bus { compatible = "simple-bus";
        #address-cells = <1>; #size-cells = <1>; ranges = <${base} ${base} 0x10000000>; }; };`,
    );
  }
  await run(['survey', inputs, '--into', join(folder, name)]);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-bucket-query-'));
  await makeSurvey('old', 20);
  await makeSurvey('new', 18);
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  bucket = await startS3(2);
  for (const name of ['old', 'new'])
    for (const entry of readdirSync(join(folder, name), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) bucket.objects.set(path.slice(folder.length + 1), readFileSync(path));
    }
  for (const [name, value] of Object.entries({ ...bucket.env, TMPDIR: folder })) vi.stubEnv(name, value);
});
afterEach(async () => {
  await bucket.close();
  vi.unstubAllEnvs();
});

const ask = (...argv: string[]) => run(['query', ...argv, '--format', 'json'], { cwd: folder });
const temporary = () => readdirSync(folder).filter((name) => /^fwmap-/.test(name));
/** The folders that something was fetched of. */
const fetched = () => {
  const names = bucket.requests.flatMap((each) => /^GET (\w+\/\w+)\/\w+\.parquet$/.exec(each)?.[1] ?? []);
  return [...new Set(names)].sort();
};

describe.skipIf(!hasPackage('@aws-sdk/client-s3') || !hasPackage('@duckdb/node-api'))('a query', () => {
  const BY_MODEL = 'SELECT model, base FROM machines JOIN windows USING (machine) ORDER BY model';

  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['--summary', ['--summary'], ['machines', 'inputs', 'windows', 'findings', 'answers']],
    ['--needed', ['--needed'], ['machines', 'answers']],
    // A column of counts is called windows.
    ['--bridges', ['--bridges'], ['machines', 'bridges', 'windows']],
    ['--conditions', ['--conditions'], ['machines', 'windows']],
    ['SQL', [BY_MODEL], ['machines', 'windows']],
    ['SQL in capitals', ['SELECT count(*) FROM "ANSWERS"'], ['answers']],
    ['SQL without tables', ['SHOW TABLES'], []],
    ['SQL about a table', ['DESCRIBE gaps'], ['gaps']],
  ])('%s gives what a folder gives, of no other tables', async (_, question, tables) => {
    const expected = await ask('new', ...question);
    expect(expected).toMatchObject({ status: 0, stderr: '' });
    expect(await ask('s3://fleet/new', ...question)).toEqual(expected);
    for (const table of fetched()) expect(tables.map((each) => `new/${each}`)).toContain(table);
    expect(temporary()).toEqual([]);
  });

  test('--moved takes either from a bucket', async () => {
    const expected = await ask('new', '--moved', 'old');
    expect(JSON.parse(expected.stdout).results[0].rows).toEqual(
      // The bus of 18 and 19 moved.
      [18, 19].map((at) => [
        join(folder, 'inputs', `${at}.dts`),
        '/bus ranges[0]',
        '[mem 0xe0000000-0xefffffff]',
        '[mem 0xd0000000-0xdfffffff]',
      ]),
    );
    for (const [now, before, tables] of [
      ['s3://fleet/new', 'old', ['new/inputs', 'new/machines', 'new/windows']],
      ['new', 's3://fleet/old', ['old/inputs', 'old/machines', 'old/windows']],
      [
        's3://fleet/new',
        's3://fleet/old/',
        ['new', 'old'].flatMap((at) => ['inputs', 'machines', 'windows'].map((each) => `${at}/${each}`)),
      ],
    ] as const) {
      bucket.requests.length = 0;
      expect(await ask(now, '--moved', before)).toEqual(expected);
      expect(fetched()).toEqual(tables);
      expect(temporary()).toEqual([]);
    }
  });

  test('never takes a table that it did not fetch for an empty one', async () => {
    const count = (name: string) => `SELECT count(*) AS machines FROM query_table('wind' || '${name}')`;
    expect((await ask('new', count('ows'))).status).toBe(0);
    const { status, stdout, stderr } = await ask('s3://fleet/new', count('ows'));
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('windows was not fetched from the bucket');
    expect(temporary()).toEqual([]);
  });

  test('takes what fails for the moment, and tells what does not pass', async () => {
    const expected = await ask('new', BY_MODEL);
    const troubles = ['error', 'reset', 'cut'] as const;
    bucket.trouble = (_, number) => (number % 4 === 1 ? troubles[Math.floor(number / 4) % 3] : undefined);
    expect(await ask('s3://fleet/new', BY_MODEL)).toEqual(expected);
    for (const [trouble, why] of [
      ['denied', 'AccessDenied'],
      ['cut', 'aborted'],
    ] as const) {
      bucket.trouble = (request) => (request.startsWith('GET new/windows/') ? trouble : undefined);
      const { status, stdout, stderr } = await ask('s3://fleet/new', BY_MODEL);
      expect([status, stdout]).toEqual([2, '']);
      // A list is a GET too.
      expect(stderr).toMatch(/^fwmap: cannot (?:read|list) s3:\/\/fleet\/new\/windows\//);
      if (trouble === 'denied') expect(stderr).toContain(why);
      expect(temporary()).toEqual([]);
    }
  });

  test('fetches no more than the limit', async () => {
    const { status, stderr } = await ask('s3://fleet/new', BY_MODEL, '--limit', 'query-bytes=1000');
    expect(status).toBe(2);
    expect(stderr).toBe(
      'fwmap: the tables of s3://fleet/new that are asked for have more than 1000 bytes (--limit query-bytes=N)\n',
    );
    expect(fetched()).toEqual([]);
  });

  test('takes a prefix of any characters', async () => {
    const prefix = 'ä b+c&d%41/?#=';
    for (const [key, bytes] of [...bucket.objects]) bucket.objects.set(`${prefix}/${key}`, bytes);
    expect(await ask(`s3://fleet/${prefix}/new`, BY_MODEL)).toEqual(await ask('new', BY_MODEL));
  });

  test('says where there is no survey', async () => {
    expect((await ask('s3://fleet/none', '--summary')).stderr).toMatch(
      /^fwmap: s3:\/\/fleet\/none is not a survey: it has no \w+; fwmap survey --into makes one\n$/,
    );
    expect((await ask('s3://other/none', '--summary')).stderr).toContain('NoSuchBucket');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing where %s ends it', async (signal) => {
    const child = spawn(process.execPath, ['bin/fwmap.js', 'query', 's3://fleet/new', '--summary'], {
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    bucket.trouble = (request) => {
      if (!/\.parquet$/.test(request) || temporary().length === 0) return undefined;
      child.kill(signal);
      return 'wait';
    };
    expect(await ended).toEqual([null, signal]);
    expect(temporary()).toEqual([]);
  });
});

test('tables are those that a statement names', () => {
  expect([...tablesIn(['SELECT * FROM Windows', 'FROM "gaps"'])].sort()).toEqual(['gaps', 'windows']);
  const both = [
    'SELECT * FROM windows JOIN before.inputs USING (path) JOIN "before" . "machines" USING (machine)',
  ];
  expect([...tablesIn(both, 'before')].sort()).toEqual(['inputs', 'machines']);
  expect([...tablesIn(both)].sort()).toEqual(['inputs', 'machines', 'windows']);
});
