/** `fwmap explain --format json`. */
import type {
  ByteText,
  Count,
  DiagnosticJson,
  FieldJson,
  Hex,
  InputJson,
  Integer,
  PlaceJson,
  StepJson,
  WhenJson,
} from './parts.ts';
import type { CrsStatus, PropertyItem, TreeBus } from './resources.ts';

export type ExplainJson = {
  readonly schema: 'fwmap/explain@1';
  readonly inputs: readonly InputJson[];
  /** Properties whose cell counts the inputs don't give. */
  readonly readings: readonly ReadPropertyJson[];
  /** The node of --node, in each tree that has it. */
  readonly nodes: readonly NodeJson[];
  readonly deviceTree: readonly ExplainedEntryJson[];
  readonly acpi: readonly ExplainedCrsJson[];
  readonly fields: readonly FieldJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};

export type ReadPropertyJson = {
  /** Index into inputs. */
  readonly input: Count;
  readonly node: string;
  readonly item: PropertyItem;
  readonly cells: readonly Hex[];
  /** The best first. */
  readonly readings: readonly ReadingJson[];
};

export type ReadingJson = {
  readonly cells: { readonly child: Integer; readonly parent: Integer; readonly size: Integer };
  /** The rest of the report uses this reading. */
  readonly taken: boolean;
  readonly score: number;
  readonly entries: readonly { readonly child: Hex; readonly parent?: Hex; readonly size: Hex | null }[];
  /** Reasons for it, or against it where the weight is negative. */
  readonly reasons: readonly { readonly id: string; readonly says: string; readonly weight: number }[];
};

export type NodeJson = {
  /** Index into inputs. */
  readonly input: Count;
  readonly node: string;
  readonly available: boolean;
  readonly status?: string;
  /** The nearest first, the root last. */
  readonly buses: readonly BusJson[];
  /** The memory that the node sees, by the dma-ranges of a bus; without a bus it sees memory where the CPU does. */
  readonly dma: {
    readonly bus: string | null;
    readonly windows: readonly DmaWindowJson[];
  };
};

export type BusJson = {
  readonly node: string;
  readonly kind: TreeBus;
  readonly addressCells: CellCountJson;
  readonly sizeCells: CellCountJson;
  /** How addresses are translated: 1:1 when empty, else by this number of entries. */
  readonly ranges: 'root' | 'missing' | 'empty' | Count;
  /** How addresses are translated: 1:1 when empty, else by this number of entries. */
  readonly dmaRanges: 'root' | 'missing' | 'empty' | Count;
  readonly status?: string;
};

export type CellCountJson = {
  readonly cells: Integer;
  readonly from: 'own' | 'ancestor' | 'default' | 'bus type' | 'given' | 'inferred';
  readonly node: string;
};

export type DmaWindowJson = {
  /** The address on the device's bus, without the flags cell. */
  readonly base: Hex;
  readonly size: Hex | null;
  /** CPU physical address of the memory. */
  readonly cpu: Hex | null;
};

export type ExplainedEntryJson = {
  /** Index into inputs. */
  readonly input: Count;
  readonly node: string;
  readonly item: PropertyItem;
  readonly index: Count;
  readonly cells: readonly Hex[];
  readonly cpu: Hex | null;
  readonly steps: readonly StepJson[];
};

export type ExplainedCrsJson = {
  /** Index into inputs. */
  readonly input: Count;
  readonly device: string;
  readonly object: string;
  readonly status: CrsStatus;
  readonly why?: string;
  readonly bytes?: ByteText;
  readonly steps: readonly { readonly text: string; readonly at?: PlaceJson }[];
  readonly descriptors: readonly ExplainedDescriptorJson[];
  readonly alternatives?: readonly ExplainedAlternativeJson[];
};

export type ExplainedAlternativeJson = WhenJson & {
  readonly why?: string;
  readonly bytes: ByteText;
  readonly descriptors: readonly ExplainedDescriptorJson[];
};

export type ExplainedDescriptorJson = {
  readonly type: string;
  /** Offset of its first byte in the template. */
  readonly offset: Count;
  /** In bytes. */
  readonly length: Count;
  readonly bytes?: ByteText;
  readonly fields: readonly DescriptorFieldJson[];
};

export type DescriptorFieldJson = {
  readonly name: string;
  /** Offset in the template. */
  readonly offset: Count;
  readonly bytes: ByteText;
  /** First bit and number of bits. */
  readonly bits?: { readonly low: Count; readonly width: Count };
  readonly value: string | boolean | readonly string[];
  /** Name in ASL. */
  readonly tag?: string;
};
