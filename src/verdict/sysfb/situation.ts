/**
 * What is known of one VMBus device's machine, kernel and boot when the question is asked: constraints on what is open,
 * each with its source, and what is known outright.
 */
import type { Artifact } from '../../artifact/artifact.ts';
import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { FactOf } from '../../evidence/fact.ts';
import type { MachineFacts, Platform } from '../../evidence/facts.ts';
import { finding } from '../../findings/finding.ts';
import { gen1Video } from '../../linux/framebuffer.ts';
import type { KconfigLine } from '../../linux/kconfig/line.ts';
import { shownChanges } from '../../linux/kernel-code.ts';
import { NEWEST_RELEASE } from '../../linux/profile.ts';
import { compareReleases, type KernelRelease, parseRelease } from '../../linux/release.ts';
import { NEWEST, OLDEST_RELEASE, ReleaseModel, releaseFrom, releaseIs } from '../../linux/release-choice.ts';
import type { Collected } from '../../linux/vmbus/acpi-pool.ts';
import { anyOf, type Condition, gather, not, type Quantity } from '../../symbolic/index.ts';
import type { Origin } from '../../window/window.ts';
import { groupedFramebuffers } from '../framebuffers.ts';
import type { Assumption, Constraint, EvidenceItem, Premise, RuleFinding } from '../question.ts';
import type { Subject } from '../subject.ts';
import type { FramebufferFinding } from '../verdict.ts';
import { AUTHORITY } from './authorities.ts';
import { Configuration } from './configuration.ts';
import { firmwareAuthority } from './firmware-authority.ts';
import { HAS_VIDEO, IS_EFI, IS_INSIDE, LFB_IS_ZERO } from './variables.ts';

/** What the user said of the kernel and its boot, by option. */
export interface GivenFacts {
  readonly release?: string;
  readonly withCommits?: readonly string[];
  readonly withoutCommits?: readonly string[];
  readonly boot?: 'efi' | 'bios' | 'dt';
  readonly vtl?: number;
  readonly framebuffer?: FramebufferFinding;
  /** A line proposed for Kconfig, to be held against the given configurations. */
  readonly kconfigLine?: KconfigLine;
  /** Make the what-if table, too. */
  readonly matrix?: boolean;
}

/** Releases before it are judged only when one is named. */
export const RELEASE_MODELLED: Constraint = {
  id: 'release-modelled',
  kind: 'premise',
  condition: releaseFrom(OLDEST_RELEASE),
  text: `the kernel is Linux ${OLDEST_RELEASE} or newer`,
  source: 'the question',
  defeatedBy: '--kernel RELEASE',
};

/** A default: where nothing says otherwise, the worse of what is possible; it can only make an answer worse. */
export interface Default {
  readonly condition: Condition;
  readonly text: string;
  readonly otherwise: string;
}

export interface Situation {
  /** The description is a device tree. */
  readonly isTree: boolean;
  readonly constraints: readonly Constraint[];
  readonly defaults: readonly Default[];
  readonly premises: readonly Premise[];
  readonly assumptions: readonly Assumption[];
  readonly model: ReleaseModel;
  readonly kernel: { readonly name: string; readonly release: string | null; readonly presumed: boolean };
  readonly configuration: Configuration;
  readonly platform: Platform | 'other';
  readonly architecture: 'x86_64' | 'arm64' | undefined;
  /** Where the framebuffer may be, as far as something says so: sources that contradict each other give several. */
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
  /** What was found in the evidence that a reader has to know, whatever the answer. */
  readonly rules: readonly RuleFinding[];
}

export interface NotRead {
  readonly safe: boolean;
  readonly because: string;
  readonly rule: RuleFinding;
}

/** Facts by strength, the strongest first: those of the strongest kind, and whether they contradict each other. */
function strongest<T>(facts: readonly FactOf<T>[]): readonly FactOf<T>[] {
  for (const strength of ['given', 'observed', 'configured', 'inferred'] as const) {
    const found = facts.filter((fact) => fact.strength === strength);
    if (found.length > 0) return found;
  }
  return [];
}

export function evidenceItem({ text, artifact, span }: FactOf<unknown>): EvidenceItem {
  return { text, origin: factOrigin(artifact, text, span) };
}

function factOrigin(artifact: Artifact, item: string, span?: FactOf<unknown>['span']): Origin {
  return { artifact, path: artifact.source.name, item, index: 0, ...(span ? { span } : {}) };
}

function fromFact(
  id: string,
  condition: Condition,
  text: string,
  { text: line, artifact, span }: FactOf<unknown>,
): Constraint {
  const origin = factOrigin(artifact, line, span);
  return { id, kind: 'fact', condition, text, source: line, origin };
}

function byOption(id: string, condition: Condition, text: string, option: string): Constraint {
  return { id, kind: 'fact', condition, text, source: option };
}

/** Puts together what is known for one VMBus device. */
export function situationOf(subject: Subject, given: GivenFacts, facts: MachineFacts): Situation {
  const constraints: Constraint[] = [];
  const defaults: Default[] = [];
  const premises: Premise[] = [];
  const assumptions: Assumption[] = [];
  const rules: RuleFinding[] = [];
  const configuration = new Configuration(facts);
  const platform = platformOf(subject, facts, rules);
  const architecture = architectureOf(facts, configuration);

  const { kernel, model } = releaseFacts(given, facts, constraints, defaults, assumptions, rules);
  const efi = bootFacts(subject, platform, given, facts, configuration, constraints, premises, rules);
  const { lfb } = screenFacts(platform, architecture, efi, facts, constraints, premises, rules);
  const video = videoFacts(platform, facts, constraints);
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
  if (subject.kind === 'acpi' && platform === 'hyperv-gen2') constraints.push(...firmwareAuthority(subject));
  const isVtl = configuration.value('HYPERV_VTL_MODE') === 'y' || platform === 'openhcl-vtl2';
  if (subject.kind === 'acpi' && subject.kernelOnly) assumeGuest(configuration, constraints);
  if (subject.kind === 'acpi' && !(subject.kernelOnly && isVtl))
    defaults.push({
      condition: IS_INSIDE,
      text: 'the framebuffer is in a low window that VMBus gets',
      otherwise: '--framebuffer BASE+SIZE, or boot_params, dmesg or lspci of the machine',
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
    architecture,
    framebuffers,
    efi,
    lfbIsZero: constraints.some(({ condition }) => condition === LFB_IS_ZERO),
    lfb,
    video,
    printed: printedPool(facts),
    descriptionNotRead: notRead(subject, platform, given, facts, configuration, kernel.name),
    rules,
  };
}

/** Options that say otherwise than the evidence. */
export function tellOverridden(given: GivenFacts, facts: MachineFacts, sink: DiagnosticSink): void {
  const tell = (
    what: string,
    option: string | undefined,
    fact: FactOf<unknown> | undefined,
    found: string,
  ): void => {
    if (option === undefined || fact === undefined || found === option) return;
    const by = fact.artifact.source.name;
    sink.add(
      finding(
        'verdict/option-over-evidence',
        { what, option, found, by },
        fact.span ? { span: fact.span } : {},
      ),
    );
  };
  const [release] = strongest(facts.releases);
  tell('the kernel release', given.release, release, release?.value.upstream ?? release?.value.release ?? '');
  const [efi] = strongest(facts.efiBoot);
  tell('the boot', given.boot === 'dt' ? undefined : given.boot, efi, efi?.value ? 'efi' : 'bios');
}

function architectureOf(facts: MachineFacts, configuration: Configuration): 'x86_64' | 'arm64' | undefined {
  const [named] = strongest(facts.architectures);
  if (named !== undefined) return named.value === 'arm64' ? 'arm64' : 'x86_64';
  if (configuration.value('ARM64') === 'y') return 'arm64';
  return configuration.value('X86_64') === 'y' ? 'x86_64' : undefined;
}

/** What the machine is: what evidence shows, else what the place of VMBus in the description shows. */
function platformOf(subject: Subject, facts: MachineFacts, rules: RuleFinding[]): Platform | 'other' {
  const shown = strongest(facts.platforms);
  const described = describedPlatform(subject);
  let allowed: readonly Platform[] | undefined;
  for (const { value } of shown)
    allowed = allowed === undefined ? value : allowed.filter((each) => value.includes(each));
  if (allowed === undefined) return described ?? 'other';
  if (described !== undefined && allowed.includes(described)) return described;
  if (allowed.length === 0)
    rules.push({
      id: 'evidence-contradicts',
      says: 'The inputs contradict each other about what the machine is: they may be of several machines.',
      evidence: shown.map(evidenceItem),
    });
  return allowed.length === 1 ? allowed[0]! : 'other';
}

function describedPlatform(subject: Subject): Platform | undefined {
  if (subject.kind === 'device-tree') return subject.openhcl ? 'openhcl-vtl2' : undefined;
  if (subject.generation === 1) return 'hyperv-gen1';
  if (subject.generation === 2) return 'hyperv-gen2';
  return subject.belowIsa ? 'qemu-vmbus' : undefined;
}

function releaseFacts(
  given: GivenFacts,
  facts: MachineFacts,
  constraints: Constraint[],
  defaults: Default[],
  assumptions: Assumption[],
  rules: RuleFinding[],
): { kernel: Situation['kernel']; model: ReleaseModel } {
  const said = strongest(facts.releases);
  const shown = shownChanges(facts);
  const seen = (present: boolean): string[] =>
    shown.filter(({ value }) => value.present === present).map(({ value }) => value.commit);
  // What is given by option counts: it is told first.
  const { withCommits = [], withoutCommits = [] } = given;
  const commits = {
    withCommits: [...withCommits, ...seen(true).filter((commit) => !withoutCommits.includes(commit))],
    withoutCommits: [...withoutCommits, ...seen(false)],
  };
  if (shown.length > 0)
    rules.push({
      id: 'kernel-code-shows',
      says: `The kernel's own code shows what it does: it has ${seen(true).join(', ') || 'none of the changes'}, and not ${seen(false).join(', ') || 'any other'}.`,
      evidence: shown.map(evidenceItem),
    });
  if (given.release !== undefined) {
    const release = parseRelease(given.release)!;
    tellBeyond(given.release, release, assumptions);
    constraints.push(
      byOption('release', releaseIs(release), `the release is ${given.release}`, `--kernel ${given.release}`),
    );
    return {
      kernel: { name: `Linux ${given.release}`, release: given.release, presumed: false },
      model: new ReleaseModel(commits),
    };
  }
  const parsed = said.flatMap((fact) => {
    const release = parseRelease(fact.value.upstream ?? fact.value.release);
    return release === undefined ? [] : [{ fact, release }];
  });
  const [first] = parsed;
  for (const { release } of parsed) tellBeyond(release.text, release, assumptions);
  if (first === undefined) {
    constraints.push(RELEASE_MODELLED);
    defaults.push({
      condition: NEWEST,
      text: 'the kernel is of the newest release whose code is known here (7.3.4)',
      otherwise: 'an older kernel: --kernel RELEASE',
    });
    return {
      kernel: { name: 'Linux', release: null, presumed: true },
      model: new ReleaseModel(commits),
    };
  }
  const distinct = new Map(parsed.map((each) => [each.release.text, each]));
  const condition = gather(
    'any',
    [...distinct.values()].map(({ release }) => releaseIs(release)),
  ) as Condition;
  const text = [...distinct.keys()].join(' or ');
  constraints.push(fromFact('release', condition, `the release is ${text}`, first.fact));
  if (distinct.size > 1)
    rules.push({
      id: 'evidence-contradicts',
      says: `The inputs name several releases: ${text}.`,
      evidence: parsed.map(({ fact }) => evidenceItem(fact)),
    });
  const vendor = parsed.find(({ fact }) => fact.value.vendor !== undefined)?.fact.value.vendor;
  if (vendor !== undefined)
    rules.push({
      id: 'vendor-kernel',
      says: `This is a kernel of ${vendor.name} (${vendor.mark}): which changes were backported to it is not known here.`,
      evidence: [evidenceItem(first.fact)],
    });
  const name = first.fact.value.upstream ?? first.fact.value.release;
  return {
    kernel: { name: `Linux ${name}`, release: name, presumed: false },
    model: new ReleaseModel({ ...commits, vendor: vendor !== undefined }),
  };
}

/** A release that nobody has read is taken to behave as the newest that was. */
function tellBeyond(text: string, release: KernelRelease, assumptions: Assumption[]): void {
  if (compareReleases(release, parseRelease(NEWEST_RELEASE)!) <= 0) return;
  assumptions.push({
    text: `Linux ${text}, newer than any release that was read, behaves like ${NEWEST_RELEASE}`,
    authority: 'no change of the driver is known after it',
    otherwise: '--with-commit, --without-commit, or --kernel-source of that release',
  });
}

/** How the kernel was started, as the driver sees it. Gives what is known of `efi_enabled(EFI_BOOT)`. */
function bootFacts(
  subject: Subject,
  platform: Platform | 'other',
  given: GivenFacts,
  facts: MachineFacts,
  configuration: Configuration,
  constraints: Constraint[],
  premises: Premise[],
  rules: RuleFinding[],
): boolean | undefined {
  const settle = (constraint: Constraint, efi: boolean): boolean => {
    constraints.push(constraint);
    return efi;
  };
  const isBios = not(IS_EFI) as Condition;
  if (subject.kind === 'device-tree') return undefined;
  const noEfi = configuration.fact('EFI', 'n');
  if (noEfi !== undefined) {
    rules.push({
      id: 'efi-not-configured',
      says: 'CONFIG_EFI is not set: efi_enabled(EFI_BOOT) is 0 in this kernel, so the driver looks for PCI 1414:5353.',
      evidence: [evidenceItem(noEfi)],
    });
    return settle(fromFact('boot', isBios, 'efi_enabled(EFI_BOOT) is 0', noEfi), false);
  }
  if (given.boot === 'efi' || given.boot === 'bios')
    return settle(
      byOption(
        'boot',
        given.boot === 'efi' ? IS_EFI : isBios,
        `the boot is by ${given.boot === 'efi' ? 'EFI' : 'BIOS'}`,
        `--boot ${given.boot}`,
      ),
      given.boot === 'efi',
    );
  const seen = strongest(facts.efiBoot);
  const [first] = seen;
  if (first !== undefined) {
    if (seen.every(({ value }) => value === first.value))
      return settle(
        fromFact(
          'boot',
          first.value ? IS_EFI : isBios,
          `the boot is by ${first.value ? 'EFI' : 'BIOS'}`,
          first,
        ),
        first.value,
      );
    rules.push({
      id: 'evidence-contradicts',
      says: 'The inputs contradict each other about how the machine boots.',
      evidence: seen.map(evidenceItem),
    });
    return undefined;
  }
  if (platform === 'hyperv-gen1')
    return settle(
      {
        id: 'gen1-bios',
        kind: 'authority',
        condition: isBios,
        text: 'Generation 1 boots by BIOS',
        source: 'Hyper-V',
        defeatedBy: '--boot efi',
      },
      false,
    );
  if (platform === 'hyperv-gen2') {
    premises.push({
      text: 'the kernel is started by EFI firmware, as on Generation 2, and built for it (ACPI, EFI)',
      defeatedBy: 'a .config without them, a log of another boot, --boot bios',
    });
    return settle(
      {
        id: 'gen2-efi',
        kind: 'premise',
        condition: IS_EFI,
        text: 'Generation 2 boots by EFI',
        source: 'Hyper-V',
        defeatedBy: '--boot bios',
      },
      true,
    );
  }
  return undefined;
}

/** What screen_info holds for the driver. */
function screenFacts(
  platform: Platform | 'other',
  architecture: 'x86_64' | 'arm64' | undefined,
  efi: boolean | undefined,
  facts: MachineFacts,
  constraints: Constraint[],
  premises: Premise[],
  rules: RuleFinding[],
): { lfb: { base: bigint; size: bigint } | undefined } {
  const isZero = (fact: FactOf<unknown>): void => {
    constraints.push(fromFact('lfb-base', LFB_IS_ZERO, 'lfb_base is 0', fact));
  };
  const [screen] = strongest(facts.screenInfos);
  if (screen !== undefined) {
    const { lfbBase, lfbSize } = screen.value;
    const base = BigInt.asUintN(32, lfbBase);
    if (base === 0n) isZero(screen);
    else
      constraints.push(
        fromFact('lfb-base', not(LFB_IS_ZERO) as Condition, 'lfb_base of screen_info is set', screen),
      );
    return { lfb: base === 0n ? undefined : { base, size: lfbSize } };
  }
  const [started] = facts.kexec;
  if (started !== undefined) {
    rules.push({
      id: 'started-by-kexec',
      says: `The kernel was started by another kernel (${started.value}): screen_info may be empty.`,
      evidence: [{ ...evidenceItem(started), authority: AUTHORITY.kexec }],
    });
    if (architecture === 'arm64') isZero(started);
    return { lfb: undefined };
  }
  const confidential = facts.confidential.find(({ value }) => value !== 'none');
  if (confidential !== undefined) {
    rules.push({
      id: 'confidential',
      says: 'The machine is confidential: its firmware gives the kernel no framebuffer, lfb_base is 0.',
      evidence: [{ ...evidenceItem(confidential), authority: AUTHORITY.confidential }],
    });
    isZero(confidential);
    return { lfb: undefined };
  }
  const said = strongest(facts.lfbBase);
  const [first] = said;
  if (first !== undefined && said.every(({ value }) => value === first.value)) {
    if (first.value === null) return { lfb: undefined };
    if (first.value === 0n) {
      isZero(first);
      return { lfb: undefined };
    }
    constraints.push(fromFact('lfb-base', not(LFB_IS_ZERO) as Condition, 'lfb_base is set', first));
    return {
      lfb: first.value === 'nonzero' ? undefined : { base: BigInt.asUintN(32, first.value), size: 0n },
    };
  }
  if (first !== undefined) {
    // Where it is they don't agree on, but that it is set.
    if (said.every(({ value }) => value !== null && value !== 0n))
      constraints.push(fromFact('lfb-base', not(LFB_IS_ZERO) as Condition, 'lfb_base is set', first));
    return { lfb: undefined };
  }
  if (efi === true && platform !== 'other') {
    premises.push({
      text: 'it is a first boot by firmware, not kexec or kdump, of a machine that is not confidential',
      defeatedBy: 'a log or command line that shows otherwise, a dump of boot_params',
    });
    constraints.push({
      id: 'first-boot',
      kind: 'premise',
      condition: not(LFB_IS_ZERO) as Condition,
      text: 'the firmware tells the kernel where the framebuffer is (lfb_base is set)',
      source: 'the question',
      defeatedBy: 'a dump of boot_params, a kdump command line, isolation lines',
    });
  }
  return { lfb: undefined };
}

function videoFacts(
  platform: Platform | 'other',
  facts: MachineFacts,
  constraints: Constraint[],
): Situation['video'] {
  const [seen] = strongest(facts.video);
  if (seen !== undefined) {
    const { present } = seen.value;
    // Each Generation 1 machine has it: a listing without it is cut, or another machine's.
    if (!present && platform === 'hyperv-gen1') return undefined;
    constraints.push(
      fromFact(
        'video',
        present ? HAS_VIDEO : (not(HAS_VIDEO) as Condition),
        `PCI 1414:5353 is ${present ? 'there' : 'not there'}`,
        seen,
      ),
    );
    const found = gen1Video(facts);
    if (found !== null) return { kind: found.kind, start: found.start, size: found.size };
    return seen.value.present && seen.value.bar !== null ? seen.value.bar : undefined;
  }
  const authority = (present: boolean): void => {
    constraints.push({
      id: present ? 'gen1-video' : 'gen2-no-pci-video',
      kind: 'authority',
      condition: present ? HAS_VIDEO : (not(HAS_VIDEO) as Condition),
      text: present
        ? 'Generation 1 has the video device PCI 1414:5353'
        : 'Generation 2 has no PCI video device 1414:5353',
      source: present ? AUTHORITY.gen1 : 'Hyper-V: Generation 2 has no emulated PCI devices',
      defeatedBy: 'lspci of the machine',
    });
  };
  if (platform === 'hyperv-gen1') authority(true);
  if (platform === 'hyperv-gen2') authority(false);
  return undefined;
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

/** Of a Hyper-V guest whose generation isn't known: what holds for each. */
function assumeGuest(configuration: Configuration, constraints: Constraint[]): void {
  const isBios = not(IS_EFI) as Condition;
  if (!constraints.some(({ id }) => id === 'lfb-base'))
    constraints.push({
      id: 'first-boot',
      kind: 'premise',
      condition: anyOf([isBios, not(LFB_IS_ZERO) as Condition]),
      text: 'on Generation 2 the firmware tells the kernel where the framebuffer is (lfb_base is set)',
      source: 'the question',
      defeatedBy: 'a dump of boot_params, a kdump command line, isolation lines',
    });
  // A kernel without EFI takes that branch on Generation 2, too.
  if (configuration.value('EFI') !== 'n' && !constraints.some(({ id }) => id === 'video'))
    constraints.push({
      id: 'gen1-video',
      kind: 'authority',
      condition: anyOf([IS_EFI, HAS_VIDEO]),
      text: 'Generation 1 has the video device PCI 1414:5353',
      source: AUTHORITY.gen1,
      defeatedBy: 'lspci of the machine',
    });
}

/** Does the kernel have the driver, and does it read this description at all? */
function notRead(
  subject: Subject,
  platform: Platform | 'other',
  given: GivenFacts,
  facts: MachineFacts,
  configuration: Configuration,
  name: string,
): NotRead | undefined {
  const made = (id: string, safe: boolean, because: string, ...evidence: EvidenceItem[]): NotRead => ({
    safe,
    because,
    rule: { id, says: `${because.charAt(0).toUpperCase()}${because.slice(1)}.`, evidence },
  });
  for (const symbol of ['HYPERV', 'HYPERV_VMBUS']) {
    const off = configuration.fact(symbol, 'n');
    if (off !== undefined)
      return made(
        'no-vmbus-driver',
        true,
        `CONFIG_${symbol} is not set: ${name} has no VMBus driver, which hands nothing out`,
        evidenceItem(off),
      );
  }
  if (platform === 'xen-pv' || platform === 'hyperv-root')
    return made('no-vmbus-here', true, 'the VMBus driver does not run on this machine', {
      text: 'what the inputs show of the machine',
      authority: AUTHORITY.root,
    });
  const read = strongest(facts.descriptions);
  const allows = (what: 'acpi' | 'dt'): boolean => read.every(({ value }) => value.includes(what));
  if (subject.kind === 'acpi') {
    const noAcpi = configuration.fact('ACPI', 'n');
    if (noAcpi !== undefined)
      return made(
        'acpi-not-read',
        false,
        'CONFIG_ACPI is not set: this kernel does not read these tables, and no device tree with a VMBus node was given',
        { ...evidenceItem(noAcpi), authority: AUTHORITY.probe },
      );
    if (given.boot === 'dt' || !allows('acpi'))
      return made(
        'acpi-not-read',
        false,
        'on a device tree boot the driver does not read these tables, and no device tree with a VMBus node was given',
        ...(given.boot === 'dt' ? [{ text: '--boot dt' }] : read.map(evidenceItem)),
        { text: 'acpi_disabled decides', authority: AUTHORITY.probe },
      );
    return undefined;
  }
  const noOf = configuration.fact('OF', 'n');
  if (noOf !== undefined)
    return made(
      'device-tree-not-read',
      false,
      'CONFIG_OF is not set: this kernel does not read this tree, and no ACPI table with a VMBus device was given',
      evidenceItem(noOf),
    );
  if ((given.boot !== undefined && given.boot !== 'dt') || !allows('dt'))
    return made(
      'device-tree-not-read',
      false,
      'on an ACPI boot the driver does not read this tree, and no ACPI table with a VMBus device was given',
      ...(given.boot === undefined ? read.map(evidenceItem) : [{ text: `--boot ${given.boot}` }]),
      { text: 'acpi_disabled decides', authority: AUTHORITY.probe },
    );
  return undefined;
}
