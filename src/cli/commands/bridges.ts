/** `fwmap bridges` */
import { isKind } from '../../artifact/kinds.ts';
import { finding } from '../../findings/finding.ts';
import { FORMATS } from '../../report/formats/render.ts';
import { bridgesDocument, bridgesJson } from '../../report/subjects/bridges.ts';
import { askBridges } from '../../verdict/ask.ts';
import type { BridgeOptions } from '../../verdict/host-bridge/situation.ts';
import { CommandError, defineCommand } from '../common/command.ts';
import {
  formatOption,
  INPUT_OPTIONS,
  KERNEL_OPTIONS,
  MACHINE_OPTIONS,
  OUTPUT_OPTIONS,
} from '../common/options.ts';
import { answerMachines } from '../inputs/answer.ts';

/** Physical address bits that x86 processors have. */
const ADDRESS_BITS = { least: 32, most: 52 } as const;

function addressBits(text: string): number {
  const bits = Number(text);
  if (!/^\d+$/.test(text) || bits < ADDRESS_BITS.least || bits > ADDRESS_BITS.most)
    throw new CommandError(
      `--address-bits ${text}: it takes a number from ${ADDRESS_BITS.least} to ${ADDRESS_BITS.most}`,
      '"address sizes" of /proc/cpuinfo',
    );
  return bits;
}

export const command = defineCommand({
  name: 'bridges',
  operands: 'INPUT...',
  minimumInputs: 1,
  description:
    'Which windows does Linux give the PCI host bridges of this machine, and what does it drop, clip, unite or refuse, and ' +
    'why? ACPI tables or a device tree say what the firmware gives; a log of the machine shows what that kernel did, and is ' +
    'held against it. /proc/iomem or a memory map tell where RAM is, at whose edges windows are dropped.',
  options: {
    ...INPUT_OPTIONS,
    ...MACHINE_OPTIONS,
    ...KERNEL_OPTIONS,
    'address-bits': {
      type: 'string',
      value: 'N',
      describe: 'Physical address bits of an x86 processor',
      group: 'The machine:',
    },
    ...OUTPUT_OPTIONS,
    format: formatOption(FORMATS),
  },
  examples: [
    { line: 'fwmap bridges acpidump.txt --kernel 6.12.30', does: 'of ACPI tables and a kernel' },
    { line: 'fwmap bridges tables/ dmesg.txt iomem.txt', does: 'held against what the kernel printed' },
    { line: 'fwmap bridges board.dtb', does: 'of a device tree' },
  ],
  run: ({ inputs, options, io }) => {
    const bits = options['address-bits'];
    const bridges: BridgeOptions = { ...(bits === undefined ? {} : { addressBits: addressBits(bits) }) };
    return answerMachines(inputs, options, io, async (artifacts, asked, sink) => {
      const verdict = await askBridges(artifacts, { ...asked, bridges }, sink);
      const isDescribed = artifacts.some(
        ({ kind }) => isKind(kind, 'tree') || isKind(kind, 'acpi') || kind === 'dmesg',
      );
      if (!isDescribed && !sink.hasErrors) sink.add(finding('fwmap/no-description', {}));
      if (verdict.bridges.length === 0 && sink.hasErrors) return undefined;
      return {
        json: () => bridgesJson({ ...verdict, diagnostics: sink.all }),
        document: (format) => bridgesDocument({ ...verdict, diagnostics: sink.all }, format !== 'text'),
      };
    });
  },
});
