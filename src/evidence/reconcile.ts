/**
 * What the evidence says together. Sources that agree become one answer; sources that contradict each other are both
 * kept and named, and then there is no answer: nothing is preferred on the quiet.
 */
import type { FactOf } from './fact.ts';
import type { MachineFacts, ReleaseFact } from './facts.ts';
import { configValue } from './kernel-config.ts';
import type { Architecture, FramebufferSighting, KernelConfig, ScreenInfo } from './values.ts';

export interface Contradiction {
  readonly about:
    | 'kernel release'
    | 'architecture'
    | 'boot'
    | 'framebuffer'
    | 'configuration'
    | 'screen_info';
  /** One sentence that names both sides. */
  readonly message: string;
  readonly facts: readonly FactOf<unknown>[];
}

export interface Reconciled {
  /** The release all sources agree on, the one that says most of it; undefined without a source or when they differ. */
  readonly release?: FactOf<ReleaseFact>;
  readonly architecture?: FactOf<Architecture>;
  /** `dt` as soon as a source says that ACPI is off; else `efi` or `bios` when they agree. */
  readonly boot?: FactOf<'efi' | 'bios' | 'dt'>;
  readonly vtl?: FactOf<number>;
  readonly config?: KernelConfig;
  readonly screenInfo?: FactOf<ScreenInfo>;
  /** Sightings of one framebuffer, by base; more than one group is a contradiction. */
  readonly framebuffers: readonly (readonly FactOf<FramebufferSighting>[])[];
  readonly contradictions: readonly Contradiction[];
}

/** Puts the facts side by side. */
export function reconcile(evidence: MachineFacts): Reconciled {
  const contradictions: Contradiction[] = [];
  const architecture = agreed(
    evidence.architectures,
    (a, b) => a.value === b.value,
    (a, b) => `${said(a)} is of ${a.value}, ${said(b)} of ${b.value}`,
    'architecture',
    contradictions,
  );
  const release = agreed(
    [...evidence.releases].sort((a, b) => precision(b.value) - precision(a.value)),
    (a, b) => sameRelease(a.value, b.value),
    (a, b) => `${said(a)} is of Linux ${a.value.release}, ${said(b)} of ${b.value.release}`,
    'kernel release',
    contradictions,
  );
  const boot = agreedBoot(evidence, contradictions);
  const screenInfo = agreed(
    evidence.screenInfos,
    (a, b) => a.value.base === b.value.base && a.value.lfbSize === b.value.lfbSize,
    (a, b) => `${said(a)} and ${said(b)} hold different framebuffers`,
    'screen_info',
    contradictions,
  );
  const config = agreedConfig(evidence, contradictions);
  if (config !== undefined) driverWithoutSymbol(config, evidence, contradictions);
  const framebuffers = groupFramebuffers(evidence, contradictions);
  const vtl = evidence.vtls[0];
  return {
    ...(release === undefined ? {} : { release }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(boot === undefined ? {} : { boot }),
    ...(vtl === undefined ? {} : { vtl }),
    ...(config === undefined ? {} : { config }),
    ...(screenInfo === undefined ? {} : { screenInfo }),
    framebuffers,
    contradictions,
  };
}

/**
 * How the kernel was started. What is only inferred gives way to what was observed in the same input; from another it
 * contradicts.
 */
function agreedBoot(
  { descriptions, efiBoot }: MachineFacts,
  contradictions: Contradiction[],
): FactOf<'efi' | 'bios' | 'dt'> | undefined {
  const deviceTree = descriptions.find(({ value }) => !value.includes('acpi'));
  if (deviceTree !== undefined) return { ...deviceTree, value: 'dt' };
  const counted = efiBoot.filter(
    (fact) =>
      fact.strength === 'observed' ||
      !efiBoot.some((other) => other.artifact === fact.artifact && other.strength === 'observed'),
  );
  const firmware = agreed(
    counted,
    (a, b) => a.value === b.value,
    (a, b) =>
      `${said(a)} shows ${a.value ? 'an EFI' : 'no EFI'} boot, ${said(b)} ${b.value ? 'an EFI one' : 'none'}`,
    'boot',
    contradictions,
  );
  return firmware && { ...firmware, value: firmware.value ? 'efi' : 'bios' };
}

function agreed<T>(
  facts: readonly FactOf<T>[],
  same: (a: FactOf<T>, b: FactOf<T>) => boolean,
  message: (a: FactOf<T>, b: FactOf<T>) => string,
  about: Contradiction['about'],
  contradictions: Contradiction[],
): FactOf<T> | undefined {
  const [first] = facts;
  if (first === undefined) return undefined;
  const other = facts.find((fact) => !same(first, fact));
  if (other === undefined) return first;
  contradictions.push({ about, message: message(first, other), facts });
  return undefined;
}

function said(fact: FactOf<unknown>): string {
  return fact.artifact.source.name;
}

/** A release that names its upstream says more than a distribution's name, `6.1.0-56-amd64`. */
function precision(release: ReleaseFact): number {
  if (release.upstream !== undefined) return 2;
  return hidesUpdate(release.release) ? 0 : 1;
}

/** `6.1.0-56-amd64`: a distribution's name for some 6.1.N; the kernel itself never calls a release `.0`. */
function hidesUpdate(release: string): boolean {
  return /^\d+\.\d+\.0-\d/.test(release);
}

function sameRelease(a: ReleaseFact, b: ReleaseFact): boolean {
  if (a.release === b.release) return true;
  const numbers = (release: ReleaseFact): string =>
    /^[\d.]+(?:-rc\d+)?/.exec(release.upstream ?? release.release)![0];
  const branch = (release: ReleaseFact): string => /^\d+\.\d+/.exec(release.release)![0];
  if (precision(a) === 0 || precision(b) === 0) return branch(a) === branch(b);
  return numbers(a) === numbers(b);
}

/** The configuration, when there is one and it is for the machine's architecture. */
function agreedConfig(evidence: MachineFacts, contradictions: Contradiction[]): KernelConfig | undefined {
  const [first, ...others] = evidence.configs;
  if (first === undefined) return undefined;
  const asFact = (config: KernelConfig): FactOf<unknown> => ({
    value: config,
    strength: 'configured',
    artifact: config.artifact,
    text: `configuration${config.architecture === undefined ? '' : ` for ${config.architecture}`}`,
  });
  const different = others.find((other) =>
    ['SYSFB', 'EFI', 'HYPERV', 'HYPERV_VMBUS', 'HYPERV_VTL_MODE'].some((symbol) => {
      const [a, b] = [configValue(first, symbol), configValue(other, symbol)];
      return a !== undefined && b !== undefined && a !== b;
    }),
  );
  if (different !== undefined) {
    contradictions.push({
      about: 'configuration',
      message: `${first.artifact.source.name} and ${different.artifact.source.name} are different configurations`,
      facts: evidence.configs.map(asFact),
    });
    return undefined;
  }
  const running = evidence.architectures.find(
    (fact) =>
      fact.artifact !== first.artifact &&
      first.architecture !== undefined &&
      fact.value !== first.architecture,
  );
  // The architectures' own contradiction has been reported; the configuration is not used.
  return running === undefined ? first : undefined;
}

/** Drivers that speak in a log, and the symbols without which they are not built. */
const DRIVER_SYMBOLS: readonly (readonly [FramebufferSighting['by'], string])[] = [
  ['efifb', 'FB_EFI'],
  ['vesafb', 'FB_VESA'],
];

/** A driver that speaks in the log but is off in the configuration: they are not of one kernel. */
function driverWithoutSymbol(
  config: KernelConfig,
  evidence: MachineFacts,
  contradictions: Contradiction[],
): void {
  for (const [driver, symbol] of DRIVER_SYMBOLS) {
    const seen = evidence.framebuffers.find(({ value }) => value.by === driver);
    if (seen === undefined || configValue(config, symbol) !== 'n') continue;
    const line = config.lineOf(symbol);
    const off = {
      artifact: config.artifact,
      value: 'n',
      strength: 'configured' as const,
      text: `CONFIG_${symbol} is off`,
    };
    contradictions.push({
      about: 'configuration',
      message: `${config.artifact.source.name} has CONFIG_${symbol} off, but ${said(seen)} says ${seen.text}`,
      facts: [line ?? off, seen],
    });
  }
}

/** Groups sightings of the same framebuffer: the same base, or one inside the other. */
function groupFramebuffers(
  evidence: MachineFacts,
  contradictions: Contradiction[],
): readonly (readonly FactOf<FramebufferSighting>[])[] {
  const groups: FactOf<FramebufferSighting>[][] = [];
  for (const sighting of evidence.framebuffers) {
    const group = groups.find((facts) => facts.some((fact) => sameFramebuffer(fact.value, sighting.value)));
    if (group === undefined) groups.push([sighting]);
    else group.push(sighting);
  }
  const [first, second] = groups;
  if (first !== undefined && second !== undefined)
    contradictions.push({
      about: 'framebuffer',
      message: `${said(first[0]!)} has the framebuffer at 0x${first[0]!.value.base.toString(16)} (${first[0]!.value.by}), ${said(second[0]!)} at 0x${second[0]!.value.base.toString(16)} (${second[0]!.value.by})`,
      facts: groups.flat(),
    });
  const none = evidence.screenInfos.find((info) => info.value.base === 0n);
  const seen = evidence.framebuffers.find(
    ({ value }) => value.by === 'efifb' || value.by === 'vesafb' || value.by === 'simple-framebuffer',
  );
  if (none !== undefined && seen !== undefined)
    contradictions.push({
      about: 'framebuffer',
      message: `${said(none)} has no framebuffer, but ${said(seen)} says ${seen.text}`,
      facts: [none, seen],
    });
  return groups;
}

/** Two findings that may be one framebuffer: the same base, or one inside the other. */
export function sameFramebuffer(a: FramebufferPlace, b: FramebufferPlace): boolean {
  return a.base === b.base || isInside(a.base, b) || isInside(b.base, a);
}

type FramebufferPlace = Pick<FramebufferSighting, 'base' | 'size'>;

function isInside(address: bigint, { base, size }: FramebufferPlace): boolean {
  return size !== null && address >= base && address < base + size;
}
