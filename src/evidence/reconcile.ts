/**
 * What the evidence says together. Sources that agree become one answer; sources that contradict each other are both
 * kept and named, and then there is no answer: nothing is preferred on the quiet.
 */
import type {
  Architecture,
  Evidence,
  Fact,
  FramebufferSighting,
  KernelConfig,
  KernelRelease,
  ScreenInfo,
} from './evidence.ts';
import { configValue } from './kernel-config.ts';

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
  readonly facts: readonly Fact<unknown>[];
}

export interface Reconciled {
  /** The release all sources agree on, the one that says most of it; undefined without a source or when they differ. */
  readonly release?: Fact<KernelRelease>;
  readonly architecture?: Fact<Architecture>;
  /** `dt` as soon as a source says that ACPI is off; else `efi` or `bios` when they agree. */
  readonly boot?: Fact<'efi' | 'bios' | 'dt'>;
  readonly vtl?: Fact<number>;
  readonly config?: KernelConfig;
  readonly screenInfo?: Fact<ScreenInfo>;
  /** Sightings of one framebuffer, by base; more than one group is a contradiction. */
  readonly framebuffers: readonly (readonly Fact<FramebufferSighting>[])[];
  readonly contradictions: readonly Contradiction[];
}

/** Puts the facts side by side. */
export function reconcile(evidence: Evidence): Reconciled {
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
  const deviceTree = evidence.boots.find((boot) => boot.value === 'dt');
  const firmware = agreed(
    evidence.boots.filter((boot) => boot.value !== 'dt'),
    (a, b) => a.value === b.value,
    (a, b) =>
      `${said(a)} shows ${a.value === 'efi' ? 'an EFI' : 'no EFI'} boot, ${said(b)} ${b.value === 'efi' ? 'an EFI one' : 'none'}`,
    'boot',
    contradictions,
  );
  const boot = deviceTree ?? firmware;
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

function agreed<T>(
  facts: readonly Fact<T>[],
  same: (a: Fact<T>, b: Fact<T>) => boolean,
  message: (a: Fact<T>, b: Fact<T>) => string,
  about: Contradiction['about'],
  contradictions: Contradiction[],
): Fact<T> | undefined {
  const [first] = facts;
  if (first === undefined) return undefined;
  const other = facts.find((fact) => !same(first, fact));
  if (other === undefined) return first;
  contradictions.push({ about, message: message(first, other), facts });
  return undefined;
}

function said(fact: Fact<unknown>): string {
  return fact.artifact.source.name;
}

/** A release that names its upstream says more than a distribution's name, `6.1.0-56-amd64`. */
function precision(release: KernelRelease): number {
  if (release.upstream !== undefined) return 2;
  return hidesUpdate(release.release) ? 0 : 1;
}

/** `6.1.0-56-amd64`: a distribution's name for some 6.1.N; the kernel itself never calls a release `.0`. */
function hidesUpdate(release: string): boolean {
  return /^\d+\.\d+\.0-\d/.test(release);
}

function sameRelease(a: KernelRelease, b: KernelRelease): boolean {
  if (a.release === b.release) return true;
  const numbers = (release: KernelRelease): string =>
    /^[\d.]+(?:-rc\d+)?/.exec(release.upstream ?? release.release)![0];
  const branch = (release: KernelRelease): string => /^\d+\.\d+/.exec(release.release)![0];
  if (precision(a) === 0 || precision(b) === 0) return branch(a) === branch(b);
  return numbers(a) === numbers(b);
}

/** The configuration, when there is one and it is for the machine's architecture. */
function agreedConfig(evidence: Evidence, contradictions: Contradiction[]): KernelConfig | undefined {
  const [first, ...others] = evidence.configs;
  if (first === undefined) return undefined;
  const asFact = (config: KernelConfig): Fact<unknown> => ({
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
  evidence: Evidence,
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
  evidence: Evidence,
  contradictions: Contradiction[],
): readonly (readonly Fact<FramebufferSighting>[])[] {
  const groups: Fact<FramebufferSighting>[][] = [];
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

function sameFramebuffer(a: FramebufferSighting, b: FramebufferSighting): boolean {
  const inside = (small: FramebufferSighting, large: FramebufferSighting): boolean =>
    large.size !== null && small.base >= large.base && small.base < large.base + large.size;
  return a.base === b.base || inside(a, b) || inside(b, a);
}
