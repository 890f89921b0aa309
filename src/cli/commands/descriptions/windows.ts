/** `fwmap windows` */
import { MAP_FORMATS } from '../../../report/formats/render.ts';
import { windowsReport } from '../../../report/subjects/windows.ts';
import { defineCommand } from '../../common/command.ts';
import {
  formatOption,
  INPUT_OPTIONS,
  MACHINE_OPTIONS,
  MAP_OPTION,
  OUTPUT_OPTIONS,
  RELEASE_OPTION,
} from '../../common/options.ts';
import { reportDescriptions } from '../../descriptions.ts';

export const command = defineCommand({
  name: 'windows',
  operands: 'INPUT...',
  minimumInputs: 1,
  description:
    'Lists the address windows that the firmware describes, as the CPU sees them: bus windows, registers, memory, ' +
    'reservations, framebuffers. Each has its source and its certainty. Warns of device tree windows that collide, ' +
    'registers that no bus translates and framebuffers inside windows.',
  options: {
    ...INPUT_OPTIONS,
    ...MACHINE_OPTIONS,
    ...RELEASE_OPTION,
    ...OUTPUT_OPTIONS,
    ...MAP_OPTION,
    format: formatOption(MAP_FORMATS),
    all: {
      type: 'boolean',
      describe: 'List each window on its own line, and the registers of devices',
      group: 'Output:',
    },
  },
  examples: [
    { line: 'fwmap windows board.dtb', does: 'of a device tree blob' },
    { line: 'fwmap windows /sys/firmware/acpi/tables', does: 'of this machine' },
    { line: 'fwmap windows acpidump.txt --set MG2L=0x10000000', does: 'with the value of a firmware field' },
    { line: 'fwmap windows *.dtb --format ndjson', does: 'of each input, a line each' },
  ],
  run: ({ inputs, options, io }) =>
    reportDescriptions(inputs, options, io, {
      examine: async (machine, sink) => {
        if (machine.trees.length === 0) return;
        const { reportAddressMap } = await import('../../../window/address-map.ts');
        for (const tree of machine.trees) reportAddressMap(tree, sink);
      },
      reportOf: (machine, diagnostics) =>
        windowsReport(machine, diagnostics, { all: options.all === true, drawn: options.map === true }),
    }),
});
