/** From inputs to a report of each machine that they are of: what commands that answer a question share. */
import type { Artifact } from '../../artifact/artifact.ts';
import { isKind } from '../../artifact/kinds.ts';
import { DiagnosticList } from '../../bytes/diagnostic.ts';
import type { Report } from '../../report/formats/render.ts';
import type { NamedReport } from '../../report/subjects/machines.ts';
import type { AnswerOptions } from '../../verdict/answer.ts';
import { EXIT_ERROR } from '../common/command.ts';
import type { Io } from '../common/io.ts';
import { type PrintOptions, printMachines, printNoAnswer } from '../common/print.ts';
import { selectMachines } from './images.ts';
import { openInputs } from './inputs.ts';
import { kernelFacts } from './kernel-facts.ts';
import { describeOptions, type MachineOptionValues, refuseSettings } from './machine.ts';

type QuestionFlags = MachineOptionValues &
  PrintOptions &
  Parameters<typeof kernelFacts>[0] & { readonly config?: string };

/** Answers of one machine; undefined where nothing of it could be read. */
export type Answerer = (
  artifacts: readonly Artifact[],
  asked: AnswerOptions,
  sink: DiagnosticList,
) => Promise<Report | undefined>;

/** Prints the answer for each machine; with `ndjson` each input is a machine of its own. Gives the exit status. */
export async function answerMachines(
  inputs: readonly string[],
  options: QuestionFlags,
  io: Io,
  answer: Answerer,
): Promise<number> {
  if (options.format !== 'ndjson' || options.output !== undefined)
    return answerTogether(inputs, options, io, answer);
  let status = 0;
  for (const input of inputs) status = Math.max(status, await answerTogether([input], options, io, answer));
  return status;
}

async function answerTogether(
  inputs: readonly string[],
  options: QuestionFlags,
  io: Io,
  answer: Answerer,
): Promise<number> {
  const opening = new DiagnosticList();
  const artifacts: Artifact[] = await openInputs(inputs, options, io, opening);
  if (options.config !== undefined)
    artifacts.push(...(await openInputs([options.config], { as: ['kconfig'] }, io, opening)));
  const reports: NamedReport[] = [];
  const all = new DiagnosticList();
  const machines = selectMachines(artifacts, options.select);
  for (const machine of machines) {
    if (machine.artifacts.some(({ kind }) => isKind(kind, 'acpi'))) {
      const { compileSparingly } = await import('../common/engine.ts');
      await compileSparingly();
    }
    const sink = new DiagnosticList();
    for (const diagnostic of [...opening.all, ...machine.findings]) sink.add(diagnostic);
    const asked: AnswerOptions = {
      describe: await describeOptions(options, machine, io),
      kernel: await kernelFacts(options),
    };
    const report = await answer(machine.artifacts, asked, sink);
    refuseSettings(sink.all);
    if (report !== undefined) reports.push({ ...report, name: machine.name });
    for (const diagnostic of machines.length > 1 ? sink.all.slice(opening.all.length) : sink.all)
      all.add(diagnostic);
  }
  if (reports.length === 0) {
    await printNoAnswer(inputs, all.all, options, io);
    return EXIT_ERROR;
  }
  await printMachines(reports, all.all, options, io);
  return 0;
}
