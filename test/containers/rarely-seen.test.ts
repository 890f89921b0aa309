/** Streams and images of kinds that encoders rarely write: one by one, from what the formats say. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { undoX86 } from '../../src/containers/codecs/branch-filters.ts';
import { decodeLz4 } from '../../src/containers/codecs/lz4.ts';
import { decodeLzma } from '../../src/containers/codecs/lzma.ts';
import { decodeXz } from '../../src/containers/codecs/xz.ts';
import { decodeZstd } from '../../src/containers/codecs/zstd.ts';
import { beginningsOf, plainPlaces } from '../../src/containers/search/places.ts';
import { SECTION_DECODERS } from '../../src/containers/uefi/section-packings.ts';
import { opened } from './images/opened.ts';
import * as make from './make-images.ts';
import { encodeTiano } from './make-tiano.ts';
import { hasProgram, mixedBytes, packedBy } from './pack.ts';

const { le, text, u8 } = make;
const PLENTY = 1 << 22;

/** Bytes 0 to 5, each half as often as the one before; a linear congruential generator decides. */
function skewedBytes(length: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.min(5, Math.clz32((state << 1) | 1));
  });
}

describe.skipIf(!hasProgram('zstd'))('zstd', () => {
  // RFC 8878, 4.2.1.1: few symbols have their weights in four bits each; 3.1.1.3.1.1: later blocks take the table before.
  test.each(['-1', '-6'])('weights as they are, and tables for more blocks than one (%s)', (level) => {
    const bytes = skewedBytes(140_000);
    const decoded = decodeZstd(packedBy('zstd', ['-c', level], bytes)!, PLENTY);
    expect([decoded.end, Buffer.compare(decoded.bytes, bytes)]).toEqual(['whole', 0]);
  });

  test('a bit that is reserved is refused (3.1.1.1.1.4)', () => {
    const packed = Uint8Array.from(packedBy('zstd', ['-c'], text('some words'))!);
    packed[4]! |= 8;
    expect(decodeZstd(packed, PLENTY)).toMatchObject({ end: 'damaged' });
  });
});

describe.skipIf(!hasProgram('xz'))('LZMA', () => {
  const words = text('to be or not to be, that is the question');
  const packed = packedBy('xz', ['-c', '--format=lzma'], words)!;
  const declaring = (size: number): Uint8Array => {
    const copy = Uint8Array.from(packed);
    copy.set(le(8, size), 5);
    return copy;
  };

  test.each([
    [words.length, 'whole'],
    [words.length + 1, 'damaged'],
  ])('a marker where %d bytes are declared: %s', (size, end) => {
    expect(decodeLzma(declaring(size), PLENTY).end).toBe(end);
    expect(packedBy('xz', ['-dc', '--format=lzma'], declaring(size)) !== undefined).toBe(end === 'whole');
  });

  // (pb * 5 + lp) * 9 + lc
  test.each([
    [8, 0, false],
    [4, 4, false],
    [8, 1, true],
    [8, 4, true],
  ])('lc %d and lp %d are too many: %s', (lc, lp, many) => {
    const copy = Uint8Array.from(packed);
    copy[0] = lp * 9 + lc;
    expect(decodeLzma(copy, PLENTY).why === 'no LZMA header').toBe(many);
  });
});

describe('a reason is given where there is one', () => {
  // A block of the old format has its length in front and nothing else.
  const old = (...block: readonly number[]): Uint8Array =>
    make.join(u8(0x02, 0x21, 0x4c, 0x18), le(4, block.length), u8(...block));

  test('lz4: whole, and damaged', () => {
    expect(Object.keys(decodeLz4(old(0x10, 0x61), 9)).sort()).toEqual(['bytes', 'consumed', 'end']);
    const half = decodeLz4(old(0x10, 0x61, 1), 9);
    expect(half.end).toBe('damaged');
    expect(half.why).toBeTruthy();
  });

  test.skipIf(!hasProgram('xz'))('xz: cut short, damaged, and stopped', () => {
    const packed = packedBy('xz', ['-c'], text('words'))!;
    expect(decodeXz(packed.subarray(0, 20), 9).why).toBe('the stream is truncated');
    const damaged = Uint8Array.from(packed);
    damaged[8]! ^= 1;
    expect(decodeXz(damaged, 9).why).toBe('the checksum of the stream header is wrong');
    expect(Object.keys(decodeXz(packed, 2)).sort()).toEqual(['bytes', 'consumed', 'end']);
  });
});

describe('packings of sections', () => {
  const content = make.join(make.section(0x19, mixedBytes(3000, 5)), mixedBytes(100));

  test.each(['tiano', 'efi11'] as const)(
    '%s is told from the other by the section in it',
    async (variant) => {
      const { end, bytes } = await SECTION_DECODERS.tiano!(encodeTiano(content, variant), PLENTY);
      expect([end, Buffer.compare(bytes, content)]).toEqual(['whole', 0]);
    },
  );

  test.skipIf(!hasProgram('xz'))('LZMA, with four bytes before it, and of code', async () => {
    const packed = packedBy('xz', ['-c', '--format=lzma'], content)!;
    for (const [bytes, consumed] of [
      [packed, packed.length],
      [make.join(u8(1, 2, 3, 4), packed), packed.length + 4],
    ] as const) {
      const decoded = await SECTION_DECODERS.lzma!(bytes, PLENTY);
      expect([decoded.end, decoded.consumed]).toEqual(['whole', consumed]);
      expect(Buffer.compare(decoded.bytes, content)).toBe(0);
    }
    const code = Uint8Array.from(content);
    undoX86(code, 0);
    expect(Buffer.compare(code, content)).not.toBe(0);
    expect(Buffer.compare((await SECTION_DECODERS['lzma-x86']!(packed, PLENTY)).bytes, code)).toBe(0);
  });
});

describe('images', () => {
  test('a command line may fill its field: 512 bytes, 1536 from version 3 (bootimg.h)', () => {
    const image = (version: number, at: number, length: number): Uint8Array =>
      make.placed(
        5 * 4096,
        [0, text('ANDROID!')],
        [8, version < 3 ? le(4, 600, 0, 100, 0, 0, 0, 0, 2048, version) : le(4, 600, 100, 0, 1580)],
        [40, le(4, version)],
        [at, text('x'.repeat(length))],
        [at + length, text('none of it')],
      );
    for (const [version, at, length] of [
      [2, 64, 512],
      [3, 44, 1536],
    ] as const)
      expect(opened('android-boot', image(version, at, length))?.remarks).toEqual([
        { kind: 'command-line', text: 'x'.repeat(length), offset: at, size: length },
      ]);
  });

  test('a program whose sections have no data ends behind their table', () => {
    const image = make.pe([{ name: '.bss', bytes: new Uint8Array(0) }]);
    expect(opened('pe', make.join(image, new Uint8Array(99)))).toMatchObject({
      size: 0x80 + 24 + 40,
      parts: [],
    });
  });

  test('an EFI program that is cut in its header holds no kernel', () => {
    const image = make.zboot(u8(1, 2, 3), 'gzip');
    for (const length of [11, 15]) expect(opened('efi-zboot', image.subarray(0, length))).toBeUndefined();
  });
});

test('beginnings of however many patterns are found wherever they stand', () => {
  const pattern = fc.array(fc.nat(255), { minLength: 3, maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 30 }),
      fc.uint8Array({ minLength: 40, maxLength: 40 }),
      fc.nat(30),
      (patterns, around, at) => {
        const places = plainPlaces(beginningsOf(patterns));
        for (const bytes of patterns) {
          places.bytes.set(around);
          places.bytes.set(bytes, at);
          let found = places.next(0, 40);
          while (found < at) found = places.next(found + 1, 40);
          expect(found).toBe(at);
        }
      },
    ),
    { numRuns: 100 },
  );
});
