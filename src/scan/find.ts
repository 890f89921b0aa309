/** What is found in an image: the values that a scan gives. */

/** One step from the input to a find: a container, where it stands in the bytes of the one before, and its size there. */
export interface ContainerStep {
  readonly format: string;
  readonly name?: string;
  readonly offset: number;
  /** Stored bytes. */
  readonly size: number;
  /** What it unpacks to, where it is compressed. */
  readonly unpacked?: number;
}

export interface Find {
  /** From 0, in the order in which they are met; unique in one scan. */
  readonly id: number;
  /** `dtb`, `dtbo`, `fit`, `acpi-table`, `acpi-template`, `rsdp`, `boot-params`, `kconfig`, `kernel`, `command-line`, `parameter`, or a kind of input. */
  readonly kind: string;
  /** The input's name and the containers on the way, `!` between them. Not escaped. */
  readonly path: string;
  /** In the bytes of the innermost container that was opened, an address where that is memory. */
  readonly offset: number;
  /** In the input, with what is wrapped around it as a whole taken off; null where the bytes don't stand there as they are. */
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
  /** Physical address, where the image tells it. */
  readonly address?: bigint;
  readonly name?: string;
  readonly text?: string;
  /** Of several memories that an image describes, the names of those that it is about; absent where it is about all. */
  readonly memory?: readonly string[];
  /** Who puts something else in its place before it is used. */
  readonly replacedBy?: string;
  /** What is particular about it. */
  readonly note?: string;
  readonly container: readonly ContainerStep[];
}

/** One of several machines, or forms of one machine, that an image may be. */
export interface Choice {
  readonly name: string;
  /** Ids of the finds that belong to it, in the order in which they are used. */
  readonly finds: readonly number[];
  readonly isDefault?: boolean;
  readonly compatible?: readonly string[];
  readonly description?: string;
}

export interface Alternatives {
  /** What they differ in: `configuration`, `platform`, `entry`, `dsdt`. */
  readonly axis: string;
  /** Path of the container that they are in. */
  readonly path: string;
  readonly choices: readonly Choice[];
}

/** Memory of the machine that is in an image, for firmware fields that are read from it. */
export interface FoundMemory {
  /** Path of the container. */
  readonly path: string;
  readonly address: bigint;
  readonly size: bigint;
  /** At most `length` bytes from `offset` on, counted from `address`. */
  read(offset: number, length: number): Uint8Array;
}
