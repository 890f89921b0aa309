/** Bytes that are read where they are needed. */
import { describe, expect, test } from 'vitest';
import {
  type Access,
  accessTo,
  asciiAt,
  bigEndian,
  latin1,
  littleEndian,
  partOf,
} from '../../src/containers/access.ts';

const BYTES = Uint8Array.from({ length: 16 }, (_, at) => at + 1);
const memory = accessTo(BYTES);
/** The same as a file would have it. */
const file: Access = {
  size: 16,
  read: memory.read,
  readInto(offset, target) {
    const read = memory.read(offset, target.length);
    target.set(read);
    return read.length;
  },
};

test.each([
  [0, 3, [1, 2, 3]],
  [14, 9, [15, 16]],
  [15, 1, [16]],
  [16, 1, []],
  [17, 1, []],
  [-1, 3, []],
  [3, 0, []],
  [3, -1, []],
])('%i and %i bytes from there', (offset, length, bytes) => {
  expect([...memory.read(offset, length)]).toEqual(bytes);
});

describe.each([
  ['memory', memory],
  ['a file', file],
])('a part of %s', (_name, whole) => {
  test.each([
    // start, size of the part; offset, length; what is there
    [4, 4, 0, 9, [5, 6, 7, 8]],
    [4, 4, 1, 2, [6, 7]],
    [4, 4, 3, 1, [8]],
    [4, 4, 4, 1, []],
    [4, 4, 9, 1, []],
    [4, 4, -1, 2, []],
    [14, 9, 0, 9, [15, 16]],
    [16, 4, 0, 1, []],
    [20, 4, 0, 1, []],
    [4, -1, 0, 1, []],
  ])('from %i of %i: %i, %i bytes', (start, size, offset, length, bytes) => {
    const part = partOf(whole, start, size);
    expect(part.size).toBe(Math.max(0, Math.min(size, 16 - start)));
    expect([...part.read(offset, length)]).toEqual(bytes);
    if (part.readInto === undefined || offset < 0) return;
    const target = new Uint8Array(length);
    const count = part.readInto(offset, target);
    expect([...target.subarray(0, count)]).toEqual(bytes);
  });

  test('is read into memory only where the whole is', () => {
    expect(partOf(whole, 0, 4).readInto === undefined).toBe(whole.readInto === undefined);
  });
});

test('numbers of either order of bytes; none where they are not all there or are too large', () => {
  expect([1, 2, 4, 8].map((length) => littleEndian(memory, 0, length as 1))).toEqual([
    0x01,
    0x0201,
    0x04030201,
    undefined,
  ]);
  expect([1, 2, 4, 8].map((length) => bigEndian(memory, 0, length as 1))).toEqual([
    0x01,
    0x0102,
    0x01020304,
    undefined,
  ]);
  // 2^53 - 1 is the largest that is safe.
  const safe = accessTo(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0));
  expect(littleEndian(safe, 0, 8)).toBe(Number.MAX_SAFE_INTEGER);
  expect(bigEndian(accessTo(Uint8Array.from([...safe.read(0, 8)].reverse())), 0, 8)).toBe(
    Number.MAX_SAFE_INTEGER,
  );
  expect([littleEndian(memory, 12, 4), littleEndian(memory, 13, 4)]).toEqual([0x100f0e0d, undefined]);
  expect([bigEndian(memory, 12, 4), bigEndian(memory, 13, 4)]).toEqual([0x0d0e0f10, undefined]);
});

test('characters', () => {
  const access = accessTo(Uint8Array.from(latin1('abc\xff')));
  expect([asciiAt(access, 1, 2), asciiAt(access, 2, 9), asciiAt(access, 4, 1)]).toEqual(['bc', 'c\xff', '']);
});
