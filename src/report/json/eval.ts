/** `fwmap eval --format json`. */
import type { ByteText, DiagnosticJson, Hex, InputJson, WhenJson } from './parts.ts';

export type EvalJson = {
  readonly schema: 'fwmap/eval@1';
  readonly inputs: readonly InputJson[];
  /** Absolute path of the object; null when it does not exist. */
  readonly path: string | null;
  readonly value: ValueJson | null;
  /** The value as ASL writes it. */
  readonly asl: string;
  readonly fault?: FaultJson;
  /** Faults under conditions that the inputs leave open. */
  readonly faults: readonly (WhenJson & FaultJson)[];
  /** Lines stored to Debug. */
  readonly debug: readonly string[];
  readonly trace?: readonly TraceJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};

export type FaultJson = {
  readonly code: string;
  readonly message: string;
};

export type TraceJson = {
  readonly kind: 'call' | 'read' | 'write' | 'debug' | 'notify' | 'fatal' | 'fault' | 'return';
  readonly text: string;
};

export type ValueJson =
  | { readonly type: 'integer'; readonly value: Hex }
  | {
      readonly type: 'integer';
      /** The expression over firmware fields. */
      readonly expression: string;
      readonly certainty: 'unknown';
      readonly why?: string;
    }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'string'; readonly certainty: 'unknown' }
  | { readonly type: 'buffer'; readonly bytes: ByteText }
  | { readonly type: 'buffer'; readonly certainty: 'unknown'; readonly why: string }
  | { readonly type: 'package'; readonly elements: readonly (ValueJson | null)[] }
  /** Any other type, or a package that is nested too deeply: as ASL writes it. */
  | { readonly type: 'object'; readonly text: string };
