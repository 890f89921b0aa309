import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ADDRESS_SPACE_END,
  endFromLast,
  formatMemRange,
  formatSize,
  hex,
  lastFromEnd,
  parseInteger,
} from '../../src/bytes/address.ts';

describe('numbers as text', () => {
  it('are hex without padding', () => {
    expect([hex(0n), hex(255), hex(0xff0000000n), hex(-16n)]).toEqual([
      '0x0',
      '0xff',
      '0xff0000000',
      '-0x10',
    ]);
  });

  it('are read as C reads them', () => {
    expect(['0x1F', '0X1f', '31', '037', ' 31 '].map(parseInteger)).toEqual([31n, 31n, 31n, 31n, 31n]);
    expect(['', '0x', '08', '1f', '-1', '1 2', '0b1'].map(parseInteger)).toEqual(Array(7).fill(undefined));
  });

  it('come back from hex', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: ADDRESS_SPACE_END }), (value) => {
        expect(parseInteger(hex(value))).toBe(value);
      }),
    );
  });
});

describe('ranges', () => {
  it('are printed as Linux prints them', () => {
    // Linux' %pR, in its dmesg: "root bus resource [mem 0xf8000000-0xfffbffff window]", "[io  0x0cf8-0x0cff]".
    expect(formatMemRange(0xf8000000n, 0x7fc0000n)).toBe('[mem 0xf8000000-0xfffbffff]');
    expect(formatMemRange(0xfe0000000n, 0x20000000n)).toBe('[mem 0xfe0000000-0xfffffffff]');
    expect(formatMemRange(0xcf8n, 8n, 'io')).toBe('[io  0x0cf8-0x0cff]');
    expect(formatMemRange(0n, 0n)).toBe('[mem size 0x0]');
  });

  it('end at 2^64 when their last address is 2^64 - 1', () => {
    expect(endFromLast(ADDRESS_SPACE_END - 1n)).toBe(ADDRESS_SPACE_END);
    expect(lastFromEnd(0n, ADDRESS_SPACE_END)).toBe(ADDRESS_SPACE_END - 1n);
    expect(lastFromEnd(5n, 5n)).toBeUndefined();
  });
});

describe('sizes', () => {
  it.each([
    [0n, '0 bytes'],
    [1n, '1 byte'],
    [0x100n, '256 bytes'],
    [0x1000n, '4 KiB'],
    [0x10000000n, '256 MiB'],
    [0x1000000000n, '64 GiB'],
    // A decimal place where it isn't exact: 0x180000 is one and a half, the next two are rounded.
    [0x180000n, '1.5 MiB'],
    [0x10000001n, '256.0 MiB'],
    [0x6d40000n, '109.3 MiB'],
    [1n << 64n, '16 EiB'],
  ])('%s', (size, text) => {
    expect(formatSize(size)).toBe(text);
  });
});
