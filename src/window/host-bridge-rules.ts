/**
 * Which windows an operating system uses of the `_CRS` of a PCI host bridge. The rules are passed in, like the answers of
 * `_OSI`, so that this folder is independent of operating systems. Without rules the producer bit decides, as for any device.
 */
import type { Architecture } from '../acpi/architecture.ts';
import type { ResourceDescriptor } from '../acpi/resources/descriptor.ts';
import type { AddressRange } from '../acpi/resources/range.ts';
import type { Quantity } from '../symbolic/index.ts';

/** One window and its descriptor. */
export interface TakenRange {
  /** Position of the descriptor in the template. */
  readonly index: number;
  readonly range: AddressRange;
  /** CPU address, or port as the kernel numbers them. */
  readonly first: Quantity;
  /** Inclusive. */
  readonly last: Quantity;
}

/** A descriptor that gives no window, and why. */
export interface PassedOver {
  readonly index: number;
  /** `nothing`: not a range; `own`: the bridge's own registers; `ignored`: a range that the operating system ignores. */
  readonly is: 'nothing' | 'own' | 'ignored';
  readonly why: string;
}

export interface TakenRanges {
  readonly windows: readonly TakenRange[];
  readonly passedOver: readonly PassedOver[];
}

export interface HostBridgeRules {
  /** The memory and port windows of a host bridge, in the order of the template. */
  take(resources: readonly ResourceDescriptor[], architecture: Architecture): TakenRanges;
}
