/** The answer of `bridges`, the same for every report format. */
import type { ChangeKind } from '../../linux/host-bridge/window.ts';
import type { Condition } from '../../symbolic/index.ts';
import type { AddressWindow } from '../../window/window.ts';
import type { KernelName } from '../facts/release.ts';
import type { Answered, EvidenceItem } from '../question.ts';

/** The buses behind a host bridge. */
export interface BusRange {
  /** Null where the tables don't say. */
  readonly domain: number | null;
  readonly first: number | null;
  readonly last: number | null;
}

/** What Linux did, or does, with a window of the description. */
export interface BridgeChange {
  readonly did: ChangeKind;
  readonly window: AddressWindow;
  /** The result, as %pR prints it. */
  readonly into?: string;
  readonly why: string;
  /** 1n where it always holds. */
  readonly when: Condition;
  /** The kernels that do it, where `when` also depends on whether the windows exist. */
  readonly kernels?: Condition;
  /** As Linux logs it. */
  readonly line?: string;
  /** Function of the kernel, or the log's line. */
  readonly source: string;
  /** The log of the inputs has it. */
  readonly logged?: boolean;
}

/** A remark about a bridge: a warning that Linux prints, or that it gets no bus. */
export interface BridgeNote {
  readonly text: string;
  readonly when: Condition;
  readonly line?: string;
  readonly source: string;
}

/** A part of a window that is kept free when BARs are placed. */
export interface KeptFree {
  readonly window: AddressWindow;
  readonly start: bigint;
  /** Inclusive. */
  readonly end: bigint;
  /** `reserved entry of E820`, `BIOS ROM`. */
  readonly by: string;
  readonly when: Condition;
  readonly evidence?: EvidenceItem;
}

/** What the log of this machine shows about a bridge. */
export interface Observed {
  /** The bus as it is printed: `0000:00`. */
  readonly bus: string;
  /** `root bus resource` lines, in their order. */
  readonly windows: readonly AddressWindow[];
  /** Contradictions with the description and the rules; empty where everything agrees. */
  readonly contradictions: readonly string[];
}

export interface JudgedBridge {
  /** `\_SB.PCI0`, `/soc/pcie@10000000`, `pci_bus 0000:00` where only a log is known. */
  readonly device: string;
  readonly by: 'acpi' | 'device-tree' | 'log';
  readonly bus: BusRange;
  /** The condition under which the bridge exists and gets a bus; 1n where that is certain. */
  readonly when: Condition;
  /** As Linux gives them, in its order. */
  readonly windows: readonly AddressWindow[];
  readonly changed: readonly BridgeChange[];
  readonly notes: readonly BridgeNote[];
  readonly keptFree: readonly KeptFree[];
  /** What Linux logs about it in any case, without the device prefix, in order. */
  readonly prints: readonly string[];
  readonly observed?: Observed;
}

/** Whether a BAR fits. */
export interface BarFit {
  readonly bar: string;
  /** The bridge's device. */
  readonly bridge: string;
  /** `placed`: where the firmware put it, in a window; `fits`: Linux finds a place; `no`: it doesn't; `open`: that depends. */
  readonly fits: 'placed' | 'fits' | 'no' | 'open';
  /** Where it is, or would be put; inclusive. */
  readonly at?: { readonly start: bigint; readonly end: bigint };
  readonly why: readonly string[];
}

/** The windows of a bridge for a range of releases. */
export interface BridgeMatrixRow {
  readonly releases: string;
  readonly when: string;
  readonly bridge: string;
  /** As %pR prints them, those that may be there. */
  readonly windows: readonly string[];
  readonly because: string;
}

export interface BridgesVerdict extends Answered {
  readonly bridges: readonly JudgedBridge[];
  readonly fits?: readonly BarFit[];
  readonly matrix?: readonly BridgeMatrixRow[];
  readonly architecture: string;
  readonly kernel: KernelName;
}
