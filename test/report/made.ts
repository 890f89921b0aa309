/** An input with comments, and windows in it, made by hand. */
import type { Artifact } from '../../src/artifact/artifact.ts';
import { textSource } from '../../src/bytes/source.ts';
import type { CertainWindow } from '../../src/window/window.ts';
import { artifactOf, windowOf } from './subjects/made.ts';

export const source = textSource('a.dts', 'first\n  /* c */ second = <1>; // d\nthird\n');

export const artifact = (path: string, more: Partial<Artifact> = {}): Artifact =>
  artifactOf(path, { source, sha256: 'aa', ...more });

export const span = { source, start: 8, end: 25 };

export const origin = { artifact: artifact('a.dts'), path: '/bus', item: 'ranges', index: 1, span };

export const window = (more: Partial<CertainWindow> = {}): CertainWindow => windowOf({ origin, ...more });
