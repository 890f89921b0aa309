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
  /** Whether it bears on the whole input or on what is at the path. */
  readonly scope: 'input' | 'path';
  /** Of what nothing recognises: each kind with what it is recognised by. */
  readonly recognised?: readonly { readonly kind: string; readonly by: string }[];
  readonly example?: ExampleJson;
};

export type ExampleJson = {
  readonly files: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly command: string;
};
