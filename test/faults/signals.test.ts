/**
 * A signal at the n-th call of a run, before it or after it: what the run makes is whole, as it was, or not there; no temporary
 * file is left, by SIGKILL none after the next run. Of the larger runs some calls are taken, all with FWMAP_EVERY_CALL=1.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import * as make from '../containers/make-images.ts';
import { BOARD_FILES, type Files, writeFiles } from './runs.ts';

const COMMAND = fileURLToPath(new URL('../../bin/fwmap.js', import.meta.url));
const isBuilt = existsSync(new URL('../../dist/start.cjs', import.meta.url));
const INJECT = fileURLToPath(new URL('signal-at-call.cjs', import.meta.url));
const EVERY = process.env.FWMAP_EVERY_CALL === '1';

const scratch = mkdtempSync(join(tmpdir(), 'fwmap-signals-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Run {
  readonly name: string;
  readonly argv: readonly string[];
  readonly files: Files;
  /** A call in so many. */
  readonly step: number;
  /** It goes on only where there is nothing yet: what is there is taken away, to see that the next run makes it. */
  readonly onlyNew?: readonly string[];
}

const RUNS: readonly Run[] = [
  {
    name: 'a report in place of another',
    argv: ['windows', 'board.dts', '--format', 'json', '--output', 'report.json'],
    files: { ...BOARD_FILES, 'report.json': 'before\n' },
    step: 5,
  },
  {
    name: 'scan --extract',
    argv: ['scan', 'image.bin', '--extract', 'out'],
    files: { 'image.bin': make.join(make.board('one'), make.board('two')) },
    step: 7,
    onlyNew: ['out'],
  },
  {
    name: 'dtc',
    argv: ['dtc', '-O', 'dtb', '-o', 'board.dtb', '-d', 'deps', 'board.dts'],
    files: { ...BOARD_FILES, deps: 'before\n' },
    step: 7,
  },
  {
    name: 'a survey',
    argv: ['survey', 'boards', '--into', 'store', '--jobs', '1'],
    files: { 'boards/a.dts': '/dts-v1/; / { };', 'boards/b.dts': '/dts-v1/; / { a; };' },
    step: 23,
  },
];

interface Sent {
  readonly at: number;
  readonly signal: NodeJS.Signals;
  readonly when: 'before' | 'after';
}

let count = 0;

/** A new folder with the files of a run. */
function folderOf(run: Run): string {
  count += 1;
  const folder = join(scratch, `run-${String(count).padStart(5, '0')}`);
  mkdirSync(folder);
  writeFiles(folder, run.files);
  return folder;
}

function ends(run: Run, folder: string, sent?: Sent): { by: string | number | null; isSent: boolean } {
  const marker = join(scratch, 'sent');
  rmSync(marker, { force: true });
  const { at, signal, when } = sent ?? { at: -1, signal: 'SIGTERM', when: 'before' };
  const done = spawnSync(process.execPath, ['--require', INJECT, COMMAND, ...run.argv], {
    cwd: folder,
    env: {
      ...process.env,
      XDG_CACHE_HOME: join(folder, 'cache'),
      SIGNAL_AT: JSON.stringify([folder, at, signal, when, marker]),
    },
  });
  return { by: done.signal ?? done.status, isSent: existsSync(marker) };
}

/** What a run made: each file that was not there or is another now; the cache holds what V8 makes of programs. */
function madeIn(folder: string, files: Files): Map<string, string> {
  const made = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const name = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (!entry.isFile() || name.startsWith('cache')) continue;
    const content = readFileSync(join(folder, name), 'latin1').replaceAll(folder, 'FOLDER');
    const before = files[name];
    if (before === undefined || Buffer.from(before).toString('latin1') !== content) made.set(name, content);
  }
  return made;
}

const TEMPORARY = /tmp|temp|\.fwmap-\d/;

function temporary(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => TEMPORARY.test(name));
}

describe.skipIf(!isBuilt || process.platform === 'win32').each(RUNS)('$name', (run) => {
  test('at each call', { timeout: 600_000 }, () => {
    const whole = folderOf(run);
    expect(ends(run, whole).by).not.toBe(2);
    const right = madeIn(whole, run.files);
    expect(right.size).toBeGreaterThan(0);
    const faults: string[] = [];
    let at = 0;
    for (let isSent = true; isSent; at += EVERY ? 1 : run.step) {
      const signal = (['SIGTERM', 'SIGINT', 'SIGKILL', 'SIGHUP'] as const)[at % 4]!;
      const when = at % 2 === 0 ? 'before' : 'after';
      const folder = folderOf(run);
      const ended = ends(run, folder, { at, signal, when });
      isSent = ended.isSent;
      const tell = (what: string): void => {
        faults.push(`${signal} ${when} call ${at}: ${what}`);
      };
      if (ended.by !== signal && ended.by !== 0) tell(`ended by ${ended.by}`);
      const isStore = run.argv[0] === 'survey';
      for (const [name, content] of madeIn(folder, run.files))
        if (signal !== 'SIGKILL' && !isStore && content !== right.get(name)) tell(`half a file: ${name}`);
      if (signal !== 'SIGKILL') for (const name of temporary(folder)) tell(`left ${name}`);
      for (const name of run.onlyNew ?? [])
        for (const file of existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : [])
          if (!TEMPORARY.test(file)) rmSync(join(folder, name, file));
      // The next run goes on from whatever is there.
      const { by } = ends(run, folder);
      if (by !== 0) tell(`the next run ends with ${by}`);
      for (const name of temporary(folder)) tell(`the next run leaves ${name}`);
      const made = madeIn(folder, run.files);
      for (const [name, content] of right) {
        if (isStore && name.endsWith('.json') === false && made.has(name)) continue;
        if (made.get(name) !== content) tell(`the next run makes another ${name}`);
      }
      rmSync(folder, { recursive: true, force: true });
    }
    expect(faults).toEqual([]);
    expect(at).toBeGreaterThan(run.step * 2);
  });
});
