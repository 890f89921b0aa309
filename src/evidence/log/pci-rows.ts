/** Messages about PCI: host bridges, their windows and changes to them, devices and their BARs. */
import type { BridgeWindowChange, PciWindowRule } from '../facts.ts';
import { platformsOfPci } from '../platform.ts';
import { firstTime, hex, type LogRow } from './row.ts';

/** A resource as printed by %pR: kind, start, end. */
const RESOURCE = '\\[(mem|io) +0x([0-9a-f]+)-0x([0-9a-f]+)(?: [^\\]]*)?\\]';

function change(
  did: BridgeWindowChange['did'],
  starts: readonly string[],
  pattern: RegExp,
  resource: number,
): LogRow {
  return {
    starts,
    pattern,
    take: (match, message, boot) => {
      const space = match[resource] === 'io' ? 'io' : 'memory';
      const [start, last] = [hex(match[resource + 1]!), hex(match[resource + 2]!)];
      if (last >= start)
        boot.facts.bridgeChanges.push({ ...message, value: { bridge: match[1]!, did, space, start, last } });
    },
  };
}

const BRIDGE = '^(?:acpi|pci_root|pci_bus) (\\S+): ';
const BRIDGE_STARTS = ['acpi ', 'pci_root ', 'pci_bus '] as const;

function rule(text: string, value: PciWindowRule): LogRow {
  return {
    starts: [`PCI: ${text}`],
    pattern: new RegExp(`^PCI: ${text}`),
    take: (_match, message, boot) => {
      if (firstTime(boot, `rule ${value}`)) boot.facts.pciRules.push({ ...message, value });
    },
  };
}

/** Offset of the first BAR register in configuration space; there is one every four bytes. */
const FIRST_BAR = 0x10;
const LAST_BAR_INDEX = 5;

/** Drivers of device tree host bridges; their messages begin with these names. */
const HOST_DRIVERS = [
  'pci-host-generic',
  'advk-pcie',
  'altera-pcie',
  'armada8k-pcie',
  'brcm-pcie',
  'cdns-pcie-host',
  'dra7-pcie',
  'dw-pcie',
  'exynos-pcie',
  'fu740-pcie',
  'gpex-pcie',
  'hisi-pcie',
  'imx6q-pcie',
  'j721e-pcie',
  'keystone-pcie',
  'kirin-pcie',
  'layerscape-pcie',
  'meson-pcie',
  'mtk-pcie',
  'mtk-pcie-gen3',
  'nwl-pcie',
  'pcie-apple',
  'qcom-pcie',
  'rcar-pcie',
  'rockchip-dw-pcie',
  'rockchip-pcie',
  'tegra194-pcie',
  'uniphier-pcie',
  'versatile-pci',
  'xgene-pcie',
  'xilinx-pcie',
] as const;
const HOST_STARTS = HOST_DRIVERS.map((driver) => `${driver} `);

/** What pci_assign_resource() says of a BAR that it moved or found no place for; newer releases name the resource first. */
const MOVED = new RegExp(
  `^pci ([0-9a-f]{4,8}:[0-9a-f:.]+): BAR (\\d+)(?:: assigned ${RESOURCE}| ${RESOURCE}: assigned)$`,
);
const NO_PLACE =
  /^pci ([0-9a-f]{4,8}:[0-9a-f:.]+): BAR (\d+)(?:: (?:no space for|failed to assign) \[.*\]| \[.*\]: (?:can't assign; no space|failed to assign))$/;

export const PCI_ROWS: readonly LogRow[] = [
  {
    starts: ['ACPI: PCI Root Bridge '],
    pattern:
      /^ACPI: PCI Root Bridge \[(\w{1,4})\] \(domain ([0-9a-f]{4,8}) \[bus ([0-9a-f]{2})(?:-([0-9a-f]{2}))?\]\)/,
    take: (match, message, boot) => {
      const value = {
        name: match[1]!,
        by: 'acpi',
        bus: `${match[2]}:${match[3]}`,
        lastBus: Number.parseInt(match[4] ?? match[3]!, 16),
      } as const;
      if (firstTime(boot, `host ${value.name} ${value.bus}`)) boot.facts.pciHosts.push({ ...message, value });
    },
  },
  {
    starts: HOST_STARTS,
    pattern: /^\S+ (\S+): host bridge (\/\S*) ranges:$/,
    take: (match, message, boot) => {
      const value = { name: match[1]!, by: 'device-tree', path: match[2]! } as const;
      if (firstTime(boot, `host ${value.name} ${value.path}`))
        boot.facts.pciHosts.push({ ...message, value });
    },
  },
  {
    starts: HOST_STARTS,
    pattern: /^\S+ (\S+): PCI host bridge to bus ([0-9a-f]{4,8}:[0-9a-f]{2})$/,
    take: (match, message, boot) => {
      const value = { name: match[1]!, by: 'device-tree', bus: match[2]! } as const;
      if (firstTime(boot, `host ${value.name} ${value.bus}`)) boot.facts.pciHosts.push({ ...message, value });
    },
  },
  rule('Using E820 reservations for host bridge windows', 'use_e820'),
  rule('Ignoring E820 reservations for host bridge windows', 'no_e820'),
  rule('Using host bridge windows from ACPI', 'use_crs'),
  rule('Ignoring host bridge windows from ACPI', 'nocrs'),
  {
    starts: ['PCI: System does not support PCI', 'PCI: Fatal: No config space access'],
    pattern: /^PCI: (?:System does not support PCI|Fatal: No config space access function found)/,
    take: (_match, message, boot) => {
      if (firstTime(boot, 'no PCI')) boot.facts.video.push({ ...message, value: { present: false } });
    },
  },
  {
    starts: ['pci_bus '],
    pattern: new RegExp(
      `^pci_bus ([0-9a-f]{4,8}:[0-9a-f]{2}): (?:root bus resource|resource \\d+) ${RESOURCE}(?: \\(bus address .*)?$`,
    ),
    take: (match, message, boot) => {
      const space = match[2] === 'io' ? 'io' : 'memory';
      const value = { bus: match[1]!, space, start: hex(match[3]!), last: hex(match[4]!) } as const;
      if (value.last < value.start) return;
      // Linux prints a window again for each bus that has it.
      const key = `${value.bus} ${space} ${value.start} ${value.last}`;
      if (boot.windows.has(key)) return;
      boot.windows.add(key);
      boot.facts.pciWindows.push({ ...message, value });
    },
  },
  change(
    'not-addressable',
    BRIDGE_STARTS,
    new RegExp(`${BRIDGE}host bridge window ${RESOURCE} \\(ignored, not CPU addressable\\)$`),
    2,
  ),
  change(
    'clipped',
    BRIDGE_STARTS,
    new RegExp(`${BRIDGE}host bridge window ${RESOURCE} \\(\\[0x[^)]*ignored, not CPU addressable\\)$`),
    2,
  ),
  change('ignored', BRIDGE_STARTS, new RegExp(`${BRIDGE}host bridge window ${RESOURCE} \\(ignored\\)$`), 2),
  change(
    'expanded',
    BRIDGE_STARTS,
    new RegExp(`${BRIDGE}host bridge window expanded to ${RESOURCE}; .* ignored$`),
    2,
  ),
  change(
    'conflicts',
    BRIDGE_STARTS,
    new RegExp(`${BRIDGE}ignoring host bridge window ${RESOURCE} \\(conflicts with .*\\)$`),
    2,
  ),
  {
    starts: ['pci '],
    pattern:
      /^pci ([0-9a-f]{4,8}:[0-9a-f:.]+): \[([0-9a-f]{4}):([0-9a-f]{4})\] type \w+ class 0x([0-9a-f]{6})/,
    take: (match, message, boot) => {
      const device = {
        address: match[1]!,
        vendor: Number.parseInt(match[2]!, 16),
        device: Number.parseInt(match[3]!, 16),
        classCode: Number.parseInt(match[4]!, 16),
        bars: [],
      };
      boot.devices.set(device.address, { device, message });
      const platforms = platformsOfPci(device);
      if (platforms !== undefined && firstTime(boot, `platforms ${platforms.join()}`))
        boot.facts.platforms.push({ ...message, value: platforms });
    },
  },
  {
    starts: ['pci '],
    pattern: new RegExp(`^pci ([0-9a-f]{4,8}:[0-9a-f:.]+): (?:reg 0x([0-9a-f]{2}):|BAR (\\d)) ${RESOURCE}$`),
    take: (match, _message, boot) => {
      const [start, last] = [hex(match[5]!), hex(match[6]!)];
      const index =
        match[3] === undefined ? (Number.parseInt(match[2]!, 16) - FIRST_BAR) / 4 : Number(match[3]);
      if (last < start || index < 0 || index > LAST_BAR_INDEX) return;
      boot.devices.get(match[1]!)?.device.bars.push({
        index,
        space: match[4] === 'io' ? 'io' : 'memory',
        base: start,
        size: last - start + 1n,
      });
    },
  },
  {
    starts: ['pci '],
    pattern: MOVED,
    take: (match, _message, boot) => {
      const at = match[3] === undefined ? 6 : 3;
      const [index, start, last] = [Number(match[2]), hex(match[at + 1]!), hex(match[at + 2]!)];
      const found = boot.devices.get(match[1]!);
      if (found === undefined || last < start || index > LAST_BAR_INDEX) return;
      const space = match[at] === 'io' ? 'io' : 'memory';
      const others = found.device.bars.filter((bar) => bar.index !== index);
      const { unassigned = [], ...device } = found.device;
      const bars = [...others, { index, space, base: start, size: last - start + 1n } as const];
      const still = unassigned.filter((other) => other !== index);
      boot.devices.set(match[1]!, {
        ...found,
        device: { ...device, bars, ...(still.length === 0 ? {} : { unassigned: still }) },
      });
    },
  },
  {
    starts: ['pci '],
    pattern: NO_PLACE,
    take: (match, _message, boot) => {
      const found = boot.devices.get(match[1]!);
      if (found === undefined) return;
      const index = Number(match[2]);
      const bars = found.device.bars.filter((bar) => bar.index !== index);
      const others = (found.device.unassigned ?? []).filter((other) => other !== index);
      const unassigned = [...others, index];
      boot.devices.set(match[1]!, { ...found, device: { ...found.device, bars, unassigned } });
    },
  },
];
