/** The kernel that a question is about: its release, its configuration, and what they make of the VMBus driver. */
import { type KernelProfile, profileOf } from '../linux/profile.ts';
import { formatRelease, parseRelease } from '../linux/release.ts';
import type { FramebufferFinding } from './verdict.ts';

/** What options and evidence say about the kernel and its boot. Everything may be missing. */
export interface KernelFacts {
  readonly release?: string;
  readonly withCommits?: readonly string[];
  readonly withoutCommits?: readonly string[];
  /** The kernel's configuration; a symbol that has no line there is off. */
  readonly config?: ReadonlyMap<string, string>;
  readonly boot?: 'efi' | 'bios' | 'dt';
  readonly vtl?: number;
  /** As `uname -m` says it. */
  readonly architecture?: string;
  /** Where the framebuffer is, when something says so. */
  readonly framebuffer?: FramebufferFinding;
  /** `lfb_base` and `lfb_size` of screen_info, as the driver reads them. */
  readonly screenInfo?: { readonly lfbBase: bigint; readonly lfbSize: bigint };
}

export interface Kernel {
  readonly facts: KernelFacts;
  readonly profile: KernelProfile;
  /** For a person: `6.12.30`, or `7.3.4, the newest known`. */
  readonly name: string;
  /** CONFIG_SYSFB: as configured, or as Kconfig forces it, or not known. */
  readonly sysfb: 'y' | 'n' | 'unknown';
  /** Why {@link sysfb} is what it is. */
  readonly sysfbWhy: string;
}

/** Settles a symbol of the given configuration: absent means `n`; undefined without a configuration. */
export function symbol(facts: KernelFacts, name: string): string | undefined {
  return facts.config === undefined ? undefined : (facts.config.get(name) ?? 'n');
}

export function kernelOf(facts: KernelFacts): Kernel {
  const profile = profileOf(facts.release === undefined ? undefined : parseRelease(facts.release), {
    ...(facts.withCommits ? { withCommits: facts.withCommits } : {}),
    ...(facts.withoutCommits ? { withoutCommits: facts.withoutCommits } : {}),
  });
  const release = formatRelease(profile.release);
  const name = profile.presumed ? `${release} (the newest known, none was given)` : release;
  const configured = symbol(facts, 'SYSFB');
  if (configured !== undefined)
    return {
      facts,
      profile,
      name,
      sysfb: configured === 'y' ? 'y' : 'n',
      sysfbWhy: 'as the given configuration says',
    };
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
