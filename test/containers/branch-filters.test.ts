/** Branch filters of xz, held against xz itself on code that is nothing but what each of them changes. */
import { describe, expect, test } from 'vitest';
import { decodeXz } from '../../src/containers/codecs/xz.ts';
import { hasProgram, packedBy } from './pack.ts';

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) & 0xffff;
  };
}

type Maker = (random: () => number) => readonly number[];
const byte = (random: () => number): number => random() & 255;
const big = (word: number): number[] => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255];
const little = (word: number): number[] => big(word).reverse();
const word = (random: () => number): number => ((random() << 16) | random()) >>> 0;

/** Instructions that a filter looks at, those that only look like some, and what is between them. */
const CODE: Readonly<Record<string, Maker>> = {
  // Calls and jumps whose last byte is 00 or ff, near one another and far: the filter keeps the last five bytes in mind.
  x86: (random) => {
    const top = [0x00, 0xff, 0x00, 0xff, 0x01, byte(random)][random() % 6]!;
    const gap = Array.from(
      { length: random() % 7 },
      () => [0x90, 0xe8, 0xe9, 0x00, 0xff, 0x0f][random() % 6]!,
    );
    return [
      [0xe8, 0xe9, 0x0f][random() % 3]!,
      byte(random),
      byte(random),
      [0x00, 0xff, byte(random)][random() % 3]!,
      top,
      ...gap,
    ];
  },
  arm: (random) => [byte(random), byte(random), byte(random), [0xeb, 0xeb, 0xea][random() % 3]!],
  armthumb: (random) => [
    ...(random() % 3 === 0 ? [byte(random), 0x46] : []),
    byte(random),
    0xf0 | (random() & 7) | (random() % 4 === 0 ? 8 : 0),
    byte(random),
    0xf8 | (random() & 7),
  ],
  arm64: (random) =>
    little(
      [
        0x94000000 | (word(random) & 0x03ffffff),
        // adrp: within 512 MiB, and anywhere.
        0x90000000 | (word(random) & 0x6000_ffff),
        0x90000000 | (word(random) & 0x60ff_ffff) | 0x00e0_0000,
        0x90000000 | (word(random) & 0x60ff_ffff),
        word(random),
      ][random() % 5]! >>> 0,
    ),
  powerpc: (random) =>
    big(
      [
        (0x48000001 | (word(random) & 0x03fffffc)) >>> 0,
        (0x48000000 | (word(random) & 0x03ffffff)) >>> 0,
        word(random),
      ][random() % 3]!,
    ),
  sparc: (random) =>
    big(
      [
        (0x40000000 | (word(random) & 0x3fffff)) >>> 0,
        (0x7fc00000 | (word(random) & 0x3fffff)) >>> 0,
        word(random),
      ][random() % 3]!,
    ),
  ia64: (random) => {
    // Templates with branches, and in each slot `br.call` (opcode 5, bits 9 to 11 zero) or anything.
    let bundle = BigInt([0x10, 0x12, 0x16, 0x18, 0x1c, random() & 31][random() % 6]!);
    for (const slot of [0, 1, 2]) {
      let instruction = (BigInt(word(random)) << 10n) & ((1n << 41n) - 1n);
      if (random() % 4 > 0) instruction = (instruction & ~(15n << 37n) & ~(7n << 9n)) | (5n << 37n);
      bundle |= instruction << BigInt(5 + slot * 41);
    }
    return Array.from({ length: 16 }, (_, at) => Number((bundle >> BigInt(at * 8)) & 255n));
  },
};

describe.skipIf(!hasProgram('xz'))('code of', () => {
  test.each(
    Object.keys(CODE).flatMap((filter) => ['', '=start=65536'].map((start) => [filter, start] as const)),
  )('%s%s is what it was', async (filter, start) => {
    const random = numbers(filter.length * 7 + start.length + 1);
    const bytes: number[] = [];
    while (bytes.length < 12_000) bytes.push(...CODE[filter]!(random));
    // An end in the middle of an instruction.
    const code = Uint8Array.from(bytes).subarray(0, bytes.length - 3);
    const packed = packedBy('xz', ['-c', `--${filter}${start}`, '--lzma2=preset=0'], code);
    // Older versions lack some filters.
    if (packed === undefined) return;
    const { end, why, bytes: unpacked } = await decodeXz(packed, 1 << 20);
    expect([end, why]).toEqual(['whole', undefined]);
    expect(Buffer.compare(unpacked, code)).toBe(0);
  });

  test.each([1, 2, 4, 256])('bytes whose neighbours %i before were taken away', async (distance) => {
    const random = numbers(distance);
    const bytes = Uint8Array.from({ length: 2000 }, () => byte(random));
    const packed = packedBy('xz', ['-c', `--delta=dist=${distance}`, '--lzma2=preset=0'], bytes);
    const { end, bytes: unpacked } = await decodeXz(packed!, 1 << 20);
    expect([end, Buffer.compare(unpacked, bytes)]).toEqual(['whole', 0]);
  });
});
