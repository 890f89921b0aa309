/** The question `simulate`: what does each driver's MMIO request get on this machine, and what lands on the framebuffer? */
import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticList } from '../../bytes/diagnostic.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import { readEvidence } from '../../evidence/read.ts';
import { GEN2_VIDEO_MEMORY } from '../../linux/framebuffer.ts';
import { PASS_THROUGH_NVME, type Scenario } from '../../linux/scenario.ts';
import { checkAgainstKernel, type SelfCheck } from '../../linux/self-check.ts';
import { type Simulation, simulate } from '../../linux/simulate.ts';
import { buildAcpiPool } from '../../linux/vmbus/acpi-pool.ts';
import { buildDeviceTreePool } from '../../linux/vmbus/device-tree-pool.ts';
import { levelsOf, type OpenInput, vmbusNodeOf } from '../../linux/vmbus/firmware-input.ts';
import { insertIomem, insertMemoryMap } from '../../linux/vmbus/iomem-regions.ts';
import type { VmbusPool } from '../../linux/vmbus/pool.ts';
import { reserveFramebuffer } from '../../linux/vmbus/reservation.ts';
import { describe } from '../../window/describe.ts';
import type { AddressWindow } from '../../window/window.ts';
import type { AnswerOptions } from '../answer.ts';
import { type FramebufferFinding, fromTree } from '../framebuffers.ts';
import type { Assumption } from '../question.ts';
import { type Subject, subjectsOf, VMBUS_ACPI_IDS } from '../sysfb/subject.ts';
import { assumeKernel, bootOf, framebufferFacts, framebufferOf } from './assumptions.ts';
import { gatherFacts } from './facts.ts';
import { type Kernel, type KernelFacts, kernelOf } from './kernel.ts';
import { Reasons } from './reasons.ts';

export interface SimulationOptions extends AnswerOptions {
  readonly scenario?: Scenario;
  /** Run it without and with CONFIG_SYSFB, whatever the configuration says. */
  readonly compareSysfb?: boolean;
}

/** One run of the scenario. */
export interface SimulationRun {
  readonly sysfb: boolean;
  /** After the reservation, before the first step. */
  readonly pool: VmbusPool;
  readonly simulation: Simulation;
}

/** A VMBus device, with one framebuffer that is possible by the inputs. */
export interface SimulationCase {
  /** Path of the VMBus device or node. */
  readonly path: string;
  readonly boot: 'efi' | 'bios' | 'dt';
  readonly kernel: Kernel;
  readonly framebuffer: FramebufferFinding | null;
  /** One, or without CONFIG_SYSFB and with it. */
  readonly runs: readonly SimulationRun[];
  /** What the running kernel logged, compared with the run that matches its configuration. */
  readonly checks: readonly SelfCheck[];
}

export interface SimulationReport {
  readonly scenario: Scenario;
  readonly cases: readonly SimulationCase[];
  /** Why a VMBus device could not be simulated. */
  readonly open: readonly OpenInput[];
  readonly assumptions: readonly Assumption[];
  readonly inputs: readonly Artifact[];
  readonly diagnostics: DiagnosticList;
}

/** Simulates every VMBus device that the artifacts describe. */
export async function answerSimulation(
  artifacts: readonly Artifact[],
  options: SimulationOptions,
  diagnostics: DiagnosticList,
): Promise<SimulationReport> {
  const evidence = readEvidence(artifacts, diagnostics);
  const described = { ...options.describe, onlyIds: VMBUS_ACPI_IDS, evidence };
  const machine = await describe(artifacts, described, diagnostics);
  const { variants } = gatherFacts(options.kernel ?? {}, evidence, diagnostics);
  const scenario = options.scenario ?? PASS_THROUGH_NVME;
  const reasons = new Reasons();
  const cases: SimulationCase[] = [];
  const open: OpenInput[] = [];
  for (const subject of subjectsOf(machine, diagnostics))
    for (const facts of variants.flatMap((each) => withTreesFramebuffers(each, subject, machine.windows))) {
      const made = simulateSubject(subject, facts, { ...options, scenario }, evidence, reasons, diagnostics);
      if ('open' in made)
        open.push(
          ...made.open.filter((one) => !open.some(({ path, why }) => path === one.path && why === one.why)),
        );
      else cases.push(made);
    }
  return { scenario, cases, open, assumptions: reasons.assumptions, inputs: machine.artifacts, diagnostics };
}

/** Where the framebuffer is not known otherwise, a variant for each that a node of the subject's own tree describes. */
function withTreesFramebuffers(
  facts: KernelFacts,
  subject: Subject,
  windows: readonly AddressWindow[],
): readonly KernelFacts[] {
  if (facts.framebuffer !== undefined || subject.kind !== 'device-tree') return [facts];
  const described = windows
    .filter(
      ({ role, origin, flags }) =>
        role === 'framebuffer' &&
        origin.artifact === subject.description.artifact &&
        flags.available !== false,
    )
    .map(fromTree)
    .filter(({ base }) => base !== null);
  return described.length === 0 ? [facts] : described.map((framebuffer) => ({ ...facts, framebuffer }));
}

function simulateSubject(
  subject: Subject,
  facts: KernelFacts,
  options: SimulationOptions & { readonly scenario: Scenario },
  evidence: MachineFacts,
  reasons: Reasons,
  diagnostics: DiagnosticList,
): SimulationCase | { readonly open: readonly OpenInput[] } {
  const kernel = kernelOf(facts);
  const { behaviour } = kernel.profile;
  const boot = bootOf(subject, facts, reasons);
  if (boot === 'dt' && subject.kind === 'acpi')
    return {
      open: [{ path: subject.path, why: 'the boot is by device tree, where ACPI is not read', fields: [] }],
    };
  assumeKernel(kernel, reasons);
  const read = subject.kind === 'acpi' ? levelsOf(subject.levels) : undefined;
  if (read !== undefined && read.open.length > 0) return { open: read.open };
  const arch = facts.architecture === 'arm64' ? 'arm64' : 'x86_64';
  const build = (): VmbusPool =>
    subject.kind === 'acpi'
      ? buildAcpiPool(behaviour, read!.levels)
      : buildDeviceTreePool(behaviour, vmbusNodeOf(subject.node, subject.description.entries), arch);
  const framebuffer = framebufferOf(build().windows, boot, facts, reasons);
  const run = (sysfb: boolean): SimulationRun => {
    const pool = build();
    reserveFramebuffer(behaviour, pool, { ...framebufferFacts(boot, facts, framebuffer), sysfb });
    if (evidence.iomem.length > 0) insertIomem(pool.iomem, evidence.iomem);
    else
      insertMemoryMap(
        pool.iomem,
        evidence.memoryMap.map((fact) => fact.value),
      );
    const range =
      framebuffer?.base == null
        ? undefined
        : { base: framebuffer.base, size: framebuffer.size ?? GEN2_VIDEO_MEMORY };
    return { sysfb, pool, simulation: simulate(behaviour, pool, options.scenario, range) };
  };
  const both = options.compareSysfb === true || (kernel.sysfb === 'unknown' && behaviour.sysfbGate);
  const runs = both ? [run(false), run(true)] : [run(kernel.sysfb !== 'n')];
  const configured = runs.find((each) => each.sysfb === (kernel.sysfb !== 'n')) ?? runs[0]!;
  return {
    path: subject.path,
    boot,
    kernel,
    framebuffer,
    runs,
    checks: checkAgainstKernel(configured.pool, evidence, diagnostics),
  };
}
