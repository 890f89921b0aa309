/** Ranges as %pR has them, with bounds that aren't numbers. */
import { expect, test } from 'vitest';
import { spanOf } from '../../src/acpi/resources/range.ts';
import { sum } from '../../src/symbolic/index.ts';
import { formatRange } from '../../src/window/range-text.ts';
import { fieldOf as field } from '../symbolic/fields.ts';

const MG2B = field('MG2B');
const MG2L = field('MG2L');
const plus = (bits: number, constant: bigint) =>
  sum(bits, constant, [
    { coefficient: 1n, of: MG2B },
    { coefficient: 1n, of: MG2L },
  ]);

test('a fixed end is the end, whatever the base is', () => {
  // The size is 0xfed40000 - MG2B + 1, of 32 bits; its last address is 0xfed40000 again.
  const size = spanOf(MG2B, 0xfed40000n);
  expect(formatRange({ space: 'memory', base: MG2B, size })).toBe('[mem MG2B-0xfed40000]');
});

test('an end that is calculated stays so', () => {
  expect(formatRange({ space: 'memory', base: MG2B, size: MG2L })).toBe('[mem MG2B-MG2B+MG2L-1]');
  expect(formatRange({ space: 'memory', base: MG2B, size: spanOf(MG2B, plus(32, -1n)) })).toBe(
    '[mem MG2B-MG2B+MG2L-1]',
  );
  expect(formatRange({ space: 'memory', base: 0xf8000000n, size: MG2L })).toBe(
    '[mem 0xf8000000-MG2L+0xf7ffffff]',
  );
  expect(formatRange({ space: 'memory', base: MG2B, size: null })).toBe('[mem MG2B-?]');
});
