/**
 * Device tree text as people send it. With the low range in it, in whatever form, the answer is never `not-needed`; with the
 * high one alone it is, where the form is one that is read.
 */
import { expect, it } from 'vitest';
import { DiagnosticList } from '../../../src/bytes/diagnostic.ts';
import { answerSysfb } from '../../../src/verdict/answer.ts';
import { openText } from '../../artifact/open.ts';

const LOW = '<0x0 0xf0000000 0x0 0xf0000000 0x10000000>';
const HIGH = '<0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>';
const VMBUS = 'compatible = "microsoft,vmbus";';

async function answer(text: string): Promise<string> {
  const { artifacts, diagnostics } = await openText(text);
  const sink = new DiagnosticList(diagnostics);
  return (await answerSysfb(artifacts, { describe: {}, kernel: {}, judgedOnly: true }, sink)).answer;
}

/** RANGES stands for the list. */
const READ: readonly string[] = [
  `vmbus {\n ${VMBUS} ranges = RANGES;};\n`,
  `vmbus { ${VMBUS} ranges = RANGES; };\n`,
  `vmbus@0\n{\n\t${VMBUS}\n\tranges = RANGES;\n};\n`,
  `Hello,\n\n> vmbus@0\n> { ${VMBUS}\n>  ranges = RANGES; };\n`,
  `${VMBUS} ranges = RANGES;\n`,
  `The line is ${VMBUS} ranges = RANGES; as it was.\n`,
  `\x1b[1mvmbus {\x1b[0m\n\x1b[32m\t${VMBUS}\x1b[m\n\t\x1b[32mranges = RANGES;\x1b[m\n};\n`,
];

it.each(READ)('%j', async (text) => {
  expect(await answer(text.replace('RANGES', LOW))).toBe('depends');
  expect(await answer(text.replace('RANGES', HIGH))).toBe('not-needed');
});

it.each([
  ['the two sides of a change', ` vmbus {\n-\tranges = ${HIGH};\n+\tranges = ${LOW};\n };\n`],
  ['a macro', `> vmbus { ${VMBUS}\n>\tranges = VMBUS_RANGES;\n> };\n`],
  ['entities of HTML', `${VMBUS}\nranges = &lt;0x0 0xf0000000 0x0 0xf0000000 0x10000000&gt;;\n`],
  ['other brackets', `ranges = \u2039${LOW.slice(1, -1)}\u203a;\nranges = ${HIGH};\n`],
  [
    'a list in a sentence that lacks its semicolon',
    `I would write ranges = ${LOW} here.\n\n> ranges = ${HIGH};\n`,
  ],
  [
    'a change of words',
    `> vmbus {\n>\tranges = <[-0x0f-]{+0x0+} 0xf0000000 [-0x0f-]{+0x0+} 0xf0000000 0x10000000>;\n> };\nranges = ${HIGH};\n`,
  ],
])('%s', async (_, text) => {
  expect(await answer(text)).not.toBe('not-needed');
});

it.each([
  `What does ranges = <0x0f 0xf0000000 ...> say?\n\n> ranges = ${HIGH};\n`,
  `I read ranges = ${HIGH} as one window.\n\n> ranges = ${HIGH};\n`,
  `In C: ranges = kcalloc(3, 8);\n\n> ranges = ${HIGH};\n`,
])('still crisp: %j', async (text) => {
  expect(await answer(text)).toBe('not-needed');
});
