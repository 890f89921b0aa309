/** `fwmap eval`: evaluates an ACPI object. */
import type { AmlValue } from '../acpi/interpreter/objects.ts';
import type { EvalResult } from '../acpi/machine.ts';
import { DiagnosticList } from '../bytes/diagnostic.ts';
import { escapeControls } from '../bytes/escape.ts';
import { formatPlace } from '../bytes/source.ts';
import { CommandError, defineCommand, EXIT_ERROR } from './command.ts';
import { openInputs } from './inputs.ts';
import { describeOptions } from './machine.ts';
import { formatOption, INPUT_OPTIONS, MACHINE_OPTIONS, OUTPUT_OPTIONS } from './options.ts';
import { writeDiagnostics, writeResult } from './result.ts';

const { as, include } = INPUT_OPTIONS;
const { set, memory, assume } = MACHINE_OPTIONS;

export const command = defineCommand({
  name: 'eval',
  operands: 'INPUT... PATH [ARGUMENT...]',
  minimumInputs: 2,
  description:
    'Loads the tables, runs what an operating system runs at start, and evaluates the object at PATH (it begins with ' +
    'a backslash). Arguments of a method follow it: numbers, or "strings". Prints what is stored to Debug, then the ' +
    'result in ASL; what only the running machine knows stays an expression over the firmware fields it is made of.',
  options: {
    as,
    include,
    'include-root': INPUT_OPTIONS['include-root'],
    set,
    memory,
    assume,
    format: formatOption(['text', 'json'] as const),
    output: OUTPUT_OPTIONS.output,
    trace: {
      type: 'boolean',
      describe: 'Show method calls, field accesses and faults on the way',
      group: 'What to show:',
    },
  },
  examples: [
    { line: String.raw`fwmap eval dsdt.dat '\_SB.PCI0._CRS'`, does: 'the resources of a host bridge' },
    { line: String.raw`fwmap eval dsdt.asl '\MAIN' 3 '"text"'`, does: 'a method with arguments' },
    {
      line: String.raw`fwmap eval acpidump.txt '\_SB.VMOD._CRS' --set MG2B=0xf8000000 --trace`,
      does: 'with a field settled',
    },
  ],
  async run({ inputs, options, io }) {
    const sink = new DiagnosticList();
    const at = inputs.findIndex((input) => input.startsWith('\\'));
    const path = inputs[at];
    if (path === undefined || at === 0)
      throw new CommandError('which object?', String.raw`name it with a leading backslash: '\_SB.PCI0._CRS'`);
    const [{ parseName }, { evaluate, loadMachine }, { readAcpiInputs }] = await Promise.all([
      import('../acpi/name.ts'),
      import('../acpi/machine.ts'),
      import('../acpi/inputs.ts'),
    ]);
    const name = parseName(path);
    if (name === undefined) throw new CommandError(`${path} is no ACPI path`);
    const { StringObject } = await import('../acpi/interpreter/objects.ts');
    const args = inputs.slice(at + 1).map((text): AmlValue => {
      const quoted = /^"(.*)"$/s.exec(text);
      if (quoted) return new StringObject(quoted[1]!);
      if (!/^(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text))
        throw new CommandError(`argument ${text}: neither a number nor a "string"`);
      return BigInt(text);
    });
    const artifacts = await openInputs(inputs.slice(0, at), options, io, sink);
    const described = await describeOptions(options, artifacts, io);
    const { tables } = await readAcpiInputs(artifacts, sink, described.asl);
    if (tables.length === 0) {
      writeDiagnostics(sink.all, io);
      throw new CommandError('no ACPI table could be read');
    }
    const machine = loadMachine(tables, described, sink);
    const result = evaluate(machine, name, args);
    const { formatValue } = await import('../acpi/interpreter/debug.ts');
    const text =
      options.format === 'json'
        ? `${JSON.stringify(jsonOf(result, formatValue), null, 2)}\n`
        : textOf(result, options.trace === true, formatValue);
    writeDiagnostics(sink.all, io);
    writeResult(text, options, io);
    return result.path === undefined || result.fault !== undefined ? EXIT_ERROR : 0;
  },
});

type Format = (value: EvalResult['value']) => string;

function textOf(result: EvalResult, trace: boolean, format: Format): string {
  const lines: string[] = [];
  if (trace) {
    for (const { kind, text, term, table } of result.trace) {
      const { source, offset } = table ?? {};
      const where =
        source && term && offset !== undefined
          ? ` (${formatPlace({ source, start: offset + term.start, end: offset + term.end })})`
          : '';
      lines.push(`${kind}: ${text}${where}`);
    }
  } else lines.push(...result.debug.map((line) => `[ACPI Debug] ${line}`));
  for (const { when, fault } of result.faults) lines.push(`when ${when}: ${fault.code}: ${fault.message}`);
  if (result.fault !== undefined) lines.push(`${result.fault.code}: ${result.fault.message}`);
  else if (result.path !== undefined) lines.push(format(result.value));
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}

function jsonOf(result: EvalResult, format: Format): unknown {
  const { path, value, fault, faults, debug, trace } = result;
  return {
    schema: 'fwmap/eval@1',
    path: path ?? null,
    result: fault === undefined && path !== undefined ? format(value) : null,
    ...(fault === undefined ? {} : { fault: { code: fault.code, message: fault.message } }),
    faults: faults.map((failing) => ({
      when: failing.when,
      code: failing.fault.code,
      message: failing.fault.message,
    })),
    debug,
    trace: trace.map(({ kind, text }) => ({ kind, text })),
  };
}
