/** A compression is told by its first bytes. */
import { describe, expect, test } from 'vitest';
import { COMPRESSIONS } from '../../src/containers/rows.ts';
import { text } from './make/bytes.ts';

describe('a compression by its first bytes', () => {
  const kindOf = (bytes: Uint8Array) => COMPRESSIONS.find((row) => row.sniff(bytes))?.format;
  test.each<[string, string | undefined]>([
    ['BZh91AY&SY', 'bzip2'],
    ['BZh11AY&SY', 'bzip2'],
    ['BZh9\x17\x72\x45\x38\x50\x90', 'bzip2'],
    ['BZh01AY&SY', undefined],
    ['BZh:1AY&SY', undefined],
    ['BZh91AY&SZ', undefined],
    ['\x1f\x8b\x08', 'gzip'],
    ['\x1f\x8b\x07', undefined],
    ['\xfd7zXZ\0', 'xz'],
    ['\x28\xb5\x2f\xfd', 'zstd'],
    ['\x04\x22\x4d\x18', 'lz4'],
    ['\x02\x21\x4c\x18', 'lz4'],
    ['\x89LZO\0\r\n\x1a\n', 'lzo'],
    ['', undefined],
  ])('%j: %s', (start, format) => {
    expect(kindOf(text(start))).toBe(format);
  });
});
