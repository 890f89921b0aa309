/** `fwmap resources --format json`. */
import type {
  ByteText,
  Count,
  DescriptorJson,
  DiagnosticJson,
  FieldJson,
  Hex,
  InputJson,
  Integer,
  PlaceJson,
  WhenJson,
} from './parts.ts';

export type ResourcesJson = {
  readonly schema: 'fwmap/resources@1';
  /** The machine's name, as --select takes it, where there are several. */
  readonly name?: string;
  readonly inputs: readonly InputJson[];
  readonly deviceTree: readonly TreeEntryJson[];
  readonly acpi: readonly CrsJson[];
  readonly fields: readonly FieldJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};

export type PropertyItem = 'reg' | 'ranges' | 'dma-ranges';

export type TreeBus = 'pci' | 'isa' | 'default-flags' | 'default';

export type TreeEntryJson = {
  /** Index into inputs. */
  readonly input: Count;
  readonly node: string;
  readonly item: PropertyItem;
  readonly index: Count;
  readonly cells: readonly Hex[];
  /** The address on the node's own bus (reg) or its child bus (ranges), without the flags cell. */
  readonly base: Hex;
  readonly size: Hex | null;
  /** The address on the parent bus, for ranges and dma-ranges. */
  readonly parent?: Hex;
  /** CPU physical address of the base. */
  readonly cpu: Hex | null;
  /** Why there is no CPU address. */
  readonly why?: string;
  /** For buses whose addresses have a flags cell. */
  readonly flags?: TreeFlagsJson;
  readonly bus: TreeBus;
  /** Cell counts; for reg, child is the address. */
  readonly counts: { readonly child: Count; readonly parent?: Integer; readonly size: Integer };
  readonly available: boolean;
  readonly at?: PlaceJson;
};

export type TreeFlagsJson = {
  readonly space?: 'config' | 'io' | 'mem32' | 'mem64' | 'mem';
  readonly prefetchable?: boolean;
  readonly relocatable?: boolean;
  readonly aliased?: boolean;
  readonly cell: Hex;
};

/** ok: every byte is known for certain. */
export type CrsStatus = 'ok' | 'partial' | 'alternatives' | 'unknown' | 'error';

export type CrsJson = {
  /** Index into inputs. */
  readonly input: Count;
  readonly device: string;
  readonly object: string;
  readonly hid?: string;
  readonly cid?: readonly string[];
  readonly uid?: string;
  readonly adr?: Hex;
  readonly sta?: Hex | null;
  readonly status: CrsStatus;
  readonly why?: string;
  /** The evaluated template. */
  readonly bytes?: ByteText;
  /** The cases, where a branch depends on something that is not known. */
  readonly alternatives?: readonly CrsAlternativeJson[];
  readonly resources: readonly DescriptorJson[];
  readonly at?: PlaceJson;
};

export type CrsAlternativeJson = WhenJson & {
  readonly bytes: ByteText;
  readonly resources: readonly DescriptorJson[];
  readonly why?: string;
};
