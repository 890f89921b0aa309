/** Mutants that no test can kill: what they change makes no difference to anyone. They are left out of the count. */
import type { Mutant } from './mutants.ts';

interface Equivalent {
  readonly file: string;
  /** The line in which the mutant begins, without white space around. */
  readonly line: string;
  /** What the mutant puts there; without it all mutants of the line. */
  readonly replacement?: string;
  readonly why: string;
}

const EQUIVALENT: readonly Equivalent[] = [];

/** @returns why it makes no difference; undefined where it may make one */
export function equivalence(mutant: Mutant): string | undefined {
  return EQUIVALENT.find(
    ({ file, line, replacement }) =>
      file === mutant.file &&
      line === mutant.lineText &&
      (replacement === undefined || replacement === mutant.replacement),
  )?.why;
}
