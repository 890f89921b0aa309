/** Checks of lists of references with arguments (`clocks = <&clk 3>`), of interrupts, and of graph connections. */
import { type LiveNode, type LiveProperty, livePathOf, livePropertyOf } from '../live/live-tree.ts';
import { isPhandle } from '../live/references.ts';
import {
  baseName,
  type Check,
  type CheckContext,
  cellAt,
  children,
  hasProperty,
  hexDigits,
  isMultiple,
  optional,
  properties,
  unitAddress,
  warning,
} from './check.ts';
import { cellCheck } from './value-checks.ts';

function providerBy(phandle: number, { references }: CheckContext): LiveNode | undefined {
  const node = references.byPhandle(phandle);
  return node?.deleted ? undefined : node;
}

/** Checks a list of phandles, each followed by as many cells as its provider's property `cellsName` says. */
function phandleArguments(
  node: LiveNode,
  property: LiveProperty,
  cellsName: string,
  cellsOptional: boolean,
  context: CheckContext,
): void {
  const { fail, tree } = context;
  const { length } = property.value;
  if (length % 4 !== 0) {
    fail(node, `property size (${length}) is invalid, expected multiple of 4`, property);
    return;
  }
  const references = new Set<number>();
  for (const marker of property.markers)
    if (marker.kind === 'phandle-reference') references.add(marker.offset);
  let count = 0;
  for (let cell = 0; cell < length / 4; cell += count + 1) {
    const phandle = cellAt(property, cell)!;
    count = 0;
    if (!isPhandle(phandle)) {
      // 0 and -1 mark an omitted entry; in an overlay also a phandle of the base tree.
      if (tree.plugin) return;
      continue;
    }
    if (property.markers.length > 0 && !references.has(cell * 4)) {
      fail(node, `cell ${cell} is not a phandle reference`, property);
    }
    const provider = providerBy(phandle, context);
    if (!provider) {
      fail(node, `Could not get phandle node for (cell ${cell})`, property);
      return;
    }
    const cells = livePropertyOf(provider, cellsName);
    if (cells) {
      count = cellAt(cells, 0) ?? 0;
    } else if (!cellsOptional) {
      fail(
        node,
        `Missing property '${cellsName}' in node ${livePathOf(provider)} or bad phandle ` +
          `(referred from ${property.name}[${cell}])`,
      );
      return;
    }
    // In 32 bits, as in dtc: an absurd count wraps around and fails the first comparison.
    const expected = ((cell + count + 1) * 4) >>> 0;
    if (expected <= cell || length < expected) {
      fail(node, `property size (${length}) too small for cell size ${count}`, property);
      return;
    }
  }
}

function providerChecks(
  check: string,
  propertyName: string,
  cellsName: string,
  cellsOptional = false,
): Check[] {
  return [
    warning(
      `${check}_property`,
      [`${check}_is_cell`, 'phandle_references'],
      (node, context) => {
        const property = livePropertyOf(node, propertyName);
        if (property) phandleArguments(node, property, cellsName, cellsOptional, context);
      },
      propertyName,
    ),
    cellCheck(`${check}_is_cell`, cellsName),
  ];
}

function isGpio(name: string): boolean {
  // A number of GPIOs, not a reference.
  if (name.endsWith(',nr-gpios')) return false;
  return name === 'gpios' || name === 'gpio' || name.endsWith('-gpios') || name.endsWith('-gpio');
}

function gpios(node: LiveNode, context: CheckContext): void {
  let hog: boolean | undefined;
  for (const property of node.properties) {
    if (property.deleted || !isGpio(property.name)) continue;
    // The `gpios` of a hog are line numbers of its parent.
    hog ??= hasProperty(node, 'gpio-hog');
    if (hog) return;
    phandleArguments(node, property, '#gpio-cells', false, context);
  }
}

function isInterruptProvider(node: LiveNode): boolean {
  return hasProperty(node, 'interrupt-controller') || hasProperty(node, 'interrupt-map');
}

function interruptProvider(node: LiveNode, { fail }: CheckContext): void {
  const cells = hasProperty(node, '#interrupt-cells');
  const provider = isInterruptProvider(node);
  if (provider && !cells) fail(node, "Missing '#interrupt-cells' in interrupt provider");
  if (!provider && cells) fail(node, "'#interrupt-cells' found, but node is not an interrupt provider");
}

function interruptMap(node: LiveNode, context: CheckContext): void {
  const { fail, tree } = context;
  const map = livePropertyOf(node, 'interrupt-map');
  if (!map) return;
  const addressCells = context.cells.get(node)?.address ?? 0;
  if (addressCells < 0) {
    fail(node, "Missing '#address-cells' in interrupt-map provider");
    return;
  }
  const own = livePropertyOf(node, '#interrupt-cells');
  const unitCells = addressCells + ((own && cellAt(own, 0)) ?? 0);
  const mask = livePropertyOf(node, 'interrupt-map-mask');
  if (mask && mask.value.length !== unitCells * 4) {
    fail(node, `property size (${mask.value.length}) is invalid, expected ${unitCells * 4}`, mask);
  }
  const { length } = map.value;
  if (length % 4 !== 0) {
    fail(node, `property size (${length}) is invalid, expected multiple of 4`, map);
    return;
  }
  const total = length / 4;
  for (let cell = 0; cell < total; ) {
    if (cell + unitCells >= total) {
      fail(node, `property size (${length}) too small, expected > ${(cell + unitCells) * 4}`, map);
      return;
    }
    cell += unitCells;
    const phandle = cellAt(map, cell)!;
    if (!isPhandle(phandle)) {
      if (!tree.plugin) fail(node, `Cell ${cell} is not a phandle(${phandle | 0})`, map);
      return;
    }
    const provider = providerBy(phandle, context);
    if (!provider) {
      fail(node, `Could not get phandle(${phandle | 0}) node for (cell ${cell})`, map);
      return;
    }
    const path = livePathOf(provider);
    const interruptCells = livePropertyOf(provider, '#interrupt-cells');
    if (!interruptCells) {
      fail(
        node,
        `Missing property '#interrupt-cells' in node ${path} or bad phandle (referred from interrupt-map[${cell}])`,
      );
      return;
    }
    let parentCells = cellAt(interruptCells, 0) ?? 0;
    const parentAddress = livePropertyOf(provider, '#address-cells');
    if (parentAddress) parentCells += cellAt(parentAddress, 0) ?? 0;
    else fail(node, `Missing property '#address-cells' in node ${path}, using 0 as fallback`, map);
    cell += 1 + parentCells;
    if (cell > total) fail(node, `property size (${length}) mismatch, expected ${cell * 4}`, map);
  }
}

/** The interrupt parent of a node; undefined when there is none, which is reported except in overlays. */
function interruptParent(node: LiveNode, context: CheckContext): LiveNode | undefined {
  const { fail, tree } = context;
  for (let at: LiveNode | undefined = node; at; at = at.parent) {
    if (at !== node && isInterruptProvider(at)) return at;
    const property = livePropertyOf(at, 'interrupt-parent');
    if (!property) continue;
    const phandle = cellAt(property, 0) ?? 0;
    if (!isPhandle(phandle)) {
      if (tree.plugin) return undefined;
      fail(at, 'Invalid phandle', property);
      break;
    }
    const parent = providerBy(phandle, context);
    if (!parent) {
      fail(at, 'Bad phandle', property);
      return undefined;
    }
    if (!isInterruptProvider(parent)) fail(parent, 'Missing interrupt-controller or interrupt-map property');
    return parent;
  }
  fail(node, 'Missing interrupt-parent');
  return undefined;
}

function interrupts(node: LiveNode, context: CheckContext): void {
  const property = livePropertyOf(node, 'interrupts');
  if (!property) return;
  const { length } = property.value;
  if (length % 4 !== 0) context.fail(node, `size (${length}) is invalid, expected multiple of 4`, property);
  const parent = interruptParent(node, context);
  // A parent without #interrupt-cells is left to `interrupt_provider`.
  const cells = parent && livePropertyOf(parent, '#interrupt-cells');
  if (!cells) return;
  const size = ((cellAt(cells, 0) ?? 0) * 4) | 0;
  if (!isMultiple(length, size))
    context.fail(node, `size is (${length}), expected multiple of ${size}`, cells);
}

function graphNodes(node: LiveNode, { buses, fail }: CheckContext): void {
  for (const child of children(node)) {
    if (baseName(child) !== 'endpoint' && !hasProperty(child, 'remote-endpoint')) continue;
    const { parent } = node;
    if (!parent) {
      fail(
        node,
        `root node contains endpoint node '${child.name}', potentially misplaced remote-endpoint property`,
      );
      continue;
    }
    buses.set(node, 'graph-port');
    // The parent of a port is either a node `ports` or the device itself.
    if (!buses.has(parent) && (parent.name === 'ports' || hasProperty(node, 'reg')))
      buses.set(parent, 'graph-ports');
    return;
  }
}

function graphReg(node: LiveNode, { cells, fail }: CheckContext): void {
  const property = livePropertyOf(node, 'reg');
  if (!property) return;
  if (property.value.length !== 4) {
    fail(node, "graph node malformed 'reg' property");
    return;
  }
  const expected = hexDigits(cellAt(property, 0)!);
  if (unitAddress(node) !== expected) fail(node, `graph node unit address error, expected "${expected}"`);
  const parent = (node.parent && cells.get(node.parent)) ?? { address: 0, size: 0 };
  if (parent.address !== 1) {
    const own = livePropertyOf(node, '#address-cells');
    fail(node, `graph node '#address-cells' is ${parent.address}, must be 1`, own);
  }
  if (parent.size !== 0) {
    fail(node, `graph node '#size-cells' is ${parent.size}, must be 0`, livePropertyOf(node, '#size-cells'));
  }
}

function graphPort(node: LiveNode, context: CheckContext): void {
  if (context.buses.get(node) !== 'graph-port') return;
  graphReg(node, context);
  if (!context.tree.plugin && baseName(node) !== 'port')
    context.fail(node, "graph port node name should be 'port'");
}

function remoteEndpoint(endpoint: LiveNode, context: CheckContext): LiveNode | undefined {
  const property = livePropertyOf(endpoint, 'remote-endpoint');
  const phandle = property && cellAt(property, 0);
  if (phandle === undefined || !isPhandle(phandle)) return undefined;
  const node = providerBy(phandle, context);
  if (!node) context.fail(endpoint, 'graph phandle is not valid', property);
  return node;
}

function graphEndpoint(node: LiveNode, context: CheckContext): void {
  if (!node.parent || context.buses.get(node.parent) !== 'graph-port') return;
  graphReg(node, context);
  if (context.tree.plugin) return;
  if (baseName(node) !== 'endpoint') context.fail(node, "graph endpoint node name should be 'endpoint'");
  const remote = remoteEndpoint(node, context);
  if (remote && remoteEndpoint(remote, context) !== node) {
    context.fail(node, `graph connection to node '${livePathOf(remote)}' is not bidirectional`);
  }
}

export const PROVIDER_CHECKS: readonly Check[] = [
  ...providerChecks('clocks', 'clocks', '#clock-cells'),
  ...providerChecks('cooling_device', 'cooling-device', '#cooling-cells'),
  ...providerChecks('dmas', 'dmas', '#dma-cells'),
  ...providerChecks('hwlocks', 'hwlocks', '#hwlock-cells'),
  ...providerChecks('interrupts_extended', 'interrupts-extended', '#interrupt-cells'),
  ...providerChecks('io_channels', 'io-channels', '#io-channel-cells'),
  ...providerChecks('iommus', 'iommus', '#iommu-cells'),
  ...providerChecks('mboxes', 'mboxes', '#mbox-cells'),
  ...providerChecks('msi_parent', 'msi-parent', '#msi-cells', true),
  ...providerChecks('mux_controls', 'mux-controls', '#mux-control-cells'),
  ...providerChecks('phys', 'phys', '#phy-cells'),
  ...providerChecks('power_domains', 'power-domains', '#power-domain-cells'),
  ...providerChecks('pwms', 'pwms', '#pwm-cells'),
  ...providerChecks('resets', 'resets', '#reset-cells'),
  ...providerChecks('sound_dai', 'sound-dai', '#sound-dai-cells'),
  ...providerChecks('thermal_sensors', 'thermal-sensors', '#thermal-sensor-cells'),
];

export const GPIO_AND_INTERRUPT_CHECKS: readonly Check[] = [
  optional('deprecated_gpio_property', [], (node, { fail }) => {
    for (const property of properties(node)) {
      if (isGpio(property.name) && property.name.endsWith('gpio')) {
        fail(node, "'[*-]gpio' is deprecated, use '[*-]gpios' instead", property);
      }
    }
  }),
  warning('gpios_property', ['phandle_references'], gpios, /gpios?$/),
  warning('interrupts_property', ['phandle_references'], interrupts, 'interrupts'),
  warning('interrupt_provider', ['interrupts_extended_is_cell'], interruptProvider),
  warning(
    'interrupt_map',
    ['phandle_references', 'addr_size_cells', 'interrupt_provider'],
    interruptMap,
    'interrupt-map',
  ),
];

export const GRAPH_CHECKS: readonly Check[] = [
  warning('graph_nodes', [], graphNodes),
  warning('graph_port', ['graph_nodes'], graphPort),
  warning('graph_endpoint', ['graph_nodes'], graphEndpoint),
];
