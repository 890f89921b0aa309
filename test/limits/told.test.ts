/** Whoever runs into a limit is told which one it is. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMIT_NAMES, limitRow } from '../../src/limits/limits.ts';
import { run } from '../cli/fake-io.ts';
import { CASES } from './cases.ts';

const GEN2 = fileURLToPath(new URL('../../samples/gen2-dsdt.asl', import.meta.url));

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
  const words = each.run.map((word) => (word === 'GEN2' ? GEN2 : word));

  test('is told when it is reached', async () => {
    const { stdout, stderr } = await run([...words, '--limit', `${name}=${each.value}`], { cwd: cwd() });
    expect((stdout + stderr).replace(/\s+/g, ' ')).toContain(`(--limit ${name}=N)`);
  });

  test('is not told of otherwise, and is the default again in the next run', async () => {
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

test('no limit, set as low as it goes, makes an answer not-needed or takes something away on the quiet', async () => {
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
        const least = limitRow(limit).least ?? 0;
        const low = `${limit}=${least + value}`;
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
