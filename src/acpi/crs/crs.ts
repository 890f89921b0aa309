/**
 * `CrsEntry`: the resources of one device, from a buffer in a table, an evaluated method, a hex dump, or a list that
 * another program printed.
 */
import type { Span } from '../../bytes/source.ts';
import type { Condition, FieldSymbol, Quantity } from '../../symbolic/index.ts';
import type { UnknownRest } from '../resources/decode.ts';
import type { ResourceDescriptor, TemplateBytes } from '../resources/descriptor.ts';
import type { AcpiTable } from '../tables/table.ts';

/**
 * `ok`: every byte is known. `partial`: the descriptors are known, but some bytes are not. `alternatives`: the result
 * depends on an unknown condition. `unknown`: nothing is known; or it is unknown whether the device exists, and then
 * `alternatives` has the result if it does. `error`: evaluation fails.
 */
export type CrsStatus = 'ok' | 'partial' | 'alternatives' | 'unknown' | 'error';

/**
 * The outcome of an evaluation. `template`: a resource template. `none`: a value that is no template. `failure`: the
 * firmware's code fails. `absent`: the device does not exist. `abandoned`: fwmap stopped executing the code, whose
 * outcome may be any of the others.
 */
export type CrsOutcome = 'template' | 'none' | 'failure' | 'absent' | 'abandoned';

/** One outcome of an evaluation that depends on unknown values. */
export interface CrsAlternative {
  /** The conditions of the alternatives exclude each other, and one of them is true. */
  readonly condition: Condition;
  readonly outcome: CrsOutcome;
  /** Empty if there is no template. */
  readonly bytes: TemplateBytes;
  /** Decoded from `bytes`; without the end tag. */
  readonly resources: readonly ResourceDescriptor[];
  /** From here on the template may contain any descriptors. */
  readonly rest?: UnknownRest;
  /** Why there is no template. */
  readonly why?: string;
  /** Where the code failed or was abandoned. */
  readonly at?: CrsPlace;
}

/** A term of the firmware's code. */
export interface CrsPlace {
  readonly table: AcpiTable;
  readonly span: Span;
  /** Its method or, in module-level code, its scope. */
  readonly path: string;
}

/** A field unit on which a result depends. */
export interface CrsField {
  readonly field: FieldSymbol;
  /** Its region: `\GNVS`. */
  readonly region?: string;
  readonly table?: AcpiTable;
  /** Its element in the field list. */
  readonly span?: Span;
}

/** Abandoned code, which makes unknown what it may have written. */
export interface CrsCause {
  /** The same text as in the opaque values that it made unknown. */
  readonly reason: string;
  readonly at?: CrsPlace;
}

export interface CrsStep {
  /** Ready to print: `method \_SB.VMOD._INI`, `field MG2B, 32 bits at SystemMemory 0xf7fd9000`. */
  readonly text: string;
  readonly span?: Span;
}

export interface CrsEntry {
  /** Absolute path without trailing underscores: `\_SB.PCI0`; for a dump, the path in it or `crs0`, `crs1` … */
  readonly device: string;
  readonly object: string;
  readonly hid?: string;
  readonly cid?: readonly string[];
  /** Its `_HID` or `_CID` is unknown: it may be any device. */
  readonly idsUnknown?: boolean;
  /** IDs that it has under a condition only, of an `_HID` or `_CID` with several possible values. */
  readonly possibleIds?: readonly PossibleId[];
  /** Its `_HID` or `_CID` may also be a string that none of the others lists. */
  readonly idsOpen?: boolean;
  readonly uid?: string;
  readonly adr?: bigint;
  /** `_STA` as a number; `undefined` if absent (then the device is present), `null` if unknown. */
  readonly sta?: bigint | null;
  /** `_STA` as a number or expression; bit 0 says whether the device is present (ACPI 6.5, 6.3.7). */
  readonly staValue?: Quantity;
  /** `_SEG` and `_BBN` of a PCI host bridge; `undefined` if absent, `null` if unknown. */
  readonly segment?: bigint | null;
  readonly baseBus?: bigint | null;
  /** A PCI host bridge with `_CBA`, the address of its configuration space. */
  readonly hasConfigurationBase?: boolean;
  readonly status: CrsStatus;
  /** Why the status is not `ok`, unless that is a condition. */
  readonly why?: string;
  /** The condition of the first of `alternatives`; for status `unknown`, the condition under which the device exists. */
  readonly depends?: Condition;
  /** The template; absent if no byte is known. */
  readonly bytes?: TemplateBytes;
  readonly alternatives?: readonly CrsAlternative[];
  /** The limit that keeps `alternatives` from having an entry for each value of a number: its expression has the conditions. */
  readonly unsplit?: string;
  /**
   * The possible outcomes, one for each set of descriptors. A number in a descriptor may still depend on conditions;
   * `alternatives` has one entry for each of its values if these are few. At least one; see `casesOf`.
   */
  readonly cases?: readonly CrsAlternative[];
  /** Decoded from `bytes`; without the end tag. */
  readonly resources: readonly ResourceDescriptor[];
  /** The field units on which its bytes and conditions depend. */
  readonly fields?: readonly CrsField[];
  /** Abandoned code that makes parts of it unknown. */
  readonly causes?: readonly CrsCause[];
  /** What the evaluation executed and read, in order. */
  readonly steps?: readonly CrsStep[];
  readonly span?: Span;
  readonly table?: AcpiTable;
}

/** A hardware ID, and the condition under which a device has it. */
export interface PossibleId {
  readonly id: string;
  readonly when: Condition;
}

/** What a device says of itself. */
export type Identity = Pick<
  CrsEntry,
  | 'hid'
  | 'cid'
  | 'idsUnknown'
  | 'possibleIds'
  | 'idsOpen'
  | 'uid'
  | 'adr'
  | 'sta'
  | 'staValue'
  | 'segment'
  | 'baseBus'
  | 'hasConfigurationBase'
>;

/** A device without `_CRS`, which has no {@link CrsEntry}. */
export interface DeviceWithoutCrs extends Identity, Pick<CrsEntry, 'device' | 'span' | 'table'> {
  /** 1 if it exists, or an expression for whether it does. */
  readonly when: Quantity;
}

/** An ancestor of a device that has no `_CRS` in the given tables. */
export interface DeviceAbove extends Pick<CrsEntry, 'device' | 'sta' | 'staValue'> {
  /** No given table declares it. The table that does may declare a `_CRS` for it. */
  readonly isForeign: boolean;
}

/** The possible outcomes of a `_CRS`; exactly one for a list that was read from a text. */
export function casesOf(entry: CrsEntry): readonly CrsAlternative[] {
  const outcomes = entry.cases ?? entry.alternatives;
  if (outcomes !== undefined) return outcomes;
  const { status, resources, bytes = [], why } = entry;
  const outcome = status === 'error' ? 'failure' : status === 'unknown' ? 'abandoned' : 'template';
  return [{ condition: 1n, outcome, bytes, resources, ...(why === undefined ? {} : { why }) }];
}
