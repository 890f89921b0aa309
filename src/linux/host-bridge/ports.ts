/** Numbers for the ports of I/O windows where ports are memory: acpi_pci_root_remap_iospace(), lib/logic_pio.c. */
import { type BridgeWindow, type Change, overlaps, printWindow, type Step } from './window.ts';

/** Stretches of port numbers that were given out, of all bridges. */
export class PortNumbers {
  readonly #ranges: {
    readonly bridge: string;
    readonly start: bigint;
    readonly end: bigint;
    readonly port: bigint;
  }[] = [];
  #next = 0n;
  readonly #last: bigint;

  /** @param last number there is */
  constructor(last: bigint) {
    this.#last = last;
  }

  /**
   * The first port of an I/O window, or undefined where it gets none. A bridge has one stretch: of its further I/O
   * windows those inside of it get numbers, the others none (logic_pio_register_range, pci_address_to_pio).
   * @param start CPU address
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

/** Windows with their I/O windows numbered; those that get no numbers are gone. */
export function numberPorts(windows: readonly BridgeWindow[], bridge: string, numbers: PortNumbers): Step {
  const changes: Change[] = [];
  const kept = windows.flatMap((window) => {
    if (window.space !== 'io') return [window];
    const port = numbers.portOf(bridge, window.start, window.end);
    if (port === undefined) {
      changes.push({
        did: 'dropped',
        window,
        why: 'it gets no port numbers: a bridge has one stretch of them',
        source: 'acpi_pci_root_remap_iospace()',
      });
      return [];
    }
    const bus = window.start - window.offset;
    return [{ ...window, start: port, end: port + (window.end - window.start), offset: port - bus }];
  });
  return { windows: kept, changes };
}

/** As Linux logs it. */
export function remappedLine(cpu: bigint, window: BridgeWindow): string {
  return `ACPI: Remapped I/O 0x${cpu.toString(16).padStart(16, '0')} to ${printWindow(window)}`;
}
