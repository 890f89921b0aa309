/** The compression of firmware volumes, held against an encoder that is written here from its description (UEFI 2.10, 19.3). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTiano, decodeTianoAs } from '../../src/containers/codecs/tiano.ts';
import { encodeTiano } from './make-tiano.ts';
import { mixedBytes } from './pack.ts';

const PLENTY = 1 << 24;
describe.each(['tiano', 'efi11'] as const)('%s', (variant) => {
  const sample = mixedBytes(20_000, 5);

  test('what was encoded is decoded', () => {
    const packed = encodeTiano(sample, variant);
    expect(packed.length).toBeLessThan(sample.length);
    const decoded = decodeTianoAs(packed, PLENTY, variant);
    expect([decoded.end, decoded.why, decoded.consumed]).toEqual(['whole', undefined, packed.length]);
    expect(Buffer.compare(decoded.bytes, sample)).toBe(0);
  });

  test('small things', () => {
    for (const text of ['a', 'aaaaaaaaaaaa', 'abcabcabcabc', 'the quick brown fox'])
      expect(
        Buffer.from(decodeTianoAs(encodeTiano(Buffer.from(text), variant), PLENTY, variant).bytes).toString(),
      ).toBe(text);
  });

  test('is told from the other by what comes out', () => {
    const section = Uint8Array.from(sample);
    section.set([0x00, 0x10, 0x00, 0x19]);
    const decoded = decodeTiano(
      encodeTiano(section, variant),
      PLENTY,
      (bytes) => bytes[3] === 0x19 && bytes[1] === 0x10,
    );
    expect([decoded.end, Buffer.compare(decoded.bytes, section)]).toEqual(['whole', 0]);
  });

  test('cut, limited, changed: no exception, no more than the limit', () => {
    const packed = encodeTiano(sample.subarray(0, 3000), variant);
    expect(decodeTianoAs(packed.subarray(0, 50), PLENTY, variant).end).toBe('damaged');
    expect(decodeTianoAs(packed, 1000, variant)).toMatchObject({ end: 'limit' });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(packed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        (changes) => {
          const changed = Uint8Array.from(packed);
          for (const [at, byte] of changes) changed[at] = byte;
          expect(decodeTianoAs(changed, 10_000, variant).bytes.length).toBeLessThanOrEqual(10_000);
        },
      ),
      { numRuns: 500 },
    );
  });
});
