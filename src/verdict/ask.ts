/** Asking a question: from artifacts and options to a verdict. */
import { type Artifact, isEvidenceKind } from '../artifact/artifact.ts';
import type { DiagnosticList } from '../bytes/diagnostic.ts';
import { type DescribeOptions, describe } from '../window/describe.ts';
import type { KernelFacts } from './kernel.ts';
import { judgeSysfb } from './sysfb.ts';
import { compareAnswers, type Verdict } from './verdict.ts';

export interface AskOptions {
  readonly describe: DescribeOptions;
  /** What the user said of the kernel; the evidence among the artifacts is added to it. */
  readonly kernel: KernelFacts;
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
  const machine = await describe(artifacts, options.describe, diagnostics);
  const evidenceArtifacts = artifacts.filter((artifact) => isEvidenceKind(artifact.kind));
  if (evidenceArtifacts.length === 0) return judgeSysfb(machine, options.kernel, diagnostics);
  const [{ readEvidence }, { gatherFacts }, { observedRules }] = await Promise.all([
    import('../evidence/read.ts'),
    import('./facts.ts'),
    import('./observed.ts'),
  ]);
  const evidence = readEvidence(evidenceArtifacts, diagnostics);
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
