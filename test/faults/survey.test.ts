/**
 * The n-th call of a survey fails, for all n, those that its threads make too: it ends as without the fault, or with a clear
 * error and status 2 and no half part. Run again, the folder is byte for byte that of a run that nothing disturbed.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Pool } from '../../src/cli/survey/pool.ts';
import { examineUnits } from '../../src/cli/survey/thread.ts';
import { givenLimits } from '../../src/limits/limits.ts';
import type { SurveyStore } from '../../src/survey/store.ts';
import { TABLE_NAMES } from '../../src/survey/tables.ts';
import { contentOf } from '../survey/folder.ts';
import { type Fault, type Outcome, type Planted, runWith, said } from './inject.ts';
import { SURVEYED, writeFiles } from './runs.ts';

// Where faults are put into calls: in this thread.
vi.mock('../../src/cli/survey/pool.ts', () => ({
  openPool: async (_threads: number, store: SurveyStore): Promise<Pool> => {
    const asked = await store.asked();
    return {
      examine: (units) =>
        store.withFiles(units, (paths) =>
          examineUnits({
            units: units.map((unit, index) => ({ ...unit, at: paths[index]! })),
            limits: givenLimits(),
            asked,
          }),
        ),
      close: async () => {},
    };
  },
}));

/** Each file is synchronised to its disk, thousands of times: one in memory where there is one. */
const MEMORY = '/dev/shm';
const scratch = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'fwmap-survey-faults-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const ARGV = ['survey', 'in', '--into', 'store', '--jobs', '1'];

/** Every row of every table, in an order of its own. */
async function rowsIn(store: string): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const table of TABLE_NAMES) {
    const rows: string[] = [];
    for (const part of readdirSync(join(store, table))) {
      const { buffer, byteOffset, length } = new Uint8Array(readFileSync(join(store, table, part)));
      const read = await parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + length) });
      for (const row of read)
        rows.push(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
    }
    tables[table] = rows.sort();
  }
  return tables;
}

interface Ended extends Outcome {
  /** Every file of the survey's folder, with the hash of its bytes. */
  readonly store: Readonly<Record<string, string>>;
}

/** Always the same folder, whose name is in what the survey keeps. */
const folder = join(scratch, 'run');

async function survey(planted?: Planted): Promise<Ended> {
  const outcome = await runWith(ARGV, folder, planted);
  let store = {};
  try {
    store = contentOf(join(folder, 'store'));
  } catch {
    // It was not made.
  }
  return { ...outcome, store };
}

function begin(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFiles(folder, SURVEYED);
}

let whole: Ended;
let wholeRows: Awaited<ReturnType<typeof rowsIn>>;
beforeAll(async () => {
  // Modules are loaded, so that no call is about them.
  begin();
  await survey();
  begin();
  whole = await survey();
  wholeRows = await rowsIn(join(folder, 'store'));
}, 120_000);

/** What is wrong with how a survey ended, and with the folder after it was run again. */
async function faultsOf(
  fault: Fault,
  at: number,
): Promise<{ readonly hit: boolean; readonly faults: string[] }> {
  begin();
  const ended = await survey({ fault, at });
  if (ended.hit === undefined) return { hit: false, faults: [] };
  const faults: string[] = [];
  const tell = (what: string): void => {
    faults.push(
      `${fault} at call ${at}, ${ended.hit?.replaceAll(folder, 'FOLDER')}: ${what}\n  status ${ended.status}: ${ended.stderr}${ended.stdout}`,
    );
  };
  if (/internal error/.test(ended.stderr)) tell('an internal error');
  if (ended.status === 2) {
    if (!said(fault).test(ended.stderr)) tell('an error, and not which');
  } else if (ended.status !== 0 || ended.stdout !== whole.stdout) tell('another result, and no error');
  const isSame = JSON.stringify(ended.store) === JSON.stringify(whole.store);
  if (ended.status === 0 && !isSame) tell('another folder, and no error');
  // Parts of a shard and of a plan count once that is there, and are written again until then.
  // A lock that can't be removed stays: the next run takes it from a process that has ended.
  const isOfLock = /\.new\/lock/.test(ended.hit);
  const left = Object.keys(ended.store).filter(
    (name) => name.startsWith('.new') && !(isOfLock && name === '.new/lock'),
  );
  if (left.length > 0) tell(`left ${left.join()}`);
  const again = await survey();
  if (again.status !== 0) tell(`the next run ends with ${again.status}: ${again.stderr}`);
  // What was left out the first time is in a plan of its own: other parts, the same rows.
  const isLater = Object.keys(again.store).filter((name) => name.startsWith('plan/')).length > 1;
  if (isLater) {
    if (!/cannot read/.test(ended.stderr)) tell('something was left out, and not what');
    const rows = await rowsIn(join(folder, 'store'));
    for (const table of TABLE_NAMES)
      if (rows[table]!.join() !== wholeRows[table]!.join()) tell(`the next run makes other rows of ${table}`);
  } else
    for (const name of new Set([...Object.keys(whole.store), ...Object.keys(again.store)]))
      if (whole.store[name] !== again.store[name]) tell(`the next run makes another ${name}`);
      // What is there after the fault is whole, and is what it will be.
      else if (ended.store[name] !== undefined && ended.store[name] !== whole.store[name])
        tell(`half of ${name}`);
  return { hit: true, faults };
}

test('a survey without a fault', () => {
  expect([whole.status, whole.stderr]).toEqual([0, '']);
  expect(whole.stdout).toMatch(/^7 inputs, 7 distinct; the survey has 7 machines\n$/);
});

const ERRORS = ['EIO', 'ENOSPC', 'EMFILE', 'ENOMEM', 'EACCES'] as const satisfies readonly Fault[];
/** A call in so many, unless FWMAP_EVERY_CALL=1 asks for all. */
const EVERY = process.env.FWMAP_EVERY_CALL === '1';
const STEP = 29;

describe.each(ERRORS)('%s', (fault) => {
  test('at each call', { timeout: 600_000 }, async () => {
    const faults: string[] = [];
    let at = EVERY ? 0 : ERRORS.indexOf(fault);
    for (; ; at += EVERY ? 1 : STEP) {
      const found = await faultsOf(fault, at);
      faults.push(...found.faults);
      if (!found.hit) break;
    }
    expect(faults).toEqual([]);
    expect(at).toBeGreaterThan(10);
  });
});
