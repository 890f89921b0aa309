/**
 * Which descriptors of a host bridge's `_CRS` Linux makes windows of, each by itself (drivers/acpi/resource.c,
 * pci_acpi_root_prepare_resources()). What it then does with them together is in acpi.ts beside this.
 */
import type { Architecture } from '../../acpi/architecture.ts';
import {
  type AddressRange,
  MEMORY_MAPPED_PORTS,
  type RangeRules,
  rangeOf,
  X86_RULES,
} from '../../acpi/resources/range.ts';
import { isKnown } from '../../symbolic/index.ts';
import type { HostBridgeRules, PassedOver, TakenRange } from '../../window/host-bridge-rules.ts';
import { isConfigurationPorts } from './acpi.ts';
import { bridgeArchitecture } from './architecture.ts';
import { PortNumbers } from './ports.ts';

/** How descriptors are read on an architecture. */
export function rangeRules(architecture: Architecture): RangeRules {
  return bridgeArchitecture(architecture).mapsPorts ? MEMORY_MAPPED_PORTS : X86_RULES;
}

/** Linux' rules, for whoever normalises `_CRS`. */
export const LINUX_HOST_BRIDGES: HostBridgeRules = {
  take(resources, architecture) {
    const { mapsPorts, lastPort } = bridgeArchitecture(architecture);
    const windows: TakenRange[] = [];
    const passedOver: PassedOver[] = [];
    const ports = new PortNumbers(lastPort);
    resources.forEach((descriptor, index) => {
      const range = rangeOf(descriptor, rangeRules(architecture));
      if (!range || range.space === 'bus') return;
      const refused = refusal(range, architecture);
      if (refused !== undefined) {
        passedOver.push({ index, ...refused });
        return;
      }
      const { first, last } = range;
      if (range.space === 'io' && mapsPorts && isKnown(first) && isKnown(last)) {
        const port = ports.portOf('', first, last);
        if (port === undefined)
          passedOver.push({ index, is: 'ignored', why: 'a bridge has one stretch of port numbers' });
        else windows.push({ index, range, first: port, last: port + (last - first) });
        return;
      }
      windows.push({ index, range, first, last });
    });
    return { windows, passedOver };
  },
};

/** Why Linux makes no window of a range that a host bridge lists; undefined when it does. */
function refusal(range: AddressRange, architecture: Architecture): Omit<PassedOver, 'index'> | undefined {
  if (range.taken === 0n) return { is: 'nothing', why: range.why ?? 'it is not a range' };
  // pci_acpi_root_prepare_resources() of arm64: a consumer's range is the bridge's own registers.
  if (!bridgeArchitecture(architecture).consumersAreWindows)
    return range.window ? undefined : { is: 'own', why: 'the bridge uses it itself (ResourceConsumer)' };
  const { space, first, last } = range;
  if (space === 'bus' || !isKnown(first) || !isKnown(last)) return undefined;
  return isConfigurationPorts({ space, start: first, end: last })
    ? { is: 'own', why: "the ports of PCI's configuration mechanism (resource_is_pcicfg_ioport)" }
    : undefined;
}
