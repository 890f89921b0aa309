/** `fwmap resources` */
import { FORMATS } from '../../../report/formats/render.ts';
import { resourcesReport } from '../../../report/subjects/resources.ts';
import { defineCommand } from '../../common/command.ts';
import {
  formatOption,
  INPUT_OPTIONS,
  MACHINE_OPTIONS,
  OUTPUT_OPTIONS,
  RELEASE_OPTION,
} from '../../common/options.ts';
import { reportDescriptions } from '../../descriptions.ts';

export const command = defineCommand({
  name: 'resources',
  operands: 'INPUT...',
  minimumInputs: 1,
  description:
    'Decodes every reg, ranges and dma-ranges entry and every _CRS descriptor one by one. Nothing is merged or left ' +
    'out; a value that cannot be known comes with the reason.',
  options: {
    ...INPUT_OPTIONS,
    ...MACHINE_OPTIONS,
    ...RELEASE_OPTION,
    ...OUTPUT_OPTIONS,
    format: formatOption(FORMATS),
  },
  examples: [
    { line: 'fwmap resources /proc/device-tree', does: 'of this machine' },
    { line: 'fwmap resources dsdt.dat ssdt*.dat --format json', does: 'of ACPI tables, as JSON' },
    {
      line: 'fwmap resources acpidump.txt --assume zero',
      does: 'as acpiexec sees them, with all fields 0',
    },
  ],
  run: ({ inputs, options, io }) =>
    reportDescriptions(inputs, options, io, {
      reportOf: resourcesReport,
    }),
});
