/** `fwmap bridges` */

import { isKind } from '../../../artifact/kinds.ts';
import { parseBar } from '../../../linux/host-bridge/bar-text.ts';
import type { Bar } from '../../../linux/host-bridge/bars.ts';
import { bridgesReport } from '../../../report/subjects/bridges.ts';
import { answerBridges } from '../../../verdict/answer.ts';
import type { BridgeOptions } from '../../../verdict/host-bridge/situation.ts';
import { NO_DESCRIPTION } from '../../../window/describe.ts';
import { defineCommand } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
import { QUESTION_OPTIONS } from '../../common/question-options.ts';
import { answerMachines } from '../../inputs/answer.ts';

/** The range of physical address bits of x86 processors. */
const ADDRESS_BITS = { least: 32, most: 52 } as const;

function addressBits(text: string): number {
  const bits = Number(text);
  if (!/^\d+$/.test(text) || bits < ADDRESS_BITS.least || bits > ADDRESS_BITS.most)
    throw new CommandError(
      `--address-bits ${text}: it takes a number from ${ADDRESS_BITS.least} to ${ADDRESS_BITS.most}`,
      'see "address sizes" in /proc/cpuinfo',
    );
  return bits;
}

function barOption(text: string): Bar {
  const bar = parseBar(text);
  if (typeof bar === 'string')
    throw new CommandError(`--bar ${text}: ${bar}`, 'for example 256M,64bit,prefetchable');
  return bar;
}

export const command = defineCommand({
  name: 'bridges',
  operands: 'INPUT...',
  minimumInputs: 1,
  description:
    'Which windows does Linux give the PCI host bridges of this machine, and what does it drop, clip, unite or refuse, and ' +
    'why? ACPI tables or a device tree are what the firmware describes; a log of the machine is compared with the result. ' +
    '/proc/iomem or a memory map show where RAM is, with which windows may collide.',
  options: {
    ...QUESTION_OPTIONS,
    'address-bits': {
      type: 'string',
      value: 'N',
      describe: 'Physical address bits of an x86 processor',
      group: 'The machine:',
    },
    bar: {
      type: 'string',
      repeat: true,
      value: 'SIZE[,64bit][,prefetchable][,io]',
      describe: 'Would a device with this BAR, on the root bus, get its space? 256M,64bit,prefetchable',
      group: 'The machine:',
    },
    all: {
      type: 'boolean',
      describe: 'List each window and each change on its own line, and what is inferred',
      group: 'Output:',
    },
    matrix: {
      type: 'boolean',
      describe: 'Add the what-if table: what each release makes of the bridges',
      group: 'Output:',
    },
  },
  examples: [
    { line: 'fwmap bridges acpidump.txt --kernel 6.12.30', does: 'of ACPI tables and a kernel' },
    { line: 'fwmap bridges tables/ dmesg.txt iomem.txt', does: 'compared with what the kernel printed' },
    { line: 'fwmap bridges board.dtb', does: 'of a device tree' },
    { line: 'fwmap bridges tables/ --bar 16G,64bit,prefetchable', does: 'does such a device fit?' },
  ],
  run: ({ inputs, options, io }) => {
    const bits = options['address-bits'];
    const bridges: BridgeOptions = {
      ...(bits === undefined ? {} : { addressBits: addressBits(bits) }),
      ...(options.bar === undefined ? {} : { bars: options.bar.map(barOption) }),
    };
    return answerMachines(inputs, options, io, {
      engine: 'compileSparingly',
      answer: async (artifacts, given, sink) => {
        const verdict = await answerBridges(artifacts, { ...given, bridges }, sink);
        const isDescribed = artifacts.some(
          ({ kind }) => isKind(kind, 'tree') || isKind(kind, 'acpi') || kind === 'dmesg',
        );
        if (!isDescribed && !sink.hasErrors) sink.add(NO_DESCRIPTION);
        return { ...verdict, diagnostics: sink.all };
      },
      found: (verdict) => verdict.bridges.length,
      report: (verdict) => bridgesReport(verdict, { all: options.all === true }),
    });
  },
});
