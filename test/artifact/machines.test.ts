/** Artifacts by the machine that they are of. */
import { describe, expect, test } from 'vitest';
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

describe('overlays that a table offers', () => {
  const of = (kind: Artifact['kind'], path: string, machineOf?: MachineOfImage): Artifact => ({
    ...artifact(path, machineOf),
    kind,
  });
  /** Each machine: its name, its inputs, the overlays that are applied to them, and what is said of it. */
  const told = (...all: Artifact[]) =>
    machinesOf(all).map(({ name, artifacts, overlays, findings }) => [
      name,
      artifacts.map(({ path }) => path).join(),
      overlays.map(({ path }) => path).join(),
      findings.map(({ path }) => path).join(),
    ]);
  const [one, two] = [machine('1', 'one'), machine('2', 'two')];
  const [offered, other] = [of('dtbo', 'o1', one), of('dtbo', 'o2', two)];

  test.each(['dtb', 'dts', 'dt-dir'] as const)('are applied to the %s beside it, each for itself', (kind) => {
    expect(told(of(kind, 'tree'), of('dmesg', 'log'), offered, other)).toEqual([
      ['one', 'tree,log', 'o1', '1'],
      ['two', 'tree,log', 'o2', '2'],
    ]);
  });

  test('are applied to each tree of the table, with what that has already', () => {
    const [a, b] = [machine('a', 'A'), machine('b', 'B')];
    const withOverlays = { ...b, overlays: [of('dtbo', 'first')] };
    expect(told(of('dtb', 'ta', a), of('dtb', 'tb', withOverlays), offered, other)).toEqual([
      ['A', 'ta', '', 'a'],
      ['B', 'tb', 'first', 'b'],
      ['A + one', 'ta', 'o1', 'a,1'],
      ['A + two', 'ta', 'o2', 'a,2'],
      ['B + one', 'tb', 'first,o1', 'b,1'],
      ['B + two', 'tb', 'first,o2', 'b,2'],
    ]);
  });

  test('an entry that has more than overlays is a machine by itself', () => {
    expect(told(of('dtb', 'tree', one), of('dtbo', 'o1', one))).toEqual([['one', 'tree,o1', '', '1']]);
    // Tables are no base, and without any base overlays stay by themselves.
    expect(told(of('acpi-table', 'dsdt', one), other)).toEqual([
      ['one', 'dsdt', '', '1'],
      ['two', 'o2', '', '2'],
    ]);
    expect(told(of('acpi-table', 'dsdt'), offered)).toEqual([['one', 'dsdt,o1', '', '1']]);
  });

  test('more than 256 pairs are left to whoever asks', () => {
    const bases = (count: number) =>
      Array.from({ length: count }, (_, at) => of('dtb', `t${at}`, machine(`t${at}`, `T${at}`)));
    const entries = Array.from({ length: 16 }, (_, at) => of('dtbo', `o${at}`, machine(`o${at}`, `O${at}`)));
    expect(told(...bases(16), ...entries)).toHaveLength(16 + 256);
    expect(told(...bases(17), ...entries)).toHaveLength(17 + 16);
  });
});
