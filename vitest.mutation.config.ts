import { basename } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The tests that mutants are held against: those of the mutated rooms, and quick ones of other rooms that run them
 * in this process. Left out are tests that start programs, look at sources as text, or take long and kill little.
 */
const WITH: Readonly<Record<string, readonly string[]>> = {
  verdict: [
    'test/samples/**',
    'test/evidence/{captures,srat}.test.ts',
    'test/cli/{set,kernel-source}.test.ts',
  ],
  window: [
    'test/samples/**',
    'test/devicetree/address/**',
    'test/acpi/{crs,bounds}.test.ts',
    'test/compare/**',
  ],
  linux: [
    'test/samples/**',
    'test/cli/{osi,host-tree,kconfig-line}.test.ts',
    'test/report/simulation.test.ts',
  ],
  symbolic: ['test/report/conditions.test.ts'],
  artifact: ['test/containers/**', 'test/findings/gaps.test.ts', 'test/cli/{patches,images}.test.ts'],
  containers: ['test/artifact/**', 'test/cli/images.test.ts', 'test/findings/gaps.test.ts'],
  evidence: ['test/verdict/{evidence,observed,kinds}.test.ts', 'test/findings/gaps.test.ts'],
  report: ['test/samples/**', 'test/cli/{set,commands,explain-node,explain-code}.test.ts'],
};
const rooms = (process.env.MUTATED_ROOMS ?? 'verdict,window,linux,symbolic').split(',');

/** The first failing test ends the run of a mutant: quick files first, these last, the slowest at the end. */
const SLOW = [
  'everywhere.test.ts',
  'kinds.test.ts',
  'vectors.test.ts',
  'bridges.test.ts',
  'cover.test.ts',
  'everyday.test.ts',
  'compatibility.test.ts',
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
    include: [...new Set(rooms.flatMap((room) => [`test/${room}/**/*.test.ts`, ...(WITH[room] ?? [])]))].map(
      (pattern) => pattern.replace(/\*\*$/, '**/*.test.ts'),
    ),
    exclude: [...configDefaults.exclude, 'test/verdict/planted-faults.test.ts'],
    // A worker for each mutant, not for each file of tests: modules are loaded once.
    isolate: false,
    sequence: { sequencer: QuickFirst },
    testTimeout: 120_000,
  },
});
