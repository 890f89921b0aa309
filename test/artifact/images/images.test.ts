/** Which inputs are looked through for descriptions of machines. */
import { describe, expect, test } from 'vitest';
import { mayBeImageFrom } from '../../../src/artifact/images/images.ts';
import type { ArtifactKind } from '../../../src/artifact/kinds.ts';
import { board, fit as imageTree } from '../../containers/make-images.ts';

/** The header of a tree that is as long as it says (Devicetree Specification 0.4, 5.2), filled with zeros. */
function tree(length: number, says = length): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xd00dfeed);
  view.setUint32(4, says);
  return bytes;
}
const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const is = (kind: ArtifactKind | undefined, bytes: Uint8Array, name = 'x'): boolean =>
  mayBeImageFrom(kind, name, bytes) !== undefined;

describe('an image may be', () => {
  test('a kernel, and what nothing is known of, unless it is a plain text', () => {
    expect(is('image', new Uint8Array(64))).toBe(true);
    expect(is(undefined, new Uint8Array(64))).toBe(true);
    expect(is(undefined, new Uint8Array(64).fill(0x61))).toBe(false);
    // The name says that it is one all the same.
    expect(is(undefined, new Uint8Array(64).fill(0x61), 'x.dtb')).toBe(true);
  });

  test('nothing that is smaller than any', () => {
    expect(is('image', new Uint8Array(63))).toBe(false);
    expect(is(undefined, new Uint8Array(63))).toBe(false);
  });

  test('no other kind', () => {
    for (const kind of ['acpi-table', 'dts', 'dmesg', 'kconfig', 'mail', 'boot-params'] as const)
      expect([kind, is(kind, new Uint8Array(100))]).toEqual([kind, false]);
  });

  test('trees that are joined, but no tree alone', () => {
    for (const kind of ['dtb', 'dtbo'] as const) {
      expect(is(kind, tree(100))).toBe(false);
      expect(is(kind, joined(tree(100), tree(100)))).toBe(true);
      expect(is(kind, joined(tree(100), new Uint8Array(5), tree(100)))).toBe(true);
    }
    // What is inside of the first is its own.
    const inside = tree(200);
    inside.set(tree(60), 100);
    expect(is('dtb', inside)).toBe(false);
    // One that says it is smaller than its own beginning.
    expect(is('dtb', tree(100, 0))).toBe(false);
    expect(is('dtb', tree(100, 0xffffffff))).toBe(false);
  });

  test('a tree of images, but no other that has such a word in it', () => {
    const word = tree(200);
    word.set(Buffer.from('images\0'), 100);
    expect(is('dtb', word)).toBe(false);
    expect(is('dtb', board('images\0'))).toBe(false);
    // Its data is no tree, so nothing but the node tells.
    expect(
      is('dtb', imageTree([{ name: 'a', data: new Uint8Array(9) }], [{ name: 'c', fdt: 'a' }], true)),
    ).toBe(true);
  });
});
