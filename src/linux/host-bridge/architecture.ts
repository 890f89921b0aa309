/** What Linux' handling of host bridges differs in between architectures. */
import type { Architecture } from '../../acpi/architecture.ts';

export interface BridgeArchitecture {
  readonly name: Architecture;
  /** The producer bit of `_CRS` is not looked at: what the bridge consumes is a window too. */
  readonly consumersAreWindows: boolean;
  /** Ports are memory: I/O windows are mapped, and the kernel numbers their ports from 0. */
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
