/** Every `reg`, `ranges` and `dma-ranges` entry of a tree, decoded one by one; nothing merged, nothing dropped. */
import { type DiagnosticSink, MAX_DIAGNOSTICS } from '../bytes/diagnostic.ts';
import type { Span } from '../bytes/source.ts';
import { type AddressFlags, addressFlags, type Bus, type BusKind, isOkay } from './bus.ts';
import { type CellCount, cellsOf, number64Of, numberOf } from './cells.ts';
import { cellReadings, type EntryCells, fragmentReadings } from './readings.ts';
import { BEYOND_64_BIT, entrySpan, type Translation, type TranslationStep, Translator } from './translate.ts';
import { type DeviceTree, type DtNode, type DtProperty, pathOf } from './tree.ts';

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

/** What the entries of one property are made of. */
interface Layout {
  readonly bus: Pick<Bus, 'kind' | 'flagCells'>;
  readonly child: CellCount;
  readonly parent: CellCount | undefined;
  readonly size: CellCount;
}

/** A property being decoded; what its entries share. */
interface EntryList {
  readonly node: DtNode;
  readonly item: AddressItem;
  readonly property: DtProperty;
  readonly layout: Layout;
  readonly cells: readonly number[];
  readonly available: boolean;
}

/** Where the address on the outer bus begins in the entry at cell `at`: `reg` has but one address. */
function parentAt({ layout }: EntryList, at: number): number {
  return layout.parent ? at + layout.child.cells : at;
}

/** An entry as a view of its list: there are tens of thousands in a corpus, and few are looked at in full. */
class DecodedEntry implements AddressEntry {
  readonly #list: EntryList;
  readonly #translation: Translation;
  readonly index: number;

  constructor(list: EntryList, index: number, translation: Translation) {
    this.#list = list;
    this.index = index;
    this.#translation = translation;
  }

  get #start(): number {
    const { child, parent, size } = this.#list.layout;
    return this.index * (child.cells + (parent?.cells ?? 0) + size.cells);
  }

  get node(): DtNode {
    return this.#list.node;
  }

  get item(): AddressItem {
    return this.#list.item;
  }

  get available(): boolean {
    return this.#list.available;
  }

  get cells(): readonly number[] {
    const { child, parent, size } = this.#list.layout;
    return this.#list.cells.slice(this.#start, this.#start + child.cells + (parent?.cells ?? 0) + size.cells);
  }

  get base(): bigint {
    const { bus, child } = this.#list.layout;
    return numberOf(this.#list.cells, this.#start + bus.flagCells, child.cells - bus.flagCells);
  }

  get size(): bigint | null {
    const { child, parent, size } = this.#list.layout;
    if (size.cells === 0 && !parent) return null;
    return numberOf(this.#list.cells, this.#start + child.cells + (parent?.cells ?? 0), size.cells);
  }

  get parent(): bigint | null {
    const { parent, child } = this.#list.layout;
    return parent ? numberOf(this.#list.cells, this.#start + child.cells, parent.cells) : null;
  }

  get cpu(): bigint | null {
    return this.#translation.cpu;
  }

  get why(): string | undefined {
    return this.#translation.why;
  }

  get flags(): AddressFlags | undefined {
    const { bus } = this.#list.layout;
    return bus.flagCells === 1 ? addressFlags(bus.kind, this.#list.cells[this.#start]!) : undefined;
  }

  get bus(): BusKind {
    return this.#list.layout.bus.kind;
  }

  get counts(): AddressEntry['counts'] {
    const { child, parent, size } = this.#list.layout;
    return { childAddress: child, ...(parent ? { parentAddress: parent } : {}), size };
  }

  get steps(): readonly TranslationStep[] {
    return this.#translation.steps;
  }

  get span(): Span | undefined {
    const { valueSpan } = this.#list.property;
    const { child, parent, size } = this.#list.layout;
    const entryCells = child.cells + (parent?.cells ?? 0) + size.cells;
    return valueSpan && entrySpan(valueSpan, this.index, entryCells);
  }
}

class EntryDecoder {
  readonly entries: AddressEntry[] = [];
  readonly #tree: DeviceTree;
  readonly #sink: DiagnosticSink;
  readonly #given: EntryCells | undefined;
  readonly #inferred = new Map<DtProperty, EntryCells>();
  readonly #translator: Translator;
  readonly #reported = new Set<DtNode>();
  #full = false;
  #leftovers = 0;

  constructor(tree: DeviceTree, sink: DiagnosticSink, options: EntryOptions) {
    this.#tree = tree;
    this.#sink = sink;
    this.#given = tree.form === 'dts-fragment' ? options.cells : undefined;
    for (const { property, readings } of fragmentReadings(tree))
      if (readings[0]) this.#inferred.set(property, readings[0].cells);
    this.#translator = new Translator(tree.root);
  }

  /** All nodes, parents first; what is below a node that is not okay is not available either. */
  decode(root: DtNode): void {
    const nodes = [root];
    const parentsAvailable = [true];
    for (let node = nodes.pop(); node; node = nodes.pop()) {
      const available = this.#node(node, parentsAvailable.pop()!);
      for (let index = node.children.length - 1; index >= 0; index -= 1) {
        nodes.push(node.children[index]!);
        parentsAvailable.push(available);
      }
    }
  }

  #node(node: DtNode, parentAvailable: boolean): boolean {
    let reg: DtProperty | undefined;
    let ranges: DtProperty | undefined;
    let dmaRanges: DtProperty | undefined;
    let status: DtProperty | undefined;
    // Every property of a tree comes by here: most are told apart by the length of their name.
    for (const property of node.properties) {
      const { name } = property;
      if (name.length === 3) {
        if (name === 'reg') reg ??= property;
      } else if (name.length === 6) {
        if (name === 'ranges') ranges ??= property;
        else if (name === 'status') status ??= property;
      } else if (name.length === 10) {
        if (name === 'dma-ranges') dmaRanges ??= property;
      }
    }
    const available = parentAvailable && isOkay(status);
    if (reg) this.#property(node, 'reg', reg, available);
    if (ranges) this.#property(node, 'ranges', ranges, available);
    if (dmaRanges) this.#property(node, 'dma-ranges', dmaRanges, available);
    return available;
  }

  #property(node: DtNode, item: AddressItem, property: DtProperty, available: boolean): void {
    const { value } = property;
    if (value.length === 0) return;
    const layout = this.#layout(node, item, property);
    if (!layout) return;
    const na = layout.child.cells;
    const pna = layout.parent?.cells ?? 0;
    const ns = layout.size.cells;
    const entryCells = na + pna + ns;
    const cells = cellsOf(value);
    const usable = na > 0 && pna >= 0 && ns >= 0;
    const count = usable ? Math.floor(cells.length / entryCells) : 0;
    const list: EntryList = { node, item, property, layout, cells, available };
    if (count * entryCells * 4 !== value.length) this.#reportLeftover(list, count);
    for (let index = 0; index < count; index += 1) {
      if (this.entries.length >= MAX_ENTRIES) {
        this.#reportTooMany();
        return;
      }
      const translation = this.#translated(list, parentAt(list, index * entryCells));
      if (translation.why === BEYOND_64_BIT) this.#reportBeyond64Bit(list, index, entryCells);
      this.entries.push(new DecodedEntry(list, index, translation));
    }
  }

  /** The address that starts at cell `at`, translated. Around a fragment there is nothing to translate through. */
  #translated({ node, item, layout, cells }: EntryList, at: number): Translation {
    if (this.#tree.form !== 'dts-fragment')
      return this.#translator.translate(node, cells, at, item === 'dma-ranges' ? 'dma-ranges' : 'ranges');
    const width = (layout.parent ?? layout.child).cells;
    const flagCells = width === 3 ? 1 : 0;
    return { cpu: number64Of(cells, at + flagCells, width - flagCells), why: undefined, steps: [] };
  }

  #reportBeyond64Bit({ node, item, property }: EntryList, index: number, entryCells: number): void {
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
      message: `More than ${MAX_ENTRIES} entries; the rest is not read`,
    });
  }

  #layout(node: DtNode, item: AddressItem, property: DtProperty): Layout | undefined {
    const inferred = this.#inferred.get(property);
    if (this.#given) return fragmentLayout(item, this.#given, 'given');
    if (inferred) return fragmentLayout(item, inferred, 'inferred');
    if (item === 'reg') {
      // The root is on no bus: what Linux never reads is no entry.
      if (!node.parent) return undefined;
      const bus = this.#translator.busOf(node.parent);
      this.#reportCounts(bus);
      return { bus, child: bus.addressCells, parent: undefined, size: bus.sizeCells };
    }
    const bus = this.#translator.busOf(node);
    this.#reportCounts(bus);
    const parent = this.#translator.busOf(node.parent ?? node);
    if (node.parent) this.#reportCounts(parent);
    return { bus, child: bus.addressCells, parent: parent.addressCells, size: bus.sizeCells };
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

  #reportLeftover({ node, item, property, layout }: EntryList, count: number): void {
    const { value, name } = property;
    const counts = [layout.child.cells, ...(layout.parent ? [layout.parent.cells] : []), layout.size.cells];
    const entryCells = counts.reduce((sum, width) => sum + width, 0);
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
    size: count(size),
  };
}
