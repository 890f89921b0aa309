import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBzip2 } from '../../src/containers/codecs/bzip2.ts';
import { decodeLz4 } from '../../src/containers/codecs/lz4.ts';
import { decodeLzma } from '../../src/containers/codecs/lzma.ts';
import { looksLikeLzma } from '../../src/containers/codecs/lzma-header.ts';
import { decodeLzop } from '../../src/containers/codecs/lzo.ts';
import type { Decoder } from '../../src/containers/codecs/output.ts';
import { decodeXz } from '../../src/containers/codecs/xz.ts';
import { decodeBrotli, decodeGzip, decodeZlib, inflateRaw } from '../../src/containers/codecs/zlib.ts';
import { decodeZstd } from '../../src/containers/codecs/zstd.ts';
import { hasProgram, mixedBytes, packedBy, riscvCode } from './pack.ts';

const PLENTY = 1 << 28;
const SAMPLE = mixedBytes(300_000);
const ROOMS_OF_ZEROS = new Uint8Array(40 << 20);

/** Programs, options and the decoder that undoes them. Empty where Node packs. */
const PACKERS: readonly (readonly [program: string, options: readonly string[], decoder: Decoder])[] = [
  ...['-0', '-6', '-9e'].map((level) => ['xz', ['-c', level], decodeXz] as const),
  ...['none', 'crc32', 'crc64', 'sha256'].map(
    (check) => ['xz', ['-c', `--check=${check}`], decodeXz] as const,
  ),
  ['xz', ['-c', '-T2', '--block-size=100000'], decodeXz],
  ...['x86', 'arm', 'armthumb', 'arm64', 'powerpc', 'ia64', 'sparc', 'riscv'].flatMap((filter) =>
    ['', '=start=4096'].map(
      (start) => ['xz', ['-c', `--${filter}${start}`, '--lzma2=preset=1'], decodeXz] as const,
    ),
  ),
  ['xz', ['-c', '--delta=dist=4', '--x86', '--lzma2=preset=0,lc=1,lp=2,pb=0'], decodeXz],
  ['xz', ['-c', '--format=lzma', '-6'], decodeLzma],
  ['xz', ['-c', '--format=lzma', '--lzma1=preset=1,lc=0,lp=3,pb=4'], decodeLzma],
  ...['-1', '-3', '-19', '--fast=5', '--no-check', '--long=27'].map(
    (option) => ['zstd', ['-c', option], decodeZstd] as const,
  ),
  ...['-1', '-9', '-l', '-BD', '-BX', '-B4'].map((option) => ['lz4', ['-c', option], decodeLz4] as const),
  ...['-1', '-9'].map((level) => ['bzip2', ['-c', level], decodeBzip2] as const),
  ['gzip', ['-c', '-9'], decodeGzip],
  ...['-1', '-9', '--crc32'].map((option) => ['lzop', ['-c', option], decodeLzop] as const),
];

async function expectUnpacked(decoder: Decoder, packed: Uint8Array, original: Uint8Array): Promise<void> {
  const whole = await decoder(packed, PLENTY);
  expect([whole.end, whole.why, whole.consumed]).toEqual(['whole', undefined, packed.length]);
  expect(Buffer.compare(whole.bytes, original)).toBe(0);
  const followed = await decoder(
    Buffer.concat([packed, Buffer.from('\xd0\x0d\xfe\xed and more', 'latin1')]),
    PLENTY,
  );
  expect([followed.end, followed.consumed]).toEqual(['whole', packed.length]);
  const cut = await decoder(packed.subarray(0, packed.length >> 1), PLENTY);
  expect(cut.end).toBe('truncated');
  expect(Buffer.compare(cut.bytes, original.subarray(0, cut.bytes.length))).toBe(0);
  expect(cut.bytes.length).toBeLessThan(original.length);
  const limited = await decoder(packed, 100_000);
  expect(limited.end).toBe('limit');
  expect(limited.bytes.length).toBeLessThanOrEqual(100_000);
  expect(Buffer.compare(limited.bytes, original.subarray(0, limited.bytes.length))).toBe(0);
}

describe.each(
  PACKERS.map(([program, options, decoder]) => ({ program, options: options.join(' '), decoder })),
)('$program $options', ({ program, options, decoder }) => {
  test.skipIf(!hasProgram(program))(
    'is unpacked; cut, limited and followed by other things too',
    async () => {
      const packed = packedBy(program, options.split(' '), SAMPLE);
      // Older versions lack some filters.
      if (packed !== undefined) await expectUnpacked(decoder, packed, SAMPLE);
    },
  );
});

/** `xz --check=none --riscv=start=4096 --lzma2=preset=6` of xz 5.8.3, given `riscvCode()`. */
const RISCV_XZ =
  '/Td6WFoAAAD/EtlBBcGIBMAGCwQAEAAAIQEWAAAAAABGQrzZ4AM/AgBdAHd//PgH7blkCfZmyP8b6Ag6O1NKTXzQWGb35Qyq' +
  'KYCLBCvSMdop5kvuxyomtQ4u0wuQkgdgSqrp6W9yys+tukLZ3DuER7gl3qv8Fti8SE3qd3tJRNx4DJIl57rqYweQ5aURWOv+' +
  'tfRQuxEhmZRU7AOtPXuZyktADyLX0NRn/E5EO3lIMEXMWesk82nR4V6vT+cqQgubQqq1f6IlAFW++vyVB40Yg7FcT6um6TcF' +
  'geiZqhIzLeXgJ0s1mTuzLLCq+CsHkwmIN7VDcH7XWJBoXQExumc80kPzblyuy7wHNxUkLGWAvLYmFCtBcOVq1Aid/TJvBzqm' +
  'Q+x/Pyzmz/J9woSaSh1neTsE4whQwmXS11OqIViay5LEM5LyOrcNuudOGAQNId0bn8oU/bxYbCqDMnWMeV2nvnFe+MtDaC2q' +
  'BALtNwcSbvd/CT2p2tWt7BmVnTCNd5hMIzkLkcyOWnyDG21BA1ZZMbpUfNxUbSOsoyiMiFvAYs6OVVDIFQBcip+t3kx7Rfi6' +
  '9kWCzaOVMCMlMXZNVp28Sx5Vca6rohWJKvxDrZug8+90pui2sgXn7Gntw/6akKFNl5Vv26xTBg1qF3VParG1ekxCeeJNGaLu' +
  'T+AP2azD+Mz5sszScs3vTv8ap+78dwQXYPBVu9UMW0/hJTyA+mI0xQpElxIsuZ48XY26AAABoATABgAAR/EJXagACvwCAAAA' +
  'AABZWg==';

test('xz undoes its filter for RISC-V', async () => {
  const { end, bytes } = await decodeXz(Buffer.from(RISCV_XZ, 'base64'), PLENTY);
  expect([end, Buffer.compare(bytes, riscvCode())]).toEqual(['whole', 0]);
});

describe('what Node packs', () => {
  test.each([
    ['gzip', gzipSync, decodeGzip],
    ['zlib', deflateSync, decodeZlib],
    ['deflate', deflateRawSync, inflateRaw],
    ['brotli', brotliCompressSync, decodeBrotli],
  ] as const)('%s', async (_, pack, decoder) => expectUnpacked(decoder, pack(SAMPLE), SAMPLE));

  test('members of a gzip file are one', async () => {
    const two = Buffer.concat([gzipSync('one, '), gzipSync('two')]);
    const decoded = await decodeGzip(two, PLENTY);
    expect([decoded.end, Buffer.from(decoded.bytes).toString(), decoded.consumed]).toEqual([
      'whole',
      'one, two',
      two.length,
    ]);
  });

  test('a gzip checksum that fails is reported', async () => {
    const packed = gzipSync('hello');
    packed[packed.length - 8]! ^= 1;
    expect(await decodeGzip(packed, PLENTY)).toMatchObject({ end: 'damaged', why: 'the checksum is wrong' });
  });
});

describe('small and empty streams', () => {
  test.each(PACKERS.filter(([, options]) => options.length <= 2))(
    '%s %s',
    async (program, options, decoder) => {
      for (const original of ['', 'a', 'abcabcabcabcabcabc', '\0'.repeat(300)]) {
        const packed = packedBy(program, options, Buffer.from(original));
        if (packed === undefined) continue;
        const decoded = await decoder(packed, PLENTY);
        // A legacy lz4 frame of nothing looks like one that is cut short.
        if (original === '' && options.includes('-l')) continue;
        expect([decoded.end, Buffer.from(decoded.bytes).toString(), decoded.consumed]).toEqual([
          'whole',
          original,
          packed.length,
        ]);
      }
    },
  );
});

describe('bombs', () => {
  test.each([
    ['xz', ['-c', '-1'], decodeXz],
    ['xz', ['-c', '--format=lzma', '-1'], decodeLzma],
    ['zstd', ['-c'], decodeZstd],
    ['lz4', ['-c'], decodeLz4],
    ['bzip2', ['-c'], decodeBzip2],
    ['gzip', ['-c'], decodeGzip],
  ] as const)(
    '%s %s stops at the limit, with no more memory than that',
    async (program, options, decoder) => {
      const packed = packedBy(program, options, ROOMS_OF_ZEROS);
      if (packed === undefined) return;
      const limit = 10 << 20;
      const decoded = await decoder(packed, limit);
      expect(decoded.end).toBe('limit');
      expect(decoded.bytes.buffer.byteLength).toBeLessThanOrEqual(limit);
    },
  );
});

describe('hostile streams', () => {
  const small = mixedBytes(5000, 7);
  const streams = PACKERS.flatMap(([program, options, decoder]) => {
    const packed = packedBy(program, options, small);
    return packed === undefined ? [] : [{ packed, decoder }];
  });
  streams.push(
    { packed: gzipSync(small), decoder: decodeGzip },
    { packed: brotliCompressSync(small), decoder: decodeBrotli },
  );

  test('any change of any byte gives no exception and no more than the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...streams),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        async ({ packed, decoder }, changes, cut) => {
          const changed = Uint8Array.from(packed);
          for (const [at, byte] of changes) changed[at % changed.length] = byte;
          const decoded = await decoder(changed.subarray(0, 1 + (cut % (changed.length * 2))), 50_000);
          expect(decoded.bytes.length).toBeLessThanOrEqual(50_000);
          expect(decoded.consumed).toBeLessThanOrEqual(changed.length);
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('noise is nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...streams),
        async (noise, { packed, decoder }) => {
          const decoded = await decoder(Buffer.concat([packed.subarray(0, 12), noise]), 50_000);
          expect(decoded.bytes.length).toBeLessThanOrEqual(50_000);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a header of LZMA', () => {
  test('is what encoders write', () => {
    expect(looksLikeLzma(Uint8Array.of(0x5d, 0, 0, 0x80, 0, ...new Array(8).fill(0xff), 0, 1, 2, 3, 4))).toBe(
      true,
    );
    // Properties, dictionary, declared size, first byte of the stream: none of them can be.
    expect(looksLikeLzma(Uint8Array.of(0xe1, 0, 0, 0x80, 0, ...new Array(8).fill(0xff), 0, 1, 2, 3, 4))).toBe(
      false,
    );
    expect(looksLikeLzma(Uint8Array.of(0x5d, 1, 0, 0x80, 0, ...new Array(8).fill(0xff), 0, 1, 2, 3, 4))).toBe(
      false,
    );
    expect(looksLikeLzma(Uint8Array.of(0x5d, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 2, 3, 4))).toBe(
      false,
    );
    expect(looksLikeLzma(Uint8Array.of(0x5d, 0, 0, 0x80, 0, ...new Array(8).fill(0xff), 1, 1, 2, 3, 4))).toBe(
      false,
    );
    expect(looksLikeLzma(Buffer.from('ranges = <0x0f 0xf0000000>;'))).toBe(false);
  });
});
