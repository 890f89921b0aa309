/**
 * Evidence: what is no firmware description but bears on the answer. Every fact keeps the artifact and the place it
 * was read from; facts of the same kind stand side by side, and `reconcile.ts` says where they contradict each other.
 */
import type { Artifact } from '../artifact/artifact.ts';
import type { Span } from '../bytes/source.ts';

/** A value and where it was said. */
export interface Fact<T> {
  readonly value: T;
  readonly artifact: Artifact;
  readonly span?: Span;
  /** What was read, for a person: the log line, the field. Not escaped. */
  readonly text: string;
}

/** Kernel architectures as `uname -m` names the ones that matter; others keep their own name. */
export type Architecture = 'x86_64' | 'arm64' | (string & {});

export interface KernelRelease {
  /** As the kernel prints it: `6.1.0-56-amd64`. */
  readonly release: string;
  /** The upstream release behind a distribution's name, where the text says: `6.1.192`. */
  readonly upstream?: string;
}

/** A kernel configuration. */
export interface KernelConfig {
  readonly artifact: Artifact;
  /** Values by symbol, without `CONFIG_`: `y`, `m`, `n` (a line says it is not set), or a number or string as written. */
  readonly values: ReadonlyMap<string, string>;
  /** Where a symbol's line is, with its text. */
  lineOf(symbol: string): Fact<string> | undefined;
  readonly architecture?: Architecture;
  /** From the header comment. */
  readonly release?: string;
  /** Found inside a kernel image. */
  readonly embedded: boolean;
}

/** `struct screen_info` (include/uapi/linux/screen_info.h). */
export interface ScreenInfo {
  /** `orig_video_isVGA`: 0x70 EFI, 0x23 VESA linear, 0x01 VGA text, 0 none. */
  readonly videoType: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 32 bits, as the VMBus driver reads it. */
  readonly lfbBase: bigint;
  /** Raw: bytes on EFI, 64 KiB blocks on VESA. */
  readonly lfbSize: bigint;
  readonly lineLength: number;
  readonly capabilities: number;
  readonly extLfbBase: bigint;
  /** Base with the upper half where the capabilities say it counts; 0 when there is no framebuffer. */
  readonly base: bigint;
  /** In bytes. */
  readonly size: bigint;
}

export interface FramebufferSighting {
  readonly base: bigint;
  /** In bytes; null when the text does not say. */
  readonly size: bigint | null;
  /** Who told: `screen_info`, `efifb`, `vesafb`, `simple-framebuffer`, `pci`, `hv_vmbus`, `iomem`. */
  readonly by: 'screen_info' | 'efifb' | 'vesafb' | 'simple-framebuffer' | 'pci' | 'hv_vmbus' | 'iomem';
}

export type MemoryType =
  | 'ram'
  | 'reserved'
  | 'acpi-data'
  | 'acpi-nvs'
  | 'unusable'
  | 'persistent'
  | 'soft-reserved'
  | 'mmio'
  | 'other';

/** An entry of a firmware memory map. Half-open. */
export interface MemoryMapEntry {
  readonly base: bigint;
  readonly size: bigint;
  readonly type: MemoryType;
  /** The map's own word. */
  readonly name: string;
  readonly map: 'e820' | 'efi' | 'sysfs';
}

/** A node of /proc/iomem. */
export interface IomemNode {
  readonly start: bigint;
  /** Inclusive, as printed. */
  readonly last: bigint;
  readonly name: string;
  readonly depth: number;
  readonly children: IomemNode[];
  readonly fact: Fact<string>;
}

export interface PciBar {
  readonly index: number;
  readonly space: 'memory' | 'io';
  readonly base: bigint;
  readonly size: bigint;
}

export interface PciDevice {
  /** `0000:00:08.0`. */
  readonly address: string;
  readonly vendor?: number;
  readonly device?: number;
  /** Class code, 24 bits where the text has them, else 16 bits shifted up. */
  readonly classCode?: number;
  readonly bars: readonly PciBar[];
}

/** A host bridge window that Linux printed. */
export interface PrintedWindow {
  /** `0000:00`. */
  readonly bus: string;
  readonly space: 'memory' | 'io';
  readonly start: bigint;
  /** Inclusive, as printed. */
  readonly last: bigint;
}

/** `hv_vmbus: hv_mmio=…,… fb=…`: the first two windows and the reservation, ends inclusive; null is the kernel's `(null)`. */
export interface PrintedPool {
  readonly windows: readonly ({ readonly start: bigint; readonly last: bigint } | null)[];
  readonly framebuffer: { readonly start: bigint; readonly last: bigint } | null;
}

/** What a log line says that is no address. */
export type LogMark =
  | 'unexpected-low-base'
  | 'framebuffer-base-zero'
  | 'pass-through-failed'
  | 'no-mmio-space'
  | 'e820-used'
  | 'e820-ignored';

export interface Evidence {
  readonly releases: readonly Fact<KernelRelease>[];
  readonly architectures: readonly Fact<Architecture>[];
  /** `efi`: efi_enabled(EFI_BOOT); `bios`: not; `dt`: ACPI is off. */
  readonly boots: readonly Fact<'efi' | 'bios' | 'dt'>[];
  readonly commandLines: readonly Fact<string>[];
  readonly vtls: readonly Fact<number>[];
  /** Year of the firmware's date in the DMI line. */
  readonly biosYears: readonly Fact<number>[];
  readonly configs: readonly KernelConfig[];
  readonly screenInfos: readonly Fact<ScreenInfo>[];
  readonly framebuffers: readonly Fact<FramebufferSighting>[];
  readonly memoryMap: readonly Fact<MemoryMapEntry>[];
  /** Top-level nodes of each /proc/iomem. */
  readonly iomem: readonly IomemNode[];
  readonly pciDevices: readonly Fact<PciDevice>[];
  readonly pciWindows: readonly Fact<PrintedWindow>[];
  readonly printedPools: readonly Fact<PrintedPool>[];
  readonly marks: readonly Fact<LogMark>[];
}

/** The same lists, to be filled. */
export type EvidenceLists = {
  -readonly [K in keyof Evidence]: Evidence[K] extends readonly (infer T)[] ? T[] : never;
};

export function emptyEvidence(): EvidenceLists {
  return {
    releases: [],
    architectures: [],
    boots: [],
    commandLines: [],
    vtls: [],
    biosYears: [],
    configs: [],
    screenInfos: [],
    framebuffers: [],
    memoryMap: [],
    iomem: [],
    pciDevices: [],
    pciWindows: [],
    printedPools: [],
    marks: [],
  };
}
