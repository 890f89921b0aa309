/** The faults that `npm run conformance -- planted-faults` plants can be planted: each text is in its source exactly once. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../scripts/conformance/linux/planted/faults.ts';

describe('planted faults', () => {
  it('are at least twenty, each with a name of its own', () => {
    expect(FAULTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  });

  it.each(FAULTS)('$name', ({ file, find, replace }) => {
    const parts = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').split(find);
    expect(parts).toHaveLength(2);
    expect(replace).not.toBe(find);
  });
});
