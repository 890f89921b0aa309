/** Asking a question: from artifacts and options to a verdict. */
import { HOST_BRIDGE_IDS } from '../acpi/crs/pci-root.ts';
import type { Artifact } from '../artifact/artifact.ts';
import { isKind } from '../artifact/kinds.ts';
import { DiagnosticList } from '../bytes/diagnostic.ts';

import { type MachineFacts, noFacts } from '../evidence/facts.ts';
import { finding } from '../findings/finding.ts';
import { LINUX_TREE_RULES } from '../linux/tree-rules.ts';
import { type DescribeOptions, describe, type Machine } from '../window/describe.ts';
import type { Asked, AtReport } from './address/claims.ts';
import type { GivenFacts } from './given.ts';
import type { BridgesVerdict } from './host-bridge/result.ts';
import type { BridgeOptions } from './host-bridge/situation.ts';
import type { Answered } from './question.ts';
import type { SysfbOptions } from './sysfb/kconfig.ts';
import { VMBUS_ACPI_IDS } from './sysfb/subject.ts';
import type { Verdict } from './sysfb/verdict.ts';

export interface AnswerOptions {
  readonly describe?: DescribeOptions;
  /** What the user gives about the kernel; the evidence among the artifacts is added to it. */
  readonly kernel?: GivenFacts;
  /**
   * The verdict's `windows` and `diagnostics` may leave out what the answer doesn't depend on: in ACPI tables, devices
   * other than VMBus and its ancestors. Their code is then not run.
   */
  readonly judgedOnly?: boolean;
}

/**
 * Answers `sysfb` for the machine that the artifacts describe together. Problems are added to `diagnostics`, and the
 * verdict has them too.
 */
export async function answerSysfb(
  artifacts: readonly Artifact[],
  options: AnswerOptions & { readonly sysfb?: SysfbOptions },
  diagnostics: DiagnosticList,
): Promise<Verdict> {
  const { judgeSysfb } = await import('./sysfb/sysfb.ts');
  const { machine, facts } = await gather(artifacts, options, diagnostics);
  return withMemoryMap(
    judgeSysfb(machine, options.kernel ?? {}, options.sysfb ?? {}, facts, diagnostics),
    facts,
  );
}

/** Answers `bridges` for the machine that the artifacts describe together, as {@link answerSysfb} does. */
export async function answerBridges(
  artifacts: readonly Artifact[],
  options: AnswerOptions & { readonly bridges?: BridgeOptions },
  diagnostics: DiagnosticList,
): Promise<BridgesVerdict> {
  const { judgeBridges } = await import('./host-bridge/bridges.ts');
  const { machine, facts } = await gather(artifacts, options, diagnostics);
  return withMemoryMap(
    judgeBridges(machine, options.kernel ?? {}, options.bridges ?? {}, facts, diagnostics),
    facts,
  );
}

/** The answers of the questions that need no further options. */
export interface Answers {
  readonly machine: Machine;
  readonly sysfb: Verdict;
  readonly bridges: BridgesVerdict;
}

/** Answers `sysfb` and `bridges` for one machine, which is described once. `diagnostics` is as for `sysfb` alone. */
export async function answerQuestions(
  artifacts: readonly Artifact[],
  options: AnswerOptions,
  diagnostics: DiagnosticList,
): Promise<Answers> {
  const [{ judgeSysfb }, { judgeBridges }] = await Promise.all([
    import('./sysfb/sysfb.ts'),
    import('./host-bridge/bridges.ts'),
  ]);
  const { machine, facts } = await gather(artifacts, options, diagnostics);
  // Both warn of options that contradict the evidence; once is enough.
  const own = new DiagnosticList(diagnostics.all);
  const bridges = judgeBridges(machine, options.kernel ?? {}, {}, facts, own);
  return { machine, bridges, sysfb: judgeSysfb(machine, options.kernel ?? {}, {}, facts, diagnostics) };
}

/** Adds the memory map, which the report draws, where the inputs have one. */
function withMemoryMap<T extends Answered>(verdict: T, { memoryMap }: MachineFacts): T {
  return memoryMap.length === 0 ? verdict : { ...verdict, memoryMap };
}

/** Answers `at`: who claims an address of the machine that the artifacts describe together. */
export async function answerAt(
  artifacts: readonly Artifact[],
  options: AnswerOptions & { readonly asked: Asked },
  diagnostics: DiagnosticList,
): Promise<AtReport> {
  const { claimsAt } = await import('./address/claims.ts');
  const { machine, facts } = await gather(artifacts, options, diagnostics);
  return claimsAt(options.asked, machine, options.kernel ?? {}, facts, diagnostics);
}

/** Describes the machine and reads the evidence. */
export async function gather(
  artifacts: readonly Artifact[],
  options: Pick<AnswerOptions, 'describe' | 'judgedOnly'>,
  diagnostics: DiagnosticList,
): Promise<{ readonly machine: Machine; readonly facts: MachineFacts }> {
  const evidenceArtifacts = artifacts.filter((artifact) => isKind(artifact.kind, 'evidence'));
  if (evidenceArtifacts.length === 0)
    return { machine: await describeAsked(artifacts, options, undefined, diagnostics), facts: noFacts() };
  const { readEvidence } = await import('../evidence/read.ts');
  const faults = new DiagnosticList();
  const facts = readEvidence(evidenceArtifacts, faults);
  const machine = await describeAsked(artifacts, options, facts, diagnostics);
  for (const fault of faults.all) diagnostics.add(fault);
  const { reconcile } = await import('../evidence/reconcile.ts');
  for (const { about, message } of reconcile(facts).contradictions)
    diagnostics.add(finding('evidence/contradiction', { about, what: message }));
  return { machine, facts };
}

async function describeAsked(
  artifacts: readonly Artifact[],
  { describe: given = {}, judgedOnly }: Pick<AnswerOptions, 'describe' | 'judgedOnly'>,
  evidence: MachineFacts | undefined,
  diagnostics: DiagnosticList,
): Promise<Machine> {
  const ofLinux = { rules: LINUX_TREE_RULES, ...given, ...(await systemOf(given, evidence)) };
  const options = evidence === undefined ? ofLinux : { ...ofLinux, evidence };
  return (
    (judgedOnly && (await describeSubjects(artifacts, options, diagnostics))) ||
    (await describe(
      artifacts,
      { ...options, alsoIds: [...VMBUS_ACPI_IDS, ...HOST_BRIDGE_IDS], driverIds: VMBUS_ACPI_IDS },
      diagnostics,
    ))
  );
}

/** What firmware code sees of the kernel that the last command line of the evidence started. */
async function systemOf(
  { system }: DescribeOptions,
  evidence: MachineFacts | undefined,
): Promise<Pick<DescribeOptions, 'system'>> {
  const line = evidence?.commandLines.at(-1)?.value;
  if (system === undefined || system.isGiven || line === undefined || !line.includes('acpi_')) return {};
  const { systemStartedWith } = await import('../linux/osi.ts');
  return { system: systemStartedWith(system, line) };
}

/**
 * Describes only what matters for VMBus. Undefined where something can't be read: then everything is described, to show
 * what can be.
 */
async function describeSubjects(
  artifacts: readonly Artifact[],
  options: DescribeOptions,
  diagnostics: DiagnosticList,
): Promise<Machine | undefined> {
  const said = new DiagnosticList();
  const machine = await describe(artifacts, { ...options, onlyIds: VMBUS_ACPI_IDS }, said);
  if (said.hasErrors) return undefined;
  for (const diagnostic of said.all) diagnostics.add(diagnostic);
  return machine;
}
