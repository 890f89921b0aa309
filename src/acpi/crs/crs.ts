/**
 * `CrsEntry`: the resources of one device, whichever way they were come by: a plain buffer in a table, a method that
 * was evaluated, a hex dump, or the list another program printed.
 */
import type { Span } from '../../bytes/source.ts';
import type { Condition, FieldSymbol, Quantity } from '../../symbolic/index.ts';
import type { UnknownRest } from '../resources/decode.ts';
import type { ResourceDescriptor, TemplateBytes } from '../resources/descriptor.ts';
import type { AcpiTable } from '../tables/table.ts';

/**
 * `ok`: every byte is known for certain. `partial`: the descriptors are there, some bytes unknown. `alternatives`: what
 * comes out depends on a condition that can't be settled. `unknown`: nothing can be said, or not even whether there is such
 * a device; `alternatives` then say what it gives if there is. `error`: evaluation fails.
 */
export type CrsStatus = 'ok' | 'partial' | 'alternatives' | 'unknown' | 'error';

/**
 * What an evaluation comes to. `template`: descriptors. `none`: something that is no template. `failure`: the firmware's
 * own code fails. `absent`: there is no such device. Of all these it is known that it is so. `abandoned`: fwmap stopped
 * following the code, which may give anything.
 */
export type CrsOutcome = 'template' | 'none' | 'failure' | 'absent' | 'abandoned';

/** One way in which an evaluation may end that branches on something unknown. */
export interface CrsAlternative {
  /** Alternatives exclude each other, and one of them holds. */
  readonly condition: Condition;
  readonly outcome: CrsOutcome;
  /** Empty where there is no template. */
  readonly bytes: TemplateBytes;
  /** Of `bytes`; without the end tag. What follows is unknown where `rest` is set. */
  readonly resources: readonly ResourceDescriptor[];
  /** From here on the template may hold any descriptor. */
  readonly rest?: UnknownRest;
  /** Why there is no template. */
  readonly why?: string;
  /** Where the code failed or was given up. */
  readonly at?: CrsPlace;
}

/** An instruction of the firmware. */
export interface CrsPlace {
  readonly table: AcpiTable;
  readonly span: Span;
  /** The method it stands in, or the scope in a table's own code. */
  readonly path: string;
}

/** A field that something depends on. */
export interface CrsField {
  readonly field: FieldSymbol;
  /** The region it lies in: `\GNVS`. */
  readonly region?: string;
  readonly table?: AcpiTable;
  /** Its element in the field list. */
  readonly span?: Span;
}

/** Code that was given up, and with it what it might have written. */
export interface CrsCause {
  /** As the opaque values say that are unknown by it. */
  readonly reason: string;
  readonly at?: CrsPlace;
}

export interface CrsStep {
  /** Ready to read: `method \_SB.VMOD._INI`, `field MG2B, 32 bits at SystemMemory 0xf7fd9000`. */
  readonly text: string;
  readonly span?: Span;
}

export interface CrsEntry {
  /** Absolute path, segments without trailing underscores: `\_SB.PCI0`; for a dump, what it says or `crs0`, `crs1` … */
  readonly device: string;
  readonly object: string;
  readonly hid?: string;
  readonly cid?: readonly string[];
  /** It has a `_HID` or `_CID` of which it can't be told what it is: it may be any device. */
  readonly idsUnknown?: boolean;
  readonly uid?: string;
  readonly adr?: bigint;
  /** `_STA` as a number; undefined when absent (then the device is there), null when it can't be known. */
  readonly sta?: bigint | null;
  /** The same as an expression, where it is one; bit 0 says whether the device is there. */
  readonly staValue?: Quantity;
  /** Of a PCI host bridge, `_SEG` and `_BBN`; undefined when absent, null when it can't be known. */
  readonly segment?: bigint | null;
  readonly baseBus?: bigint | null;
  /** Of a PCI host bridge: `_CBA` is there, which gives it its configuration space. */
  readonly hasConfigurationBase?: boolean;
  readonly status: CrsStatus;
  /** Why it isn't `ok`, where that is no condition. */
  readonly why?: string;
  /** Of `alternatives`: when the first of them is what it gives. Of an `unknown` that has alternatives: when the device exists. */
  readonly depends?: Condition;
  /** The template; absent when no bytes are known at all. */
  readonly bytes?: TemplateBytes;
  readonly alternatives?: readonly CrsAlternative[];
  /**
   * The ways it may end, told apart only where they have different descriptors: a number in a descriptor may still depend
   * on conditions, which `alternatives` tell apart as far as they are few. At least one; see `casesOf`.
   */
  readonly cases?: readonly CrsAlternative[];
  /** Of `bytes`; without the end tag. */
  readonly resources: readonly ResourceDescriptor[];
  /** The fields that its bytes and conditions depend on, and where they are declared. */
  readonly fields?: readonly CrsField[];
  /** Code that was given up and that something of it is unknown by. */
  readonly causes?: readonly CrsCause[];
  /** How the template came to be, in order. */
  readonly steps?: readonly CrsStep[];
  readonly span?: Span;
  readonly table?: AcpiTable;
}

/** A device that has no `_CRS`, so there is no {@link CrsEntry} of it. */
export interface DeviceWithoutCrs
  extends Pick<
    CrsEntry,
    | 'device'
    | 'hid'
    | 'cid'
    | 'idsUnknown'
    | 'uid'
    | 'adr'
    | 'sta'
    | 'staValue'
    | 'segment'
    | 'baseBus'
    | 'hasConfigurationBase'
    | 'span'
    | 'table'
  > {
  /** Whether it exists: 1, or an expression over what isn't known. */
  readonly when: Quantity;
}

/** What a device stands in that has no `_CRS` in the tables that are there. */
export interface DeviceAbove extends Pick<CrsEntry, 'device' | 'sta' | 'staValue'> {
  /** None of the tables declares it: one that isn't there does, and may give it a `_CRS` too. */
  readonly isForeign: boolean;
}

/** The ways a `_CRS` may end; of a list that was read from a text the one there is. */
export function casesOf(entry: CrsEntry): readonly CrsAlternative[] {
  const told = entry.cases ?? entry.alternatives;
  if (told !== undefined) return told;
  const { status, resources, bytes = [], why } = entry;
  const outcome = status === 'error' ? 'failure' : status === 'unknown' ? 'abandoned' : 'template';
  return [{ condition: 1n, outcome, bytes, resources, ...(why === undefined ? {} : { why }) }];
}
