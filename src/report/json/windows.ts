/** `fwmap windows --format json`. */
import type { DiagnosticJson, FieldJson, InputJson, WindowJson } from './parts.ts';

export type WindowsJson = {
  readonly schema: 'fwmap/windows@1';
  /** The machine's name, as --select takes it, where there are several. */
  readonly name?: string;
  readonly inputs: readonly InputJson[];
  readonly windows: readonly WindowJson[];
  readonly fields: readonly FieldJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};
