/**
 * The parts that the JSON of several commands has. The types in this folder are the promise to scripts and the one source
 * of it: `npm run schemas` writes schemas/ from them, and what makes the JSON is checked against them by the compiler.
 * Types alone, nothing of it is there when fwmap runs.
 */
import type { ArtifactKind } from '../../artifact/kinds.ts';
import type { Severity } from '../../bytes/diagnostic.ts';
import type { Hidden } from '../../findings/row.ts';
import type { Certainty, WindowClass, WindowRole, WindowSpace } from '../../window/window.ts';

/**
 * An address, a size or a number: lower-case hex without padding.
 * @pattern ^-?0x(0|[1-9a-f][0-9a-f]*)$
 */
export type Hex = string;

/**
 * A SHA-256 in lower-case hex.
 * @pattern ^[0-9a-f]{64}$
 */
export type Sha256 = string;

/**
 * Bytes as lower-case hex; ?? is a byte nobody can know from the inputs.
 * @pattern ^([0-9a-f]{2}|\?\?)*$
 */
export type ByteText = string;

/** @asType integer */
export type Integer = number;

/**
 * A count, an offset or an index, from 0.
 * @asType integer
 * @minimum 0
 */
export type Count = number;

/**
 * A line or a column, from 1.
 * @asType integer
 * @minimum 1
 */
export type Position = number;

export type InputJson = {
  /** As given on the command line; - is standard input. */
  readonly path: string;
  readonly kind: ArtifactKind;
  /** Of the bytes that were read from the path; of a folder, of its listing of entry hashes. */
  readonly sha256: Sha256;
  /** Of what was found in an image: of its own bytes. */
  readonly contentSha256?: Sha256;
  /** The way from the file to what was read. */
  readonly steps?: readonly OpeningJson[];
};

export type OpeningJson = {
  /** gunzip, mail part, quoted text. */
  readonly how: string;
  /** Byte offset inside the container. */
  readonly offset?: Count;
  readonly name?: string;
};

/** A place in an input: line and column in text, offset and length in bytes in a blob. */
export type PlaceJson = LinePlaceJson | BytePlaceJson;

export type LinePlaceJson = {
  /** Named where it is not the input itself. */
  readonly source?: string;
  readonly line: Position;
  readonly column: Position;
};

export type BytePlaceJson = {
  /** Named where it is not the input itself. */
  readonly source?: string;
  readonly offset: Count;
  readonly length: Count;
};

export type OriginJson = {
  /**
   * Index into inputs.
   * @asType integer
   * @minimum -1
   */
  readonly input: number;
  /** Node path or ACPI object path. */
  readonly path: string;
  /** ranges, reg, _CRS … */
  readonly item: string;
  /** Entry or descriptor. */
  readonly index: Count;
  readonly at?: PlaceJson;
};

/** Something seen in an input (origin), or stated by a source that is named (authority). */
export type EvidenceJson = {
  readonly text: string;
  readonly origin?: OriginJson;
  /** Who says so, when no input does. */
  readonly authority?: string;
};

/** A condition as text and as a tree. */
export type WhenJson = {
  /** The condition in the firmware's own names. */
  readonly when: string;
  readonly condition: ConditionJson;
};

export type ConditionJson =
  | { readonly all: readonly ConditionJson[] }
  | { readonly any: readonly ConditionJson[] }
  | { readonly not: ConditionJson }
  | ComparisonJson;

export type ComparisonJson = {
  readonly op: '==' | '!=' | '<' | '<=' | '>' | '>=';
  readonly left: string;
  readonly right: string;
};

/** What a name in conditions and expressions stands for: a firmware field, a choice (values), or what is not known (reason). */
export type FieldJson = {
  readonly name: string;
  readonly space?: string;
  readonly address?: Hex | null;
  readonly bitOffset?: Integer;
  readonly bits?: Integer;
  readonly path?: string;
  /** Of configuration space: the device's path. */
  readonly within?: string;
  /** Which read of it; absent for what it held at first. */
  readonly read?: Integer;
  /** Of a later read: what may have changed since the one before. */
  readonly why?: string;
  readonly values?: readonly string[];
  readonly reason?: string;
};

/** What bounds that are not known are made of. */
export type ExpressionsJson = {
  readonly base?: string;
  readonly size?: string;
};

/** A range of an address space as the CPU sees it. */
export type WindowJson = {
  readonly space: WindowSpace;
  readonly role: WindowRole;
  readonly base: Hex | null;
  readonly size: Hex | null;
  /** Inclusive. */
  readonly last: Hex | null;
  /** The bus-side address of the base. */
  readonly bus?: { readonly base: Hex };
  /** Where the whole window lies; null when that is not known. */
  readonly class: WindowClass | null;
  readonly certainty: Certainty;
  /** The condition in the firmware's own names. */
  readonly when?: string;
  readonly condition?: ConditionJson;
  /** Why it is unknown. */
  readonly why?: string;
  readonly expressions?: ExpressionsJson;
  /** What other parts of the description say about bounds that are not known; never makes them known. */
  readonly inferences?: readonly InferenceJson[];
  readonly origin: OriginJson;
  readonly flags: WindowFlagsJson;
  /** Why Linux takes nothing from it; flags.available is then false. */
  readonly ignored?: string;
  /** How the window follows from the input, step by step. */
  readonly derivation?: readonly StepJson[];
};

export type InferenceJson = {
  readonly text: string;
  readonly because: readonly { readonly text: string; readonly at?: PlaceJson }[];
};

export type WindowFlagsJson = {
  readonly prefetchable?: boolean;
  readonly producer?: boolean;
  readonly available?: boolean;
  readonly pci?: 'config' | 'io' | 'mem32' | 'mem64';
};

export type StepJson = {
  readonly what: string;
  readonly text: string;
  readonly at?: PlaceJson;
};

export type DiagnosticJson = {
  readonly severity: Severity;
  /** @pattern ^[a-z0-9-]+/[a-z0-9_-]+$ */
  readonly code: string;
  readonly message: string;
  readonly at?: PlaceJson;
  readonly path?: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly related?: readonly { readonly message: string; readonly at: PlaceJson }[];
};

/** A resource descriptor (ACPI 6.5, 6.4) with all its fields; a field made of unknown bytes is an expression. */
export type DescriptorJson = {
  readonly type: string;
  readonly [field: string]: string | boolean | readonly string[];
};

/** What was not read and may hide something that bears on the answer. */
export type GapJson = {
  readonly code: string;
  readonly what: string;
  readonly where: PlaceJson | null;
  readonly why: string;
  readonly mayHide: readonly Hidden[];
  readonly hint?: string;
};
