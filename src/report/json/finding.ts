/** `fwmap explain CODE --format json`. */
import type { Severity } from '../../bytes/diagnostic.ts';
import type { Hidden } from '../../findings/row.ts';

export type FindingJson = {
  readonly schema: 'fwmap/finding@1';
  /** @pattern ^[a-z]+/[a-z0-9-]+$ */
  readonly code: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly why: string;
  readonly source: string;
  /** @uniqueItems true */
  readonly mayHide: readonly Hidden[];
  /** Whether it affects the whole input or only what is at the path. */
  readonly scope: 'input' | 'path';
  /** For inputs that are not recognised: each kind, and how it is recognised. */
  readonly recognised?: readonly { readonly kind: string; readonly by: string }[];
  readonly example?: ExampleJson;
};

export type ExampleJson = {
  readonly files: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly command: string;
};
