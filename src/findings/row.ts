/** What a row of the registry says about a code. */
import type { Severity } from '../bytes/diagnostic.ts';

/**
 * What may be missing where a reader did not read something: an address window of the firmware, a framebuffer, what
 * platform it is and how it booted, which kernel it is and how it is configured.
 */
export type Hidden = 'window' | 'framebuffer' | 'platform' | 'kernel';

/** Of a description that was not read in full: it could have held any of these. */
export const FIRMWARE: readonly Hidden[] = ['window', 'framebuffer', 'platform'];
/** Of evidence that was not read in full: a framebuffer, the platform, release or configuration. */
export const EVIDENCE: readonly Hidden[] = ['framebuffer', 'platform', 'kernel'];
/** Of an input that could have been anything. */
export const ANYTHING: readonly Hidden[] = ['window', 'framebuffer', 'platform', 'kernel'];
export const NOTHING: readonly Hidden[] = [];

/** A piece of an example's file, many times: for limits. */
export interface Repeated {
  readonly repeat: string;
  readonly times: number;
}

/** Latin-1 text, bytes as hexadecimal, pieces, or a symbolic link. */
export type Content =
  | string
  | { readonly hex: string }
  | { readonly link: string }
  | readonly (string | Repeated)[];

/** Input that produces the code. */
export interface Example {
  /** By name, `folder/name` too. */
  readonly files: Readonly<Record<string, Content>>;
  /** The command line behind `fwmap`, its operands among the files. Words are split at spaces. */
  readonly run: string;
}

/** One code. `Args` is what its wording is made of. */
export interface Row<Args> {
  readonly severity: Severity;
  /** What happened, in a few words, for a list of codes. */
  readonly summary: string;
  /** What it means for whoever reads the report, and what to do. */
  readonly why: string;
  /** Undefined where no small input does it; `why` or `source` then says what would. */
  readonly example: Example | undefined;
  /** Specification section, kernel function, reference program: what says so. */
  readonly source: string;
  /** What may be missing because of it; empty where everything was read all the same. */
  readonly hides: readonly Hidden[];
  /**
   * What the missing part belongs to: everything that the input describes, or only what is at the diagnostic's path (a
   * node, an ACPI object). Absent means the input.
   */
  readonly scope?: 'input' | 'path';
  /** One sentence without a full stop; strings of the firmware are not escaped. */
  readonly text: (args: Args) => string;
  /** What to do about it. */
  readonly hint?: (args: Args) => string | undefined;
}

/** Gives a row its type: the arguments are those that `text` declares. */
export function row<Args = Record<never, never>>(columns: Row<Args>): Row<Args> {
  return columns;
}

/** The bytes of a file of an example; a link has none. */
export function contentBytes(content: Content): Uint8Array {
  if (typeof content === 'string') return Buffer.from(content, 'latin1');
  if (!('map' in content)) return 'hex' in content ? Buffer.from(content.hex, 'hex') : new Uint8Array(0);
  return Buffer.concat(
    content.map((piece) =>
      typeof piece === 'string'
        ? Buffer.from(piece, 'latin1')
        : Buffer.from(piece.repeat.repeat(piece.times), 'latin1'),
    ),
  );
}
