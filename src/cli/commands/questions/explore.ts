/** `fwmap explore` */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defineCommand } from '../../common/command.ts';
import { INPUT_OPTIONS, KERNEL_OPTIONS, MACHINE_OPTIONS, OUTPUT_OPTIONS } from '../../common/options.ts';
import { writeResult } from '../../common/result.ts';

export const command = defineCommand({
  name: 'explore',
  operands: '[INPUT...]',
  minimumInputs: 0,
  description:
    'Writes a page on which one drops inputs and sets what only the running machine knows, and opens it: firmware fields, ' +
    'the kernel, where the framebuffer is. The answer, the windows and the address map follow. The page is one file with ' +
    'all of fwmap in it; it works without a network, and nothing that is dropped leaves it.',
  options: {
    ...INPUT_OPTIONS,
    ...MACHINE_OPTIONS,
    ...KERNEL_OPTIONS,
    output: OUTPUT_OPTIONS.output,
    'no-open': {
      type: 'boolean',
      describe: 'Write the page and print its path, without a browser',
      group: 'Output:',
    },
  },
  examples: [
    { line: 'fwmap explore', does: 'an empty page, to drop files on' },
    { line: 'fwmap explore acpidump.txt', does: 'of a machine, with its open fields' },
    { line: 'fwmap explore acpidump.txt --output guest.html --no-open', does: 'to attach to a bug' },
  ],
  async run({ inputs, options, io }) {
    const { pageOfInputs, pageWithoutInputs } = await import('../../page/asked.ts');
    const isEmpty = inputs.length === 0 && options.live !== true;
    const text = isEmpty ? pageWithoutInputs() : await pageOfInputs(inputs, options, io);
    const output = options.output ?? join(mkdtempSync(join(tmpdir(), 'fwmap-')), 'fwmap.html');
    writeResult(text, { output }, io);
    if (output === '-') return 0;
    io.stdout.write(`${output}\n`);
    if (options['no-open'] !== true) {
      const { openInBrowser } = await import('../../page/open.ts');
      openInBrowser(resolve(io.cwd, output), io);
    }
    return 0;
  },
});
