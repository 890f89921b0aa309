/** `fwmap scan --format json`. */
import type { Count, DiagnosticJson, Hex, Sha256 } from './parts.ts';

export type ScanJson = {
  readonly schema: 'fwmap/scan@1';
  readonly inputs: readonly ScannedJson[];
  readonly finds: readonly FindJson[];
  /** Machines, or forms of one machine, of which the image is one at a time. */
  readonly alternatives: readonly AlternativesJson[];
  /** What sysfb and windows answer for, one by one, by the names that --select takes. */
  readonly machines: readonly { readonly name: string; readonly finds: readonly Count[] }[];
  readonly diagnostics: readonly DiagnosticJson[];
};

export type ScannedJson = {
  readonly path: string;
  readonly kind: 'image';
  readonly size: Hex;
  readonly sha256: Sha256;
  /** What was compressed around the input as a whole. */
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
  /** In the opened bytes of the innermost container. */
  readonly offset: Hex;
  /**
   * In the input, with what is compressed around it as a whole taken off; null where the bytes do not stand there as they
   * are.
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
  /** Who puts something else in its place before it is used: the host of a guest. */
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
