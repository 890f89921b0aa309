/** An input and windows, made by hand. */
import type { Artifact } from '../../src/artifact/artifact.ts';
import { textSource } from '../../src/bytes/source.ts';
import type { CertainWindow } from '../../src/window/window.ts';

export const source = textSource('a.dts', 'first\n  /* c */ second = <1>; // d\nthird\n');

export const artifact = (path: string, more: Partial<Artifact> = {}): Artifact => ({
  kind: 'dts',
  source,
  path,
  sha256: 'aa',
  steps: [],
  ...more,
});

export const span = { source, start: 8, end: 25 };

export const origin = { artifact: artifact('a.dts'), path: '/bus', item: 'ranges', index: 1, span };

export const window = (more: Partial<CertainWindow> = {}): CertainWindow => ({
  space: 'memory',
  role: 'window',
  certainty: 'certain',
  base: 0xf800_0000n,
  size: 0x10_0000n,
  flags: {},
  origin,
  derivation: [],
  ...more,
});
