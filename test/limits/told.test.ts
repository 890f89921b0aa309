/** Whoever runs into a limit is told which one it is. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMIT_NAMES } from '../../src/limits/limits.ts';
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
