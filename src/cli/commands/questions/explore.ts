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
    'Writes an interactive page and opens it in a browser. Drop inputs on it and set what only the running machine knows ' +
    '(firmware fields, the kernel, where the framebuffer is): the answer, the windows and the address map are updated. ' +
    'The page is one file that contains all of fwmap; it works without a network and sends nothing anywhere.',
  options: {
    ...INPUT_OPTIONS,
    ...MACHINE_OPTIONS,
    ...KERNEL_OPTIONS,
    output: OUTPUT_OPTIONS.output,
    'no-open': {
      type: 'boolean',
      describe: 'Write the page and print its path, but open no browser',
      group: 'Output:',
    },
  },
  examples: [
    { line: 'fwmap explore', does: 'an empty page, to drop files on' },
    { line: 'fwmap explore acpidump.txt', does: 'a machine, whose unknown fields can be set' },
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
