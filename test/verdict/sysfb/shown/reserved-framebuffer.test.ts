/**
 * Memory that the firmware keeps for a framebuffer (bindings/reserved-memory/framebuffer.yaml: compatible "framebuffer"),
 * in a window that VMBus gives to devices, which nothing keeps them off on a device tree boot.
 */
import { expect, it } from 'vitest';
import { DiagnosticList } from '../../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../../src/verdict/answer.ts';
import { artifactOf } from '../../../evidence/artifacts.ts';

const CELLS = '#address-cells = <2>; #size-cells = <2>;';
const INSIDE = '<0xf 0xf0000000 0 0x800000>';

async function answer(compatible: string, reg: string, cells = CELLS): Promise<string> {
  const tree = `/dts-v1/; / { ${CELLS}
    bus { compatible = "simple-bus"; ${CELLS} ranges; vmbus { compatible = "microsoft,vmbus"; ${CELLS} microsoft,vtl = <2>;
      ranges = <0xf 0xf0000000 0xf 0xf0000000 0x0 0x10000000>; }; };
    reserved-memory { ${cells} ranges; fb@ff0000000 { compatible = "${compatible}"; reg = ${reg}; no-map; }; }; };`;
  const verdict = await answerSysfb(
    [artifactOf('dts', tree, 'a.dts')],
    { describe: {}, kernel: {} },
    new DiagnosticList(),
  );
  return verdict.answer;
}

it.each([
  ['inside the window', 'framebuffer', INSIDE, 'needed'],
  ['outside of it', 'framebuffer', '<0 0x80000000 0 0x800000>', 'not-needed'],
  ['for something else', 'shared-dma-pool', INSIDE, 'not-needed'],
])('%s: %s', async (_where, compatible, reg, wanted) => {
  expect(await answer(compatible, reg)).toBe(wanted);
});

it('is there also where Linux ignores the reservation, by its cell counts', async () => {
  const cells = '#address-cells = <2>; #size-cells = <1>;';
  expect(await answer('framebuffer', '<0xf 0xf0000000 0x800000>', cells)).toBe('needed');
});
