/** What a row of the registry says about a code. */
import type { Severity } from '../bytes/diagnostic.ts';

/**
 * What may be missing because something was not read: an address window of the firmware, a framebuffer, the platform and
 * how it booted, the kernel's release and configuration.
 */
export type Hidden = 'window' | 'framebuffer' | 'platform' | 'kernel';

/** For a description that was not read completely. */
export const FIRMWARE: readonly Hidden[] = ['window', 'framebuffer', 'platform'];
/** For evidence that was not read completely. */
export const EVIDENCE: readonly Hidden[] = ['framebuffer', 'platform', 'kernel'];
/** For an input that could have been anything. */
export const ANYTHING: readonly Hidden[] = ['window', 'framebuffer', 'platform', 'kernel'];
export const NOTHING: readonly Hidden[] = [];

/** A repeated part of an example's file, for limits. */
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
  /** By name or `folder/name`. */
  readonly files: Readonly<Record<string, Content>>;
  /** The command line after `fwmap`. Its operands are among the files. Words are split at spaces. */
  readonly run: string;
}

/** One code. `Args` are the values in its message. */
export interface Row<Args> {
  readonly severity: Severity;
  /** What happened, in a few words, for a list of codes. */
  readonly summary: string;
  /** What it means for whoever reads the report, and what to do. */
  readonly why: string;
  /** Undefined where no small input causes it; `why` or `source` then says what would. */
  readonly example: Example | undefined;
  /** The source of the rule: section of a specification, kernel function, reference program. */
  readonly source: string;
  /** What may be missing because of it; empty where everything was read. */
  readonly hides: readonly Hidden[];
  /**
   * What the missing part belongs to: everything that the input describes, or only what is at the diagnostic's path (a
   * node, an ACPI object). Absent means the input.
   */
  readonly scope?: 'input' | 'path';
  /** The message: one sentence without a full stop. Strings of the firmware are not escaped. */
  readonly text: (args: Args) => string;
  /** What to do about it. */
  readonly hint?: (args: Args) => string | undefined;
}

/** Gives a row its type, with the arguments that `text` declares. */
export function row<Args = Record<never, never>>(columns: Row<Args>): Row<Args> {
  return columns;
}

/** The content of a file of an example; empty for a link. */
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
