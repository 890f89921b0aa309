/** The types of values in facts. */
import type { Artifact } from '../artifact/artifact.ts';
import type { FactOf } from './fact.ts';

/** Kernel architectures; those other than the two of Hyper-V guests keep the name of `uname -m`. */
export type Architecture = 'x86_64' | 'arm64' | (string & {});

/** A kernel configuration or a part of one. `configValue` reads symbols. */
export interface KernelConfig {
  readonly artifact: Artifact;
  /** Values by symbol, without `CONFIG_`: `y`, `m`, `n` (a line says it is not set), or a number or string as written. */
  readonly values: ReadonlyMap<string, string>;
  /** Complete as written by Kconfig, so that a symbol without a line is off. */
  readonly complete: boolean;
  /** Why it is not complete; empty when it is. */
  readonly incompleteness: readonly string[];
  /** The line of a symbol; undefined when it has none. */
  lineOf(symbol: string): FactOf<string> | undefined;
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
  /** The base, with the upper half if VIDEO_CAPABILITY_64BIT_BASE is set; 0 when there is no framebuffer. */
  readonly base: bigint;
  /** In bytes. */
  readonly size: bigint;
}

export interface FramebufferSighting {
  readonly base: bigint;
  /** In bytes; null when the text doesn't have it. */
  readonly size: bigint | null;
  /** The source of the sighting. */
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
  /** The map's own name of the type. */
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
  readonly fact: FactOf<string>;
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
  /** Indexes of memory BARs without an address. */
  readonly unassigned?: readonly number[];
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
