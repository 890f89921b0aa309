import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mmioGaps, sratRanges } from '../../src/evidence/srat.ts';

const TABLE = new URL('../../../shared/corpus/hyperv-gen2/srat.dat', import.meta.url).pathname;
const range = (start: bigint, last: bigint, hotplug = true) => ({ start, last, hotplug });

/** A SRAT of memory structures (ACPI 6.5, 5.2.16.2), written here byte by byte. */
function table(...ranges: [bigint, bigint, number][]): Uint8Array {
  const bytes = new Uint8Array(48 + 40 * ranges.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('SRAT'));
  view.setUint32(4, bytes.length, true);
  for (const [index, [base, size, flags]] of ranges.entries()) {
    const at = 48 + 40 * index;
    bytes.set([1, 40], at);
    view.setBigUint64(at + 8, base, true);
    view.setBigUint64(at + 16, size, true);
    view.setUint32(at + 28, flags, true);
  }
  return bytes;
}

describe('the table', () => {
  test('enabled memory, with hotplug', () => {
    expect(
      sratRanges(table([0n, 0xf8000000n, 3], [0x100000000n, 0x1000n, 1], [0x200000000n, 0x1000n, 2])),
    ).toEqual([range(0n, 0xf7ffffffn), range(0x100000000n, 0x100000fffn, false)]);
  });

  test('cut anywhere, or with a length that lies, it gives what is whole', () => {
    const whole = table([0n, 0x1000n, 3], [0x2000n, 0x1000n, 3]);
    for (let length = 0; length < whole.length; length += 1)
      expect(sratRanges(whole.subarray(0, length)).length).toBe(length < 88 ? 0 : 1);
    whole[49] = 0;
    expect(sratRanges(whole)).toEqual([]);
  });

  test.skipIf(!existsSync(TABLE))(
    'of a real Generation 2 guest (needs the corpus beside the checkout)',
    () => {
      // Its low gap is 128 MiB below 4 GiB; its DSDT has the high gap from 48 to 64 GiB.
      expect(mmioGaps(sratRanges(readFileSync(TABLE)))).toEqual([
        { base: 0xf8000000n, size: 0x8000000n, class: 'low' },
        { base: 0xc00000000n, size: 0x400000000n, class: 'high' },
      ]);
    },
  );
});

describe('the gaps that the ranges leave (DOMAIN 12)', () => {
  test('a Generation 2 log', () => {
    expect(
      mmioGaps([
        range(0n, 0x5fffffffn, false),
        range(0x60000000n, 0xf7ffffffn),
        range(0x100000000n, 0xfdfffffffn),
        range(0x1000000000n, 0xffffffffffn),
      ]),
    ).toEqual([
      { base: 0xf8000000n, size: 0x8000000n, class: 'low' },
      { base: 0xfe0000000n, size: 0x20000000n, class: 'high' },
    ]);
  });

  test('an Azure Generation 1 log: the low gap has 3 GiB', () => {
    expect(mmioGaps([range(0x100000000n, 0xfbfffffffn), range(0n, 0x3fffffffn)])).toEqual([
      { base: 0x40000000n, size: 0xc0000000n, class: 'low' },
    ]);
  });

  test('a table that tells of no hotplug, or of nothing above 4 GiB, shows no gap', () => {
    expect(mmioGaps([range(0n, 0x7fffffffn, false), range(0x100000000n, 0x1ffffffffn, false)])).toEqual([]);
    expect(mmioGaps([range(0n, 0x7fffffffn)])).toEqual([]);
  });

  test('a hole in low RAM is none, overlapping ranges are one', () => {
    expect(
      mmioGaps([range(0n, 0x9ffffn), range(0x100000n, 0xffffffffn), range(0x80000000n, 0x1ffffffffn)]),
    ).toEqual([]);
  });
});
