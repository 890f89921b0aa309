/** The kernel that a question is about: its release, its configuration, and what they make of the VMBus driver. */
import type { MachineFacts } from '../../evidence/facts.ts';
import type { KconfigArch } from '../../linux/kconfig/rules.ts';
import { type KconfigJudgement, kconfigJudgement } from '../../linux/kconfig/sysfb.ts';
import { type KernelProfile, profileOf } from '../../linux/profile.ts';
import { formatRelease, parseRelease } from '../../linux/release.ts';
import type { FramebufferFinding } from '../framebuffers.ts';

/** What options and evidence say about the kernel and its boot. Everything may be missing. */
export interface KernelFacts {
  readonly release?: string;
  readonly withCommits?: readonly string[];
  readonly withoutCommits?: readonly string[];
  /** The kernel's configuration; a symbol that has no line there is off. */
  readonly config?: ReadonlyMap<string, string>;
  readonly boot?: 'efi' | 'bios' | 'dt';
  readonly vtl?: number;
  /** As `uname -m` prints it. */
  readonly architecture?: string;
  /** Where the framebuffer is, when something says so. */
  readonly framebuffer?: FramebufferFinding;
  /** `lfb_base` and `lfb_size` of screen_info, as the driver reads them. */
  readonly screenInfo?: { readonly lfbBase: bigint; readonly lfbSize: bigint };
  /** BAR 0 of PCI 1414:5353. */
  readonly gen1Video?: { readonly kind: 'mem' | 'io'; readonly start: bigint; readonly size: bigint };
  /** Everything in the inputs besides firmware descriptions. */
  readonly evidence?: MachineFacts;
}

export interface Kernel {
  readonly facts: KernelFacts;
  readonly profile: KernelProfile;
  /** For a person: `Linux 6.12.30`. */
  readonly name: string;
  /** CONFIG_SYSFB: as configured, or as Kconfig forces it, or not known. */
  readonly sysfb: 'y' | 'n' | 'unknown';
  /** Why {@link sysfb} is what it is. */
  readonly sysfbWhy: string;
  /** What the release's Kconfig makes of the given configuration. */
  readonly kconfig?: KconfigJudgement;
}

export function kernelOf(facts: KernelFacts): Kernel {
  const profile = profileOf(facts.release === undefined ? undefined : parseRelease(facts.release), {
    ...(facts.withCommits ? { withCommits: facts.withCommits } : {}),
    ...(facts.withoutCommits ? { withoutCommits: facts.withoutCommits } : {}),
  });
  const release = formatRelease(profile.release);
  const name = `Linux ${release}`;
  if (facts.config !== undefined) {
    const kconfig = kconfigJudgement(profile.behaviour, facts.config, kconfigArchitecture(facts));
    return { facts, profile, name, sysfb: kconfig.sysfb === 'y' ? 'y' : 'n', sysfbWhy: kconfig.why, kconfig };
  }
  const { hypervSelectsSysfb, sysfbSymbol } = profile.behaviour;
  if (hypervSelectsSysfb !== 'nothing')
    return {
      facts,
      profile,
      name,
      sysfb: 'y',
      sysfbWhy: `no configuration was given; CONFIG_${hypervSelectsSysfb} selects it in ${release}, unless CONFIG_HYPERV_VTL_MODE is set or CONFIG_EFI is not`,
    };
  return {
    facts,
    profile,
    name,
    sysfb: 'unknown',
    sysfbWhy:
      sysfbSymbol === 'default-yes'
        ? 'no configuration was given; it defaults to y but can be switched off'
        : 'no configuration was given; in this release it is set only when a driver selects it',
  };
}

/** By evidence, else by the configuration's own symbol; x86 where nothing is known. */
function kconfigArchitecture(facts: KernelFacts): KconfigArch {
  if (facts.architecture !== undefined) return facts.architecture === 'arm64' ? 'arm64' : 'x86_64';
  return facts.config?.get('ARM64') === 'y' ? 'arm64' : 'x86_64';
}
