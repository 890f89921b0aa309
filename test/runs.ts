/**
 * How often a property is tried, or how many cases are made: a fifth while mutants are tried
 * (scripts/mutation/vitest.config.ts), each of which runs the tests anew.
 */
export function runs(count: number): number {
  return process.env.MUTATED_ROOMS === undefined ? count : Math.ceil(count / 5);
}
