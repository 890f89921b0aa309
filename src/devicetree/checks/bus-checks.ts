/** dtc's checks of addresses: cell counts, `reg`, `ranges`, and unit addresses by the type of their bus. */
import { latin1Text } from '../../bytes/text-encoding.ts';
import { type LiveNode, liveChildOf, livePathOf, livePropertyOf } from '../live/live-tree.ts';
import {
  baseName,
  type Check,
  type CheckContext,
  cellAt,
  childCells,
  children,
  firstString,
  hasProperty,
  hexDigits,
  isMultiple,
  optional,
  properties,
  unitAddress,
  warning,
} from './check.ts';

/** A cell as a C int, the type of dtc's cell counts. */
function asInt(value: number | undefined): number {
  return value === undefined ? -1 : value | 0;
}

function statedCells(node: LiveNode, name: string): number {
  const property = livePropertyOf(node, name);
  return property ? asInt(cellAt(property, 0)) : -1;
}

function regFormat(node: LiveNode, context: CheckContext): void {
  const property = livePropertyOf(node, 'reg');
  if (!property) return;
  if (!node.parent) {
    context.fail(node, 'Root node has a "reg" property');
    return;
  }
  const { length } = property.value;
  if (length === 0) context.fail(node, 'property is empty', property);
  const { address, size } = childCells(node.parent, context);
  if (!isMultiple(length, (address + size) * 4)) {
    context.fail(
      node,
      `property has invalid length (${length} bytes) (#address-cells == ${address}, #size-cells == ${size})`,
      property,
    );
  }
}

function rangesFormat(name: string): Check['visit'] {
  return (node, context) => {
    const property = livePropertyOf(node, name);
    if (!property) return;
    if (!node.parent) {
      context.fail(node, `Root node has a "${name}" property`, property);
      return;
    }
    const parent = childCells(node.parent, context);
    const child = childCells(node, context);
    const { length } = property.value;
    if (length === 0) {
      const path = livePathOf(node.parent);
      const differs = (cells: string, own: number, above: number): void =>
        context.fail(
          node,
          `empty "${name}" property but its ${cells} (${own}) differs from ${path} (${above})`,
          property,
        );
      if (parent.address !== child.address) differs('#address-cells', child.address, parent.address);
      if (parent.size !== child.size) differs('#size-cells', child.size, parent.size);
    } else if (!isMultiple(length, (parent.address + child.address + child.size) * 4)) {
      context.fail(
        node,
        `"${name}" property has invalid length (${length} bytes) (parent #address-cells == ${parent.address}, ` +
          `child #address-cells == ${child.address}, #size-cells == ${child.size})`,
        property,
      );
    }
  };
}

function unitAddressVersusReg(node: LiveNode, { fail }: CheckContext): void {
  // The fragments of an overlay are numbered, not addressed.
  if (liveChildOf(node, '__overlay__')) return;
  const ranges = livePropertyOf(node, 'ranges');
  const addressed = hasProperty(node, 'reg') || (ranges !== undefined && ranges.value.length > 0);
  const unit = unitAddress(node);
  if (addressed && unit === '') fail(node, 'node has a reg or ranges property, but no unit name');
  if (!addressed && unit !== '') fail(node, 'node has a unit name, but no reg or ranges property');
}

function unitAddressFormat(node: LiveNode, { buses, fail }: CheckContext): void {
  if (node.parent && buses.has(node.parent)) return;
  let unit = unitAddress(node);
  if (unit === '') return;
  if (unit.startsWith('0x')) {
    fail(node, 'unit name should not have leading "0x"');
    unit = unit.slice(2);
  }
  if (/^0[0-9a-fA-F]/.test(unit)) fail(node, 'unit name should not have leading 0s');
}

function pciBridge(node: LiveNode, context: CheckContext): void {
  const type = livePropertyOf(node, 'device_type');
  if (!type || firstString(type) !== 'pci') return;
  context.buses.set(node, 'pci');
  const { fail } = context;
  const base = baseName(node);
  if (base !== 'pci' && base !== 'pcie') fail(node, 'node name is not "pci" or "pcie"');
  if (!hasProperty(node, 'ranges')) fail(node, 'missing ranges for PCI bridge (or not a bridge)');
  const cells = childCells(node, context);
  if (cells.address !== 3) fail(node, 'incorrect #address-cells for PCI bridge');
  if (cells.size !== 2) fail(node, 'incorrect #size-cells for PCI bridge');
  const range = livePropertyOf(node, 'bus-range');
  if (!range) return;
  if (range.value.length !== 8) {
    fail(node, 'value must be 2 cells', range);
    return;
  }
  const first = cellAt(range, 0)!;
  const last = cellAt(range, 1)!;
  if (first > last) fail(node, '1st cell must be less than or equal to 2nd cell', range);
  if (last > 0xff) fail(node, 'maximum bus number must be less than 256', range);
}

function pciDeviceReg(node: LiveNode, { buses, fail }: CheckContext): void {
  if (!node.parent || buses.get(node.parent) !== 'pci') return;
  const property = livePropertyOf(node, 'reg');
  if (!property) return;
  if (cellAt(property, 1) || cellAt(property, 2)) {
    fail(node, 'PCI reg config space address cells 2 and 3 must be 0', property);
  }
  const address = cellAt(property, 0) ?? 0;
  const device = (address & 0xf800) >> 11;
  const fun = (address & 0x700) >> 8;
  if (address >>> 24 !== 0) fail(node, 'PCI reg address is not configuration space', property);
  if ((address & 0xff) !== 0) fail(node, 'PCI reg config space address register number must be 0', property);
  const unit = unitAddress(node);
  if (fun === 0 && unit === hexDigits(device)) return;
  const expected = `${hexDigits(device)},${hexDigits(fun)}`;
  if (unit !== expected) fail(node, `PCI unit address format error, expected "${expected}"`);
}

function pciDeviceBusNumber(node: LiveNode, { buses, fail }: CheckContext): void {
  if (!node.parent || buses.get(node.parent) !== 'pci') return;
  const reg = livePropertyOf(node, 'reg');
  if (!reg) return;
  const bus = ((cellAt(reg, 0) ?? 0) & 0x00ff0000) >> 16;
  const range = livePropertyOf(node.parent, 'bus-range');
  const first = range ? (cellAt(range, 0) ?? 0) : 0;
  const last = range ? (cellAt(range, 1) ?? 0) : 0;
  if (bus < first || bus > last) {
    fail(node, `PCI bus number ${bus} out of range, expected (${first | 0} - ${last | 0})`, range);
  }
}

function isCompatible(node: LiveNode, name: string): boolean {
  const property = livePropertyOf(node, 'compatible');
  return property !== undefined && latin1Text(property.value).split('\0').includes(name);
}

function simpleBusReg(node: LiveNode, context: CheckContext): void {
  const { buses, fail } = context;
  const { parent } = node;
  if (!parent || buses.get(parent) !== 'simple-bus') return;
  let property = livePropertyOf(node, 'reg');
  let first = 0;
  if (!property) {
    const ranges = livePropertyOf(node, 'ranges');
    if (ranges && ranges.value.length > 0) {
      property = ranges;
      first = childCells(node, context).address;
    }
  }
  if (!property || property.value.length === 0) {
    if (parent.parent && buses.get(node) !== 'simple-bus') fail(node, 'missing or empty reg/ranges property');
    return;
  }
  let address = 0n;
  const count = childCells(parent, context).address;
  for (let index = 0; index < count; index += 1) {
    address = BigInt.asUintN(64, (address << 32n) | BigInt(cellAt(property, first + index) ?? 0));
  }
  const expected = hexDigits(address).slice(0, 16);
  if (unitAddress(node) !== expected) {
    fail(node, `simple-bus unit address format error, expected "${expected}"`);
  }
}

function i2cBridge(node: LiveNode, context: CheckContext): void {
  const base = baseName(node);
  if (base === 'i2c') {
    if (children(node).some((child) => baseName(child) === 'i2c-bus')) return;
  } else if (base !== 'i2c-bus' && base !== 'i2c-arb') {
    return;
  }
  context.buses.set(node, 'i2c-bus');
  if (node.children.length === 0) return;
  const cells = childCells(node, context);
  if (cells.address !== 1) context.fail(node, 'incorrect #address-cells for I2C bus');
  if (cells.size !== 0) context.fail(node, 'incorrect #size-cells for I2C bus');
}

/** Flag bits in an I2C `reg`, from include/dt-bindings/i2c/i2c.h of Linux. */
const I2C_OWN_SLAVE_ADDRESS = 0x40000000;
const I2C_TEN_BIT_ADDRESS = 0x80000000;

function i2cReg(node: LiveNode, { buses, fail }: CheckContext): void {
  if (!node.parent || buses.get(node.parent) !== 'i2c-bus') return;
  const property = livePropertyOf(node, 'reg');
  if (!property || property.value.length === 0) {
    fail(node, 'missing or empty reg property');
    return;
  }
  const withoutOwn = (index: number): number =>
    ((cellAt(property, index) ?? 0) & ~I2C_OWN_SLAVE_ADDRESS) >>> 0;
  const expected = hexDigits(withoutOwn(0));
  if (unitAddress(node) !== expected) fail(node, `I2C bus unit address format error, expected "${expected}"`);
  for (let index = 0; index * 4 < property.value.length; index += 1) {
    const reg = withoutOwn(index);
    if (reg >= I2C_TEN_BIT_ADDRESS) {
      if (reg - I2C_TEN_BIT_ADDRESS > 0x3ff) {
        fail(node, `I2C address must be less than 10-bits, got "0x${hexDigits(reg)}"`, property);
      }
    } else if (reg > 0x7f) {
      fail(
        node,
        `I2C address must be less than 7-bits, got "0x${hexDigits(reg)}". ` +
          'Set I2C_TEN_BIT_ADDRESS for 10 bit addresses or fix the property',
        property,
      );
    }
  }
}

function spiBridge(node: LiveNode, context: CheckContext): void {
  const cells = childCells(node, context);
  if (baseName(node) === 'spi') {
    context.buses.set(node, 'spi-bus');
  } else {
    if (cells.address !== 1 || cells.size !== 0) return;
    // A bus of another name is recognised by the spi-… properties of its children.
    const hasSpiDevice = children(node).some((child) =>
      properties(child).some(({ name }) => name.startsWith('spi-')),
    );
    if (hasSpiDevice) context.buses.set(node, 'spi-bus');
    if (context.buses.get(node) === 'spi-bus' && hasProperty(node, 'reg')) {
      context.fail(node, "node name for SPI buses should be 'spi'");
    }
  }
  if (context.buses.get(node) !== 'spi-bus' || node.children.length === 0) return;
  const expected = hasProperty(node, 'spi-slave') ? 0 : 1;
  if (cells.address !== expected) context.fail(node, 'incorrect #address-cells for SPI bus');
  if (cells.size !== 0) context.fail(node, 'incorrect #size-cells for SPI bus');
}

function spiReg(node: LiveNode, { buses, fail }: CheckContext): void {
  if (!node.parent || buses.get(node.parent) !== 'spi-bus' || hasProperty(node.parent, 'spi-slave')) return;
  const property = livePropertyOf(node, 'reg');
  if (!property || property.value.length === 0) {
    fail(node, 'missing or empty reg property');
    return;
  }
  const expected = hexDigits(cellAt(property, 0) ?? 0);
  if (unitAddress(node) !== expected) fail(node, `SPI bus unit address format error, expected "${expected}"`);
}

function avoidDefaultCells(node: LiveNode, { cells, fail }: CheckContext): void {
  if (!node.parent || (!hasProperty(node, 'reg') && !hasProperty(node, 'ranges'))) return;
  const parent = cells.get(node.parent);
  if (parent?.address === -1) fail(node, 'Relying on default #address-cells value');
  if (parent?.size === -1) fail(node, 'Relying on default #size-cells value');
}

function avoidUnnecessaryCells(node: LiveNode, { cells, fail }: CheckContext): void {
  const own = cells.get(node) ?? { address: 0, size: 0 };
  if (!node.parent || own.address < 0 || own.size < 0 || node.children.length === 0) return;
  if (hasProperty(node, 'ranges') || hasProperty(node, 'dma-ranges')) return;
  if (children(node).some((child) => hasProperty(child, 'reg') || hasProperty(child, 'ranges'))) return;
  fail(
    node,
    'unnecessary #address-cells/#size-cells without "ranges", "dma-ranges" or child "reg" or "ranges" property',
  );
}

function isDisabled(node: LiveNode): boolean {
  const property = livePropertyOf(node, 'status');
  return property !== undefined && firstString(property) === 'disabled';
}

function uniqueUnitAddress(onlyEnabled: boolean): Check['visit'] {
  return (node, context) => {
    const own = context.cells.get(node) ?? { address: 0, size: 0 };
    if (own.address < 0 || own.size < 0) return;
    const seen = new Map<string, LiveNode[]>();
    for (const child of children(node)) {
      const unit = unitAddress(child);
      if (unit === '' || (onlyEnabled && isDisabled(child))) continue;
      const earlier = seen.get(unit);
      if (!earlier) {
        seen.set(unit, [child]);
        continue;
      }
      const path = livePathOf(child);
      for (const other of earlier) {
        if (context.full) return;
        context.fail(other, `duplicate unit-address (also used in node ${path})`);
      }
      earlier.push(child);
    }
  };
}

export const ADDRESS_CHECKS: readonly Check[] = [
  warning('addr_size_cells', ['address_cells_is_cell', 'size_cells_is_cell'], (node, { cells }) => {
    cells.set(node, { address: statedCells(node, '#address-cells'), size: statedCells(node, '#size-cells') });
  }),
  warning('reg_format', ['addr_size_cells'], regFormat),
  warning('ranges_format', ['addr_size_cells'], rangesFormat('ranges')),
  warning('dma_ranges_format', ['addr_size_cells'], rangesFormat('dma-ranges'), 'dma-ranges'),
  warning('unit_address_vs_reg', [], unitAddressVersusReg),
  warning('unit_address_format', ['node_name_format', 'pci_bridge', 'simple_bus_bridge'], unitAddressFormat),
  warning('pci_bridge', ['device_type_is_string', 'addr_size_cells'], pciBridge, 'device_type'),
  warning('pci_device_reg', ['reg_format', 'pci_bridge'], pciDeviceReg, 'device_type'),
  warning('pci_device_bus_num', ['reg_format', 'pci_bridge'], pciDeviceBusNumber, 'device_type'),
  warning('simple_bus_bridge', ['addr_size_cells', 'compatible_is_string_list'], (node, { buses }) => {
    if (isCompatible(node, 'simple-bus')) buses.set(node, 'simple-bus');
  }),
  warning('simple_bus_reg', ['reg_format', 'simple_bus_bridge'], simpleBusReg),
  warning('i2c_bus_bridge', ['addr_size_cells'], i2cBridge),
  warning('i2c_bus_reg', ['reg_format', 'i2c_bus_bridge'], i2cReg),
  warning('spi_bus_bridge', ['addr_size_cells'], spiBridge),
  warning('spi_bus_reg', ['reg_format', 'spi_bus_bridge'], spiReg),
  warning('avoid_default_addr_size', ['addr_size_cells'], avoidDefaultCells),
  warning('avoid_unnecessary_addr_size', ['avoid_default_addr_size'], avoidUnnecessaryCells),
  warning('unique_unit_address', ['avoid_default_addr_size'], uniqueUnitAddress(false)),
  optional('unique_unit_address_if_enabled', ['avoid_default_addr_size'], uniqueUnitAddress(true)),
];
