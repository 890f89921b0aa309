/** Which tests mutants are run with: those of the mutated room, and quick ones of others that run it in this process. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Files, or folders that end in `/`, below test/. */
const WITH: Readonly<Record<string, readonly string[]>> = {
  verdict: [
    'samples/',
    'evidence/captures.test.ts',
    'evidence/srat.test.ts',
    'cli/inputs/set.test.ts',
    'cli/inputs/kernel-source.test.ts',
    'cli/inputs/machines-apart.test.ts',
    'findings/gaps.test.ts',
    'library/examples.test.ts',
    'report/resources.test.ts',
    'report/simulation.test.ts',
    'report/results/',
  ],
  window: [
    'samples/',
    'verdict/at.test.ts',
    'cli/commands/explain-node.test.ts',
    'cli/commands/explain-alternatives.test.ts',
    'cli/commands/address-map.test.ts',
    'cli/start/commands.test.ts',
    'library/examples.test.ts',
    'devicetree/address/',
    'acpi/crs.test.ts',
    'acpi/bounds.test.ts',
    'compare/',
    'cli/inputs/patches.test.ts',
  ],
  linux: [
    'samples/',
    'cli/inputs/osi.test.ts',
    'cli/inputs/host-tree.test.ts',
    'cli/inputs/kconfig-line.test.ts',
    'report/simulation.test.ts',
  ],
  symbolic: [
    'report/conditions.test.ts',
    'verdict/parts/fold.property.test.ts',
    'verdict/parts/explore.property.test.ts',
  ],
  artifact: [
    'findings/gaps.test.ts',
    'cli/inputs/machines-apart.test.ts',
    'cli/inputs/patches.test.ts',
    'cli/inputs/reply.test.ts',
  ],
  containers: ['scan/', 'artifact/archives.test.ts', 'artifact/containers.test.ts', 'artifact/images/'],
  evidence: ['verdict/evidence.test.ts', 'verdict/observed.test.ts', 'findings/gaps.test.ts'],
  report: [
    'samples/',
    'cli/inputs/set.test.ts',
    'cli/inputs/reply.test.ts',
    'cli/commands/explain-node.test.ts',
    'cli/commands/explain-code.test.ts',
  ],
};
/** These look at the sources as text, put other modules in their place, or read hundreds of real machines: they take long and kill few mutants. */
const WITHOUT = [
  'verdict/planted-faults.test.ts',
  'verdict/rules.test.ts',
  'verdict/sysfb/firmware/open-bounds.test.ts',
  'artifact/faults.test.ts',
  'report/compatibility.test.ts',
  'report/everywhere.test.ts',
  'report/hostile.test.ts',
  'report/json.test.ts',
  'report/schemas.test.ts',
  'report/map/labels.test.ts',
];

/**
 * @param more files or folders as in {@link WITH}
 * @returns files below the checkout
 */
export function testsOf(root: string, rooms: readonly string[], more: readonly string[] = []): string[] {
  const all = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const wanted = [...new Set([...rooms.flatMap((room) => [`${room}/`, ...(WITH[room] ?? [])]), ...more])];
  return all
    .filter((name) => name.endsWith('.test.ts') && !WITHOUT.includes(name))
    .filter((name) => wanted.some((one) => (one.endsWith('/') ? name.startsWith(one) : name === one)))
    .map((name) => join('test', name))
    .sort();
}
