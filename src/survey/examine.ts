/** Examines a unit of a survey: its inputs are opened, described and judged, and become rows. */
import type { Artifact } from '../artifact/artifact.ts';
import { isOutOfMemory, isSystemError, readFileBytes, systemMessage } from '../artifact/file.ts';
import { listFolder } from '../artifact/folders/disk-folder.ts';
import { machinesOf, type NamedMachine } from '../artifact/machines.ts';
import { openInput, openListedFolder } from '../artifact/open.ts';
import { type OpenOptions, openBytes } from '../artifact/open-bytes.ts';
import { type Diagnostic, DiagnosticList, IGNORED } from '../bytes/diagnostic.ts';
import { finding, messageOf } from '../findings/finding.ts';
import { sha256Of } from '../platform/hash.ts';
import { openImage } from '../scan/open-image.ts';
import { type Answers, answerQuestions } from '../verdict/answer.ts';
import type { GivenFacts } from '../verdict/given.ts';
import { machineOptions } from '../verdict/machine-options.ts';
import { isNothingRead } from '../verdict/question.ts';
import { sysfbFound } from '../verdict/sysfb/verdict.ts';
import type { AskedKernel } from './asked.ts';
import { hashOfArchived, wholeFolder } from './find-units.ts';
import { Reads } from './reads.ts';
import { type Outcome, rowsOf, rowsOfFailure, type Subject } from './rows.ts';
import { type Examined, HostError } from './run.ts';
import type { Unit } from './unit.ts';

/**
 * Opens a unit, describes and judges the machines in it. It never throws: a failure becomes the reason in the rows.
 * @param at the absolute path of its file
 * @param asked the kernel that it is judged for; by default that of its own inputs
 */
export async function examineUnit(unit: Unit, at: string, asked: AskedKernel = {}): Promise<Examined> {
  const subject: Subject = { machine: unit.hash, path: unit.path, bytes: BigInt(unit.bytes) };
  const opening = new DiagnosticList();
  try {
    const artifacts = await openUnit(unit, at, opening);
    if (artifacts.length === 0) return [rowsOfFailure(subject, nothingIn(opening.all), opening.all)];
    const machines = machinesOf(artifacts);
    const examined = [];
    for (const machine of machines) examined.push(await examineMachine(machine, subject, opening.all, asked));
    return examined;
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (isSystemError(error) || isOutOfMemory(error))
      throw new HostError(`${unit.path}: ${systemMessage(error)}`);
    const reason = error instanceof Error ? error.message : String(error);
    return [rowsOfFailure(subject, { status: 'failed', reason }, opening.all)];
  }
}

/** The inputs in a unit, if it is unchanged since it was planned. Throws {@link HostError}. */
async function openUnit({ path, hash }: Unit, at: string, sink: DiagnosticList): Promise<Artifact[]> {
  const options: OpenOptions = { openImage };
  const read = readFileBytes(at);
  const another = (): Artifact[] => {
    sink.add(
      finding('artifact/unreadable', { what: path, why: 'It has changed since it was found' }, { path }),
    );
    return [];
  };
  if ('failure' in read) {
    if (!read.tooLarge) throw new HostError(`${path}: ${read.failure}`);
    return openInput(at, options, sink);
  }
  if ('bytes' in read) {
    const { bytes } = read;
    // A folder of an archive is stored as a tar, and has the hash that it has on disk.
    const isSame = sha256Of(bytes) === hash || (await hashOfArchived(bytes, path)) === hash;
    return isSame ? openBytes(path, bytes, options, sink) : another();
  }
  const reads = new Reads(IGNORED, { isKept: true });
  const top = reads.of(listFolder(at, reads));
  const isSame = wholeFolder(top, at, reads)?.hash === hash;
  const { refused } = reads;
  const artifacts = isSame ? await openListedFolder(top, at, options, sink) : another();
  // Of what was refused there is another reading, unless it was when this was planned.
  const why = isSame && reads.refused === refused ? reads.passing : reads.fault;
  if (why !== undefined) throw new HostError(`${path}: ${why}`);
  return artifacts;
}

/** Codes about files that are not inputs. */
const NO_INPUT: ReadonlySet<string> = new Set([
  'artifact/empty',
  'artifact/empty-folder',
  'artifact/irrelevant',
  'artifact/mail-nothing-known',
  'artifact/unknown-kind',
  'artifact/unknown-text',
]);

/** The outcome of a unit without a machine: the first error, or that it describes none. */
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
  const { answers, sink } = await judge(named, opening, asked);
  const { config: _, ...ofOptions } = asked;
  // A configuration alone gives an answer too, which must not hide that nothing of the machine could be read.
  const own =
    asked.config !== undefined && sink.hasErrors ? (await judge(named, opening, ofOptions)).answers : answers;
  if (isNothingRead(own.sysfb.inputs, sysfbFound(own.sysfb), sink.all))
    return rowsOfFailure({ ...subject, machine: id }, nothingIn(sink.all), sink.all);
  return rowsOf({ ...subject, machine: id }, answers.machine, answers.sysfb, answers.bridges);
}

async function judge(
  named: NamedMachine,
  opening: readonly Diagnostic[],
  { kernel: release, osi, config, 'with-commit': withCommits, 'without-commit': withoutCommits }: AskedKernel,
): Promise<{ readonly answers: Answers; readonly sink: DiagnosticList }> {
  const sink = new DiagnosticList([...opening, ...named.findings]);
  const here = { cwd: process.cwd(), env: process.env };
  const describe = await machineOptions(named, { ...here, kernel: release, osi });
  if (describe === undefined) throw new RangeError(`${release} is not a kernel release`);
  const kernel: GivenFacts = {
    ...(release === undefined ? {} : { release }),
    ...(withCommits === undefined ? {} : { withCommits }),
    ...(withoutCommits === undefined ? {} : { withoutCommits }),
  };
  const artifacts = [...named.artifacts, ...(config === undefined ? [] : await openConfig(config, sink))];
  return { answers: await answerQuestions(artifacts, { describe, kernel }, sink), sink };
}

function openConfig(
  { name, text }: NonNullable<AskedKernel['config']>,
  sink: DiagnosticList,
): Promise<Artifact[]> {
  return openBytes(name, new TextEncoder().encode(text), { as: 'kconfig' }, sink);
}
