/**
 * What is known about the machine, kernel and boot of one VMBus device: constraints on what is open, each with its source,
 * and what is known for certain.
 */
import type { AcpiTable } from '../../../acpi/tables/table.ts';
import type { MachineFacts, Platform } from '../../../evidence/facts.ts';
import type { ReleaseModel } from '../../../linux/release-choice.ts';
import type { Collected } from '../../../linux/vmbus/acpi-pool.ts';
import type { Condition, Quantity } from '../../../symbolic/index.ts';
import { Configuration } from '../../facts/configuration.ts';
import { type KernelName, releaseFacts } from '../../facts/release.ts';
import { evidenceItem } from '../../facts/strength.ts';
import type { FramebufferFinding } from '../../framebuffers.ts';
import { FRAMEBUFFER_SETTLED_BY, groupedFramebuffers } from '../../framebuffers.ts';
import type { GivenFacts } from '../../given.ts';
import type { Assumption, Constraint, Default, Premise, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import type { Subject } from '../subject.ts';
import { IS_AT_START, IS_INSIDE, LFB_IS_ZERO } from '../variables.ts';
import { bootFacts } from './boot.ts';
import { firmwareAuthority } from './firmware-authority.ts';
import { bootsWithTree, type NotRead, notRead } from './not-read.ts';
import { kernelArchitecture, platformOf } from './platform.ts';
import { assumeGuest, screenFacts, videoFacts } from './screen.ts';
import { gapsDefault, shownGaps } from './srat.ts';

export interface Situation {
  /** The description is a device tree. */
  readonly isTree: boolean;
  readonly constraints: readonly Constraint[];
  readonly defaults: readonly Default[];
  readonly premises: readonly Premise[];
  readonly assumptions: readonly Assumption[];
  readonly model: ReleaseModel;
  readonly kernel: KernelName;
  readonly configuration: Configuration;
  readonly platform: Platform | 'other';
  /** The inputs are from several machines: nothing follows from them together. */
  readonly contradicted: boolean;
  readonly architecture: 'x86_64' | 'arm64' | undefined;
  /** Where the framebuffer may be; sources that contradict each other give several. */
  readonly framebuffers: readonly FramebufferFinding[];
  /** `efi_enabled(EFI_BOOT)`; undefined where it is open or the boot is by device tree. */
  readonly efi: boolean | undefined;
  /** It is known that lfb_base is 0. */
  readonly lfbIsZero: boolean;
  /** lfb_base and lfb_size of screen_info, raw, where they are known and lfb_base isn't 0. */
  readonly lfb: { readonly base: bigint; readonly size: bigint } | undefined;
  readonly video: { readonly kind: 'mem' | 'io'; readonly start: bigint; readonly size: bigint } | undefined;
  /** The driver's windows as the running kernel printed them: the first two. */
  readonly printed: Collected<Quantity> | undefined;
  /** The kernel doesn't read this description, or has no driver for it. */
  readonly descriptionNotRead: NotRead | undefined;
  /** Findings in the evidence that a reader has to know, whatever the answer. */
  readonly rules: readonly RuleFinding[];
}

/** Symbols that decide which path the driver takes, and whether there is one. */
const STEERING = ['HYPERV', 'HYPERV_VMBUS', 'HYPERV_VTL_MODE', 'EFI', 'ACPI', 'OF', 'PCI'] as const;

/** Where a framebuffer is taken to be if the inputs don't say it. */
const PLACES: readonly (readonly [Condition, string])[] = [
  [IS_INSIDE, 'the framebuffer is in a low window that VMBus gets'],
  [IS_AT_START, 'the framebuffer is at the start of the low window'],
];

/** Collects what is known for one VMBus device. */
export function situationOf(
  subject: Subject,
  given: GivenFacts,
  facts: MachineFacts,
  tables: readonly AcpiTable[],
): Situation {
  const constraints: Constraint[] = [];
  const defaults: Default[] = [];
  const premises: Premise[] = [];
  const assumptions: Assumption[] = [];
  const rules: RuleFinding[] = [];
  const configuration = new Configuration(facts);
  const { platform, contradicted } = platformOf(subject, facts, tables, rules);
  const architecture = kernelArchitecture(facts, configuration);
  const disagreeing = STEERING.flatMap((symbol) => configuration.disagreement(symbol));
  if (disagreeing.length > 0)
    rules.push({
      id: 'evidence-contradicts',
      says: 'The configurations contradict each other: they are from different kernels.',
      evidence: disagreeing.map(evidenceItem),
    });

  const { kernel, model } = releaseFacts(given, facts, constraints, defaults, assumptions, rules);
  const efi = bootFacts(subject, platform, given, facts, configuration, constraints, premises, rules);
  const { lfb } = screenFacts(platform, architecture, efi, facts, constraints, premises, rules);
  const video = videoFacts(platform, facts, configuration, constraints);
  const framebuffers = given.framebuffer ? [given.framebuffer] : groupedFramebuffers(facts, video?.start);
  if (framebuffers.length > 1)
    rules.push({
      id: 'evidence-contradicts',
      says: `The inputs contradict each other about where the framebuffer is: ${framebuffers.map(({ text }) => text).join('; ')}.`,
      evidence: framebuffers.map(({ text, origin }) => ({ text, ...(origin ? { origin } : {}) })),
    });
  if (subject.kind === 'acpi' && configuration.value('HYPERV_VTL_MODE') === 'y')
    rules.push({
      id: 'vtl-mode-on-acpi',
      says: 'CONFIG_HYPERV_VTL_MODE is set and the boot is by ACPI: such a kernel is not meant to run as a normal guest, and Hyper-V support does not select SYSFB for it.',
      evidence: [{ text: 'HYPERV_VTL_MODE=y in the given configuration', authority: AUTHORITY.select }],
    });
  if (subject.kind === 'acpi' && platform === 'hyperv-gen2') {
    constraints.push(...firmwareAuthority(subject));
    const gaps = shownGaps(tables, facts);
    const inferred = gaps && gapsDefault(subject, gaps);
    if (inferred !== undefined) {
      defaults.push(inferred.assumed);
      rules.push(inferred.rule);
    }
  }
  const descriptionNotRead = notRead(
    subject,
    platform,
    given,
    facts,
    configuration,
    kernel.name,
    model,
    architecture,
  );
  const isTreeBoot = bootsWithTree(configuration, platform, descriptionNotRead);
  if (subject.kind === 'acpi' && subject.kernelOnly) assumeGuest(configuration, constraints);
  if (subject.kind === 'acpi' && !(subject.kernelOnly && isTreeBoot))
    for (const [condition, text] of PLACES)
      defaults.push({
        condition,
        text,
        otherwise: FRAMEBUFFER_SETTLED_BY,
      });
  return {
    isTree: subject.kind === 'device-tree',
    constraints,
    defaults,
    premises,
    assumptions,
    model,
    kernel,
    configuration,
    platform,
    contradicted: contradicted || disagreeing.length > 0,
    architecture,
    framebuffers,
    efi,
    lfbIsZero: constraints.some(({ condition }) => condition === LFB_IS_ZERO),
    lfb,
    video,
    printed: printedPool(facts),
    descriptionNotRead,
    rules,
  };
}

/** What the driver itself printed: `hv_mmio=…,…`, the first two windows of its list. */
function printedPool(facts: MachineFacts): Collected<Quantity> | undefined {
  const printed = facts.printedPools.at(-1);
  if (printed === undefined) return undefined;
  return {
    windows: printed.value.windows.flatMap((window, index) =>
      window === null
        ? []
        : [{ start: window.start, end: window.last, parts: [{ level: 0, index }], cutAtVtpm: false }],
    ),
    levelsWalked: [],
    leftOut: [],
    log: [],
    failed: false,
    reserveCalled: true,
  };
}
