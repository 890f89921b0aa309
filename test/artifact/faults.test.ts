/** What the system refuses in the middle of a file. */
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import * as make from '../containers/make-images.ts';

const faults = vi.hoisted(() => ({
  readsLeft: Number.POSITIVE_INFINITY,
  writesLeft: Number.POSITIVE_INFINITY,
}));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const fault = (code: string, errno: number): Error => Object.assign(new Error(code), { code, errno });
  return {
    ...real,
    readSync: (...args: Parameters<typeof real.readSync>) => {
      faults.readsLeft -= 1;
      if (faults.readsLeft < 0) throw fault('EIO', -5);
      return real.readSync(...args);
    },
    writeSync: (...args: Parameters<typeof real.writeSync>) => {
      faults.writesLeft -= 1;
      if (faults.writesLeft < 0) throw fault('ENOSPC', -28);
      return real.writeSync(...args);
    },
  };
});

const { run } = await import('../cli/fake-io.ts');
const scratch = mkdtempSync(join(tmpdir(), 'fwmap-faults-'));
afterAll(() => rmSync(scratch, { recursive: true }));
afterEach(() => {
  faults.readsLeft = Number.POSITIVE_INFINITY;
  faults.writesLeft = Number.POSITIVE_INFINITY;
});

/** Larger than what is read whole: a tree at its end. */
function largeImage(): string {
  const path = join(scratch, 'large.img');
  writeFileSync(path, make.board('one'));
  truncateSync(path, 33 << 20);
  return path;
}

test('the n-th read of a large image that fails is an error, for all n', async () => {
  const path = largeImage();
  const whole = await run(['scan', path]);
  expect([whole.status, whole.stderr]).toEqual([0, '']);
  for (let reads = 0; ; reads += 1) {
    faults.readsLeft = reads;
    const { status, stdout, stderr } = await run(['scan', path]);
    if (faults.readsLeft >= 0) {
      expect([status, stdout]).toEqual([0, whole.stdout]);
      expect(reads).toBeGreaterThan(3);
      break;
    }
    expect([reads, status, stdout, stderr]).toEqual([
      reads,
      2,
      '',
      `fwmap: cannot read a part of ${path}: I/o error\n`,
    ]);
  }
}, 120_000);

test('a write that fails leaves no half file', async () => {
  const image = join(scratch, 'small.img');
  writeFileSync(image, make.join(make.board('one'), make.board('two')));
  for (const writes of [0, 1]) {
    const out = join(scratch, `out${writes}`);
    faults.writesLeft = writes;
    const { status, stderr } = await run(['scan', image, '--extract', out]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('o space left on device')]);
    expect(readdirSync(out).length).toBe(writes);
  }
});
