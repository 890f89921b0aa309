/** Surveys whose files are not as fwmap writes them. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../cli/fake-io.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-damaged-'));
  writeFileSync(join(folder, 'a.dts'), '/dts-v1/; / { model = "a"; };');
});
afterEach(() => rmSync(folder, { recursive: true }));

const survey = () => run(['survey', 'a.dts', '--into', 's'], { cwd: folder });

function put(name: string, text: string): void {
  mkdirSync(join(folder, 's', name, '..'), { recursive: true });
  writeFileSync(join(folder, 's', name), text);
}

const head = '{"schema":"fwmap/survey@1","inputs":[]}\n';
const shard = (id: unknown, unit: object): string =>
  `${head}${JSON.stringify({ id, units: [{ hash: 'a'.repeat(64), path: 'x', file: '/x', bytes: 1, ...unit }] })}\n`;
const ID = '0'.repeat(32);

test.each([
  ['text', 'plan/x.ndjson', 'garbage\n'],
  ['nothing', 'plan/x.ndjson', ''],
  ['a plan without inputs', 'plan/x.ndjson', '{"schema":"fwmap/survey@1"}\n'],
  ['a plan with other inputs', 'plan/x.ndjson', '{"schema":"fwmap/survey@1","inputs":[null]}\n'],
  ['half a plan', 'plan/x.ndjson', shard(ID, {}).slice(0, -20)],
  ['a plan with other lines', 'plan/x.ndjson', `${head}null\n`],
  ['a shard with another id', 'plan/x.ndjson', shard('../../evil', {})],
  ['a unit in another place', 'plan/x.ndjson', shard(ID, { file: '../x' })],
  ['a unit with another hash', 'plan/x.ndjson', shard(ID, { hash: '../x', file: 'spool/../x' })],
  ['half a file', 'kernel.json', '{'],
])('%s in %s is an error that names it, and nothing is written', async (_, name, text) => {
  put(name, text);
  const { status, stdout, stderr } = await survey();
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe(`fwmap: ${folder}/s/${name} is damaged, or not of a survey; name another folder\n`);
  expect(readdirSync(join(folder, 's', 'done'))).toEqual([]);
  expect(existsSync(join(folder, 'evil.json'))).toBe(false);
});

test('a survey of another version is refused', async () => {
  put('plan/x.ndjson', '{"schema":"fwmap/survey@2","machines":[]}\n');
  expect((await survey()).stderr).toBe(
    `fwmap: ${folder}/s holds a survey of another version: fwmap/survey@2; name another folder\n`,
  );
});

test.each(['', '{', '{"machines":"1"}'])(
  'a mark that holds %j is named, and made again once it is removed',
  async (text) => {
    const first = await survey();
    const [mark] = readdirSync(join(folder, 's', 'done'));
    put(`done/${mark}`, text);
    expect((await survey()).stderr).toBe(
      `fwmap: ${folder}/s/done/${mark} is damaged, or not of a survey; remove it, and run the same command again\n`,
    );
    rmSync(join(folder, 's', 'done', mark!));
    expect(await survey()).toEqual(first);
  },
);

test('a survey of nothing is one, without any table yet', async () => {
  mkdirSync(join(folder, 'none'));
  expect((await run(['survey', 'none', '--into', 's'], { cwd: folder })).status).toBe(0);
  expect((await run(['query', 's', '--summary'], { cwd: folder })).stderr).toBe(
    `fwmap: the survey in ${folder}/s has no machines yet\n`,
  );
});
