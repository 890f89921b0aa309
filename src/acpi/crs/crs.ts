/**
 * `CrsEntry`: the resources of one device, whichever way they were come by: a plain buffer in a table, a method that
 * was evaluated, a hex dump, or the list another program printed.
 */
import type { Span } from '../../bytes/source.ts';
import type { Quantity } from '../../symbolic/index.ts';
import type { ResourceDescriptor, TemplateBytes } from '../resources/descriptor.ts';
import type { AcpiTable } from '../tables/table.ts';

/**
 * `ok`: every byte is known for certain. `partial`: the descriptors are there, some bytes unknown. `alternatives`: what
 * comes out hangs on a condition that can't be settled. `unknown`: nothing can be said, or not even whether there is such
 * a device; `alternatives` then say what it gives if there is. `error`: evaluation fails.
 */
export type CrsStatus = 'ok' | 'partial' | 'alternatives' | 'unknown' | 'error';

/** One outcome of an evaluation that branches on something unknown. */
export interface CrsAlternative {
  /** The condition in the firmware's names: `MG2L > 0`. */
  readonly when: string;
  /** The same, to calculate with. */
  readonly condition: Quantity;
  readonly bytes: TemplateBytes;
  readonly resources: readonly ResourceDescriptor[];
  /** Set where this outcome is a failure or has no template. */
  readonly why?: string;
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
  readonly uid?: string;
  readonly adr?: bigint;
  /** `_STA` as a number; undefined when absent (then the device is there), null when it can't be known. */
  readonly sta?: bigint | null;
  readonly status: CrsStatus;
  /** Why it isn't `ok`. */
  readonly why?: string;
  /** The template; absent when no bytes are known at all. */
  readonly bytes?: TemplateBytes;
  readonly alternatives?: readonly CrsAlternative[];
  /** Of `bytes`; without the end tag. */
  readonly resources: readonly ResourceDescriptor[];
  /** How the template came to be, in order. */
  readonly steps?: readonly CrsStep[];
  readonly span?: Span;
  readonly table?: AcpiTable;
}
