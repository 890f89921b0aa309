/**
 * Each target of the fuzzer is able to fail: a crash, an endless loop, growth and a wrong value are planted in each, and the
 * run of the real program sees every one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GROUPS, type Group, type Target } from '../../scripts/fuzz/target.ts';
import { targetsOf } from '../../scripts/fuzz/targets/all.ts';
import { hasProgram } from '../containers/pack.ts';

const ROOT = join(import.meta.dirname, '..', '..');

let folder: string;
/** The fuzzer in one file: it is started some two hundred times here. */
let program: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fwmap-planted-'));
  const bundle = await rolldown({
    input: join(ROOT, 'scripts', 'fuzz.ts'),
    platform: 'node',
    logLevel: 'silent',
  });
  await bundle.write({ dir: join(folder, 'program'), format: 'esm', entryFileNames: 'fuzz.mjs' });
  program = join(folder, 'program', 'fuzz.mjs');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly status: number | null;
  /** What is said of each failure, by target. */
  readonly failures: ReadonlyMap<string, string>;
}

function fuzz(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, '--into', folder, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.on('close', (status) => {
      const found = [...text.matchAll(/^failed: (\S+) case \d+: (.*)$/gm)];
      resolve({ status, failures: new Map(found.map(([, name, why]) => [name!, why!])) });
    });
  });
}

const there = ({ needs }: Target): boolean => needs === undefined || hasProgram(needs);

/** All targets take minutes: `.ci/run` asks for them, elsewhere one of each group is tried. */
const EVERY_TARGET = process.env.FWMAP_EVERY_TARGET !== undefined;

/** Long enough for all: a target whose fault was seen gets no turn again. */
const SECONDS = '1700';

const TARGETS: ReadonlyMap<Group, readonly Target[]> = new Map(
  await Promise.all(GROUPS.map(async (group) => [group, (await targetsOf(group)).filter(there)] as const)),
);

describe.each(GROUPS)(
  'targets of group %s (none without the programs they compare with: skipped)',
  (group) => {
    test.skipIf(TARGETS.get(group)!.length === 0).each([
      ['crash', /^TypeError: planted$/, []],
      ['value', /^wrong value of /, []],
      ['memory', /^the process has \d+ MiB$/, ['--memory', '320']],
      ['hang', /^does not end$/, ['--patience', '0.4']],
    ] as const)('a planted %s is seen in each', { timeout: 1_800_000 }, async (plant, why, options) => {
      const all = TARGETS.get(group)!.map(({ name }) => name);
      const names = EVERY_TARGET ? all : all.slice(0, 1);
      const { status, failures } = await fuzz(
        '--target',
        names.join(','),
        '--keep-going',
        '--seconds',
        SECONDS,
        '--plant',
        `${plant}@2`,
        ...options,
      );
      expect(status).toBe(1);
      expect([...failures.keys()].sort()).toEqual([...names].sort());
      for (const [name, said] of failures) expect([name, said]).toEqual([name, expect.stringMatching(why)]);
    });
  },
);

test('without a fault planted the same cases pass', { timeout: 1_800_000 }, async () => {
  const { status, failures } = await fuzz('--seconds', '1700', '--cases', '300');
  expect([...failures]).toEqual([]);
  expect(status).toBe(0);
});
