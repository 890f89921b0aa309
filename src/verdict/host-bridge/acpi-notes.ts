/** What there is to tell of host bridges of ACPI beside their windows. */
import { ecamRange, readMcfg } from '../../acpi/tables/records.ts';
import { hex } from '../../bytes/address.ts';
import { isRootDevice } from '../../linux/host-bridge/acpi.ts';
import { overlaps, printWindow, type Span } from '../../linux/host-bridge/window.ts';
import type { Condition } from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import { AUTHORITY } from './authorities.ts';
import type { BridgeNote } from './result.ts';
import type { BridgeSituation } from './situation.ts';
import type { AcpiBridge } from './subject.ts';

export interface ConfigurationSpace {
  /** The bridge gets a bus, as far as its configuration space goes. */
  readonly isBus: boolean;
  readonly notes: readonly BridgeNote[];
}

const NOTHING: ConfigurationSpace = { isBus: true, notes: [] };
const NOT_FOUND = 'ECAM region not found';

/**
 * Elsewhere than on x86 a bridge needs configuration space for all of its buses, by `_CBA` or one entry of MCFG: without, it
 * gets no bus (pci_acpi_setup_ecam_mapping, acpi_pci_root_create). It requests that space before any of its windows
 * (pci_ecam_create), and gets no bus either where something is there.
 */
export function configurationSpace(
  { bus: { domain, first, last }, entry }: AcpiBridge,
  machine: Machine,
  { architecture, early }: BridgeSituation,
): ConfigurationSpace {
  if (architecture.isX86 || entry.hasConfigurationBase === true) return NOTHING;
  if (domain === null || first === null || last === null) return NOTHING;
  const tables = (machine.acpi?.tables ?? []).filter(({ signature }) => signature === 'MCFG');
  const found = tables
    .flatMap(readMcfg)
    .find(({ segment, startBus, endBus }) => segment === domain && startBus <= first && endBus >= last);
  const note = (text: string, line: string): BridgeNote => ({ text, line, when: 1n, source: AUTHORITY.ecam });
  if (found === undefined && tables.length === 0)
    return {
      // What the machine has is not known.
      isBus: true,
      notes: [
        note(
          'MCFG is not among the inputs: without an entry for its buses the bridge gets no bus',
          NOT_FOUND,
        ),
      ],
    };
  if (found === undefined)
    return {
      isBus: false,
      notes: [
        note('no entry of MCFG covers its buses, and it has no _CBA: the bridge gets no bus', NOT_FOUND),
      ],
    };
  const { start, end } = ecamRange({ ...found, startBus: first, endBus: last });
  const ecam = { start, end: end - 1n };
  const met = early?.regions.find((region) => overlaps(region, ecam));
  if (met === undefined) return NOTHING;
  const text = (span: Span): string =>
    printWindow({ space: 'memory', prefetchable: false, window: false, start: span.start, end: span.end });
  return {
    isBus: false,
    notes: [
      note(
        `its configuration space ${text(ecam)} overlaps ${met.name} ${text(met)}: the bridge gets no bus`,
        `can't claim ECAM area ${text(ecam)}: address conflict with ${met.name} ${text(met)}`,
      ),
    ],
  };
}

/** What is to be told of a bridge beside its windows. @param failed when evaluating its `_CRS` fails */
export function notesOf(
  subject: AcpiBridge,
  failed: Condition,
  { crs, architecture }: BridgeSituation,
): BridgeNote[] {
  const notes: BridgeNote[] = [];
  const { entry, bus } = subject;
  if (!isRootDevice(entry) && !entry.idsUnknown)
    notes.push({
      text: 'it has the id of a PCI Express host bridge without that of a PCI one, PNP0A03: no driver takes it',
      when: 1n,
      source: AUTHORITY.rootIds,
    });
  else if (entry.table !== undefined && entry.status === 'ok' && !subject.statesBuses)
    notes.push({
      text: `its _CRS has no bus range: its buses begin at ${bus.first === null ? '_BBN' : hex(BigInt(bus.first))}${entry.baseBus === undefined ? '' : ', by _BBN'}`,
      when: subject.present,
      line: '[Firmware Bug]: no secondary bus range in _CRS',
      source: 'acpi_pci_root_add()',
    });
  if (failed !== 0n)
    notes.push({
      text: 'evaluating _CRS fails: the bridge gets no bus',
      when: failed,
      line: 'failed to parse _CRS method, error code',
      source: 'acpi_pci_probe_root_resources()',
    });
  if (subject.entry.status === 'unknown')
    notes.push({
      text: `the result of its _CRS is unknown: ${subject.entry.why ?? 'it could not be followed'}`,
      when: 1n,
      source: 'fwmap',
    });
  if (!crs.uses)
    notes.push({
      text: `the windows of _CRS are ignored (${crs.why}): the bus gets the windows that its hardware was probed for, or else all memory and all ports`,
      when: 1n,
      line: architecture.isX86
        ? 'PCI: Ignoring host bridge windows from ACPI; if necessary, use "pci=use_crs" and report a bug'
        : '',
      source: 'x86_pci_root_bus_resources()',
    });
  return notes;
}
