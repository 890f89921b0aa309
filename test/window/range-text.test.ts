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

test('a name, a number, a calculation and what is not known', () => {
  const text = (
    base: Parameters<typeof formatRange>[0]['base'],
    size: typeof base,
    space: 'memory' | 'io' | 'bus' = 'memory',
  ) => formatRange({ space, base, size });
  expect(text(0xe000_0000n, 0x1000n)).toBe('[mem 0xe0000000-0xe0000fff]');
  expect(text(0x60n, 1n, 'io')).toMatch(/^\[io {2}0x0*60(-0x0*60)?\]$/);
  expect(text(null, 0x1000n)).toBe('[mem ?-?]');
  expect(text(0xe000_0000n, null)).toBe('[mem 0xe0000000-?]');
  expect(text(1n, null, 'bus')).toBe('[bus 01-?]');
  expect(text(0x1fn, null, 'bus')).toBe('[bus 1f-?]');
  expect(text(MG2B, null, 'bus')).toBe('[bus (MG2B)-?]');
  expect(text(MG2B, null, 'io')).toBe('[io  MG2B-?]');
  // What isn't a name is set apart from the hyphen behind it.
  expect(text(plus(32, 4n), null)).toBe('[mem (MG2B+MG2L+4)-?]');
  expect(text(MG2B, 0x1000n)).toBe('[mem MG2B-MG2B+0xfff]');
  // As somebody else writes it.
  const written = (as: string) => formatRange({ space: 'memory', base: MG2B, size: null }, () => as);
  expect(written('(a) + (b)')).toBe('[mem (a)+(b)-?]');
  expect(written('a + b')).toBe('[mem (a+b)-?]');
  expect(written("\\_SB.A^B['x']")).toBe("[mem \\_SB.A^B['x']-?]");
  expect(written('(a)b')).toBe('[mem ((a)b)-?]');
  expect(written('?')).toBe('[mem ?-?]');
  expect(written('a?')).toBe('[mem (a?)-?]');
  expect(written('a >= b')).toBe('[mem (a>=b)-?]');
});
