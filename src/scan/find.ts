/** The results of a scan. */

/** One container on the way from the input to a find; offset and size are in the bytes of the container before it. */
export interface ContainerStep {
  readonly format: string;
  readonly name?: string;
  readonly offset: number;
  /** Stored size in bytes. */
  readonly size: number;
  /** Decompressed size in bytes, where it is compressed. */
  readonly unpacked?: number;
}

export interface Find {
  /** From 0, in the order of discovery; unique in a scan. */
  readonly id: number;
  /** `dtb`, `dtbo`, `fit`, `acpi-table`, `acpi-template`, `rsdp`, `boot-params`, `kconfig`, `kernel`, `command-line`, `parameter`, or a kind of input. */
  readonly kind: string;
  /** The input's name and the containers, separated by `!`. Not escaped. */
  readonly path: string;
  /** In the bytes of the innermost container that was opened; an address when that is memory. */
  readonly offset: number;
  /** In the input, without compression around the whole; null where the bytes are not stored there contiguously. */
  readonly fileOffset: number | null;
  readonly size: number;
  readonly sha256: string;
  /** Of an ACPI table. */
  readonly signature?: string;
  readonly oemTableId?: string;
  /** Of a device tree: its root's properties. */
  readonly model?: string | null;
  readonly compatible?: readonly string[];
  /** Of a kernel. */
  readonly release?: string;
  readonly architecture?: string;
  /** Physical address, where the image determines it. */
  readonly address?: bigint;
  readonly name?: string;
  readonly text?: string;
  /** Names of the memories that it concerns, of several that an image describes; absent when it concerns all. */
  readonly memory?: readonly string[];
  /** Who replaces it before it is used. */
  readonly replacedBy?: string;
  /** A remark for reports. */
  readonly note?: string;
  readonly container: readonly ContainerStep[];
}

/** One of several machines, or variants of a machine, in an image. */
export interface Choice {
  readonly name: string;
  /** Ids of the finds that belong to it, in the order in which they are used. */
  readonly finds: readonly number[];
  readonly isDefault?: boolean;
  readonly compatible?: readonly string[];
  readonly description?: string;
}

export interface Alternatives {
  /** The kind of choice: `configuration`, `platform`, `entry`, `dsdt`. */
  readonly axis: string;
  /** Path of the container that they are in. */
  readonly path: string;
  readonly choices: readonly Choice[];
}

/** Memory of a machine in an image, from which firmware fields are read. */
export interface FoundMemory {
  /** Path of the container. */
  readonly path: string;
  readonly address: bigint;
  readonly size: bigint;
  /** At most `length` bytes from `offset` on, counted from `address`. */
  read(offset: number, length: number): Uint8Array;
}
