/** Port numbers of memory-mapped I/O windows: acpi_pci_root_remap_iospace(), lib/logic_pio.c. */
import { type BridgeWindow, type Change, overlaps, printWindow, type Step } from './window.ts';

/** Allocates port numbers for all bridges. */
export class PortNumbers {
  readonly #ranges: {
    readonly bridge: string;
    readonly start: bigint;
    readonly end: bigint;
    readonly port: bigint;
  }[] = [];
  #next = 0n;
  readonly #last: bigint;

  /** @param last the last port number */
  constructor(last: bigint) {
    this.#last = last;
  }

  /**
   * The first port number of an I/O window; `undefined` if it gets none. A bridge has one range of port numbers; its other
   * I/O windows get numbers only if they are inside it (logic_pio_register_range, pci_address_to_pio).
   * @param start CPU address @param end inclusive
   */
  portOf(bridge: string, start: bigint, end: bigint): bigint | undefined {
    if (!this.#ranges.some((range) => range.bridge === bridge)) {
      if (this.#ranges.some((range) => overlaps(range, { start, end }))) return undefined;
      const size = end - start + 1n;
      if (this.#next + size - 1n > this.#last) return undefined;
      this.#ranges.push({ bridge, start, end, port: this.#next });
      this.#next += size;
    }
    const range = this.#ranges.find((each) => each.start <= start && start <= each.end);
    return range === undefined ? undefined : range.port + (start - range.start);
  }
}

/** Windows with port numbers for I/O windows; those without numbers are dropped. */
export function numberPorts(windows: readonly BridgeWindow[], bridge: string, numbers: PortNumbers): Step {
  const changes: Change[] = [];
  const kept = windows.flatMap((window) => {
    if (window.space !== 'io') return [window];
    const port = numbers.portOf(bridge, window.start, window.end);
    if (port === undefined) {
      changes.push({
        did: 'dropped',
        window,
        why: 'it gets no port numbers: a bridge has only one range of them',
        source: 'acpi_pci_root_remap_iospace()',
      });
      return [];
    }
    const bus = window.start - window.offset;
    return [{ ...window, start: port, end: port + (window.end - window.start), offset: port - bus }];
  });
  return { windows: kept, changes };
}

/** The line in the log. */
export function remappedLine(cpu: bigint, window: BridgeWindow): string {
  return `ACPI: Remapped I/O 0x${cpu.toString(16).padStart(16, '0')} to ${printWindow(window)}`;
}
