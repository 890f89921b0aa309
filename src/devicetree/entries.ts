/** Every `reg`, `ranges` and `dma-ranges` entry of a tree, decoded one by one; nothing merged, nothing dropped. */
import { type DiagnosticSink, MAX_DIAGNOSTICS } from '../bytes/diagnostic.ts';
import type { Span } from '../bytes/source.ts';
import { type AddressFlags, addressFlags, type Bus, type BusKind, isOkay } from './bus.ts';
import type { CellList } from './cell-list.ts';
import { type CellCount, cellsOf } from './cells.ts';
import { entrySpan } from './passage.ts';
import { cellReadings, type EntryCells, fragmentReadings } from './readings.ts';
import {
  BEYOND_64_BIT,
  ON_NO_BUS,
  type Stop,
  type Translation,
  type TranslationStep,
  Translator,
  untranslated,
} from './translate.ts';
import { cellListOf, type DeviceTree, type DtNode, type DtProperty, pathOf, placementOf } from './tree.ts';

export type AddressItem = 'reg' | 'ranges' | 'dma-ranges';

export interface AddressEntry {
  readonly node: DtNode;
  readonly item: AddressItem;
  /** From 0. */
  readonly index: number;
  /** The cells of the entry as they stand. */
  readonly cells: readonly number[];
  /** `reg`: address on the bus that the node sits on; else on the node's own bus. Without the flags cell. */
  readonly base: bigint;
  /** In bytes; null for a `reg` on a bus without size cells. */
  readonly size: bigint | null;
  /** `ranges` and `dma-ranges`: the address on the parent's bus, all its cells as one number; null for `reg`. */
  readonly parent: bigint | null;
  /** CPU physical address of the first byte, or null and `why`. */
  readonly cpu: bigint | null;
  readonly why: string | undefined;
  /** Of the base, on buses whose addresses have a flags cell. */
  readonly flags: AddressFlags | undefined;
  /** Type of the bus that `base` is an address of. */
  readonly bus: BusKind;
  /** `parentAddress` only where there is a parent address. */
  readonly counts: {
    readonly childAddress: CellCount;
    readonly parentAddress?: CellCount;
    readonly size: CellCount;
  };
  /** The way to the CPU address, the nearest bus first. */
  readonly steps: readonly TranslationStep[];
  /** The node's and all its ancestors' `status` is okay. */
  readonly available: boolean;
  /** The entry in a blob or directory; in source the whole value. */
  readonly span: Span | undefined;
}

export interface EntryOptions {
  /** Cell counts of a fragment's properties; without them the best reading is taken. */
  readonly cells?: EntryCells | undefined;
}

/** More entries than any real tree; a bound on what a hostile one can make us hold. */
const MAX_ENTRIES = 200_000;
/**
 * Characters in the paths of all entries together: reports print them, and at the bottom of a deep tree every node has
 * a long one. A hundred times what the largest of Linux' boards has.
 */
const MAX_PATH_TEXT = 1 << 24;
/** How many cell counts that would fit a message names. */
const MAX_FITS_TOLD = 5;
/** Ranking costs more than decoding: past this many faults of one tree they are only told. */
const MAX_LEFTOVERS_RANKED = 100;

/**
 * Decodes all entries, in the order of the tree: of each node `reg`, `ranges`, `dma-ranges`. An empty `ranges` is 1:1
 * and has none. Reported are cells left over after the last whole entry and counts that were not on the bus itself.
 * In a fragment, which no tree is around, counts are as given or as the best reading has them, and the bus that the
 * node sits on is taken for the CPU's.
 */
export function addressEntries(
  tree: DeviceTree,
  sink: DiagnosticSink,
  options: EntryOptions = {},
): AddressEntry[] {
  const decoder = new EntryDecoder(tree, sink, options);
  decoder.decode(tree.root);
  return decoder.entries;
}

/** How the entries of one property are cut, and where their addresses set out from. */
interface Layout {
  readonly bus: Pick<Bus, 'kind' | 'flagCells'>;
  readonly child: CellCount;
  /** Not in `reg`, which has but one address. */
  readonly parent: CellCount | undefined;
  readonly size: CellCount;
  /** `unknown` around a fragment, whose outer bus is taken for the CPU's. */
  readonly from: Stop | 'no bus' | 'unknown';
  /** Characters in the path of the node's parent. */
  readonly pathLength: number;
}

/** A property being decoded: what its entries share. */
class EntryList {
  readonly node: DtNode;
  readonly item: AddressItem;
  readonly property: DtProperty;
  readonly cells: CellList;
  readonly layout: Layout;
  readonly available: boolean;
  readonly translator: Translator;
  /** Cells of the parts of an entry, and of all of it. */
  readonly childCells: number;
  readonly parentCells: number;
  readonly sizeCells: number;
  readonly entryCells: number;
  /** Number of whole entries. */
  readonly length: number;

  constructor(
    node: DtNode,
    item: AddressItem,
    property: DtProperty,
    cells: CellList,
    layout: Layout,
    available: boolean,
    translator: Translator,
  ) {
    this.node = node;
    this.item = item;
    this.property = property;
    this.cells = cells;
    this.layout = layout;
    this.available = available;
    this.translator = translator;
    this.childCells = layout.child.cells;
    this.parentCells = layout.parent ? layout.parent.cells : 0;
    this.sizeCells = layout.size.cells;
    this.entryCells = this.childCells + this.parentCells + this.sizeCells;
    const usable = this.childCells > 0 && this.parentCells >= 0 && this.sizeCells >= 0;
    this.length = usable ? Math.floor(cells.length / this.entryCells) : 0;
  }

  /** The cell at which the address on the outer bus begins. */
  private outerAt(index: number): number {
    const at = index * this.entryCells;
    return this.layout.parent ? at + this.childCells : at;
  }

  translationOf(index: number): Translation {
    const { from } = this.layout;
    if (from === 'no bus') return ON_NO_BUS;
    const at = this.outerAt(index);
    if (from !== 'unknown') return this.translator.translate(from, this.cells, at);
    const width = this.layout.parent ? this.parentCells : this.childCells;
    return untranslated(this.cells, at, width);
  }

  stepsOf(index: number): readonly TranslationStep[] {
    const { from } = this.layout;
    if (from === 'no bus' || from === 'unknown') return [];
    return this.translator.stepsOf(from, this.cells, this.outerAt(index));
  }
}

/** An entry as a view of its list: there are tens of thousands in a corpus, and few are looked at in full. */
class DecodedEntry implements AddressEntry {
  readonly index: number;
  private readonly list: EntryList;
  private readonly translation: Translation;

  constructor(list: EntryList, index: number, translation: Translation) {
    this.index = index;
    this.list = list;
    this.translation = translation;
  }

  get node(): DtNode {
    return this.list.node;
  }

  get item(): AddressItem {
    return this.list.item;
  }

  get available(): boolean {
    return this.list.available;
  }

  /** The entry's first cell. */
  private get start(): number {
    return this.index * this.list.entryCells;
  }

  get cells(): readonly number[] {
    const { cells, entryCells } = this.list;
    return cells.slice(this.start, this.start + entryCells);
  }

  get base(): bigint {
    const { cells, layout, childCells } = this.list;
    const { flagCells } = layout.bus;
    return cells.number(this.start + flagCells, childCells - flagCells);
  }

  get size(): bigint | null {
    const { cells, layout, childCells, parentCells, sizeCells } = this.list;
    if (sizeCells === 0 && !layout.parent) return null;
    return cells.number(this.start + childCells + parentCells, sizeCells);
  }

  get parent(): bigint | null {
    const { cells, layout, childCells, parentCells } = this.list;
    return layout.parent ? cells.number(this.start + childCells, parentCells) : null;
  }

  get cpu(): bigint | null {
    return this.translation.cpu;
  }

  get why(): string | undefined {
    return this.translation.why;
  }

  get flags(): AddressFlags | undefined {
    const { cells, layout } = this.list;
    return layout.bus.flagCells === 1 ? addressFlags(layout.bus.kind, cells.at(this.start)) : undefined;
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
    const { property, entryCells } = this.list;
    const { valueSpan } = property;
    return valueSpan && entrySpan(valueSpan, this.index, entryCells);
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
  /** Of `reg`, by the bus that the node sits on. */
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
    this.#translator = new Translator(tree.root);
  }

  /** All nodes, parents first; what is below a node that is not okay is not available either. */
  decode(root: DtNode): void {
    const nodes = [root];
    const parentsAvailable = [true];
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      const { status, reg, ranges, 'dma-ranges': dmaRanges } = placementOf(node);
      const available = parentsAvailable.pop()! && isOkay(status);
      if (reg) this.#item(node, 'reg', reg, available);
      if (ranges) this.#item(node, 'ranges', ranges, available);
      if (dmaRanges) this.#item(node, 'dma-ranges', dmaRanges, available);
      for (let index = node.children.length - 1; index >= 0; index -= 1) {
        nodes.push(node.children[index]!);
        parentsAvailable.push(available);
      }
    }
  }

  #item(node: DtNode, item: AddressItem, property: DtProperty, available: boolean): void {
    const cells = cellListOf(property);
    if (cells.byteLength === 0) return;
    const layout = this.#layout(node, item, property);
    if (!layout) return;
    const list = new EntryList(node, item, property, cells, layout, available, this.#translator);
    const { length } = list;
    if (length * list.entryCells * 4 !== cells.byteLength) this.#reportLeftover(list);
    // The names of all nodes have been read: only where one has many entries does its own length matter.
    const pathLength = layout.pathLength + (length > 1 ? node.name.length : 0);
    for (let index = 0; index < length; index += 1) {
      this.#pathText += pathLength;
      if (this.entries.length >= MAX_ENTRIES || this.#pathText > MAX_PATH_TEXT) {
        this.#reportTooMany();
        return;
      }
      const translation = list.translationOf(index);
      if (translation.obstacle === BEYOND_64_BIT) this.#reportBeyond64Bit(list, index);
      this.entries.push(new DecodedEntry(list, index, translation));
    }
  }

  #reportBeyond64Bit({ node, item, property, entryCells }: EntryList, index: number): void {
    this.#sink.add({
      severity: 'warning',
      code: 'dt/beyond-64-bit',
      message: `${item}[${index}] of ${pathOf(node)} leads to an address of more than 64 bits, which Linux would cut`,
      path: pathOf(node),
      ...(property.valueSpan ? { span: entrySpan(property.valueSpan, index, entryCells) } : {}),
    });
  }

  #reportTooMany(): void {
    if (this.#full) return;
    this.#full = true;
    this.#sink.add({
      severity: 'error',
      code: 'dt/too-large',
      message: `More than ${MAX_ENTRIES} entries, or their paths have more than ${MAX_PATH_TEXT} characters; the rest is not read`,
    });
  }

  #layout(node: DtNode, item: AddressItem, property: DtProperty): Layout | undefined {
    const inferred = this.#inferred.get(property);
    if (this.#given) return fragmentLayout(item, this.#given, 'given');
    if (inferred) return fragmentLayout(item, inferred, 'inferred');
    // The root is on no bus: what Linux never reads is no entry.
    if (item === 'reg') return node.parent && this.#regLayout(node, node.parent);
    const bus = this.#translator.busOf(node);
    this.#reportCounts(bus);
    const parent = this.#translator.busOf(node.parent ?? node);
    if (node.parent) this.#reportCounts(parent);
    return {
      bus,
      child: bus.addressCells,
      parent: parent.addressCells,
      size: bus.sizeCells,
      from: this.#from(node, item),
      pathLength: this.#translator.pathLengthOf(node.parent ?? node),
    };
  }

  #regLayout(node: DtNode, parent: DtNode): Layout {
    let layout = this.#regLayouts.get(parent);
    if (!layout) {
      const bus = this.#translator.busOf(parent);
      this.#reportCounts(bus);
      layout = {
        bus,
        child: bus.addressCells,
        parent: undefined,
        size: bus.sizeCells,
        from: this.#from(node, 'ranges'),
        pathLength: this.#translator.pathLengthOf(parent),
      };
      this.#regLayouts.set(parent, layout);
    }
    return layout;
  }

  #from(node: DtNode, item: 'ranges' | 'dma-ranges'): Layout['from'] {
    return this.#isFragment ? 'unknown' : (this.#translator.stopOf(node, item) ?? 'no bus');
  }

  /** A count that is not on the bus itself is what Linux takes and the specification does not. Once a bus. */
  #reportCounts({ node, addressCells, sizeCells }: Bus): void {
    const isSaid = ({ from }: CellCount): boolean => from === 'own' || from === 'bus type';
    if ((isSaid(addressCells) && isSaid(sizeCells)) || this.#reported.has(node)) return;
    // More than a list of diagnostics keeps are not worth their text.
    if (this.#reported.size >= MAX_DIAGNOSTICS) return;
    this.#reported.add(node);
    const missing = [
      { name: '#address-cells', count: addressCells, specified: 2 },
      { name: '#size-cells', count: sizeCells, specified: 1 },
    ].filter(({ count }) => !isSaid(count));
    for (const { name, count, specified } of missing) {
      const found =
        count.from === 'ancestor' ? `takes ${count.cells} from ${count.node}` : `assumes ${count.cells}`;
      this.#sink.add({
        severity: 'note',
        code: 'dt/cells-missing',
        message: `${pathOf(node)} has no ${name}: Linux ${found}, the specification says ${specified}`,
        path: pathOf(node),
        ...(node.span ? { span: node.span } : {}),
        hint: `say ${name} on the node`,
      });
    }
  }

  #reportLeftover(list: EntryList): void {
    const { node, item, property, layout, entryCells, length: count } = list;
    const { name, value } = property;
    const counts = [layout.child.cells, ...(layout.parent ? [layout.parent.cells] : []), layout.size.cells];
    this.#leftovers += 1;
    const ranked = value.length % 4 === 0 && value.length <= 512 && this.#leftovers <= MAX_LEFTOVERS_RANKED;
    const fits = ranked ? cellReadings(cellsOf(value), { item }).slice(0, MAX_FITS_TOLD) : [];
    const fitting = fits.map(({ cells }) =>
      (layout.parent ? [cells.child, cells.parent, cells.size] : [cells.child, cells.size]).join('/'),
    );
    this.#sink.add({
      severity: 'warning',
      code: `dt/${name}-cells`,
      message:
        `${name} of ${pathOf(node)} has ${value.length} bytes, entries of ${counts.join('/')} cells have ${entryCells * 4}: ` +
        `${value.length - Math.max(count, 0) * entryCells * 4} bytes are left over after ${count} ${count === 1 ? 'entry' : 'entries'}`,
      path: pathOf(node),
      ...(property.valueSpan ? { span: property.valueSpan } : {}),
      ...(fitting.length === 0
        ? {}
        : {
            hint: `its length would fit ${fitting.join(', ')} cells (${layout.parent ? 'child, parent, size' : 'address, size'}), the likeliest first`,
          }),
    });
  }
}

function fragmentLayout(
  item: AddressItem,
  { child, parent, size }: EntryCells,
  from: 'given' | 'inferred',
): Layout {
  const count = (cells: number): CellCount => ({ cells, from, node: '/' });
  return {
    bus: child === 3 ? { kind: 'pci', flagCells: 1 } : { kind: 'default', flagCells: 0 },
    child: count(child),
    parent: item === 'reg' ? undefined : count(parent),
    from: 'unknown',
    pathLength: 0,
    size: count(size),
  };
}
