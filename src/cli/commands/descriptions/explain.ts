/** `fwmap explain` */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Artifact } from '../../../artifact/artifact.ts';
import { openBytes } from '../../../artifact/open-bytes.ts';
import { DiagnosticList } from '../../../bytes/diagnostic.ts';
import { FORMATS } from '../../../report/formats/render.ts';
import { explainReport } from '../../../report/subjects/explain.ts';
import { describe, type Machine } from '../../../window/describe.ts';
import { explain, explainable } from '../../../window/explain.ts';
import { defineCommand, EXIT_ERROR } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
import type { Io } from '../../common/io.ts';
import {
  formatOption,
  INPUT_OPTIONS,
  MACHINE_OPTIONS,
  OUTPUT_OPTIONS,
  RELEASE_OPTION,
} from '../../common/options.ts';
import { writeDiagnostics } from '../../common/result.ts';
import { oneMachine } from '../../inputs/images.ts';
import { openInputs } from '../../inputs/inputs.ts';
import { describeOptions, refuseSettings } from '../../inputs/machine.ts';
import { type PrintOptions, printNoAnswer, printReport } from '../../output/print.ts';

/** `<0x0f …>` with or without `ranges =` before it, or the cells alone. */
const CELLS = /^\s*(?:[\w,.+#-]+\s*=\s*)?<[^>]*>\s*;?\s*$|^\s*(?:0x[0-9A-Fa-f]+[\s,]+)+0x[0-9A-Fa-f]+\s*$/;
const CELL = /^0x[0-9A-Fa-f]+$/;
/** The property that cells without a name are taken for. */
const DEFAULT_ITEM = 'ranges';
const ARGUMENT_NAME = '<argument>';

/** Cells from the command line as a property line. */
function propertyLine(text: string): string {
  const cells = text.trim().replace(/;$/, '').trim();
  if (cells.includes('=')) return `${cells};\n`;
  return cells.startsWith('<')
    ? `${DEFAULT_ITEM} = ${cells};\n`
    : `${DEFAULT_ITEM} = <${cells.replace(/,/g, ' ')}>;\n`;
}

async function noSuchNode(machine: Machine, node: string): Promise<CommandError> {
  const { nearest } = await import('../../../findings/nearest.ts');
  const close = await nearest(node, explainable(machine));
  return new CommandError(
    `no node or device ${node} in the inputs`,
    close === undefined ? undefined : `did you mean ${close}?`,
  );
}

/** `dt/ranges-cells`: a code, unless there is a file of that name. */
const CODE = /^[a-z]+\/[a-z0-9-]+$/;

/** Prints what a code means; false where the argument isn't a code. */
async function explainedCode(argument: string, options: PrintOptions, io: Io): Promise<boolean> {
  if (!CODE.test(argument) || existsSync(resolve(io.cwd, argument))) return false;
  const { codeReport } = await import('../../../report/subjects/code.ts');
  const report = codeReport(argument);
  if (report === undefined) {
    // Reported as a missing file, unless it resembles a code.
    const [{ CODES }, { nearest }] = await Promise.all([
      import('../../../findings/finding.ts'),
      import('../../../findings/nearest.ts'),
    ]);
    const close = await nearest(argument, CODES);
    if (close === undefined) return false;
    throw new CommandError(`there is no code ${argument}`, `did you mean ${close}?`);
  }
  await printReport(report, [], options, io);
  return true;
}

export const command = defineCommand({
  name: 'explain',
  operands: 'CELLS|INPUT...|CODE',
  minimumInputs: 1,
  description:
    'Shows how an entry is read: cells one by one, each bus on the way to the CPU, descriptors byte by byte. Where the ' +
    'cell counts are not given, every reading that fits is listed, ranked, each with its reasons. The code of a ' +
    'diagnostic, such as dt/ranges-cells, is explained too.',
  options: {
    ...INPUT_OPTIONS,
    ...MACHINE_OPTIONS,
    ...RELEASE_OPTION,
    ...OUTPUT_OPTIONS,
    node: {
      type: 'string',
      value: 'PATH',
      describe: 'Only this node or device: /soc/pcie@1000, a label or alias, \\_SB.PCI0',
      group: 'Reading inputs:',
    },
    format: formatOption(FORMATS),
  },
  examples: [
    { line: "fwmap explain '<0x0f 0xf0000000 0x0f 0xf0000000 0x10000000>'", does: 'cells from a mail' },
    { line: "fwmap explain 'reg = <0x0 0x1000 0x100>' --cells 2,0,1", does: 'with the counts given' },
    { line: 'fwmap explain board.dtb --node /soc/pcie@1000', does: 'one node, bus by bus' },
    { line: "fwmap explain dsdt.dat --node '\\_SB.PCI0'", does: 'one _CRS, byte by byte' },
    { line: 'fwmap explain dt/ranges-cells', does: 'what a diagnostic means' },
  ],
  async run({ inputs: given, options, io }) {
    // Cells without quotes around them.
    const inputs = given.every((each) => CELL.test(each)) ? [given.join(' ')] : given;
    if (inputs.length === 1 && (await explainedCode(inputs[0]!, options, io))) return 0;
    const sink = new DiagnosticList();
    // Files together: a patch is completed by the file that it changes.
    const files = inputs.filter((input) => !CELLS.test(input));
    const artifacts: Artifact[] = await openInputs(files, options, io, sink);
    for (const input of inputs) {
      if (!CELLS.test(input)) continue;
      const line = new TextEncoder().encode(propertyLine(input));
      artifacts.push(...(await openBytes(ARGUMENT_NAME, line, { as: 'dts-fragment' }, sink)));
    }
    const named = await oneMachine(artifacts, options.select);
    const settings = await describeOptions(options, named, io);
    const machine = await describe(named.artifacts, settings, sink);
    refuseSettings(sink.all);
    if (machine.trees.length === 0 && machine.acpi === undefined) {
      if (sink.hasErrors) {
        await printNoAnswer(inputs, sink.all, options, io);
        return EXIT_ERROR;
      }
      writeDiagnostics(sink.all, io);
      throw new CommandError(
        'the inputs hold no device tree, no ACPI table and no resource list',
        'fwmap help explain shows what it takes',
        {
          inputs,
          diagnostics: sink.all,
        },
      );
    }
    const explanation = await explain(machine, { node: options.node, cells: settings.cells }, sink.all);
    if (explanation === undefined) throw await noSuchNode(machine, options.node!);
    await printReport(explainReport(explanation), sink.all, options, io);
    return 0;
  },
});
