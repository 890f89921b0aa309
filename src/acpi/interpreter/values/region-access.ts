/** Access to bytes of operation regions: handlers, limits, storage. */
import { hex } from '../../../bytes/address.ts';
import { type ByteValue, compare, fieldValue, isKnown } from '../../../symbolic/index.ts';
import { fault } from '../state/fault.ts';
import type { Places } from '../state/machine.ts';
import {
  type AmlValue,
  Choice,
  type FieldObject,
  ForeignObject,
  type NamespaceNode,
  RegionObject,
  TYPE,
  typeOf,
} from '../state/objects.ts';
import { SPACE, spaceName } from '../state/regions.ts';

/** The region of a node; a fault if it is none. */
export function regionOf(m: Places, node: NamespaceNode): RegionObject {
  const region = m.settle(node.object);
  if (region instanceof ForeignObject) m.abandon(region.reason);
  if (!(region instanceof RegionObject))
    return fault('AE_AML_OPERAND_TYPE', `${node.path} is not an operation region`);
  return region;
}

/** Faults if no handler for the space is installed. Most are installed after the tables are loaded. */
export function checkHandler(m: Places, space: number, write: boolean): void {
  switch (space) {
    case SPACE.memory:
    case SPACE.io:
    case SPACE.pciConfig:
    case SPACE.embeddedController:
    case SPACE.dataTable:
      return;
    case SPACE.cmos:
    case SPACE.pciBar:
    case SPACE.smbus:
    case SPACE.ipmi:
    case SPACE.gpio:
    case SPACE.serialBus:
    case SPACE.pcc:
    case SPACE.fixedHardware:
    case 0x80:
    case 0xe4:
      if (!m.handlers.tablesLoading) return;
      break;
    default:
  }
  fault('AE_NOT_EXIST', `no handler for ${write ? 'writes to' : 'reads from'} ${spaceName(space)}`);
}

/** Faults if an access of `width` bytes exceeds the region. */
export function checkLimit(
  m: Places,
  field: FieldObject,
  region: RegionObject,
  offset: number,
  width: number,
): void {
  if (offset + width <= region.plainLength) return;
  const inside = compare('le', BigInt(offset + width), m.paths.refined(region.length));
  if (!m.decide(inside))
    fault(
      'AE_AML_REGION_LIMIT',
      `${field.node.path} at offset ${hex(offset)} exceeds ${region.node.path}, which has ${isKnown(region.length) ? hex(region.length) : 'too few'} bytes`,
    );
}

export function checkPort(m: Places, region: RegionObject, address: bigint, width: number): bigint {
  if (region.space !== SPACE.io) return address;
  const cut = m.profile.cutsIoAddresses && m.handlers.cutsPorts ? address & 0xffffn : address;
  if (cut + BigInt(width) - 1n > 0xffffn) fault('AE_LIMIT', `port ${hex(cut)} is out of range`);
  return cut;
}

/** One byte of a region; `undefined` if unknown. */
export function regionByte(m: Places, region: RegionObject, offset: number): ByteValue | undefined {
  if (region.tableBytes !== undefined) {
    const address = (region.address as bigint) + BigInt(offset);
    return m.regions.isWritten(region.space, address)
      ? m.regions.read(region.space, address)
      : (region.tableBytes[offset] ?? 0);
  }
  if (isKnown(region.address)) return m.regions.read(region.space, cellOf(m, region, region.address, offset));
  return m.regions.readFloating(region.space, region.node.path, offset);
}

const MAX_ADDRESS = 0xffff_ffff_ffff_ffffn;

/** The cell of a region's byte: its address; in PCI configuration space also the device. */
export function cellOf(m: Places, region: RegionObject, base: bigint, offset: number): bigint {
  const address = (base + BigInt(offset)) & MAX_ADDRESS;
  if (region.space !== SPACE.pciConfig || !m.journal.active) return address;
  return m.regions.configurationCell(configuredDevice(region), address);
}

/** The path of the device whose configuration space a region is in. */
export function configuredDevice(region: RegionObject): string {
  let device: NamespaceNode | undefined = region.node.parent;
  while (device?.parent !== undefined && !isDevice(device.object)) device = device.parent;
  return device?.path ?? '';
}

function isDevice(object: AmlValue | undefined): boolean {
  if (object instanceof Choice) return isDevice(object.yes) || isDevice(object.no);
  return object !== undefined && typeOf(object) === TYPE.device;
}

export function putRegionByte(m: Places, region: RegionObject, offset: number, byte: ByteValue): void {
  if (isKnown(region.address)) m.regions.write(region.space, cellOf(m, region, region.address, offset), byte);
  else m.regions.writeFloating(region.space, region.node.path, offset, byte);
}

/** Makes `length` bytes of a region unknown. @param why what may have written them */
export function forgetBytes(
  m: Places,
  region: RegionObject,
  offset: number,
  length: number,
  why: string,
): void {
  if (isKnown(region.address))
    m.regions.forget(region.space, cellOf(m, region, region.address, offset), length, why);
  else m.regions.forgetFloating(region.space, why);
}

/** A byte of a region; its symbol if it is unknown. */
export function knownOrUnwritten(m: Places, region: RegionObject, offset: number): ByteValue {
  const byte = regionByte(m, region, offset);
  if (byte !== undefined) return byte;
  if (isKnown(region.address))
    return m.regions.unwritten(region.space, cellOf(m, region, region.address, offset));
  const path = `${region.node.path}[${hex(offset)}]`;
  const symbol = {
    name: path,
    path,
    space: spaceName(region.space),
    address: undefined,
    bitOffset: 0,
    bits: 8,
    ...m.regions.stateOf(region.space),
  };
  return { of: fieldValue(symbol), index: 0 };
}
