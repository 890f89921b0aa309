/** Compressions around an input as a whole come off, one after the other. */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { takeOffWhole } from '../../../src/artifact/images/take-off.ts';
import { accessTo } from '../../../src/containers/access.ts';
import { Budget } from '../../../src/containers/limits.ts';
import { withLimits } from '../../../src/limits/limits.ts';

const CONTENT = Buffer.from('an image, or so');
const once = new Uint8Array(gzipSync(CONTENT));
const twice = new Uint8Array(gzipSync(once));

async function taken(bytes: Uint8Array, budget = new Budget()) {
  const { access, taken: layers } = await takeOffWhole(accessTo(bytes), budget);
  return { left: Buffer.from(access.read(0, access.size)), layers };
}

describe('what is around an input', () => {
  test('comes off, and how much it was is reported', async () => {
    expect(await taken(twice)).toEqual({
      left: CONTENT,
      layers: [
        { format: 'gzip', size: twice.length, unpacked: once.length },
        { format: 'gzip', size: once.length, unpacked: CONTENT.length },
      ],
    });
  });

  test('may be brotli, which has no magic number: all of it, and nothing behind', async () => {
    const image = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * at * 31) >> 7));
    const packed = brotliCompressSync(image);
    expect(await taken(packed)).toEqual({
      left: image,
      layers: [{ format: 'brotli', size: packed.length, unpacked: image.length }],
    });
    expect((await taken(gzipSync(packed))).layers.map(({ format }) => format)).toEqual(['gzip', 'brotli']);
    for (const other of [packed.subarray(0, -1), Buffer.concat([packed, Buffer.from('x')])])
      expect((await taken(other)).layers).toEqual([]);
    // A whole stream of nothing, and what looks like one (RFC 7932, 9.2: the last block is empty).
    expect((await taken(Buffer.alloc(4096).fill(6, 0, 1))).layers).toEqual([]);
  });

  test.each([
    [64 << 20, 64 << 20],
    [(64 << 20) + 1, 64],
  ])('is looked for as brotli in %i bytes by reads of at most %i', async (size, most) => {
    // Its beginning is brotli and no known container; reads beyond what is there give less, as at an end.
    const begins = brotliCompressSync(
      Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * at * 31) >> 7)),
    );
    let longest = 0;
    const read = (offset: number, length: number): Uint8Array => {
      longest = Math.max(longest, length);
      return begins.subarray(offset, offset + length);
    };
    await takeOffWhole({ size, read }, new Budget());
    expect(longest).toBe(most);
  });

  test('counts against the budget', async () => {
    const budget = new Budget();
    const before = budget.room;
    await taken(twice, budget);
    expect(before - budget.room).toBe(once.length + CONTENT.length);
  });

  test('may have zeros behind it', async () => {
    expect((await taken(Buffer.concat([once, Buffer.alloc(9)]))).left).toEqual(CONTENT);
  });

  test.each([
    ['nothing', CONTENT],
    ['a stream that is cut', once.subarray(0, -1)],
    ['a stream with something behind', Buffer.concat([once, Buffer.from('\0\0x')])],
    [
      'a stream that is damaged',
      Uint8Array.from(once, (byte, at) => (at === once.length - 6 ? byte ^ 1 : byte)),
    ],
  ])('is left as it is where it is %s', async (_what, bytes) => {
    expect(await taken(bytes)).toEqual({ left: Buffer.from(bytes), layers: [] });
  });

  test('comes off as often as containers may be in each other', async () => {
    await withLimits({ 'container-depth': 1 }, async () => {
      expect(await taken(twice)).toMatchObject({ left: Buffer.from(once), layers: [{ format: 'gzip' }] });
    });
  });

  test('stays where there is more than an input may have, or no room for what is in it', async () => {
    await withLimits({ 'input-bytes': once.length - 1 }, async () => {
      expect((await taken(once)).layers).toEqual([]);
    });
    await withLimits({ 'input-bytes': once.length }, async () => {
      expect((await taken(once)).layers).toHaveLength(1);
    });
    await withLimits({ 'unpacked-bytes': CONTENT.length - 1 }, async () => {
      expect((await taken(once)).layers).toEqual([]);
    });
  });
});
