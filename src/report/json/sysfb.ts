/** `fwmap sysfb --format json`. */
import type { Platform } from '../../evidence/facts.ts';
import type { Answer, BootPath, Hazard } from '../../verdict/sysfb/verdict.ts';
import type { AnsweredJson } from './answered.ts';
import type {
  DiagnosticJson,
  FieldJson,
  Hex,
  InputJson,
  Integer,
  OriginJson,
  WhenJson,
  WindowJson,
} from './parts.ts';

export type SysfbJson = AnsweredJson & {
  readonly schema: 'fwmap/sysfb@1';
  /** The machine's name, as --select takes it, where there are several. */
  readonly name?: string;
  readonly question: string;
  readonly answer: Answer;
  /** One sentence a reviewer can quote. */
  readonly summary: string;
  /** The first line of reports: the answer with its caveat. */
  readonly headline: string;
  /** The reason, as clauses separated by semicolons. */
  readonly reason: string;
  /** Whether CONFIG_SYSFB would make this kernel reserve the framebuffer; null when that is not known. */
  readonly effective: boolean | null;
  /** The hazard with the given configuration. */
  readonly hazard: Hazard;
  /** The decision table, the worst answer first. */
  readonly conditions: readonly CaseJson[];
  readonly fields: readonly FieldJson[];
  /** With --matrix: the answers by range of releases. */
  readonly matrix?: readonly MatrixRowJson[];
  /** What would change the answer; for unknown, which inputs to add. */
  readonly wouldChange: readonly string[];
  readonly machine: {
    readonly platform: Platform | 'other';
    readonly boot: BootPath;
    readonly vtl: Integer | null;
  };
  readonly kernel: KernelJson;
  /** The windows that VMBus would be given, in the kernel's order. */
  readonly pool: readonly WindowJson[];
  readonly framebuffer: FramebufferJson | null;
  readonly kconfig?: KconfigJson;
  readonly windows: readonly WindowJson[];
  readonly inputs: readonly InputJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};

export type CaseJson = WhenJson & {
  readonly answer: Answer;
  readonly effective: boolean | null;
  readonly because: string;
};

export type MatrixRowJson = {
  /** `6.7 - 6.15`, `6.6.144 - 6.6.x`. */
  readonly releases: string;
  readonly when: string;
  readonly answer: Answer;
  readonly effective: boolean | null;
  readonly because: string;
};

export type KernelJson = {
  readonly release: string | null;
  /** No input and no option named a release. */
  readonly presumed: boolean;
  readonly config: { readonly [option: string]: string };
};

export type FramebufferJson = {
  readonly base: Hex | null;
  readonly size: Hex | null;
  readonly from: 'boot-params' | 'dmesg' | 'pci' | 'given' | 'presumed' | 'device-tree';
  readonly text: string;
  /** The expression of a base that is not known. */
  readonly expression?: string;
  readonly origin?: OriginJson;
};

export type KconfigJson = {
  /** The Kconfig line that expresses the answer. */
  readonly proposal: string;
  readonly explanation: readonly string[];
};
