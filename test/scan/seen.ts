/** What tests of images look for, and how finds are told apart. */
import { expect } from 'vitest';
import type { Find } from '../../src/scan/find.ts';
import * as make from '../containers/make-images.ts';
import { scanned } from './scanned.ts';

export const TREE = make.board('Lab Board');

export const OTHER = make.board('Lab Other');

export const OVERLAY = make.tree({
  children: [{ name: 'fragment@0', properties: { target: make.be(1) }, children: [{ name: '__overlay__' }] }],
});

export const SSDT = make.table('SSDT', { id: 'LABSSDT' });

export const DSDT = make.table('DSDT', { id: 'LABDSDT' });

export const KERNEL = make.join(make.text(make.BANNER, 256), new Uint8Array(2000).fill(0x90));

/** What it is called and where it is, without the image's own name. */
export function seen(finds: readonly Find[]) {
  return finds.map(({ kind, path, signature, model, release, fileOffset }) => [
    kind,
    signature ?? model ?? release ?? null,
    path.replace(/^image!?/, ''),
    fileOffset,
  ]);
}

export async function finds(bytes: Uint8Array): Promise<unknown[][]> {
  const { finds: found, diagnostics } = await scanned(bytes);
  expect(diagnostics).toEqual([]);
  return seen(found);
}

export function at(image: Uint8Array, part: Uint8Array): number {
  const place = Buffer.from(image).indexOf(part);
  expect(place).toBeGreaterThanOrEqual(0);
  return place;
}
