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
  /** Of a machine in an image, as --select takes it. */
  readonly name?: string;
  readonly question: string;
  readonly answer: Answer;
  /** One sentence a reviewer can quote. */
  readonly summary: string;
  /** The answer with its caveat, as reports begin. */
  readonly headline: string;
  /** Why, as clauses: what follows a semicolon is a sentence by itself. */
  readonly reason: string;
  /** Would CONFIG_SYSFB make this kernel reserve the framebuffer? Null when that is not known. */
  readonly effective: boolean | null;
  /** With the configuration given. */
  readonly hazard: Hazard;
  /** The decision table, the worst answer first. */
  readonly conditions: readonly CaseJson[];
  readonly fields: readonly FieldJson[];
  /** With --matrix: what stretches of releases come to. */
  readonly matrix?: readonly MatrixRowJson[];
  /** What would change the answer, and for unknown what to add. */
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
  /** What a base that is not known is made of. */
  readonly expression?: string;
  readonly origin?: OriginJson;
};

export type KconfigJson = {
  /** The Kconfig line that expresses the answer. */
  readonly proposal: string;
  readonly explanation: readonly string[];
};
