/** Asks a question of each machine among the inputs: what every such command does between its options and its report. */
import type { Artifact } from '../../artifact/artifact.ts';
import { isKind } from '../../artifact/kinds.ts';
import type { NamedMachine } from '../../artifact/machines.ts';
import { DiagnosticList } from '../../bytes/diagnostic.ts';
import type { Report } from '../../report/formats/render.ts';
import type { NamedReport } from '../../report/subjects/machines.ts';
import type { AnswerOptions } from '../../verdict/answer.ts';
import { type Answered, isNothingRead } from '../../verdict/question.ts';
import { EXIT_ERROR, worstStatus } from '../common/command.ts';
import type { Io } from '../common/io.ts';
import { type PrintOptions, printMachines, printNoAnswer } from '../output/print.ts';
import { selectMachines } from './images.ts';
import { openInputs } from './inputs.ts';
import { kernelFacts } from './kernel-facts.ts';
import { describeOptions, type MachineOptionValues, refuseSettings } from './machine.ts';

export type QuestionOptions = MachineOptionValues &
  PrintOptions &
  Parameters<typeof kernelFacts>[0] & {
    readonly config?: string;
    readonly matrix?: boolean;
    readonly 'exit-code'?: boolean;
  };

/** What every answer has. */
type Answerable = Pick<Answered, 'inputs' | 'diagnostics'>;

/** What sets one question apart from others. */
export interface QuestionOf<V extends Answerable> {
  /** Opens inputs that an option of this question names. */
  readonly openMore?: (sink: DiagnosticList) => Promise<readonly Artifact[]>;
  /** The V8 settings for a run that evaluates ACPI tables. */
  readonly engine: 'compileLate' | 'compileSparingly';
  /** Answers for one machine. Diagnostics are added to `sink`, and the answer has them. */
  readonly answer: (artifacts: readonly Artifact[], given: AnswerOptions, sink: DiagnosticList) => Promise<V>;
  /** How much the answer is made of: 0 where nothing of the machine could be read. */
  readonly found: (answer: V) => number;
  readonly report: (answer: V) => Report;
  /** The exit status with `--exit-code`. */
  readonly status?: (answer: V) => number;
  /** Prints the reports, instead of the usual way. */
  readonly print?: (reports: readonly NamedReport[], answers: readonly V[]) => Promise<void>;
}

/**
 * Prints the answer for each machine; with `ndjson` each input is a machine of its own, for long lists.
 * @returns the exit status
 */
export async function answerMachines<V extends Answerable>(
  inputs: readonly string[],
  options: QuestionOptions,
  io: Io,
  question: QuestionOf<V>,
): Promise<number> {
  if (options.format !== 'ndjson' || options.output !== undefined)
    return answerTogether(inputs, options, io, question);
  const statuses: number[] = [];
  for (const input of inputs) statuses.push(await answerTogether([input], options, io, question));
  return worstStatus(statuses);
}

async function answerTogether<V extends Answerable>(
  inputs: readonly string[],
  options: QuestionOptions,
  io: Io,
  question: QuestionOf<V>,
): Promise<number> {
  const opening = new DiagnosticList();
  const artifacts: Artifact[] = await openInputs(inputs, options, io, opening);
  if (options.config !== undefined)
    artifacts.push(...(await openInputs([options.config], { as: ['kconfig'] }, io, opening)));
  if (question.openMore !== undefined) artifacts.push(...(await question.openMore(opening)));
  const machines = await selectMachines(artifacts, options.select);
  const answers: { readonly name: string | undefined; readonly answer: V }[] = [];
  const all = new DiagnosticList(opening.all);
  for (const machine of machines) {
    const sink = new DiagnosticList([...opening.all, ...machine.findings]);
    const answer = await answerOne(machine, options, io, question, sink);
    if (!isNothingRead(answer.inputs, question.found(answer), sink.all))
      answers.push({ name: machine.name, answer });
    for (const diagnostic of sink.all.slice(opening.all.length)) all.add(diagnostic);
  }
  if (answers.length === 0) {
    await printNoAnswer(inputs, all.all, options, io);
    return EXIT_ERROR;
  }
  const reports = answers.map(({ name, answer }): NamedReport => ({ ...question.report(answer), name }));
  if (question.print !== undefined)
    await question.print(
      reports,
      answers.map(({ answer }) => answer),
    );
  else await printMachines(reports, all.all, options, io);
  const { status } = question;
  if (options['exit-code'] !== true || status === undefined) return 0;
  return worstStatus(answers.map(({ answer }) => status(answer)));
}

async function answerOne<V extends Answerable>(
  machine: NamedMachine,
  options: QuestionOptions,
  io: Io,
  question: QuestionOf<V>,
  sink: DiagnosticList,
): Promise<V> {
  if (machine.artifacts.some(({ kind }) => isKind(kind, 'acpi'))) {
    const engine = await import('../common/engine.ts');
    await engine[question.engine]();
  }
  const given: AnswerOptions = {
    describe: await describeOptions(options, machine, io),
    kernel: { ...(await kernelFacts(options)), matrix: options.matrix === true },
  };
  const answer = await question.answer(machine.artifacts, given, sink);
  refuseSettings(sink.all);
  return answer;
}
