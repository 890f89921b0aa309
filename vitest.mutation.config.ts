import { defineConfig } from 'vitest/config';

/** The tests that mutants are held against: those of the mutated rooms, without those that look at sources as text. */
export default defineConfig({
  test: {
    include: ['test/{verdict,window,linux,symbolic}/**/*.test.ts', 'test/evidence/srat.test.ts'],
    exclude: ['test/verdict/planted-faults.test.ts'],
    testTimeout: 120_000,
  },
});
