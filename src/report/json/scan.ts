/** `fwmap scan --format json`. */
import type { Count, DiagnosticJson, Hex, Sha256 } from './parts.ts';

export type ScanJson = {
  readonly schema: 'fwmap/scan@1';
  readonly inputs: readonly ScannedJson[];
  readonly finds: readonly FindJson[];
  /** Machines, or variants of one machine, of which one is used at a time. */
  readonly alternatives: readonly AlternativesJson[];
  /** The machines that sysfb and windows report one by one; names are those of --select. */
  readonly machines: readonly { readonly name: string; readonly finds: readonly Count[] }[];
  readonly diagnostics: readonly DiagnosticJson[];
};

export type ScannedJson = {
  readonly path: string;
  readonly kind: 'image';
  readonly size: Hex;
  readonly sha256: Sha256;
  /** The compression around the input as a whole. */
  readonly steps?: readonly { readonly how: string }[];
};

export type FindJson = {
  readonly id: Count;
  /**
   * dtb, dtbo, fit, acpi-table, acpi-template (its checksum is not set), rsdp, boot-params, kconfig, kernel, command-line,
   * parameter, or a kind of input found in an archive.
   */
  readonly kind: string;
  /** The input and the containers on the way, ! between them. */
  readonly path: string;
  /** Offset in the unpacked bytes of the innermost container. */
  readonly offset: Hex;
  /**
   * Offset in the input, after any compression around the whole is removed; null where the input does not contain the
   * bytes as they are.
   */
  readonly fileOffset: Hex | null;
  readonly size: Hex;
  readonly sha256: Sha256;
  readonly signature?: string;
  readonly oemTableId?: string;
  readonly model?: string | null;
  readonly compatible?: readonly string[];
  readonly release?: string;
  readonly architecture?: string;
  readonly address?: Hex;
  readonly name?: string;
  readonly text?: string;
  /** Who replaces it before it is used, such as the host of a guest. */
  readonly replacedBy?: string;
  readonly note?: string;
  /** The containers on the way, the outermost first. */
  readonly container: readonly ContainerJson[];
};

export type ContainerJson = {
  readonly format: string;
  readonly name?: string;
  readonly offset: Hex;
  readonly size: Hex;
  readonly unpacked?: Hex;
};

export type AlternativesJson = {
  readonly axis: string;
  readonly path: string;
  readonly choices: readonly ChoiceJson[];
};

export type ChoiceJson = {
  readonly name: string;
  /** Ids of finds, in the order in which they are used. */
  readonly finds: readonly Count[];
  readonly default?: boolean;
  readonly compatible?: readonly string[];
  readonly description?: string;
};
