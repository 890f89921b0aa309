/** Files and other sources of bytes, read with a limit. */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { closeRead, readFileBytes, readToEnd, systemCode, systemMessage } from '../../src/artifact/file.ts';
import { openImageFile } from '../../src/artifact/images/image-file.ts';
import { withLimits } from '../../src/limits/limits.ts';

const root = mkdtempSync(join(tmpdir(), 'fwmap-file-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Gives bytes in pieces of a size, as a pipe does, each its place's number. */
function source(length: number, piece: number): (target: Uint8Array) => number {
  let at = 0;
  return (target) => {
    const count = Math.min(piece, target.length, length - at);
    for (let index = 0; index < count; index += 1) target[index] = (at + index) & 255;
    at += count;
    return count;
  };
}

describe('what is read to its end', () => {
  test.each([
    // length, piece, expected, limit
    [0, 10, 0, 100],
    [100, 10, 100, 100],
    [100, 7, 0, 100],
    [100, 1000, 20, 100],
    [70_000, 4096, 0, 100_000],
    [70_000, 70_000, 1, 70_000],
    // More than 4 MiB: what may still come is reserved at once.
    [5 << 20, 1 << 20, 0, 6 << 20],
    [5 << 20, 1 << 20, 4096, 5 << 20],
  ])('%i bytes in pieces of %i, of which %i were expected', (length, piece, expected, limit) => {
    const bytes = readToEnd(source(length, piece), expected, limit)!;
    expect(bytes.length).toBe(length);
    expect(bytes.every((byte, at) => byte === (at & 255))).toBe(true);
    expect(bytes.buffer.byteLength).toBeLessThanOrEqual(limit + 1);
  });

  test.each([
    [101, 10, 0, 100],
    [101, 200, 101, 100],
    [1, 1, 0, 0],
    [(5 << 20) + 1, 1 << 20, 0, 5 << 20],
  ])('%i bytes in pieces of %i are too many', (length, piece, expected, limit) => {
    expect(readToEnd(source(length, piece), expected, limit)).toBeUndefined();
  });

  test('is asked for no more than the limit and one', () => {
    let asked = 0;
    const endless = (target: Uint8Array): number => {
      asked += target.length;
      return target.length;
    };
    expect(readToEnd(endless, 0, 1000)).toBeUndefined();
    expect(asked).toBe(1001);
  });
});

describe('a file', () => {
  const file = join(root, 'file');
  writeFileSync(file, 'abcdef');
  mkdirSync(join(root, 'folder'));
  writeFileSync(join(root, 'empty'), '');

  test('is read whole, by a name of bytes too', () => {
    for (const path of [file, Buffer.from(file)]) {
      const read = readFileBytes(path);
      expect('bytes' in read && Buffer.from(read.bytes).toString()).toBe('abcdef');
    }
    expect(readFileBytes(join(root, 'empty'))).toEqual({ bytes: new Uint8Array(0) });
  });

  test('of which nothing says the size is read too', () => {
    // proc(5): its files claim to be empty.
    const read = readFileBytes('/proc/self/status');
    expect('bytes' in read && Buffer.from(read.bytes).toString()).toContain('Pid:');
  });

  test('that is a folder is one', () => {
    expect(readFileBytes(join(root, 'folder'))).toEqual({ directory: true });
  });

  test('that is not there says why, in the words of the system', () => {
    expect(readFileBytes(join(root, 'nowhere'))).toEqual({
      failure: 'No such file or directory',
      code: 'ENOENT',
    });
    expect(readFileBytes(join(file, 'below'))).toMatchObject({ failure: 'Not a directory', code: 'ENOTDIR' });
  });

  test.each([
    [6, 0, undefined],
    [5, 0, 'More than 5 bytes (--limit input-bytes=N)'],
    [10, 4, undefined],
    [10, 5, 'More than 10 bytes (--limit input-bytes=N) together'],
  ])('of 6 bytes with a limit of %i, of which %i are used', (most, used, failure) => {
    withLimits({ 'input-bytes': most }, () => {
      const read = readFileBytes(file, 'input-bytes', used);
      if (failure === undefined) expect(read).toHaveProperty('bytes');
      else expect(read).toEqual({ failure, tooLarge: true });
    });
  });

  test('a pipe-like one that is larger than it says is too large', () => {
    withLimits({ 'input-bytes': 10 }, () => {
      expect(readFileBytes('/proc/self/status')).toMatchObject({ tooLarge: true });
    });
  });
});

test('what the system says is worded as people know it; other errors as they are', () => {
  expect(systemMessage(Object.assign(new Error('x'), { errno: -13 }))).toBe('Permission denied');
  expect(systemMessage(Object.assign(new Error('x'), { errno: -99_999 }))).toBe('x');
  expect(systemMessage(Object.assign(new Error('x'), { errno: 'no' }))).toBe('x');
  expect(systemMessage(new Error('x'))).toBe('x');
  expect(systemMessage('words')).toBe('words');
  expect(systemCode(Object.assign(new Error('x'), { code: 'EIO' }))).toBe('EIO');
  expect(systemCode(Object.assign(new Error('x'), { code: 5 }))).toBeUndefined();
  expect(systemCode(new Error('x'))).toBeUndefined();
  expect(systemCode({ code: 'EIO' })).toBeUndefined();
});

test('closing what was only read never fails, and closes', () => {
  const descriptor = openSync(join(root, 'empty'), 'r');
  closeRead(descriptor);
  expect(() => closeSync(descriptor)).toThrow('EBADF');
  expect(() => closeRead(descriptor)).not.toThrow();
});

describe('an image file', () => {
  const WHOLE = 32 * 1024 * 1024;
  const large = join(root, 'large');
  writeFileSync(large, 'beginning');
  truncateSync(large, WHOLE + 1);

  test('of 32 MiB is in memory, a larger one is read where it is needed', () => {
    const exact = join(root, 'exact');
    writeFileSync(exact, '');
    truncateSync(exact, WHOLE);
    const small = openImageFile(exact);
    expect(small).toMatchObject({ whole: true, access: { size: WHOLE } });
    expect('fault' in small && small.fault()).toBeUndefined();
    const file = openImageFile(large);
    expect(file).toMatchObject({ whole: false, access: { size: WHOLE + 1 } });
    if ('close' in file) file.close();
  });

  test('gives what is inside of it and nothing else', () => {
    const file = openImageFile(large);
    if (!('access' in file)) throw new Error('it is there');
    const { access } = file;
    const text = (offset: number, length: number): string =>
      Buffer.from(access.read(offset, length)).toString('latin1');
    expect(text(0, 9)).toBe('beginning');
    expect(text(5, 4)).toBe('ning');
    expect(text(WHOLE, 1)).toBe('\0');
    expect(text(WHOLE, 10)).toBe('\0');
    expect(text(WHOLE - 1, 2)).toBe('\0\0');
    for (const [offset, length] of [
      [WHOLE + 1, 1],
      [WHOLE + 9, 1],
      [-1, 5],
      [0, 0],
      [0, -1],
    ] as const)
      expect(text(offset, length)).toBe('');
    const target = new Uint8Array(4);
    expect([access.readInto!(2, target), Buffer.from(target).toString()]).toEqual([4, 'ginn']);
    expect(access.readInto!(WHOLE, target)).toBe(1);
    expect(access.readInto!(WHOLE + 1, target)).toBe(0);
    expect(file.fault()).toBeUndefined();
    file.close();
  });

  test('that became shorter while it is read ends where it ends', () => {
    const shrinking = join(root, 'shrinking');
    writeFileSync(shrinking, 'abc');
    truncateSync(shrinking, WHOLE + 1);
    const file = openImageFile(shrinking);
    if (!('access' in file)) throw new Error('it is there');
    truncateSync(shrinking, 2);
    expect(Buffer.from(file.access.read(0, 9)).toString()).toBe('ab');
    expect([file.access.read(5, 9).length, file.fault()]).toEqual([0, undefined]);
    file.close();
  });

  test('that is a folder, or not there', () => {
    expect(openImageFile(join(root, 'folder'))).toEqual({ directory: true });
    expect(openImageFile(join(root, 'nowhere'))).toEqual({ failure: 'No such file or directory' });
  });
});
