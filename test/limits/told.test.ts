/** Whoever runs into a limit is told which one it is. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMIT_NAMES } from '../../src/limits/limits.ts';
import { run } from '../cli/fake-io.ts';
import { CASES } from './cases.ts';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const [GEN1, GEN2, CAPTURE] = ['gen1-dsdt.asl', 'gen2-dsdt.asl', 'gen2-capture.tar.gz'].map((name) =>
  join(SAMPLES, name),
) as [string, string, string];

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fwmap-limits-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(LIMIT_NAMES.filter((name) => !('elsewhere' in CASES[name])))('%s', (name) => {
  const each = CASES[name];
  if ('elsewhere' in each) return;
  const cwd = (): string => {
    const folder = join(scratch, name);
    for (const [path, content] of Object.entries(each.files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return folder;
  };
  const words = each.run.map((word) => (word === 'GEN1' ? GEN1 : word === 'GEN2' ? GEN2 : word));

  test('is reported when it is reached', async () => {
    const { stdout, stderr } = await run([...words, '--limit', `${name}=${each.value}`], { cwd: cwd() });
    expect((stdout + stderr).replace(/\s+/g, ' ')).toContain(`(--limit ${name}=N)`);
  });

  test('is not reported otherwise, and is the default again in the next run', async () => {
    const { stdout, stderr } = await run(words, { cwd: cwd() });
    expect(stdout + stderr).not.toContain('--limit');
  });
});

/** A machine whose one window lies above 4 GiB, where no framebuffer is, and one whose window may hold it. */
const HIGH = boardWith('0x0f 0xf0000000 0x0f 0xf0000000 0x10000000');
const LOW = boardWith('0x0 0xf8000000 0x0 0xf8000000 0x4000000');

function boardWith(ranges: string): string {
  return `/dts-v1/; / { #address-cells = <2>; #size-cells = <1>; model = "m"; memory@0 { device_type = "memory"; reg = <0 0 0x1000>; }; bus { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <1>; ranges = <0 0 0 0 0xffffffff>, <0xf 0 0xf 0 0xffffffff>; vmbus { compatible = "microsoft,vmbus"; #address-cells = <2>; #size-cells = <1>; ranges = <${ranges}>; }; }; };`;
}

test('no limit, set as low as it goes, makes an answer not-needed or takes something away silently', async () => {
  const folder = join(scratch, 'all');
  mkdirSync(folder, { recursive: true });
  const faults: string[] = [];
  const answers = new Set<string>();
  for (const [name, text] of Object.entries({ 'high.dts': HIGH, 'low.dts': LOW })) {
    writeFileSync(join(folder, name), text);
    const argv = ['sysfb', name, '--format', 'json'];
    const whole = await run(argv, { cwd: folder });
    const answerOf = (stdout: string): string => (stdout === '' ? 'none' : JSON.parse(stdout).answer);
    answers.add(answerOf(whole.stdout));
    const resultOf = (stdout: string): string =>
      stdout === ''
        ? ''
        : JSON.stringify(JSON.parse(stdout), (key, value) => (key === 'derivation' ? undefined : value));
    for (const limit of LIMIT_NAMES)
      for (const value of [0, 2]) {
        const low = `${limit}=${value}`;
        const { status, stdout, stderr } = await run([...argv, '--limit', low], { cwd: folder });
        const isTold = (stdout + stderr).includes(`--limit ${limit}=N`);
        if (stderr.includes('internal error')) faults.push(`${name} ${low}: an internal error`);
        if ((resultOf(stdout) !== resultOf(whole.stdout) || status !== whole.status) && !isTold)
          faults.push(`${name} ${low}: another result, and not why`);
        if (
          isTold &&
          status === 0 &&
          answerOf(stdout) === 'not-needed' &&
          answerOf(whole.stdout) !== 'not-needed'
        )
          faults.push(`${name} ${low}: not-needed`);
      }
  }
  expect(faults).toEqual([]);
  expect(answers).toEqual(new Set(['not-needed', 'depends']));
});

describe('a result that is another one because of a limit says which', () => {
  // What is shown differs: a window that is missing, a table that is not found, a case that is not told apart.
  test.each([
    ['windows', GEN1, 'crs-alternatives=0'],
    ['resources', CAPTURE, 'crs-alternatives=2'],
    ['bridges', GEN1, 'condition-size=3'],
    ['bridges', GEN1, 'expression-size=2'],
    ['sysfb', CAPTURE, 'condition-size=40'],
    ['sysfb', CAPTURE, 'expression-size=4'],
    ['windows', CAPTURE, 'log-line-bytes=3'],
    ['simulate', CAPTURE, 'evaluation-steps=40'],
    ['simulate', CAPTURE, 'path-work=2'],
    ['simulate', CAPTURE, 'machine-path-work=0'],
  ])('%s %s --limit %s', async (command, input, low) => {
    const argv = [command, input, '--format', 'json'];
    const whole = await run(argv);
    const { stdout, stderr } = await run([...argv, '--limit', low]);
    expect(stdout).not.toBe(whole.stdout);
    expect(stdout + stderr).toContain(`--limit ${low.replace(/=.*/, '')}=N`);
  });

  test('a table whose terms are nested deeper than they are read is found', async () => {
    const argv = ['scan', join(SAMPLES, 'gen1-dsdt.aml'), '--format', 'json'];
    expect(await run([...argv, '--limit', 'aml-depth=2'])).toEqual(await run(argv));
  });

  test('a branch on what is too large to be expressed is told by that limit', async () => {
    const code = `DefinitionBlock ("", "DSDT", 2, "LAB", "LAB", 1) {
  OperationRegion (GNVS, SystemMemory, 0x1000, 0x10)
  Field (GNVS, AnyAcc, NoLock, Preserve) { FA, 32, FB, 32, FC, 32 }
  Device (DEV0) {
    Method (_CRS) {
      If (((FA ^ FB) * FC) > 5) { Return (ResourceTemplate () { IO (Decode16, 0x10, 0x10, 1, 1) }) }
      Return (ResourceTemplate () { IO (Decode16, 0x20, 0x20, 1, 1) }) } } }`;
    writeFileSync(join(scratch, 'branch.asl'), code);
    for (const size of [0, 1, 2, 3, 5, 8]) {
      const argv = ['resources', 'branch.asl', '--limit', `expression-size=${size}`];
      const { stdout, stderr } = await run(argv, { cwd: scratch });
      expect(stdout + stderr).toContain('--limit expression-size=N');
      expect(stdout + stderr).not.toContain('fork-depth');
    }
    // Without a limit on expressions it is the forks that are told of.
    const { stdout, stderr } = await run(['resources', 'branch.asl', '--limit', 'fork-depth=0'], {
      cwd: scratch,
    });
    expect(stdout + stderr).toContain('--limit fork-depth=N');
  });

  test('no windows is no claim that there are none', async () => {
    const { stdout } = await run(['windows', GEN1, '--limit', 'crs-alternatives=0']);
    expect(stdout).toBe('No address windows were found, but not everything could be read.\n');
  });
});
