/**
 * Bus types, as Linux' drivers/of/address.c tells them apart (of_busses[]): how many cells an address has, whether its
 * first cell is flags, and how an address is found in a `ranges` entry.
 */
import { textBeforeNul } from '../../bytes/text-encoding.ts';
import { hasTextInAnyCase, isTextAt } from '../string-list.ts';
import { baseNameOf, type DtNode, type DtProperty, pathOf, propertyOf } from '../tree.ts';
import { type BusCounts, type CellCount, fixedCount } from './cells.ts';

/** In the order in which Linux tries them; `default` matches every node. */
export type BusKind = 'pci' | 'isa' | 'default-flags' | 'default';

/** A node as the bus of its children. */
export interface Bus {
  readonly node: DtNode;
  readonly kind: BusKind;
  readonly addressCells: CellCount;
  readonly sizeCells: CellCount;
  /** 1 when the first address cell holds flags and is not part of the number. */
  readonly flagCells: 0 | 1;
  /** Whether Linux translates addresses of this bus, by its counts (OF_CHECK_COUNTS); see `whyUnusable`. */
  readonly isUsable: boolean;
}

/** The flags cell of an address, decoded. */
export interface AddressFlags {
  /** PCI: `config`, `io`, `mem32` or `mem64`; ISA: `io` or `mem`. */
  readonly space?: 'config' | 'io' | 'mem32' | 'mem64' | 'mem';
  readonly prefetchable?: boolean;
  readonly relocatable?: boolean;
  readonly aliased?: boolean;
  /** PCI bus, device and function number and register offset. */
  readonly pci?: {
    readonly bus: number;
    readonly device: number;
    readonly function: number;
    readonly register: number;
  };
  /** The cell itself. */
  readonly cell: number;
}

/** The most address cells that Linux supports (OF_MAX_ADDR_CELLS). */
export const MAX_ADDRESS_CELLS = 4;

const PCI_DEVICE_TYPES = ['pci', 'pciex', 'vci', 'ht'] as const;

/** The value up to its first NUL, as a C string. */
export function cString({ value }: DtProperty): string {
  return textBeforeNul(value);
}

/** Whether the value up to its first NUL is this text. */
export function isCString({ value }: DtProperty, text: string): boolean {
  return isTextAt(value, 0, value.length, text);
}

/** Whether a node's `compatible` has this text, given in small letters; case is not heeded there. */
export function isCompatible(node: DtNode, text: string): boolean {
  const value = propertyOf(node, 'compatible')?.value;
  return value !== undefined && hasTextInAnyCase(value, 0, value.length, text);
}

function busKind(node: DtNode, addressCells: CellCount): BusKind {
  const type = propertyOf(node, 'device_type');
  if (type && PCI_DEVICE_TYPES.some((pci) => isCString(type, pci))) return 'pci';
  const name = baseNameOf(node);
  if (name === 'pcie') return 'pci';
  if (name === 'isa') return 'isa';
  return addressCells.cells === 3 ? 'default-flags' : 'default';
}

/** PCI and ISA fix the counts by their IEEE 1275 bindings, whatever the node's properties (of_bus_pci_count_cells). */
const FIXED_CELLS = { pci: { address: 3, size: 2 }, isa: { address: 2, size: 1 } } as const;

/**
 * A node as a bus.
 * @param own the counts for its children by the tree's properties; they decide the type
 * @param used the counts where the type doesn't fix them, when those of another node apply
 */
export function busOf(node: DtNode, own: BusCounts, used: BusCounts = own): Bus {
  const kind = busKind(node, own.address);
  const isFixed = kind === 'pci' || kind === 'isa';
  const addressCells = isFixed ? fixedCount(node, FIXED_CELLS[kind].address) : used.address;
  const sizeCells = isFixed ? fixedCount(node, FIXED_CELLS[kind].size) : used.size;
  return {
    node,
    kind,
    addressCells,
    sizeCells,
    flagCells: kind === 'default' ? 0 : 1,
    isUsable: addressCells.cells > 0 && addressCells.cells <= MAX_ADDRESS_CELLS && sizeCells.cells > 0,
  };
}

const PCI_SPACES = ['config', 'io', 'mem32', 'mem64'] as const;

/**
 * The flags of an address by its first cell. PCI (PCI Bus Binding to IEEE 1275, section 2.2.1.1): npt000ss bbbbbbbb
 * dddddfff rrrrrrrr, n set when not relocatable, p prefetchable, t aliased, ss the space. ISA: bit 0 set for I/O.
 */
export function addressFlags(kind: BusKind, cell: number): AddressFlags | undefined {
  switch (kind) {
    case 'pci':
      return {
        space: PCI_SPACES[(cell >>> 24) & 3]!,
        prefetchable: (cell & 0x40000000) !== 0,
        relocatable: (cell & 0x80000000) === 0,
        aliased: (cell & 0x20000000) !== 0,
        pci: {
          bus: (cell >>> 16) & 0xff,
          device: (cell >>> 11) & 0x1f,
          function: (cell >>> 8) & 7,
          register: cell & 0xff,
        },
        cell,
      };
    case 'isa':
      return { space: (cell & 1) !== 0 ? 'io' : 'mem', cell };
    case 'default-flags':
      return { cell };
    default:
      return undefined;
  }
}

/**
 * Whether an address and a `ranges` entry are in one address space, by their flags cells. On PCI, 32 and 64-bit memory are
 * the same space (of_bus_pci_map).
 */
export function sameSpace(kind: BusKind, address: number, entry: number): boolean {
  switch (kind) {
    case 'pci':
      return pciType(address) === pciType(entry);
    case 'isa':
      return ((address ^ entry) & 1) === 0;
    case 'default-flags':
      return address === entry;
    default:
      return true;
  }
}

function pciType(cell: number): 'config' | 'io' | 'memory' {
  const space = PCI_SPACES[(cell >>> 24) & 3]!;
  return space === 'config' || space === 'io' ? space : 'memory';
}

/** Which count makes a bus unusable. */
export function whyUnusable({ node, addressCells, sizeCells }: Bus): string {
  if (addressCells.cells <= 0) return `#address-cells is ${addressCells.cells} for ${pathOf(node)}`;
  if (addressCells.cells > MAX_ADDRESS_CELLS)
    return `#address-cells is ${addressCells.cells} for ${pathOf(node)}, more than ${MAX_ADDRESS_CELLS}`;
  return `#size-cells is ${sizeCells.cells} for ${pathOf(node)}`;
}

/** A `status` of `okay` or `ok`, or none: Linux' of_device_is_available(), which looks at one node only. */
export function isOkay(status: DtProperty | undefined): boolean {
  return !status || isCString(status, 'okay') || isCString(status, 'ok');
}

/** Whether a node and all its ancestors are okay: devices below a disabled bus are not populated either. */
export function isAvailable(node: DtNode): boolean {
  for (let at: DtNode | undefined = node; at; at = at.parent)
    if (!isOkay(propertyOf(at, 'status'))) return false;
  return true;
}
