/** `fwmap capture`: prints the script that collects one machine into a tar. */
import { defineCommand } from '../../common/command.ts';
import { OUTPUT_OPTIONS } from '../../common/options.ts';
import { writeResult } from '../../common/result.ts';

export const command = defineCommand({
  name: 'capture',
  operands: '',
  minimumInputs: 0,
  description:
    'Prints a POSIX shell script that collects what one machine reports about its address space into a tar: ACPI tables, ' +
    'device tree, /proc/iomem, boot parameters, memory maps, PCI and pnp resources, kernel log and configuration. ' +
    'It needs no Node; busybox is enough. Licence keys, serial numbers, UUIDs, MAC addresses and the ' +
    "host's name are left out or masked, as the script's head lists, unless it is run with --keep-all. Every command " +
    'reads the tar as one machine; with --live a command runs the script here and reads the result.',
  options: { output: OUTPUT_OPTIONS.output },
  examples: [
    { line: 'fwmap capture > capture.sh', does: 'the script' },
    { line: 'fwmap capture | ssh root@guest sh -s -- -o - > guest.tar', does: 'run it on another machine' },
    { line: 'fwmap sysfb guest.tar', does: 'and ask about that machine' },
  ],
  async run({ options, io }) {
    const { CAPTURE_SCRIPT } = await import('../../capture/script.ts');
    writeResult(CAPTURE_SCRIPT, options, io);
    return 0;
  },
});
