/**
 * Combines the evidence. Where sources agree, there is one value; where they contradict each other, both are reported and
 * there is no value.
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
  /** One sentence that names both sources. */
  readonly message: string;
  readonly facts: readonly FactOf<unknown>[];
}

export interface Reconciled {
  /** The release that all sources agree on, from the most precise; undefined without a source or when they differ. */
  readonly release?: FactOf<ReleaseFact>;
  readonly architecture?: FactOf<Architecture>;
  /** `dt` when a source shows that ACPI is off; else `efi` or `bios` when the sources agree. */
  readonly boot?: FactOf<'efi' | 'bios' | 'dt'>;
  readonly vtl?: FactOf<number>;
  readonly config?: KernelConfig;
  readonly screenInfo?: FactOf<ScreenInfo>;
  /** Sightings of one framebuffer, by base; more than one group is a contradiction. */
  readonly framebuffers: readonly (readonly FactOf<FramebufferSighting>[])[];
  readonly contradictions: readonly Contradiction[];
}

/** Combines the facts. */
export function reconcile(evidence: MachineFacts): Reconciled {
  const contradictions: Contradiction[] = [];
  const architecture = agreed(
    evidence.architectures,
    (a, b) => a.value === b.value,
    (a, b) => `${sourceName(a)} is for ${a.value}, ${sourceName(b)} for ${b.value}`,
    'architecture',
    contradictions,
  );
  const release = agreed(
    [...evidence.releases].sort((a, b) => precision(b.value) - precision(a.value)),
    (a, b) => sameRelease(a.value, b.value),
    (a, b) =>
      `${sourceName(a)} is from Linux ${a.value.release}, ${sourceName(b)} from Linux ${b.value.release}`,
    'kernel release',
    contradictions,
  );
  const boot = agreedBoot(evidence, contradictions);
  const screenInfo = agreed(
    evidence.screenInfos,
    (a, b) => a.value.base === b.value.base && a.value.lfbSize === b.value.lfbSize,
    (a, b) => `${sourceName(a)} and ${sourceName(b)} have different framebuffers`,
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
 * How the kernel was booted. An inferred fact is dropped when the same input has an observed one; from another input it
 * counts as a contradiction.
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
      `${sourceName(a)} shows ${a.value ? 'an EFI boot' : 'a boot without EFI'}, ${sourceName(b)} ${b.value ? 'an EFI boot' : 'a boot without EFI'}`,
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

function sourceName(fact: FactOf<unknown>): string {
  return fact.artifact.source.name;
}

/** Ranks releases: with an upstream release, exact, or only a distribution's name such as `6.1.0-56-amd64`. */
function precision(release: ReleaseFact): number {
  if (release.upstream !== undefined) return 2;
  return hidesUpdate(release.release) ? 0 : 1;
}

/** `6.1.0-56-amd64`: a distribution's name for some 6.1.N; upstream has no release numbers ending in `.0`. */
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

/** The configuration, when all agree and it is for the machine's architecture. */
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
  // The contradiction of architectures has been reported; the configuration is not used.
  return running === undefined ? first : undefined;
}

/** Drivers that print messages, with the symbols that build them. */
const DRIVER_SYMBOLS: readonly (readonly [FramebufferSighting['by'], string])[] = [
  ['efifb', 'FB_EFI'],
  ['vesafb', 'FB_VESA'],
];

/** Reports a driver that prints messages but is off in the configuration: log and configuration are of different kernels. */
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
      message: `${config.artifact.source.name} has CONFIG_${symbol} off, but ${sourceName(seen)} has "${seen.text}"`,
      facts: [line ?? off, seen],
    });
  }
}

/** Groups sightings of the same framebuffer, which have the same base or are inside each other. */
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
      message: `${sourceName(first[0]!)} has the framebuffer at 0x${first[0]!.value.base.toString(16)} (${first[0]!.value.by}), ${sourceName(second[0]!)} at 0x${second[0]!.value.base.toString(16)} (${second[0]!.value.by})`,
      facts: groups.flat(),
    });
  const none = evidence.screenInfos.find((info) => info.value.base === 0n);
  const seen = evidence.framebuffers.find(
    ({ value }) => value.by === 'efifb' || value.by === 'vesafb' || value.by === 'simple-framebuffer',
  );
  if (none !== undefined && seen !== undefined)
    contradictions.push({
      about: 'framebuffer',
      message: `${sourceName(none)} has no framebuffer, but ${sourceName(seen)} has "${seen.text}"`,
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
