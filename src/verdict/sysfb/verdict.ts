/** The answer of `sysfb`, the same for every report format. */
import type { Platform as KnownPlatform } from '../../evidence/facts.ts';
import type { Condition, Variable } from '../../symbolic/index.ts';
import type { AddressWindow } from '../../window/window.ts';
import type { FramebufferFinding } from '../framebuffers.ts';
import type { Answered } from '../question.ts';

export type { Assumption, EvidenceItem, RuleFinding } from '../question.ts';

export type Answer = 'not-needed' | 'needed' | 'depends' | 'unknown';
/** The order of answers, the worst first. */
const WORST_FIRST: readonly Answer[] = ['needed', 'depends', 'unknown', 'not-needed'];

/** Orders answers for `sort`, the worst first. */
export function compareAnswers(a: Answer, b: Answer): number {
  return WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b);
}

export type Hazard = 'none' | 'framebuffer-unprotected' | 'boot-failure' | 'unknown';
export type Platform = KnownPlatform | 'other';
export type BootPath = 'efi' | 'bios' | 'dt' | 'unknown';

/** A row of the decision table. */
export interface Case {
  readonly when: Condition;
  readonly answer: Answer;
  /** Whether CONFIG_SYSFB would make this kernel reserve the framebuffer in this case. */
  readonly effective: boolean | null;
  readonly because: string;
  /** What else decides, in a row that covers several cases. */
  readonly by?: readonly Variable[];
}

/** The Kconfig line for the answer, and its effect on the given configuration. */
export interface KconfigFinding {
  /** The line that expresses the answer: `select SYSFB if EFI && !HYPERV_VTL_MODE`. */
  readonly proposal: string;
  /** Whether the line was given by the user. */
  readonly asked: boolean;
  readonly explanation: readonly string[];
}

/** The outcome of a range of releases with one configuration. */
export interface MatrixRow {
  /** `6.7 - 6.15`, `6.6.144 - 6.6.x`. */
  readonly releases: string;
  readonly when: string;
  readonly answer: Answer;
  readonly effective: boolean | null;
  readonly because: string;
}

export interface Verdict extends Answered<Answer> {
  readonly answer: Answer;
  /** The reason without the answer: clauses separated by semicolons. */
  readonly reason: string;
  /** Whether CONFIG_SYSFB would make this kernel reserve the framebuffer on this boot path; null when not known. */
  readonly effective: boolean | null;
  readonly hazard: Hazard;
  /** The decision table; empty when all cases have the same outcome. */
  readonly conditions: readonly Case[];
  /** What would change the answer; for `unknown`, which inputs to add. */
  readonly wouldChange: readonly string[];
  readonly machine: { readonly platform: Platform; readonly boot: BootPath; readonly vtl: number | null };
  readonly kernel: Answered['kernel'] & { readonly config: Readonly<Record<string, string>> };
  /** The windows that VMBus would be given, in the kernel's order. */
  readonly pool: readonly AddressWindow[];
  readonly framebuffer: FramebufferFinding | null;
  readonly kconfig?: KconfigFinding;
  readonly matrix?: readonly MatrixRow[];
  readonly windows: readonly AddressWindow[];
}

/** The `found` argument of {@link isNothingRead} for an answer of `sysfb`: 0 where nothing could be read. */
export function sysfbFound({ answer, windows, pool }: Verdict): number {
  return answer === 'unknown' ? windows.length + pool.length : 1;
}
