/** Differences between architectures in how Linux handles host bridges. */
import type { Architecture } from '../../acpi/architecture.ts';

export interface BridgeArchitecture {
  readonly name: Architecture;
  /** The producer bit in `_CRS` is ignored: ranges that the bridge consumes are windows too. */
  readonly consumersAreWindows: boolean;
  /** I/O ports are memory-mapped, and the kernel numbers the ports of windows from 0. */
  readonly mapsPorts: boolean;
  /** `ioport_resource.end` (IO_SPACE_LIMIT). */
  readonly lastPort: bigint;
  /** E820 and the DMI rules of arch/x86/pci/acpi.c. */
  readonly isX86: boolean;
}

const MAPPED: Omit<BridgeArchitecture, 'name'> = {
  consumersAreWindows: false,
  mapsPorts: true,
  // PCI_IO_SIZE, 16 MiB.
  lastPort: 0xff_ffffn,
  isX86: false,
};

const ARCHITECTURES: Readonly<Record<Architecture, BridgeArchitecture>> = {
  x86: { name: 'x86', consumersAreWindows: true, mapsPorts: false, lastPort: 0xffffn, isX86: true },
  arm64: { name: 'arm64', ...MAPPED },
  riscv: { name: 'riscv', ...MAPPED },
  loongarch: { name: 'loongarch', ...MAPPED },
};

export function bridgeArchitecture(name: Architecture): BridgeArchitecture {
  return ARCHITECTURES[name];
}
