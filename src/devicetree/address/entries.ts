/** Every `reg`, `ranges` and `dma-ranges` entry of a tree, decoded one by one; nothing merged, nothing dropped. */

import type { DiagnosticSink } from '../../bytes/diagnostic.ts';
import type { Span } from '../../bytes/source.ts';
import { finding } from '../../findings/finding.ts';
import { InnerLimit, limit, moreThan, overLimit } from '../../limits/limits.ts';
import type { CellList } from '../cell-list.ts';
import {
  type DeviceTree,
  type DtNode,
  type DtProperty,
  pathOf,
  placementOf,
  propertyOf,
  walk,
} from '../tree.ts';
import { type AddressFlags, addressFlags, type Bus, type BusKind, isAvailable, isOkay } from './bus.ts';
import { entrySpan } from './bus-translation.ts';
import { type CellCount, cellsOf, isSaid } from './cells.ts';
import type { AddressingProfile, TreeRules } from './profile.ts';
import { cellReadings, type EntryCells, fragmentReadings } from './readings.ts';
import { type EntryRole, roleOf, simpleFramebuffers } from './roles.ts';
import {
  BEYOND_64_BIT,
  ON_NO_BUS,
  Stop,
  type Surroundings,
  type Translated,
  type TranslationFailure,
  type TranslationStep,
  Translator,
} from './translate.ts';

export type AddressItem = 'reg' | 'ranges' | 'dma-ranges';

export interface AddressEntry {
  readonly node: DtNode;
  readonly item: AddressItem;
  /** Undefined for `dma-ranges`. */
  readonly role: EntryRole | undefined;
  /** From 0. */
  readonly index: number;
  /** The raw cells of the entry. */
  readonly cells: readonly number[];
  /** `reg`: address on the parent bus; else on the node's own bus. Without the flags cell. */
  readonly base: bigint;
  /** In bytes; null for a `reg` on a bus without size cells. */
  readonly size: bigint | null;
  /** `ranges` and `dma-ranges`: the address on the parent's bus, all its cells as one number; null for `reg`. */
  readonly parent: bigint | null;
  /** CPU physical address of the first byte; null when it doesn't translate, with the reason in `why`. */
  readonly cpu: bigint | null;
  readonly why: string | undefined;
  /** Flags of `base`, on buses whose addresses have a flags cell. */
  readonly flags: AddressFlags | undefined;
  /** Flags of the parent address, where it has a flags cell, and its number without that cell. */
  readonly parentFlags: { readonly flags: AddressFlags; readonly number: bigint } | undefined;
  /** Type of the bus that `base` is an address on. */
  readonly bus: BusKind;
  /** `parentAddress` only where there is a parent address. */
  readonly counts: {
    readonly childAddress: CellCount;
    readonly parentAddress?: CellCount;
    readonly size: CellCount;
  };
  /** The translation to the CPU address, bus by bus, the nearest first. */
  readonly steps: readonly TranslationStep[];
  /** The node's and all its ancestors' `status` is okay. */
  readonly available: boolean;
  /** The entry in a blob or directory; in source the whole value. */
  readonly span: Span | undefined;
}

export interface EntryOptions {
  /** Cell counts of a fragment's properties; without them the best reading is taken. */
  readonly cells?: EntryCells | undefined;
  /** How the kernel translates; {@link DEFAULT_ADDRESSING} when not given. */
  readonly addressing?: AddressingProfile | undefined;
  /** The kernel's rules beyond the specification; {@link SPECIFICATION_RULES} when not given. */
  readonly rules?: TreeRules | undefined;
}

export interface DecodedEntries {
  readonly entries: AddressEntry[];
  /** Parts of the addressing profile that may change a translation in this tree. */
  readonly dependsOn: ReadonlySet<keyof AddressingProfile>;
}

/** Up to so many entries a node, its own name is not counted again towards `limit('path-bytes')`. */
const FEW_ENTRIES = 4;
const ADDRESS_ENTRIES = new InnerLimit('address-entries');
const PATH_BYTES = new InnerLimit('path-bytes');
/** Cell counts that would fit, named in a message. */
const MAX_FITS_NAMED = 5;
/** Ranking readings costs more than decoding: past this many such faults of a tree, no counts that fit are named. */
const MAX_LEFTOVERS_RANKED = 100;

/**
 * Decodes all entries in tree order: of each node `reg`, `ranges`, `dma-ranges`. An empty `ranges` is 1:1 and has none.
 * `sink` gets values that are no whole number of entries and counts that are not on the bus itself. In a fragment, which
 * has no tree around it, counts are those given or of the best reading, and its outermost bus is taken as the CPU's.
 */
export function addressEntries(
  tree: DeviceTree,
  sink: DiagnosticSink,
  options: EntryOptions = {},
): AddressEntry[] {
  return decodeEntries(tree, sink, options).entries;
}

/** The same, with the parts of the addressing profile that they depend on. */
export function decodeEntries(
  tree: DeviceTree,
  sink: DiagnosticSink,
  options: EntryOptions = {},
): DecodedEntries {
  const decoder = new EntryDecoder(tree, sink, options);
  const nodes = tree.nodes ?? [...walk(tree.root)];
  // By index, as in all loops over all nodes or entries: V8 makes an object for each step of `for … of` until it optimises.
  for (let index = 0; index < nodes.length; index += 1) decoder.decode(nodes[index]!);
  return { entries: decoder.entries, dependsOn: decoder.dependsOn };
}

/** How one property is divided into entries, and the bus that their addresses are on. */
class Layout {
  declare readonly bus: Pick<Bus, 'kind' | 'flagCells'>;
  declare readonly child: CellCount;
  /** Undefined in `reg`, which has one address only. */
  declare readonly parent: CellCount | undefined;
  declare readonly size: CellCount;
  /** The bus that translation starts from; `unknown` in a fragment, whose outermost bus is taken as the CPU's. */
  declare readonly from: Stop | 'no bus' | 'unknown';
  /** Of the node's parent. */
  declare readonly around: Surroundings;
  /** Cells ahead of the size, and of a whole entry. */
  declare readonly sizeAt: number;
  declare readonly entryCells: number;
  /** Whether these counts give entries at all. */
  declare readonly isUsable: boolean;

  constructor(
    bus: Pick<Bus, 'kind' | 'flagCells'>,
    child: CellCount,
    parent: CellCount | undefined,
    size: CellCount,
    from: Stop | 'no bus' | 'unknown',
    around: Surroundings,
  ) {
    const parentCells = parent ? parent.cells : 0;
    this.bus = bus;
    this.child = child;
    this.parent = parent;
    this.size = size;
    this.from = from;
    this.around = around;
    this.sizeAt = child.cells + parentCells;
    this.entryCells = this.sizeAt + size.cells;
    this.isUsable = child.cells > 0 && parentCells >= 0 && size.cells >= 0;
  }
}

/** The entries of one property: what they share. */
class EntryList {
  declare readonly node: DtNode;
  declare readonly item: AddressItem;
  declare readonly role: EntryRole | undefined;
  declare readonly cells: CellList;
  declare readonly layout: Layout;
  declare readonly translator: Translator;
  /** Number of whole entries. */
  declare readonly length: number;

  constructor(
    node: DtNode,
    item: AddressItem,
    role: EntryRole | undefined,
    cells: CellList,
    layout: Layout,
    translator: Translator,
  ) {
    this.node = node;
    this.item = item;
    this.role = role;
    this.cells = cells;
    this.layout = layout;
    this.translator = translator;
    this.length = layout.isUsable ? Math.floor(cells.length / layout.entryCells) : 0;
  }

  /** The size of an entry; null where there are no size cells. */
  sizeOf(index: number): bigint | null {
    const { size, parent, entryCells, sizeAt } = this.layout;
    if (size.cells === 0 && !parent) return null;
    return this.cells.number(index * entryCells + sizeAt, size.cells);
  }

  /** The cell at which the address on the outer bus begins. */
  private outerAt(index: number): number {
    const { entryCells, parent, child } = this.layout;
    return index * entryCells + (parent ? child.cells : 0);
  }

  /** The CPU address of an entry, or why it has none. In a fragment the bus address is taken as the CPU's. */
  arrivalOf(index: number): Translated {
    const { from, parent, child } = this.layout;
    const at = this.outerAt(index);
    if (from instanceof Stop) return this.translator.translate(from, this.cells, at);
    return from === 'no bus' ? ON_NO_BUS : this.cells.last64Bits(at, (parent ?? child).cells);
  }

  stepsOf(index: number): readonly TranslationStep[] {
    const { from } = this.layout;
    return from instanceof Stop ? this.translator.stepsOf(from, this.cells, this.outerAt(index)) : [];
  }
}

/**
 * An entry as a view of its list: a corpus has tens of thousands, few of which are read in full. What everyone asks for is
 * kept.
 */
class DecodedEntry implements AddressEntry {
  declare readonly node: DtNode;
  declare readonly item: AddressItem;
  declare readonly role: EntryRole | undefined;
  declare readonly index: number;
  declare readonly size: bigint | null;
  declare readonly cpu: bigint | null;
  declare private readonly list: EntryList;
  declare private readonly failure: TranslationFailure | undefined;

  constructor(list: EntryList, index: number, arrival: Translated) {
    const isArrived = typeof arrival === 'bigint';
    this.node = list.node;
    this.item = list.item;
    this.role = list.role;
    this.index = index;
    this.size = list.sizeOf(index);
    this.cpu = isArrived ? arrival : null;
    this.list = list;
    this.failure = isArrived ? undefined : arrival;
  }

  get available(): boolean {
    return this.list.layout.around.isAvailable && isOkay(propertyOf(this.node, 'status'));
  }

  /** The entry's first cell. */
  private get start(): number {
    return this.index * this.list.layout.entryCells;
  }

  get cells(): readonly number[] {
    const { cells, layout } = this.list;
    return cells.slice(this.start, this.start + layout.entryCells);
  }

  get base(): bigint {
    const { cells, layout } = this.list;
    const { flagCells } = layout.bus;
    return cells.number(this.start + flagCells, layout.child.cells - flagCells);
  }

  get parent(): bigint | null {
    const { cells, layout } = this.list;
    return layout.parent ? cells.number(this.start + layout.child.cells, layout.parent.cells) : null;
  }

  get why(): string | undefined {
    return this.failure?.why;
  }

  get flags(): AddressFlags | undefined {
    const { cells, layout } = this.list;
    return layout.bus.flagCells === 1 ? addressFlags(layout.bus.kind, cells.at(this.start)) : undefined;
  }

  get parentFlags(): AddressEntry['parentFlags'] {
    const { cells, layout } = this.list;
    const { parent, child, from } = layout;
    if (!parent || !(from instanceof Stop) || from.bus.flagCells === 0) return undefined;
    const at = this.start + child.cells;
    const flags = addressFlags(from.bus.kind, cells.at(at));
    return flags && { flags, number: cells.number(at + 1, parent.cells - 1) };
  }

  get bus(): BusKind {
    return this.list.layout.bus.kind;
  }

  get counts(): AddressEntry['counts'] {
    const { child, parent, size } = this.list.layout;
    return { childAddress: child, ...(parent ? { parentAddress: parent } : {}), size };
  }

  get steps(): readonly TranslationStep[] {
    return this.list.stepsOf(this.index);
  }

  get span(): Span | undefined {
    const { cells, layout } = this.list;
    const { start } = this;
    const exact = cells.spanOf(start, start + layout.entryCells);
    if (exact !== undefined) return exact;
    const span = propertyOf(this.node, this.item)?.valueSpan;
    return span && entrySpan(span, this.index, layout.entryCells);
  }
}

class EntryDecoder {
  readonly entries: AddressEntry[] = [];
  readonly #sink: DiagnosticSink;
  readonly #given: EntryCells | undefined;
  readonly #inferred = new Map<DtProperty, EntryCells>();
  readonly #translator: Translator;
  readonly #isFragment: boolean;
  readonly #reported = new Set<DtNode>();
  readonly #framebuffers: ReadonlySet<DtNode>;
  /** Layouts of `reg`, by parent bus. */
  readonly #regLayouts = new Map<DtNode, Layout>();
  #full = false;
  #pathText = 0;
  #leftovers = 0;

  constructor(tree: DeviceTree, sink: DiagnosticSink, options: EntryOptions) {
    this.#sink = sink;
    this.#isFragment = tree.form === 'dts-fragment';
    this.#given = this.#isFragment ? options.cells : undefined;
    for (const { property, readings } of fragmentReadings(tree))
      if (readings[0]) this.#inferred.set(property, readings[0].cells);
    this.#translator = new Translator(tree.root, options.addressing, options.rules);
    this.#framebuffers = simpleFramebuffers(tree);
  }

  get dependsOn(): ReadonlySet<keyof AddressingProfile> {
    return this.#translator.dependsOn;
  }

  decode(node: DtNode): void {
    const placement = placementOf(node);
    if (!placement) return;
    const { reg, ranges, 'dma-ranges': dmaRanges } = placement;
    if (reg) this.#item(node, 'reg', reg);
    if (ranges) this.#item(node, 'ranges', ranges);
    if (dmaRanges) this.#item(node, 'dma-ranges', dmaRanges);
  }

  #item(node: DtNode, item: AddressItem, cells: CellList): void {
    if (cells.byteLength === 0) return;
    const layout = this.#layout(node, item);
    if (!layout) return;
    const role = roleOf(node, item, this.#framebuffers);
    const list = new EntryList(node, item, role, cells, layout, this.#translator);
    const { length } = list;
    if (length * layout.entryCells * 4 !== cells.byteLength) this.#reportLeftover(list);
    // The limit bounds the text of all paths. One name a node is bounded by the input; repeated by many entries it isn't.
    const pathLength = layout.around.pathLength + (length > FEW_ENTRIES ? node.name.length : 0);
    const mostEntries = ADDRESS_ENTRIES.now;
    const mostText = PATH_BYTES.now;
    for (let index = 0; index < length; index += 1) {
      this.#pathText += pathLength;
      if (this.entries.length >= mostEntries || this.#pathText > mostText) {
        this.#reportTooMany();
        return;
      }
      const arrival = list.arrivalOf(index);
      if (arrival === BEYOND_64_BIT) this.#reportBeyond64Bit(list, index);
      this.entries.push(new DecodedEntry(list, index, arrival));
    }
  }

  #reportBeyond64Bit({ node, item, layout }: EntryList, index: number): void {
    const span = propertyOf(node, item)?.valueSpan;
    const path = pathOf(node);
    this.#sink.add(
      finding(
        'dt/beyond-64-bit',
        { item, index, path },
        { path, ...(span ? { span: entrySpan(span, index, layout.entryCells) } : {}) },
      ),
    );
  }

  #reportTooMany(): void {
    if (this.#full) return;
    this.#full = true;
    const reached =
      this.#pathText > limit('path-bytes')
        ? `Paths of entries have ${moreThan('path-bytes')}`
        : overLimit('address-entries');
    const problem = `${reached}; the rest is not read`;
    this.#sink.add(finding('dt/too-large', { problem }));
  }

  #layout(node: DtNode, item: AddressItem): Layout | undefined {
    const property = this.#isFragment && propertyOf(node, item);
    const inferred = property && this.#inferred.get(property);
    if (this.#given) return fragmentLayout(node, item, this.#given, 'given');
    if (inferred) return fragmentLayout(node, item, inferred, 'inferred');
    // The root is on no bus, and Linux never reads a `reg` of it.
    if (item === 'reg') return node.parent && this.#regLayout(node, node.parent);
    const bus = this.#translator.busOf(node);
    this.#reportCounts(bus);
    const parent = this.#translator.busOf(node.parent ?? node);
    if (node.parent) this.#reportCounts(parent);
    const from = this.#from(node, item);
    const around = this.#translator.surroundingsBelow(node.parent);
    return new Layout(bus, bus.addressCells, parent.addressCells, bus.sizeCells, from, around);
  }

  #regLayout(node: DtNode, parent: DtNode): Layout {
    let layout = this.#regLayouts.get(parent);
    if (!layout) {
      const bus = this.#translator.busOf(parent);
      this.#reportCounts(bus);
      const from = this.#from(node, 'ranges');
      const around = this.#translator.surroundingsBelow(parent);
      layout = new Layout(bus, bus.addressCells, undefined, bus.sizeCells, from, around);
      this.#regLayouts.set(parent, layout);
    }
    return layout;
  }

  #from(node: DtNode, item: 'ranges' | 'dma-ranges'): Layout['from'] {
    return this.#isFragment ? 'unknown' : (this.#translator.stopOf(node, item) ?? 'no bus');
  }

  /** Reports, once a bus, counts that Linux inherits or assumes. */
  #reportCounts({ node, addressCells, sizeCells }: Bus): void {
    if ((isSaid(addressCells) && isSaid(sizeCells)) || this.#reported.has(node)) return;
    // A list of diagnostics keeps no more than this.
    if (this.#reported.size >= limit('diagnostics')) return;
    this.#reported.add(node);
    const missing = [
      { name: '#address-cells', count: addressCells, specified: 2 },
      { name: '#size-cells', count: sizeCells, specified: 1 },
    ].filter(({ count }) => !isSaid(count));
    for (const { name, count, specified } of missing) {
      const found =
        count.from === 'ancestor' ? `takes ${count.cells} from ${count.node}` : `assumes ${count.cells}`;
      const path = pathOf(node);
      const origin = { path, ...(node.span ? { span: node.span } : {}) };
      // Whole trees have counts at the root, and a count has a cell: here a part was left out or lost.
      const isLost = count.from === 'default' || propertyOf(node, name) !== undefined;
      this.#sink.add(
        isLost
          ? finding('dt/cells-lost', { path, name, found, specified }, origin)
          : finding('dt/cells-missing', { path, name, found, specified }, origin),
      );
    }
  }

  #reportLeftover(list: EntryList): void {
    const { node, item, layout, length: count } = list;
    const { entryCells } = layout;
    const property = propertyOf(node, item)!;
    const { value } = property;
    const counts = [layout.child.cells, ...(layout.parent ? [layout.parent.cells] : []), layout.size.cells];
    this.#leftovers += 1;
    const ranked = value.length % 4 === 0 && value.length <= 512 && this.#leftovers <= MAX_LEFTOVERS_RANKED;
    const fits = ranked ? cellReadings(cellsOf(value), { item }).slice(0, MAX_FITS_NAMED) : [];
    const fitting = fits.map(({ cells }) =>
      (layout.parent ? [cells.child, cells.parent, cells.size] : [cells.child, cells.size]).join('/'),
    );
    const path = pathOf(node);
    this.#sink.add(
      finding(
        `dt/${item}-cells`,
        {
          name: item,
          path,
          length: value.length,
          counts: counts.join('/'),
          entryBytes: entryCells * 4,
          entries: count,
          fitting,
          order: layout.parent ? 'child, parent, size' : 'address, size',
        },
        { path, ...(property.valueSpan ? { span: property.valueSpan } : {}) },
      ),
    );
  }
}

function fragmentLayout(
  node: DtNode,
  item: AddressItem,
  { child, parent, size }: EntryCells,
  from: 'given' | 'inferred',
): Layout {
  const count = (cells: number): CellCount => ({ cells, from, node: '/' });
  return new Layout(
    child === 3 ? { kind: 'pci', flagCells: 1 } : { kind: 'default', flagCells: 0 },
    count(child),
    item === 'reg' ? undefined : count(parent),
    count(size),
    'unknown',
    { pathLength: 0, isAvailable: node.parent === undefined || isAvailable(node.parent) },
  );
}
