/** `fwmap eval` */
import { parseAslConstant } from '../acpi/interpreter/constant.ts';
import type { AmlValue } from '../acpi/interpreter/objects.ts';
import { DiagnosticList } from '../bytes/diagnostic.ts';
import { escapeControls } from '../bytes/escape.ts';
import { evalDocument, evalJson, evalLines } from '../report/eval.ts';
import { FORMATS } from '../report/render.ts';
import { CommandError, defineCommand, EXIT_ERROR } from './command.ts';
import { openInputs } from './inputs.ts';
import { describeOptions } from './machine.ts';
import { formatOption, INPUT_OPTIONS, MACHINE_OPTIONS, OUTPUT_OPTIONS } from './options.ts';
import { printReport } from './print.ts';
import { writeDiagnostics, writeResult } from './result.ts';

export const command = defineCommand({
  name: 'eval',
  operands: 'INPUT... PATH',
  minimumInputs: 2,
  description:
    "Evaluates an ACPI object: loads the tables, runs their start-up code, then the object, and prints its value as ASL. What only the running machine knows stays an expression in the firmware's names.",
  options: {
    ...INPUT_OPTIONS,
    ...MACHINE_OPTIONS,
    arg: {
      type: 'string',
      repeat: true,
      value: 'VALUE',
      describe: 'Argument of the method, in order: 0x10, "text", { 0x01, 0x02 }',
      group: 'The machine:',
    },
    ...OUTPUT_OPTIONS,
    format: formatOption(FORMATS),
    trace: { type: 'boolean', describe: 'Show method calls and accesses to fields', group: 'Output:' },
  },
  examples: [
    { line: String.raw`fwmap eval dsdt.dat '\_SB.PCI0._CRS'`, does: 'resources of the root bridge' },
    {
      line: String.raw`fwmap eval acpidump.txt '\_SB.PCI0._OSC' --arg '{ 0x5b }' --arg 1`,
      does: 'a method with arguments',
    },
    { line: String.raw`fwmap eval dsdt.asl '\MAIN' --trace`, does: 'and every field it reads' },
  ],
  async run({ inputs, options, io }) {
    const [files, path] = [inputs.slice(0, -1), inputs.at(-1)!];
    const [{ parseName }, { readAcpiInputs }, { evaluate, loadMachine }] = await Promise.all([
      import('../acpi/name.ts'),
      import('../acpi/inputs.ts'),
      import('../acpi/machine.ts'),
    ]);
    const name = parseName(path.startsWith('\\') ? path : `\\${path}`);
    if (name === undefined)
      throw new CommandError(
        `${path}: not an ACPI path`,
        String.raw`the last operand is the object: '\_SB.PCI0._CRS'`,
      );
    const args = (options.arg ?? []).map((text): AmlValue => {
      const value = parseAslConstant(text);
      if (value === undefined)
        throw new CommandError(`--arg ${text}: not a number, a "string" or a { list of bytes }`);
      return value;
    });
    const sink = new DiagnosticList();
    const artifacts = await openInputs(files, options, io, sink);
    const { tables } = await readAcpiInputs(artifacts, sink);
    if (tables.length === 0) {
      writeDiagnostics(sink.all, io);
      throw new CommandError(
        'the inputs hold no ACPI table',
        'eval needs a DSDT or SSDT: raw, acpidump, or ASL text',
      );
    }
    const machine = loadMachine(tables, await describeOptions(options, artifacts, io), sink);
    const result = evaluate(machine, name, args);
    const report = { inputs: artifacts, result, trace: options.trace === true, diagnostics: sink.all };
    if ((options.format ?? FORMATS[0]) === 'text') {
      const lines = evalLines(report).map((line) => `${escapeControls(line)}\n`);
      writeResult(lines.join(''), options, io);
      writeDiagnostics(sink.all, io);
    } else {
      await printReport(
        { json: () => evalJson(report), document: () => evalDocument(report) },
        sink.all,
        options,
        io,
      );
    }
    return result.path === undefined || (result.fault !== undefined && result.value === undefined)
      ? EXIT_ERROR
      : 0;
  },
});
