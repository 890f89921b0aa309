/** `fwmap windows --format json`. */
import type { DiagnosticJson, FieldJson, InputJson, WindowJson } from './parts.ts';

export type WindowsJson = {
  readonly schema: 'fwmap/windows@1';
  /** Of a machine in an image, as --select takes it. */
  readonly name?: string;
  readonly inputs: readonly InputJson[];
  readonly windows: readonly WindowJson[];
  readonly fields: readonly FieldJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};
