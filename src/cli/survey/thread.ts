/** What a worker thread of a survey runs: it opens inputs, describes and judges what is in them, and gives the rows. */
import type { Artifact } from '../../artifact/artifact.ts';
import { readFileBytes } from '../../artifact/file.ts';
import { openInput } from '../../artifact/open.ts';
import { type OpenOptions, openBytes } from '../../artifact/open-bytes.ts';
import { type Diagnostic, DiagnosticList } from '../../bytes/diagnostic.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { messageOf } from '../../findings/finding.ts';
import { type Limits, withLimits } from '../../limits/limits.ts';
import type { AskedKernel } from '../../survey/asked.ts';
import { type Outcome, rowsOf, rowsOfFailure, type Subject } from '../../survey/rows.ts';
import type { Examined } from '../../survey/run.ts';
import type { Unit } from '../../survey/unit.ts';
import { gather } from '../../verdict/answer.ts';
import type { GivenFacts } from '../../verdict/given.ts';
import { judgeBridges } from '../../verdict/host-bridge/bridges.ts';
import { isNothingRead } from '../../verdict/question.ts';
import { judgeSysfb } from '../../verdict/sysfb/sysfb.ts';
import { foundIn, type Verdict } from '../../verdict/sysfb/verdict.ts';
import type { Machine } from '../../window/describe.ts';
import { processIo } from '../common/io.ts';
import { machinesOf, type NamedMachine, openImage } from '../inputs/images.ts';
import { kernelFacts } from '../inputs/kernel-facts.ts';
import { describeOptions } from '../inputs/machine.ts';

/** A unit, and where it is. */
export type PlacedUnit = Unit & { readonly at: string };

export interface Batch {
  readonly units: readonly PlacedUnit[];
  readonly limits: Partial<Limits>;
  readonly asked: AskedKernel;
}

/** What each unit comes to. One that a fault of ours ends has that for its reason. */
export async function examineUnits({ units, limits, asked }: Batch): Promise<Examined[]> {
  return withLimits(limits, async () => {
    const examined: Examined[] = [];
    for (const unit of units) examined.push(await examineUnit(unit, asked));
    return examined;
  });
}

async function examineUnit(unit: PlacedUnit, asked: AskedKernel): Promise<Examined> {
  const subject: Subject = { machine: unit.hash, path: unit.path, bytes: BigInt(unit.bytes) };
  const opening = new DiagnosticList();
  try {
    const artifacts = await openUnit(unit, opening);
    if (artifacts === undefined || artifacts.length === 0)
      return [rowsOfFailure(subject, nothingIn(opening.all), opening.all)];
    const machines = machinesOf(artifacts);
    const examined = [];
    for (const machine of machines) examined.push(await examineMachine(machine, subject, opening.all, asked));
    return examined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [rowsOfFailure(subject, { status: 'failed', reason }, opening.all)];
  }
}

async function openUnit({ at, path }: PlacedUnit, sink: DiagnosticList): Promise<Artifact[] | undefined> {
  const options: OpenOptions = { openImage };
  const read = readFileBytes(at);
  if ('bytes' in read) return openBytes(path, read.bytes, options, sink);
  return openInput(at, options, sink);
}

/** What is said of a file that is no input. */
const NO_INPUT: ReadonlySet<string> = new Set([
  'artifact/empty',
  'artifact/empty-folder',
  'artifact/irrelevant',
  'artifact/mail-nothing-known',
  'artifact/unknown-kind',
  'artifact/unknown-text',
]);

/** Why there is nothing: the first error, or else that it describes no machine. */
function nothingIn(diagnostics: readonly Diagnostic[]): Outcome {
  const failed = diagnostics.find(({ severity, code }) => severity === 'error' && !NO_INPUT.has(code));
  if (failed !== undefined) return { status: 'unreadable', reason: messageOf(failed) };
  const [first] = diagnostics;
  return { status: 'none', reason: first === undefined ? 'it describes no machine' : messageOf(first) };
}

async function examineMachine(
  named: NamedMachine,
  subject: Subject,
  opening: readonly Diagnostic[],
  asked: AskedKernel,
): Promise<Examined[number]> {
  const id = named.name === undefined ? subject.machine : `${subject.machine}#${named.name}`;
  const { machine, verdict, facts, kernel, sink } = await judge(named, opening, asked);
  const { config: _, ...ofOptions } = asked;
  // A configuration alone is an answer, too: it would stand for a machine of which nothing could be read.
  const own =
    asked.config !== undefined && sink.hasErrors ? (await judge(named, opening, ofOptions)).verdict : verdict;
  if (isNothingRead(own.inputs, foundIn(own), sink.all))
    return rowsOfFailure({ ...subject, machine: id }, nothingIn(sink.all), sink.all);
  const bridges = judgeBridges(machine, kernel, {}, facts, new DiagnosticList());
  return rowsOf({ ...subject, machine: id }, machine, verdict, bridges);
}

async function judge(
  named: NamedMachine,
  opening: readonly Diagnostic[],
  asked: AskedKernel,
): Promise<{
  readonly machine: Machine;
  readonly verdict: Verdict;
  readonly facts: MachineFacts;
  readonly kernel: GivenFacts;
  readonly sink: DiagnosticList;
}> {
  const sink = new DiagnosticList();
  for (const diagnostic of [...opening, ...named.findings]) sink.add(diagnostic);
  const describe = await describeOptions(asked, named, processIo());
  const kernel = await kernelFacts(asked);
  const { config } = asked;
  const artifacts = [...named.artifacts, ...(config === undefined ? [] : await openConfig(config, sink))];
  const { machine, facts } = await gather(artifacts, { describe }, sink);
  return { machine, facts, kernel, sink, verdict: await judgeSysfb(machine, kernel, {}, facts, sink) };
}

function openConfig(
  { name, text }: NonNullable<AskedKernel['config']>,
  sink: DiagnosticList,
): Promise<Artifact[]> {
  return openBytes(name, new TextEncoder().encode(text), { as: 'kconfig' }, sink);
}
