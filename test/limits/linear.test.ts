/** Inputs that once cost the square of their size, or more: each at a size at which that would take a minute. */
import { expect, test } from 'vitest';
import { ATTACKS } from '../../scripts/bench/growth/attacks.ts';
import { inputOf, secondsOf } from '../../scripts/bench/growth/run-row.ts';

test.each(ATTACKS)('$name', async (row) => {
  const input = inputOf(row, row.count >> 1);
  // What `npm run bench -- growth` allows, and as much again for code that is compiled first.
  expect(await secondsOf(row, input)).toBeLessThan(3 * Math.max(1, input.length / 1e6));
});
