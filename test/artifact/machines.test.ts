/** Artifacts by the machine that they are of. */
import { expect, test } from 'vitest';
import type { Artifact, MachineOfImage } from '../../src/artifact/artifact.ts';
import { machinesOf } from '../../src/artifact/machines.ts';
import { textSource } from '../../src/bytes/source.ts';

const machine = (id: string, name: string): MachineOfImage => ({
  id,
  name,
  memory: [{ address: 1n, bytes: Uint8Array.of(1), source: textSource(id, '') }],
  overlays: [],
  findings: [{ severity: 'note', code: 'artifact/empty', args: {}, path: id }],
});
const artifact = (path: string, of?: MachineOfImage): Artifact => ({
  kind: 'dmesg',
  source: textSource(path, ''),
  path,
  sha256: '',
  steps: [],
  ...(of === undefined ? {} : { machine: of }),
});

test('inputs of no machine are of one without a name', () => {
  const all = [artifact('a'), artifact('b')];
  expect(machinesOf(all)).toEqual([
    { name: undefined, artifacts: all, memory: [], overlays: [], findings: [] },
  ]);
  expect(machinesOf([])).toMatchObject([{ name: undefined, artifacts: [] }]);
});

test('each machine has its own inputs and those of all, its memory and its findings', () => {
  const one = machine('1', 'conf-1');
  const two = machine('2', 'conf-2');
  const found = machinesOf([artifact('a', one), artifact('all'), artifact('b', two), artifact('c', one)]);
  expect(found.map(({ name, artifacts }) => [name, artifacts.map(({ path }) => path)])).toEqual([
    ['conf-1', ['a', 'all', 'c']],
    ['conf-2', ['all', 'b']],
  ]);
  expect(found.map(({ memory, findings }) => [memory, findings])).toEqual([
    [one.memory, one.findings],
    [two.memory, two.findings],
  ]);
});

test('machines of one name are called by what they are told apart by', () => {
  const all = [machine('1', 'board'), machine('2', 'board'), machine('3', 'other')];
  expect(machinesOf(all.map((each) => artifact(each.id, each))).map(({ name }) => name)).toEqual([
    '1',
    '2',
    'other',
  ]);
});

test('what many machines cost grows as their number does', () => {
  const count = 20_000;
  const all = Array.from({ length: count }, (_, index) =>
    artifact(`${index}`, machine(`${index}`, `board ${index}`)),
  );
  const before = process.cpuUsage();
  expect(machinesOf(all)).toHaveLength(count);
  // A look at each input for each machine took some ten seconds.
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
});
