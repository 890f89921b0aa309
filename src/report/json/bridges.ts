/** `fwmap bridges --format json`. */
import type { AnsweredJson } from './answered.ts';
import type {
  ConditionJson,
  DiagnosticJson,
  EvidenceJson,
  FieldJson,
  Hex,
  InputJson,
  WindowJson,
} from './parts.ts';

export type BridgesJson = AnsweredJson & {
  readonly schema: 'fwmap/bridges@1';
  /** The machine's name, as --select takes it, where there are several. */
  readonly name?: string;
  readonly question: string;
  readonly summary: string;
  readonly bridges: readonly BridgeJson[];
  /** Whether each of the given BARs fits. */
  readonly fits?: readonly BarFitJson[];
  /** The windows by range of releases: with --matrix, or where the release is not known and releases differ. */
  readonly matrix?: readonly BridgeMatrixRowJson[];
  readonly architecture: string;
  readonly kernel: { readonly release: string | null; readonly presumed: boolean };
  readonly fields: readonly FieldJson[];
  readonly inputs: readonly InputJson[];
  readonly diagnostics: readonly DiagnosticJson[];
};

/** Absent where it always holds. */
type Perhaps = {
  readonly when?: string;
  readonly condition?: ConditionJson;
};

export type BridgeJson = Perhaps & {
  /** ACPI path, node path, or `pci_bus 0000:00` where only a log is known. */
  readonly device: string;
  readonly by: 'acpi' | 'device-tree' | 'log';
  /** @pattern ^([0-9a-f]{4,8}|\?{4}):([0-9a-f]{2}|\?\?)-([0-9a-f]{2}|\?\?)$ */
  readonly bus: string;
  /** As Linux gives them, in its order; their conditions don't repeat that of the bridge. */
  readonly windows: readonly WindowJson[];
  readonly changed: readonly BridgeChangeJson[];
  readonly notes: readonly BridgeNoteJson[];
  /** Parts of the windows in which no new BAR is placed. */
  readonly keptFree: readonly KeptFreeJson[];
  /** What Linux logs about it in any case, without the device prefix, in order. */
  readonly prints: readonly string[];
  readonly observed?: ObservedJson;
};

export type BridgeChangeJson = Perhaps & {
  readonly window: WindowJson;
  readonly did: 'dropped' | 'clipped' | 'united' | 'coalesced' | 'refused';
  /** The result, as the kernel prints it. */
  readonly into?: string;
  readonly why: string;
  /** As Linux logs it. */
  readonly line?: string;
  readonly source: string;
  /** A log among the inputs has this line. */
  readonly logged?: boolean;
};

export type BridgeNoteJson = Perhaps & {
  readonly text: string;
  readonly line?: string;
  readonly source: string;
};

export type KeptFreeJson = Perhaps & {
  readonly base: Hex;
  readonly last: Hex;
  readonly by: string;
  readonly evidence?: EvidenceJson;
};

export type ObservedJson = {
  readonly bus: string;
  readonly windows: readonly WindowJson[];
  readonly contradictions: readonly string[];
};

export type BarFitJson = {
  readonly bar: string;
  readonly bridge: string;
  readonly fits: 'placed' | 'fits' | 'no' | 'open';
  readonly base?: Hex;
  readonly last?: Hex;
  readonly why: readonly string[];
};

export type BridgeMatrixRowJson = {
  readonly releases: string;
  readonly when: string;
  readonly bridge: string;
  readonly windows: readonly string[];
  readonly because: string;
};
