/**
 * Reads cells whose counts are unknown: every way to divide the list into whole entries, ranked by how plausible the
 * resulting addresses and sizes are. The reasons for and against each are kept, with their weights.
 */
import { FOUR_GIB, formatSize, hex } from '../../bytes/address.ts';
import { latin1Text } from '../../bytes/text-encoding.ts';
import { type DeviceTree, type DtNode, type DtProperty, propertyOf, walk } from '../tree.ts';
import { cellsOf, firstCell, numberOf } from './cells.ts';

export type CellItem = 'reg' | 'ranges' | 'dma-ranges';

/**
 * How many cells the parts of an entry have. Of `reg`, `child` is the address (on the bus that the node sits on) and
 * `parent` is 0.
 */
export interface EntryCells {
  readonly child: number;
  readonly parent: number;
  readonly size: number;
}

export interface ReadingEntry {
  /** Without the flags cell, which is the first of three. */
  readonly child: bigint;
  /** Null for `reg`. */
  readonly parent: bigint | null;
  /** Null when there are no size cells. */
  readonly size: bigint | null;
}

/** A reason for or (with a negative weight) against a reading. */
export interface ReadingReason {
  readonly id:
    | 'binding'
    | 'boot-shim'
    | 'identity'
    | 'aligned'
    | 'naturally-aligned'
    | 'power-of-two'
    | 'round-end'
    | 'usual-counts'
    | 'pci-flags'
    | 'overlap'
    | 'size-zero'
    | 'beyond-64-bit'
    | 'beyond-52-bit';
  /** In words, without a full stop. */
  readonly says: string;
  readonly weight: number;
}

export interface Reading {
  readonly cells: EntryCells;
  readonly entries: readonly ReadingEntry[];
  /** Sum of the reasons' weights. */
  readonly score: number;
  /** The heaviest first. */
  readonly reasons: readonly ReadingReason[];
}

export interface ReadingOptions {
  readonly item: CellItem;
  /** Counts that are known; readings that differ are left out. */
  readonly known?: Partial<EntryCells> | undefined;
  /** `compatible` of the node, where a binding may fix counts. */
  readonly compatible?: readonly string[] | undefined;
}

/** Windows of a bus are usually multiples of a page. */
const PAGE = 4096n;
/** Registers are aligned to a cell. */
const REGISTER_ALIGNMENT = 4n;
/** No CPU that Linux runs on has wider physical addresses. */
const WIDEST_PHYSICAL_ADDRESS = 1n << 52n;
/** Longer lists are not ranked, which bounds the work. */
const MAX_CELLS = 4096;

/**
 * All readings of a list of cells, the best first; none for more than {@link MAX_CELLS} cells. Addresses have 1 to 3 cells
 * (the first of three is flags, as on PCI), sizes 1 or 2, in `reg` also none.
 */
export function cellReadings(cells: readonly number[], options: ReadingOptions): Reading[] {
  const isReg = options.item === 'reg';
  const { known = {} } = options;
  const wanted = (count: number | undefined, usual: readonly number[]): readonly number[] =>
    count === undefined ? usual : [count];
  const readings: Reading[] = [];
  if (cells.length > MAX_CELLS) return readings;
  for (const child of wanted(known.child, [1, 2, 3]))
    for (const parent of isReg ? [0] : wanted(known.parent, [1, 2, 3]))
      for (const size of wanted(known.size, isReg ? [0, 1, 2] : [1, 2])) {
        const entryCells = child + parent + size;
        if (entryCells === 0 || cells.length === 0 || cells.length % entryCells !== 0) continue;
        readings.push(reading(cells, { child, parent, size }, options));
      }
  return readings.sort((a, b) => b.score - a.score || a.entries.length - b.entries.length);
}

function reading(cells: readonly number[], counts: EntryCells, options: ReadingOptions): Reading {
  const { child, parent, size } = counts;
  const entryCells = child + parent + size;
  const flagCells = child === 3 ? 1 : 0;
  const entries: ReadingEntry[] = [];
  for (let at = 0; at < cells.length; at += entryCells)
    entries.push({
      child: numberOf(cells, at + flagCells, child - flagCells),
      parent: parent === 0 ? null : numberOf(cells, at + child, parent),
      size: size === 0 ? null : numberOf(cells, at + child + parent, size),
    });
  const reasons = [
    ...bindingReasons(counts, options),
    ...shapeReasons(cells, counts),
    ...numberReasons(entries, options.item === 'reg'),
  ].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return { cells: counts, entries, score: reasons.reduce((sum, { weight }) => sum + weight, 0), reasons };
}

/** Bindings that fix the counts below a node. */
const BINDINGS = [
  {
    compatible: 'microsoft,vmbus',
    child: 2,
    size: 1,
    says: 'the binding of microsoft,vmbus has #address-cells = 2 and #size-cells = 1',
  },
] as const;

function bindingReasons({ child, parent, size }: EntryCells, options: ReadingOptions): ReadingReason[] {
  const binding = BINDINGS.find(({ compatible }) =>
    options.compatible?.some((name) => name.toLowerCase() === compatible),
  );
  if (!binding || options.item === 'reg') return [];
  if (child === binding.child && size === binding.size)
    return [{ id: 'binding', says: binding.says, weight: 4 }];
  if (child === 2 && parent === 2 && size === 2)
    return [
      {
        id: 'boot-shim',
        says: "OpenHCL's boot shim writes 2, 2 and 2 cells, against the binding's #size-cells = 1",
        weight: 3,
      },
    ];
  return [{ id: 'binding', says: `against the binding: ${binding.says}`, weight: -4 }];
}

/** Reasons from the counts and the flags cell. */
function shapeReasons(cells: readonly number[], { child, parent, size }: EntryCells): ReadingReason[] {
  const reasons: ReadingReason[] = [];
  if (child !== 3 && parent !== 3 && (parent === 0 || child === parent))
    reasons.push({
      id: 'usual-counts',
      says: 'addresses on both sides have the same number of cells',
      weight: 1,
    });
  if (child === 3) {
    const flags: number[] = [];
    for (let at = 0; at < cells.length; at += child + parent + size) flags.push(cells[at]!);
    // npt000ss with a space other than configuration, and no bus, device or function: a window of a host bridge.
    const plausible = flags.every((cell) => (cell & 0x1cffffff) === 0 && (cell & 0x03000000) !== 0);
    reasons.push(
      plausible
        ? { id: 'pci-flags', says: 'the first cell is the flags of a PCI window', weight: 4 }
        : {
            id: 'pci-flags',
            says: `the first of three address cells would be flags, but ${hex(flags[0]!)} is not the flags of a PCI window`,
            weight: -4,
          },
    );
  }
  if (parent === 3)
    reasons.push({ id: 'usual-counts', says: 'three parent address cells only occur below PCI', weight: -2 });
  return reasons;
}

function numberReasons(entries: readonly ReadingEntry[], isReg: boolean): ReadingReason[] {
  const reasons: ReadingReason[] = [];
  const add = (id: ReadingReason['id'], weight: number, says: string): void => {
    reasons.push({ id, says, weight });
  };
  const addresses = entries.flatMap(({ child, parent }) => (parent === null ? [child] : [child, parent]));
  const sizes = entries.flatMap(({ size }) => (size === null ? [] : [size]));
  const granule = isReg ? REGISTER_ALIGNMENT : PAGE;

  if (!isReg) {
    if (entries.every(({ child, parent }) => child === parent)) add('identity', 4, 'child equals parent');
    else add('identity', -1, 'child and parent differ');
  }
  const unaligned = addresses.find((address) => address % granule !== 0n);
  if (unaligned === undefined) add('aligned', 2, `aligned to ${formatSize(granule)}`);
  else add('aligned', -3, `the address ${hex(unaligned)} is not aligned to ${formatSize(granule)}`);

  if (sizes.some((size) => size === 0n)) add('size-zero', -4, 'an entry has size 0');
  else if (sizes.length > 0) sizeReasons(entries, sizes, granule, add);

  const overlap = overlapping(entries);
  if (overlap) add('overlap', -4, `entries overlap at ${hex(overlap)}`);
  const ends = entries.map(({ child, parent, size }) => (parent ?? child) + (size ?? 1n));
  const wide = [...ends, ...entries.map(({ child, size }) => child + (size ?? 1n))];
  if (wide.some((end) => end > 1n << 64n)) add('beyond-64-bit', -8, 'an entry reaches beyond 64 bits');
  else if (wide.some((end) => end > WIDEST_PHYSICAL_ADDRESS))
    add('beyond-52-bit', -5, 'an entry reaches beyond 52 bits, the widest physical address of any CPU');
  return reasons;
}

function sizeReasons(
  entries: readonly ReadingEntry[],
  sizes: readonly bigint[],
  granule: bigint,
  add: (id: ReadingReason['id'], weight: number, says: string) => void,
): void {
  const odd = sizes.find((size) => size % granule !== 0n);
  if (odd !== undefined)
    add('aligned', -2, `the size ${hex(odd)} is not a multiple of ${formatSize(granule)}`);
  if (sizes.every((size) => (size & (size - 1n)) === 0n))
    add(
      'power-of-two',
      1,
      `sizes are powers of two: ${[...new Set(sizes)].slice(0, 3).map(formatSize).join(', ')}`,
    );
  if (entries.every(({ child, parent, size }) => (parent ?? child) % size! === 0n))
    add('naturally-aligned', 1, 'addresses are multiples of the sizes');
  const round = entries
    .map(({ child, parent, size }) => (parent ?? child) + size!)
    .find((end) => end % FOUR_GIB === 0n && end <= WIDEST_PHYSICAL_ADDRESS);
  if (round !== undefined) add('round-end', 2, `ends at ${formatSize(round)}`);
}

/** The first address that two entries share, on the parent's side (in `reg`, on the bus); undefined when there is none. */
function overlapping(entries: readonly ReadingEntry[]): bigint | undefined {
  const ranges = entries
    .map(({ child, parent, size }) => ({ start: parent ?? child, end: (parent ?? child) + (size ?? 1n) }))
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  for (let index = 1; index < ranges.length; index += 1)
    if (ranges[index]!.start < ranges[index - 1]!.end) return ranges[index]!.start;
  return undefined;
}

/** A property of a fragment, and how its cells may be read. */
export interface FragmentReading {
  readonly node: DtNode;
  readonly item: CellItem;
  readonly property: DtProperty;
  readonly cells: readonly number[];
  /** The best first; none when no counts fit the length. */
  readonly readings: readonly Reading[];
}

/**
 * The readings of every `reg`, `ranges` and `dma-ranges` in a fragment; none for a tree of another form. Counts that the
 * fragment itself has, on the node or its parent, are known.
 */
export function fragmentReadings(tree: DeviceTree): FragmentReading[] {
  const found: FragmentReading[] = [];
  if (tree.form !== 'dts-fragment') return found;
  for (const node of walk(tree.root)) {
    const compatible = propertyOf(node, 'compatible');
    for (const item of ['reg', 'ranges', 'dma-ranges'] as const) {
      const property = propertyOf(node, item);
      if (!property || property.value.length === 0) continue;
      const cells = cellsOf(property.value);
      const known = item === 'reg' ? knownBelow(node.parent) : { ...knownBelow(node), ...parentOf(node) };
      const readings =
        property.value.length % 4 === 0
          ? cellReadings(cells, {
              item,
              known,
              compatible: compatible && latin1Text(compatible.value).split('\0'),
            })
          : [];
      found.push({ node, item, property, cells, readings });
    }
  }
  return found;
}

/** The counts that a node has for its children. */
function knownBelow(bus: DtNode | undefined): Partial<EntryCells> {
  const addressCells = bus && propertyOf(bus, '#address-cells');
  const sizeCells = bus && propertyOf(bus, '#size-cells');
  const child = addressCells && firstCell(addressCells);
  const size = sizeCells && firstCell(sizeCells);
  return { ...(child === undefined ? {} : { child }), ...(size === undefined ? {} : { size }) };
}

function parentOf(node: DtNode): Partial<EntryCells> {
  const { child } = knownBelow(node.parent);
  return child === undefined ? {} : { parent: child };
}
