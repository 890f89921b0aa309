/** Asking a question: from artifacts and options to a verdict. */
import type { Artifact } from '../artifact/artifact.ts';
import { isKind } from '../artifact/kinds.ts';
import { DiagnosticList } from '../bytes/diagnostic.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { type DescribeOptions, describe, type Machine } from '../window/describe.ts';
import type { KernelFacts } from './kernel.ts';
import { subjectsOf, VMBUS_ACPI_IDS } from './subject.ts';
import { judgeSysfb } from './sysfb.ts';
import { compareAnswers, type Verdict } from './verdict.ts';

export interface AskOptions {
  readonly describe: DescribeOptions;
  /** What the user said of the kernel; the evidence among the artifacts is added to it. */
  readonly kernel: KernelFacts;
  /**
   * The verdict's `windows` and `diagnostics` may leave out what the answer doesn't hang on: of ACPI tables, devices
   * that are not VMBus and that it does not stand in. Their code is then not run.
   */
  readonly judgedOnly?: boolean;
}

/**
 * Answers `sysfb` for the machine that the artifacts describe together. What goes wrong on the way is added to
 * `diagnostics`, which the verdict carries.
 */
export async function askSysfb(
  artifacts: readonly Artifact[],
  options: AskOptions,
  diagnostics: DiagnosticList,
): Promise<Verdict> {
  const evidenceArtifacts = artifacts.filter((artifact) => isKind(artifact.kind, 'evidence'));
  if (evidenceArtifacts.length === 0) {
    const machine = await describeAsked(artifacts, options, undefined, diagnostics);
    return judgeSysfb(machine, options.kernel, diagnostics);
  }
  const [{ readEvidence }, { gatherFacts }, { observedRules }] = await Promise.all([
    import('../evidence/read.ts'),
    import('./facts.ts'),
    import('./observed.ts'),
  ]);
  const faults = new DiagnosticList();
  const evidence = readEvidence(evidenceArtifacts, faults);
  const machine = await describeAsked(artifacts, options, evidence, diagnostics);
  for (const fault of faults.all) diagnostics.add(fault);
  const { variants, contradictions } = gatherFacts(options.kernel, evidence, diagnostics);
  const verdicts: Verdict[] = [];
  for (const facts of variants) verdicts.push(await judgeSysfb(machine, facts, diagnostics));
  const verdict = oneOf(verdicts);
  return {
    ...verdict,
    rules: [
      ...verdict.rules,
      ...observedRules(evidence),
      ...contradictions.map(({ about, message, facts }) => ({
        id: 'evidence-contradicts',
        says: `The sources contradict each other about the ${about}: ${message}.`,
        evidence: facts.map((fact) => ({ text: `${fact.artifact.source.name}: ${fact.text}` })),
      })),
    ],
    diagnostics: diagnostics.all,
  };
}

async function describeAsked(
  artifacts: readonly Artifact[],
  { describe: given, kernel, judgedOnly }: AskOptions,
  evidence: Evidence | undefined,
  diagnostics: DiagnosticList,
): Promise<Machine> {
  const options = evidence === undefined ? given : { ...given, evidence };
  const general = evidence !== undefined || kernel.framebuffer !== undefined;
  return (
    (judgedOnly && (await describeSubjects(artifacts, options, kernel, general, diagnostics))) ||
    (await describe(artifacts, options, diagnostics))
  );
}

/**
 * The machine as far as it bears on VMBus. Undefined when the rest is needed too: of a machine without VMBus it is said
 * in which window a known framebuffer lies; and where something can't be read, all is shown that can.
 *
 * @param general may something be known of a framebuffer?
 */
async function describeSubjects(
  artifacts: readonly Artifact[],
  options: DescribeOptions,
  kernel: KernelFacts,
  general: boolean,
  diagnostics: DiagnosticList,
): Promise<Machine | undefined> {
  const said = new DiagnosticList();
  const machine = await describe(artifacts, { ...options, onlyIds: VMBUS_ACPI_IDS }, said);
  if (said.hasErrors || (general && subjectsOf(machine, kernel.vtl).length === 0)) return undefined;
  for (const diagnostic of said.all) diagnostics.add(diagnostic);
  return machine;
}

/** One verdict from those for each framebuffer that the sources disagree on. */
function oneOf(verdicts: readonly Verdict[]): Verdict {
  const [first] = verdicts;
  if (first === undefined) throw new Error('no facts, no verdict');
  if (verdicts.every((verdict) => verdict.answer === first.answer)) return first;
  const worst = verdicts.toSorted((a, b) => compareAnswers(a.answer, b.answer))[0]!;
  const conditions = verdicts.map((verdict) => ({
    when: `the framebuffer is ${verdict.framebuffer?.text ?? 'not there'}`,
    answer: verdict.answer,
    because: verdict.summary,
  }));
  return {
    ...worst,
    answer: 'depends',
    hazard: 'unknown',
    effective: null,
    summary: 'It depends on where the framebuffer is, about which the sources contradict each other.',
    conditions,
  };
}
