/**
 * Trees in unusual forms: what for_each_of_range() (include/linux/of_address.h) gives vmbus_device_add(), which looks at
 * neither the flags of an entry nor at where the cell counts come from.
 */
import { expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import { artifactOf } from '../../evidence/artifacts.ts';

async function answer(text: string): Promise<string> {
  const { answer } = await answerSysfb(
    [artifactOf('dts', text, 'tree.dts')],
    { describe: {}, kernel: { release: '6.12.0' }, judgedOnly: true },
    new DiagnosticList(),
  );
  return answer;
}

const FRAMEBUFFER = `chosen { #address-cells = <2>; #size-cells = <1>; ranges;
  framebuffer { compatible = "simple-framebuffer"; reg = <0 0xf8000000 0x300000>; }; };`;
const ROOT = '#address-cells = <2>; #size-cells = <2>;';
const VMBUS = 'compatible = "microsoft,vmbus";';

// of_match_bus() takes a node for PCI by its name or device_type, for ISA by its name; 01 in the flags is I/O.
it.each([
  [
    'PCI by its name',
    'pcie { COMPATIBLE #address-cells = <3>; #size-cells = <2>; ranges = <SPACE 0 BUS 0 BUS 0 0x1000000>; }',
    ['0x1000000', '0x2000000', '0x3000000'],
  ],
  [
    'PCI by its type',
    'vmbus { COMPATIBLE device_type = "pci"; #address-cells = <3>; #size-cells = <2>; ranges = <SPACE 0 BUS 0 BUS 0 0x1000000>; }',
    ['0x1000000', '0x2000000', '0x3000000'],
  ],
  [
    'ISA',
    'isa { COMPATIBLE #address-cells = <2>; #size-cells = <1>; ranges = <SPACE BUS 0 BUS 0x1000000>; }',
    ['0', '1'],
  ],
])('a node that is a bus of another type, %s: ports count as windows', async (_, node, spaces) => {
  for (const space of spaces) {
    const at = (bus: string) =>
      answer(
        `/dts-v1/; / { ${ROOT} ${node.replace('COMPATIBLE', VMBUS).replace('SPACE', space).replaceAll('BUS', bus)}; ${FRAMEBUFFER} };`,
      );
    expect([space, await at('0xf8000000'), await at('0xe0000000')]).toEqual([space, 'needed', 'not-needed']);
  }
});

// Read with the default counts, 1/1/1, six cells are two entries: one of no size, one at 0. Written for 2/2/2 they are one,
// which holds the framebuffer.
const SIX = 'ranges = <0 0xf8000000 0 0xf8000000 0 0x1000000>;';

it('cell counts that the tree has nowhere, or only in part, may have been lost', async () => {
  const counts = '#address-cells = <2>; #size-cells = <2>;';
  const tree = (root: string, bus: string, vmbus: string, ranges = SIX) =>
    answer(
      `/dts-v1/; / { ${root} bus { compatible = "simple-bus"; ${bus} ranges; vmbus { ${VMBUS} ${vmbus} ${ranges} }; }; ${FRAMEBUFFER} };`,
    );
  expect(await tree(counts, counts, counts)).toBe('needed');
  expect(await tree(counts, counts, '')).toBe('needed');
  expect(await tree('', '', '')).toBe('unknown');
  expect(await tree('', '', '#address-cells = <2>;')).not.toBe('not-needed');
  // A count shorter than a cell is none for of_property_read_u32().
  expect(
    await tree('#address-cells = <1>; #size-cells = <1>;', '', '#address-cells = [02]; #size-cells = [02];'),
  ).toBe('unknown');
  // Counts that are given elsewhere than on the path to VMBus' node don't matter.
  const high = 'ranges = <0xf 0xf0000000 0xf 0xf0000000 0 0x10000000>;';
  expect(await tree(counts, counts, counts, high)).toBe('not-needed');
  expect(await tree(counts, counts, '', high)).toBe('not-needed');
});
