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

const EQUIVALENT: readonly Equivalent[] = [
  {
    file: 'src/symbolic/numbers.ts',
    line: 'if (maximum !== undefined && maximum <= all) zeros |= all & ~maskOf(bitLength(maximum));',
    replacement: 'maximum !== undefined || maximum <= all',
    why: 'of a larger maximum the mask has all bits, and nothing is less than undefined',
  },
  {
    file: 'src/linux/kconfig/expression.ts',
    line: 'if (depends.has(symbol)) continue;',
    replacement: 'false',
    why: 'what is found again is there already',
  },
  {
    file: 'src/linux/vmbus/allocation.ts',
    line: 'if (start >= fb.start && start <= fb.end) return { done: false, next: fb.end + 1n };',
    replacement: 'fb.end - 1n',
    why: 'starts that cannot succeed are stepped over in more steps',
  },
  {
    file: 'src/linux/release-choice.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of source
    line: 'return minor === 19 ? `${major + 1}.0` : `${major}.${minor + 1}`;',
    replacement: 'false',
    why: 'a release x.20, which there is none of, sorts before the next major one all the same',
  },
  {
    file: 'src/verdict/sysfb/situation/firmware-authority.ts',
    line: 'if (conditions.length === 0) return [];',
    replacement: 'false',
    why: 'an authority that always holds excludes no world, and only those that do are listed',
  },
  {
    file: 'src/verdict/host-bridge/allocation.ts',
    line: "if (bounds === undefined || window.space === 'bus') return [];",
    replacement: 'false',
    why: 'no BAR is of a window of bus numbers; the test is for the type',
  },
];

/** @returns why it makes no difference; undefined where it may make one */
export function equivalence(mutant: Mutant): string | undefined {
  return EQUIVALENT.find(
    ({ file, line, replacement }) =>
      file === mutant.file &&
      line === mutant.lineText &&
      (replacement === undefined || replacement === mutant.replacement),
  )?.why;
}
