/**
 * The parts that the JSON of several commands has. The types in this folder are what scripts rely on: `npm run schemas`
 * writes schemas/ from them, and the compiler checks the code that makes the JSON against them. There is no code here.
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
 * Bytes as lower-case hex; ?? is a byte that the inputs don't determine.
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
  /** SHA-256 of the bytes that were read from the path; for a folder, of the list of its entries' hashes. */
  readonly sha256: Sha256;
  /** SHA-256 of the bytes of something found in an image. */
  readonly contentSha256?: Sha256;
  /** The steps from the file to what was read. */
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
  /** Given where it is not the input itself. */
  readonly source?: string;
  readonly line: Position;
  readonly column: Position;
};

export type BytePlaceJson = {
  /** Given where it is not the input itself. */
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
  /** Index of the entry or descriptor. */
  readonly index: Count;
  readonly at?: PlaceJson;
};

/** Something read in an input (origin), or stated by a source (authority). */
export type EvidenceJson = {
  readonly text: string;
  readonly origin?: OriginJson;
  /** The source, where it is not an input. */
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

/** A variable in conditions and expressions: a firmware field, a choice (values), or an unknown (reason). */
export type FieldJson = {
  readonly name: string;
  readonly space?: string;
  readonly address?: Hex | null;
  readonly bitOffset?: Integer;
  readonly bits?: Integer;
  readonly path?: string;
  /** The device's path, for configuration space. */
  readonly within?: string;
  /** Which read of the field; absent for its value at the start. */
  readonly read?: Integer;
  /** For a later read, what may have changed the field before. */
  readonly why?: string;
  readonly values?: readonly string[];
  readonly reason?: string;
};

/** The expressions of bounds that are not known. */
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
  /** The class of the whole window; null when it is not known. */
  readonly class: WindowClass | null;
  readonly certainty: Certainty;
  /** The condition in the firmware's own names. */
  readonly when?: string;
  readonly condition?: ConditionJson;
  /** Why it is unknown. */
  readonly why?: string;
  readonly expressions?: ExpressionsJson;
  /** What other parts of the description suggest about bounds that are not known; the bounds stay unknown. */
  readonly inferences?: readonly InferenceJson[];
  readonly origin: OriginJson;
  readonly flags: WindowFlagsJson;
  /** Why Linux does not use it; flags.available is then false. */
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

/** A resource descriptor (ACPI 6.5, 6.4) with all its fields; the value of a field that is not known is an expression. */
export type DescriptorJson = {
  readonly type: string;
  readonly [field: string]: string | boolean | readonly string[];
};

/** Something that was not read and may hide what affects the answer. */
export type GapJson = {
  readonly code: string;
  readonly what: string;
  readonly where: PlaceJson | null;
  readonly why: string;
  readonly mayHide: readonly Hidden[];
  readonly hint?: string;
};
