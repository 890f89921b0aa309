import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../src/artifact/artifact.ts';
import { compareWindows } from '../../src/compare/windows.ts';
import type { CertainWindow } from '../../src/window/window.ts';

const artifact: Artifact = {
  kind: 'dtb',
  source: { name: 'a.dtb', form: 'blob', bytes: new Uint8Array(0) },
  path: 'a.dtb',
  sha256: '',
  steps: [],
};

function windowAt(base: bigint, size: bigint, path = '/bus', index = 0): CertainWindow {
  return {
    certainty: 'certain',
    space: 'memory',
    role: 'window',
    base,
    size,
    flags: {},
    origin: { artifact, path, item: 'ranges', index },
    derivation: [],
  };
}

const anyWindow = fc
  .tuple(fc.bigInt(0n, 8n), fc.bigInt(1n, 4n), fc.constantFrom('/a', '/b'), fc.nat(3))
  .map(([base, size, path, index]) => windowAt(base, size, path, index));

describe('windows that are compared', () => {
  test('with themselves, in whatever order, are the same', () => {
    fc.assert(
      fc.property(fc.array(anyWindow), (windows) => {
        expect(compareWindows(windows, windows)).toEqual([]);
        expect(compareWindows(windows, windows.toReversed())).toEqual([]);
      }),
    );
  });

  test('are each told once at most, and the counts add up', () => {
    fc.assert(
      fc.property(fc.array(anyWindow), fc.array(anyWindow), (before, after) => {
        const changes = compareWindows(before, after);
        const old = changes.flatMap((change) => (change.did === 'added' ? [] : [change.before]));
        const fresh = changes.flatMap((change) => (change.did === 'removed' ? [] : [change.after]));
        expect(new Set(old).size).toBe(old.length);
        expect(new Set(fresh).size).toBe(fresh.length);
        // What isn't told is in both.
        expect(before.length - old.length).toBe(after.length - fresh.length);
        const added = changes.filter(({ did }) => did === 'added').length;
        const removed = changes.filter(({ did }) => did === 'removed').length;
        expect(after.length - before.length).toBe(added - removed);
      }),
    );
  });

  test('are matched by what they have in common before what has changed', () => {
    const before = [windowAt(0x1000n, 0x100n), windowAt(0x2000n, 0x200n), windowAt(0x3000n, 0x300n)];
    const after = [windowAt(0x3000n, 0x300n), windowAt(0x1000n, 0x400n), windowAt(0x5000n, 0x200n)];
    expect(
      compareWindows(before, after).map((change) => [
        change.did,
        change.did === 'added' ? undefined : change.before.base,
        change.did === 'removed' ? undefined : change.after.base,
      ]),
    ).toEqual([
      ['resized', 0x1000n, 0x1000n],
      ['moved', 0x2000n, 0x5000n],
    ]);
  });

  test('of a device with another name are its own', () => {
    expect(compareWindows([windowAt(1n, 2n, '/old')], [windowAt(1n, 2n, '/new')])).toMatchObject([
      { did: 'changed', what: ['device'] },
    ]);
    expect(compareWindows([windowAt(1n, 2n, '/old')], [windowAt(9n, 2n, '/new')])).toMatchObject([
      { did: 'added' },
      { did: 'removed' },
    ]);
  });
});
