import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../src/bytes/reader.ts';

const BYTES = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

describe('a reader of bytes', () => {
  it('reads both byte orders', () => {
    const big = new ByteReader(BYTES, { littleEndian: false });
    expect([big.u8(), big.u16(), big.u32()]).toEqual([1, 0x0203, 0x04050607]);
    const little = new ByteReader(BYTES, { littleEndian: true });
    expect([little.u64(), little.u8()]).toEqual([0x0807060504030201n, 9]);
  });

  it('reads a view of a larger buffer from the view', () => {
    const view = new Uint8Array(BYTES.buffer, 3, 4);
    expect(new ByteReader(view, { littleEndian: false }).u32()).toBe(0x04050607);
  });

  it('stays where it was when a read would leave its bounds', () => {
    const reader = new ByteReader(BYTES, { littleEndian: true, start: 2, end: 5 });
    expect(reader.remaining).toBe(3);
    expect(reader.u32()).toBeUndefined();
    expect(reader.take(4)).toBeUndefined();
    expect(reader.take(-1)).toBeUndefined();
    expect(reader.offset).toBe(2);
    expect([...reader.take(3)!]).toEqual([3, 4, 5]);
    expect(reader.u8()).toBeUndefined();
    expect(reader.seek(6)).toBe(false);
    expect(reader.seek(0.5)).toBe(false);
    expect(reader.seek(4)).toBe(true);
    expect(reader.u8()).toBe(5);
  });

  it('never leaves the bytes, whatever it is asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 40 }), fc.integer({ min: -20, max: 40 }), (start, end) => {
        const reader = new ByteReader(BYTES, { littleEndian: true, start, end });
        while (reader.u8() !== undefined) expect(reader.offset).toBeLessThanOrEqual(BYTES.length);
        expect(reader.u16()).toBeUndefined();
      }),
    );
  });
});
