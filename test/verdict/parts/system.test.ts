/** What reading a description is told of the kernel, by what there is to read. */
import { expect, test } from 'vitest';
import type { ArtifactKind } from '../../../src/artifact/artifact.ts';
import { type SystemSettings, systemOptions } from '../../../src/verdict/system.ts';
import { artifactOf } from '../../evidence/artifacts.ts';

const keys = async (
  kinds: readonly ArtifactKind[],
  settings: SystemSettings = {},
): Promise<string[] | undefined> => {
  const options = await systemOptions(
    kinds.map((kind) => artifactOf(kind, '')),
    settings,
  );
  return options && Object.keys(options).sort();
};

test.each<[readonly ArtifactKind[], SystemSettings, readonly string[] | undefined]>([
  [[], {}, []],
  [['kconfig'], {}, []],
  [['kconfig'], { kernel: 'nonsense' }, []],
  [['dmesg'], {}, ['hostBridges']],
  [['crs-text'], {}, ['hostBridges']],
  [['asl'], {}, ['hostBridges', 'system']],
  [['acpi-table'], { kernel: '6.12.30' }, ['hostBridges', 'system']],
  [['asl'], { kernel: 'nonsense' }, undefined],
  // A simulation is told of no kernel, only of what `_OSI` says otherwise.
  [['asl'], { assume: 'zero' as never }, ['hostBridges']],
  [['asl'], { assume: 'zero' as never, osi: ['Linux'] }, ['hostBridges', 'interfaces']],
  [['asl'], { assume: 'zero' as never, kernel: 'nonsense' }, undefined],
  [['dts'], {}, ['addressing', 'rules']],
  [['dts'], { kernel: '6.12.30' }, ['addressing', 'rules']],
  [['dts'], { kernel: 'nonsense' }, undefined],
  [['dts', 'asl', 'kconfig'], {}, ['addressing', 'hostBridges', 'rules', 'system']],
])('%j, %j', async (kinds, settings, expected) => {
  expect(await keys(kinds, settings)).toEqual(expected);
});

test('without a kernel trees are read in every way in which kernels differ, with one in its own', async () => {
  const [open, known] = await Promise.all(
    [{}, { kernel: '6.12.30' }].map((settings) => systemOptions([artifactOf('dts', '')], settings)),
  );
  expect(Object.keys(open!.addressing!)).toEqual(['variants']);
  expect(Object.keys(known!.addressing!)).toEqual(['profile']);
});
