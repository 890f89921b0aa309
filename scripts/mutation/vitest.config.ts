import { basename, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { testsOf } from './tests.ts';

const rooms = (process.env.MUTATED_ROOMS ?? 'verdict,window,linux,symbolic').split(',');

/** The first failing test ends the run of a mutant: quick files first, these last, the slowest at the end. */
const SLOW = [
  'kinds.test.ts',
  'vectors.test.ts',
  'bridges.test.ts',
  'cover.test.ts',
  'everyday.test.ts',
  'forms.property.test.ts',
  'hide-and-seek.test.ts',
];

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => SLOW.indexOf(basename(moduleId));
    return [...files].sort((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  test: {
    include: testsOf(join(import.meta.dirname, '..', '..'), rooms),
    // A worker for each mutant, not for each file of tests: modules are loaded once.
    isolate: false,
    sequence: { sequencer: QuickFirst },
    testTimeout: 120_000,
  },
});
