/** What `windows` and `resources` share: they print what the firmware describes, for one machine or for a list of inputs. */
import { type Diagnostic, DiagnosticList, type DiagnosticSink } from '../bytes/diagnostic.ts';
import type { Report } from '../report/formats/render.ts';
import type { NamedReport } from '../report/subjects/machines.ts';
import { type Machine, NO_DESCRIPTION } from '../window/describe.ts';
import { EXIT_ERROR } from './common/command.ts';
import type { Io } from './common/io.ts';
import { type DescribedOptionValues, describeMachine, readMachines } from './inputs/machine.ts';
import { type PrintOptions, printMachines, printNoAnswer } from './output/print.ts';

/** From this many inputs on, changing V8's settings saves more time than it costs. */
const MANY_INPUTS = 3;

/** What a command makes of a machine. */
interface Reporter {
  /** Looks for what is worth a warning. */
  readonly examine?: (machine: Machine, sink: DiagnosticSink) => Promise<void>;
  readonly reportOf: (machine: Machine, diagnostics: readonly Diagnostic[]) => Report;
}

function saysSomething(machine: Machine): boolean {
  return machine.trees.length > 0 || machine.acpi !== undefined;
}

function isErrorOfText({ severity, code }: Diagnostic): boolean {
  return severity === 'error' && (code.startsWith('dt/') || code.startsWith('acpi/asl'));
}

async function reportInputs(
  inputs: readonly string[],
  options: DescribedOptionValues & PrintOptions,
  io: Io,
  reporter: Reporter,
): Promise<number> {
  const sink = new DiagnosticList();
  const reports: NamedReport[] = [];
  for (const named of await readMachines(inputs, options, io, sink)) {
    const machine = await describeMachine(named, options, io, sink);
    if (!saysSomething(machine)) continue;
    await reporter.examine?.(machine, sink);
    reports.push({ ...reporter.reportOf(machine, sink.all), name: named.name });
  }
  if (reports.length === 0) {
    if (!sink.hasErrors) sink.add(NO_DESCRIPTION);
    await printNoAnswer(inputs, sink.all, options, io);
    return EXIT_ERROR;
  }
  await printMachines(reports, sink.all, options, io);
  // The report of a faulty tree or ASL text is incomplete, which a script has to notice.
  return sink.all.some(isErrorOfText) ? EXIT_ERROR : 0;
}

/**
 * Describes the machine that the inputs belong to and prints the report; with `ndjson` each input is a machine of its
 * own, so that a long list takes one process and no more memory than its largest input.
 * @returns the exit status
 */
export async function reportDescriptions(
  inputs: readonly string[],
  options: DescribedOptionValues & PrintOptions,
  io: Io,
  reporter: Reporter,
): Promise<number> {
  if (options.format !== 'ndjson' || options.output !== undefined)
    return reportInputs(inputs, options, io, reporter);
  if (inputs.length >= MANY_INPUTS) {
    const { compileSparingly } = await import('./common/engine.ts');
    await compileSparingly();
  }
  let status = 0;
  for (const input of inputs) status = Math.max(status, await reportInputs([input], options, io, reporter));
  return status;
}
