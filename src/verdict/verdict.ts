/** What an answered question looks like: the same for every report format. */
import type { Artifact } from '../artifact/artifact.ts';
import type { Diagnostic } from '../bytes/diagnostic.ts';
import type { AddressWindow, Origin } from '../window/window.ts';

export type Answer = 'not-needed' | 'needed' | 'depends' | 'unknown';
/** The worst first: where several answers don't agree, that of the worst stands. */
const WORST_FIRST: readonly Answer[] = ['needed', 'depends', 'unknown', 'not-needed'];

/** Orders answers for `sort`, the worst first. */
export function compareAnswers(a: Answer, b: Answer): number {
  return WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b);
}

export type Hazard = 'none' | 'framebuffer-unprotected' | 'boot-failure' | 'unknown';
export type Platform = 'hyperv-gen1' | 'hyperv-gen2' | 'openhcl-vtl2' | 'other';
export type BootPath = 'efi' | 'bios' | 'dt' | 'unknown';

/** A fact that a rule rests on: read from an input (`origin`) or known about Linux or Hyper-V (`authority`). */
export interface EvidenceItem {
  readonly text: string;
  readonly origin?: Origin;
  /** Specification section, kernel function at a commit, mail: who says so, when no input does. */
  readonly authority?: string;
}

/** A rule that fired. */
export interface RuleFinding {
  /** Stable kebab-case name. */
  readonly id: string;
  /** One sentence. */
  readonly says: string;
  readonly evidence: readonly EvidenceItem[];
}

/** What was taken for granted because no input says it. */
export interface Assumption {
  readonly text: string;
  readonly authority: string;
  /** What would answer otherwise. */
  readonly otherwise?: string;
}

/** One case of a `depends`, or of the readings of a fragment. */
export interface Condition {
  /** In the firmware's, Kconfig's or the kernel's own names. */
  readonly when: string;
  readonly answer: Answer;
  readonly because?: string;
}

export interface FramebufferFinding {
  /** Null when only its relation to other unknowns is known; `expression` then says it. */
  readonly base: bigint | null;
  readonly size: bigint | null;
  readonly from: 'boot-params' | 'dmesg' | 'pci' | 'given' | 'presumed' | 'device-tree';
  readonly expression?: string;
  readonly text: string;
  readonly origin?: Origin;
}

/** What to say in Kconfig, and what the given configuration makes of it. */
export interface KconfigFinding {
  /** The line that expresses the answer: `select SYSFB if EFI && !HYPERV_VTL_MODE`. */
  readonly proposal: string;
  readonly explanation: readonly string[];
}

export interface Verdict {
  readonly question: string;
  readonly answer: Answer;
  /** One sentence a reviewer can quote. */
  readonly summary: string;
  /** Would CONFIG_SYSFB make this kernel reserve the framebuffer on this boot path? Null when that isn't known. */
  readonly effective: boolean | null;
  readonly hazard: Hazard;
  readonly conditions: readonly Condition[];
  readonly rules: readonly RuleFinding[];
  readonly assumptions: readonly Assumption[];
  /** What would change the answer, and for `unknown` what to add. */
  readonly wouldChange: readonly string[];
  readonly machine: { readonly platform: Platform; readonly boot: BootPath; readonly vtl: number | null };
  readonly kernel: {
    readonly release: string | null;
    /** True when no input and no option named a release and the newest profile was taken. */
    readonly presumed: boolean;
    readonly config: Readonly<Record<string, string>>;
  };
  /** The windows that VMBus would be given, in the kernel's order. */
  readonly pool: readonly AddressWindow[];
  readonly framebuffer: FramebufferFinding | null;
  readonly kconfig?: KconfigFinding;
  readonly windows: readonly AddressWindow[];
  readonly inputs: readonly Artifact[];
  readonly diagnostics: readonly Diagnostic[];
}
