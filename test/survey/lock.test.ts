/** One survey at a time in a folder. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from '../../src/survey/place/lock.ts';
import { SurveyStore } from '../../src/survey/store.ts';
import { run } from '../cli/fake-io.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const holder = (host: string, pid: number): void => writeFileSync(path, JSON.stringify({ host, pid }));
const quick = { beatMs: 20, silentMs: 100 };

test('a folder that another survey is at is refused, and free when that has ended', async () => {
  writeFileSync(join(folder, 'a.dts'), '/dts-v1/; / { model = "a"; };');
  const other = await SurveyStore.inFolder(join(folder, 's')).lock();
  const survey = () => run(['survey', 'a.dts', '--into', 's'], { cwd: folder });
  expect(await survey()).toEqual({
    status: 2,
    stdout: '',
    stderr: `fwmap: another survey is running in this folder: process ${process.pid} on ${hostname()}; wait for it, or name another folder\n`,
  });
  expect(readdirSync(join(folder, 's', 'plan'))).toEqual([]);
  other?.release();
  expect((await survey()).status).toBe(0);
  expect(readdirSync(join(folder, 's', '.new'))).toEqual([]);
});

test('a process that was killed does not keep it, nor one whose number this process has now', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  for (const gone of [pid, process.pid]) {
    holder(hostname(), gone);
    const since = Date.now();
    (await lockFolder(folder)).release();
    expect(Date.now() - since).toBeLessThan(1000);
    expect(existsSync(path)).toBe(false);
  }
});

test.each([
  ['on another host', () => holder('elsewhere', 1)],
  ['of this host, whose number another has now', () => holder(hostname(), process.ppid)],
  ['that was killed while it wrote', () => writeFileSync(path, '')],
])('a process %s keeps it as long as it shows that it runs', async (_, put) => {
  put();
  let at = 1;
  const beats = setInterval(() => {
    at += 1;
    utimesSync(path, at, at);
  }, 20);
  await expect(lockFolder(folder, { ...quick, silentMs: 60_000 })).rejects.toThrow(
    /^another survey is running/,
  );
  clearInterval(beats);
  (await lockFolder(folder, quick)).release();
});

test('who holds it shows that, also where timers do not run', async () => {
  const lock = await lockFolder(folder, { beatMs: 0 });
  utimesSync(path, 1, 1);
  lock.beat();
  expect(statSync(path).mtimeMs).toBeGreaterThan(1000);
  // Removed with the folder.
  rmSync(path);
  lock.beat();
  lock.release();
});
