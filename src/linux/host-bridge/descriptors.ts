/**
 * Which single descriptors of a host bridge's `_CRS` become windows in Linux (drivers/acpi/resource.c,
 * pci_acpi_root_prepare_resources()). How the list is processed is in acpi.ts.
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

/** The rules for ranges on an architecture. */
export function rangeRules(architecture: Architecture): RangeRules {
  return bridgeArchitecture(architecture).mapsPorts ? MEMORY_MAPPED_PORTS : X86_RULES;
}

/** The rules of Linux for the windows of a `_CRS`. */
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

/** Why a range of a host bridge does not become a window; `undefined` if it does. */
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
