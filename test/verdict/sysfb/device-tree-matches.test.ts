/**
 * Which node is VMBus' and which a framebuffer is what Linux' drivers match: of_compat_cmp() (include/linux/of.h) is
 * strcasecmp. The first window of each tree holds the framebuffer, so that `needed` is right (DOMAIN section 2).
 */
import { expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import { artifactOf } from '../../evidence/artifacts.ts';

const CELLS = '#address-cells = <2>; #size-cells = <1>;';
const LOW = 'ranges = <0x0 0xf0000000 0x0 0xf0000000 0x10000000>;';
const HIGH = 'ranges = <0xf 0xf0000000 0xf 0xf0000000 0x10000000>;';

async function answer(text: string): Promise<string> {
  const verdict = await answerSysfb(
    [artifactOf('dts', text, 'tree.dts')],
    { describe: {}, kernel: { release: '6.12.0' }, judgedOnly: true },
    new DiagnosticList(),
  );
  return verdict.answer;
}

it.each([
  ['microsoft,vmbus', 'simple-framebuffer', 'simple-bus'],
  ['Microsoft,VMBus', 'simple-framebuffer', 'simple-bus'],
  ['microsoft,vmbus', 'Simple-Framebuffer', 'simple-bus'],
  ['MICROSOFT,VMBUS', 'SIMPLE-FRAMEBUFFER', 'Simple-Bus'],
])('%s, %s, %s', async (vmbus, framebuffer, bus) => {
  const tree = `/dts-v1/;
/ {
	${CELLS}
	bus { compatible = "${bus}"; ${CELLS} ranges; vmbus { compatible = "${vmbus}"; ${CELLS} ${LOW} microsoft,vtl = <2>; }; };
	chosen { ${CELLS} ranges; framebuffer@f8000000 { compatible = "${framebuffer}"; reg = <0 0xf8000000 0x800000>; }; };
};
`;
  expect(await answer(tree)).toBe('needed');
  // With the window above 4 GiB the same tree is safe.
  expect(await answer(tree.replace(LOW, HIGH))).toBe('not-needed');
});
