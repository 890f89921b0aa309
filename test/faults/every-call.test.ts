/**
 * The n-th call fails, for all n, as SQLite tests it: a run ends with a clear error and status 2, or with what it gives
 * without the fault; never with something else and never with half a file.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { CALLS, type Fault, type Outcome, type Planted, runWith, said } from './inject.ts';
import { type FaultyRun, RUNS, writeFiles } from './runs.ts';

// DuckDB reads the tables by itself: what it answers is not about them.
vi.mock('../../src/survey/optional.ts', async (load) => ({
  ...(await load<typeof import('../../src/survey/optional.ts')>()),
  loadOptional: async () => ({ DuckDBInstance: { create: async () => ({ connect: async () => DATABASE }) } }),
}));
const DATABASE = {
  extractStatements: async () => ({ count: 1 }),
  runAndReadAll: async () => ({ columnNames: () => ['path'], getRowsJS: () => [['a.dts'], ['b.dts']] }),
  closeSync: () => {},
};

const scratch = mkdtempSync(join(tmpdir(), 'fwmap-every-call-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let count = 0;

interface Ended extends Outcome {
  /** What each file is that the run makes; undefined where there is none. */
  readonly made: readonly (string | undefined)[];
  /** Files that should not be there. */
  readonly left: readonly string[];
}

/** In a fresh folder, whose name is as long each time, so that outputs can be compared. */
async function runIn(run: FaultyRun, planted?: Planted): Promise<Ended> {
  count += 1;
  const folder = join(scratch, String(count).padStart(6, '0'));
  mkdirSync(folder);
  writeFiles(folder, run.files);
  const env = Object.fromEntries(
    Object.entries(run.env ?? {}).map(([name, value]) => [
      name,
      value === 'SUMMARY' ? join(folder, 'summary.md') : value,
    ]),
  );
  const given = { env, ...(run.stdin !== undefined && { stdin: run.stdin }) };
  const outcome = await runWith(run.argv, folder, planted, given);
  const plain = (text: string): string => text.replaceAll(folder, 'FOLDER');
  const made = (run.makes ?? []).map((name) => {
    const path = join(folder, name);
    return existsSync(path) ? plain(readFileSync(path, 'latin1')) : undefined;
  });
  const known = new Set([...Object.keys(run.files), ...(run.makes ?? [])]);
  const left = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !known.has(name));
  rmSync(folder, { recursive: true, force: true });
  return { ...outcome, stdout: plain(outcome.stdout), stderr: plain(outcome.stderr), made, left };
}

/** What is wrong with how a run ended; undefined when nothing is. */
function wrong(run: FaultyRun, whole: Ended, ended: Ended, fault: Fault): string | undefined {
  const isError = ended.status === 2 || (run.argv[0] === 'dtc' && ended.status === 1);
  const before = (run.makes ?? []).map((name) => {
    const content = run.files[name];
    return content === undefined ? undefined : Buffer.from(content).toString('latin1');
  });
  // A report may be about what could not be read.
  const half = ended.made.findIndex(
    (content, at) =>
      content !== undefined &&
      content !== before[at] &&
      content !== whole.made[at] &&
      !said(fault).test(content) &&
      !run.leavesOut?.includes(fault),
  );
  if (half >= 0) return `half a file: ${run.makes![half]}: ${JSON.stringify(ended.made[half]?.slice(0, 60))}`;
  if (ended.left.length > 0) return `left behind: ${ended.left.join(', ')}`;
  if (/internal error/.test(ended.stderr)) return 'an internal error';
  const told = said(fault).test(ended.stdout + ended.stderr + ended.made.join());
  if (isError && !told) return 'an error, and not which';
  if (isError) return undefined;
  const allMade = ended.made.every((content, at) => content === whole.made[at]);
  const same = ended.status === whole.status && ended.stdout === whole.stdout && allMade;
  // What is told is lost where standard error is broken: the status says enough.
  if (same && (ended.stderr === whole.stderr || /standard error/.test(ended.hit!))) return undefined;
  // What can't be read may be left out where that is said, and where no error becomes a result by it.
  if (!told) return 'another result, and not why';
  if (ended.made.includes(undefined)) return 'what it makes is missing';
  return ended.status === 0 && whole.status !== 0 ? 'another answer' : undefined;
}

/** Ends a run at each call that the fault can happen to. */
async function everyCall(
  run: FaultyRun,
  fault: Fault,
): Promise<{ readonly faults: string[]; readonly calls: number }> {
  // Modules are loaded, so that no call is about them.
  await runIn(run);
  const whole = await runIn(run);
  const faults: string[] = [];
  for (let at = 0; ; at += 1) {
    let ended: Ended;
    try {
      ended = await runIn(run, { fault, at });
    } catch (error) {
      faults.push(`${fault} at call ${at}: ${error instanceof Error ? error.stack : String(error)}`);
      if (at > 2000) return { faults, calls: at };
      continue;
    }
    if (ended.hit === undefined) return { faults, calls: at };
    const why = wrong(run, whole, ended, fault);
    if (why !== undefined)
      faults.push(
        `${fault} at call ${at}, ${ended.hit}: ${why}\n  status ${ended.status}: ${ended.stderr || ended.stdout.slice(0, 200)}`,
      );
  }
}

const ERRORS = ['EIO', 'ENOSPC', 'EMFILE', 'ENOMEM', 'EACCES'] as const satisfies readonly Fault[];

describe.each(RUNS)('$name', (run) => {
  test('without a fault it has a result', async () => {
    await runIn(run);
    const { status, stderr, made, left } = await runIn(run);
    expect([status, stderr]).toEqual([
      expect.not.toSatisfy((value) => value === 2),
      expect.not.stringContaining('internal error'),
    ]);
    expect(made.every((content) => content !== undefined)).toBe(true);
    expect(left).toEqual([]);
  });

  test.each(ERRORS)('%s at each call', async (fault) => {
    const { faults, calls } = await everyCall(run, fault);
    expect(faults).toEqual([]);
    if (fault === 'EIO') expect(calls).toBeGreaterThan(0);
  });

  test.each(['short', 'EAGAIN'] as const)('%s at each call, and at all: the same result', async (fault) => {
    await runIn(run);
    const whole = await runIn(run);
    const ends = (at: Planted['at']): Promise<Ended> => runIn(run, { fault, at });
    for (let at = 0; ; at += 1) {
      const { hit, ...ended } = await ends(at);
      const { hit: _, ...right } = whole;
      expect([at, ended]).toEqual([at, right]);
      if (hit === undefined) break;
    }
    if (fault === 'EAGAIN') return;
    const { hit: _, ...ended } = await ends('always');
    const { hit: __, ...right } = whole;
    expect(ended).toEqual(right);
  });

  test('a reader that goes away, at each write: the same status, and nothing is reported', async () => {
    await runIn(run);
    const whole = await runIn(run);
    for (let at = 0; ; at += 1) {
      const { hit, status, stderr, made, left } = await runIn(run, { fault: 'EPIPE', at });
      expect([at, status, made, left]).toEqual([at, whole.status, whole.made, []]);
      expect(whole.stderr.startsWith(stderr)).toBe(true);
      if (hit === undefined) break;
    }
  });
});

test('every call of node:fs that is made is one that can fail here', () => {
  expect(CALLS.EIO.length).toBeGreaterThan(15);
});
