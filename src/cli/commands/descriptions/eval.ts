/** `fwmap eval`: evaluates an ACPI object. */
import type { AmlValue } from '../../../acpi/interpreter/state/objects.ts';
import { DiagnosticList } from '../../../bytes/diagnostic.ts';
import { escapeCommands, escapeControls } from '../../../bytes/escape.ts';
import { FORMATS } from '../../../report/formats/render.ts';
import { defineCommand, EXIT_ERROR } from '../../common/command.ts';
import { CommandError } from '../../common/command-error.ts';
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
import { writePaged } from '../../output/pager.ts';
import { printReport } from '../../output/print.ts';

const { as, include, 'include-root': includeRoot, select } = INPUT_OPTIONS;

export const command = defineCommand({
  name: 'eval',
  operands: 'INPUT... PATH [ARGUMENT...]',
  minimumInputs: 2,
  description:
    'Loads the tables, runs what an operating system runs at boot, and evaluates the object at PATH, which begins ' +
    'with a backslash. Arguments of a method follow it: numbers, "strings", { lists of bytes }. Prints what is ' +
    'stored to Debug, then the result in ASL; a value that only the running machine knows is printed as an ' +
    'expression over firmware fields.',
  options: {
    as,
    include,
    'include-root': includeRoot,
    select,
    ...MACHINE_OPTIONS,
    ...RELEASE_OPTION,
    ...OUTPUT_OPTIONS,
    format: formatOption(FORMATS),
    trace: {
      type: 'boolean',
      describe: 'Trace method calls, field accesses and faults',
      group: 'Output:',
    },
  },
  examples: [
    { line: String.raw`fwmap eval dsdt.dat '\_SB.PCI0._CRS'`, does: 'the resources of a host bridge' },
    { line: String.raw`fwmap eval dsdt.asl '\MAIN' 3 '"text"'`, does: 'a method with arguments' },
    {
      line: String.raw`fwmap eval acpidump.txt '\_SB.VMOD._CRS' --set MG2B=0xf8000000 --trace`,
      does: 'with the value of a field, and a trace',
    },
  ],
  async run({ inputs, options, io }) {
    const at = inputs.findIndex((input) => input.startsWith('\\'));
    const path = inputs[at];
    if (path === undefined || at === 0)
      throw new CommandError(
        'no object is named',
        String.raw`its path starts with a backslash: '\_SB.PCI0._CRS'`,
      );
    const [{ evaluateObject, isAcpiPath }, { parseAslConstant }, { evalLines, evalReport }] =
      await Promise.all([
        import('../../../acpi/evaluate-object.ts'),
        import('../../../acpi/interpreter/values/constant.ts'),
        import('../../../report/subjects/eval.ts'),
      ]);
    if (!isAcpiPath(path))
      throw new CommandError(`${path} is not an ACPI path`, String.raw`for example '\_SB.PCI0._CRS'`);
    const args = inputs.slice(at + 1).map((text): AmlValue => {
      const value = parseAslConstant(text);
      if (value === undefined)
        throw new CommandError(`argument ${text}: not a number, a "string" or a { list of bytes }`);
      return value;
    });
    const sink = new DiagnosticList();
    const artifacts = await openInputs(inputs.slice(0, at), options, io, sink);
    const machine = await oneMachine(artifacts, options.select);
    const described = await describeOptions(options, machine, io);
    const result = await evaluateObject(machine.artifacts, path, { ...described, args }, sink);
    refuseSettings(sink.all);
    if (result === undefined) {
      writeDiagnostics(sink.all, io);
      throw new CommandError(
        'no ACPI table could be read',
        'eval takes a DSDT or SSDT: raw, acpidump or ASL text',
        { inputs, diagnostics: sink.all },
      );
    }
    const subject = {
      inputs: machine.artifacts,
      result,
      trace: options.trace === true,
      diagnostics: sink.all,
    };
    if ((options.format ?? FORMATS[0]) === 'text') {
      // Not wrapped: scripts read these lines.
      const lines = evalLines(subject).map((line) => `${escapeCommands(escapeControls(line))}\n`);
      await writePaged(lines.join(''), options, io);
      writeDiagnostics(sink.all, io);
    } else {
      await printReport(evalReport(subject), sink.all, options, io);
    }
    return result.path === undefined || result.fault !== undefined ? EXIT_ERROR : 0;
  },
});
