/**
 * Translation of bus addresses to CPU addresses through the `ranges` of each bus on the way to the root, step by step
 * as Linux' drivers/of/address.c does it (__of_translate_address, of_translate_one).
 *
 * Where Linux and the Devicetree Specification 0.4 differ, Linux is followed: only the first byte of a region is
 * translated, its end may lie outside the entry; base + size of an entry wraps at 2^64; a bus without `dma-ranges`
 * is 1:1 for DMA; a bus whose children have no size cells translates nothing.
 */
import type { Span } from '../bytes/source.ts';
import { type Bus, type BusKind, busOf, sameSpace, unusableCounts } from './bus.ts';
import { type CellCount, cellsOf, firstCell, number64Of } from './cells.ts';
import { type DtNode, pathOf, propertyOf, walk } from './tree.ts';

export type TranslationItem = 'ranges' | 'dma-ranges';

/** The passage of one bus: from its children's addresses to those of the bus it sits on. */
export interface TranslationStep {
  readonly bus: DtNode;
  readonly item: TranslationItem;
  /** Type of the bus on the children's side. */
  readonly kind: BusKind;
  /** By an entry, or 1:1 because the property is empty or (`dma-ranges` only) missing. */
  readonly how: 'entry' | 'empty' | 'missing';
  readonly counts: { readonly child: CellCount; readonly parent: CellCount; readonly size: CellCount };
  /** The entry that matched, from 0, and what it says; addresses without a flags cell. */
  readonly index?: number;
  readonly entry?: { readonly child: bigint; readonly parent: bigint; readonly size: bigint };
  readonly span?: Span;
  /** The address before and after. */
  readonly from: bigint;
  readonly to: bigint;
}

export interface Translation {
  /** CPU address, or null with the reason. */
  readonly cpu: bigint | null;
  readonly why?: string;
  /** The buses passed, the nearest first; those before the one that stopped it, too. */
  readonly steps: readonly TranslationStep[];
}

/** What Linux returns for an address that can't be translated; so no address can be this one. */
const OF_BAD_ADDR = 0xffff_ffff_ffff_ffffn;

/** More passages than a path can have: only `interconnects` that lead in a circle. */
const MAX_STEPS = 2048;

const wrap64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** `ranges` or `dma-ranges` of a bus, as cells. */
interface Passage {
  readonly cells: readonly number[];
  readonly isEmpty: boolean;
  readonly span: Span | undefined;
}

/** Translates addresses of one tree; what it finds out about buses is kept. */
export class Translator {
  readonly #root: DtNode;
  readonly #buses = new Map<DtNode, Bus>();
  readonly #passages = {
    ranges: new Map<DtNode, Passage | null>(),
    'dma-ranges': new Map<DtNode, Passage | null>(),
  };
  #phandles: Map<number, DtNode> | undefined;

  constructor(root: DtNode) {
    this.#root = root;
  }

  busOf(node: DtNode): Bus {
    let bus = this.#buses.get(node);
    if (!bus) {
      bus = busOf(node);
      this.#buses.set(node, bus);
    }
    return bus;
  }

  /**
   * Translates an address of the bus that `node` sits on, given as cells, flags cell included.
   * @param item `ranges` for what the CPU sees, `dma-ranges` for what a device sees of memory
   */
  translate(node: DtNode, address: readonly number[], item: TranslationItem): Translation {
    const steps: TranslationStep[] = [];
    const stopped = (why: string): Translation => ({ cpu: null, why, steps });
    let device = node;
    let parent = this.#parentOf(device, item);
    if (!parent) return stopped(`${pathOf(node)} is on no bus`);
    let bus = this.#busFor(device, parent);
    const unusable = unusableCounts(bus.addressCells.cells, bus.sizeCells.cells, parent);
    if (unusable) return stopped(unusable);
    const cells = address.slice(0, bus.addressCells.cells);
    while (steps.length < MAX_STEPS) {
      device = parent;
      parent = this.#parentOf(device, item);
      if (!parent) {
        const cpu = number64Of(cells, 0, bus.addressCells.cells);
        return cpu === OF_BAD_ADDR
          ? stopped('the address is 2^64 - 1, which Linux takes for none')
          : { cpu, steps };
      }
      const outer = this.#busFor(device, parent);
      const tooWide = unusableCounts(outer.addressCells.cells, outer.sizeCells.cells, parent);
      if (tooWide) return stopped(tooWide);
      const step = this.#pass(device, bus, outer, cells, item);
      if (typeof step === 'string') return stopped(step);
      steps.push(step);
      bus = outer;
    }
    return stopped('the interconnects lead in a circle');
  }

  /**
   * The bus that `device` sits on: its type is that of `parent`, but counts that the type doesn't fix are those of the
   * device's own parent in the tree, also where DMA goes another way (of_bus_default_count_cells).
   */
  #busFor(device: DtNode, parent: DtNode): Bus {
    const bus = this.busOf(parent);
    if (device.parent === parent || !device.parent || bus.kind === 'pci' || bus.kind === 'isa') return bus;
    const { addressCells, sizeCells } = busOf(device.parent);
    return { ...bus, addressCells, sizeCells };
  }

  /** Moves the address in `cells` from a bus to the one it sits on; a text says why that can't be. */
  #pass(
    device: DtNode,
    bus: Bus,
    outer: Bus,
    cells: number[],
    item: TranslationItem,
  ): TranslationStep | string {
    const na = bus.addressCells.cells;
    const ns = bus.sizeCells.cells;
    const pna = outer.addressCells.cells;
    const passage = this.#passage(device, item);
    if (!passage && item === 'ranges') return `no ranges in ${pathOf(device)}`;
    const common = {
      bus: device,
      item,
      kind: bus.kind,
      counts: { child: bus.addressCells, parent: outer.addressCells, size: bus.sizeCells },
      from: number64Of(cells, bus.flagCells, na - bus.flagCells),
    };
    if (!passage || passage.isEmpty) {
      // All cells count here, a flags cell too; only the flags cells of the outer bus are passed on.
      const offset = number64Of(cells, 0, na);
      cells.length = pna;
      for (let index = outer.flagCells; index < pna; index += 1) cells[index] = 0;
      for (let index = 0; index < outer.flagCells; index += 1) cells[index] ??= 0;
      addOffset(cells, offset, outer.flagCells);
      const to = number64Of(cells, outer.flagCells, pna - outer.flagCells);
      return { ...common, how: passage ? 'empty' : 'missing', to };
    }
    const entries = passage.cells;
    const entryCells = na + pna + ns;
    for (let index = 0, at = 0; at + entryCells <= entries.length; index += 1, at += entryCells) {
      if (bus.flagCells === 1 && !sameSpace(bus.kind, cells[0]!, entries[at]!)) continue;
      const child = number64Of(entries, at + bus.flagCells, na - bus.flagCells);
      const size = number64Of(entries, at + na + pna, ns);
      if (common.from < child || common.from >= wrap64(child + size)) continue;
      const offset = common.from - child;
      if (offset === OF_BAD_ADDR) continue;
      cells.length = pna;
      for (let cell = 0; cell < pna; cell += 1) cells[cell] = entries[at + na + cell]!;
      const parent = number64Of(cells, outer.flagCells, pna - outer.flagCells);
      addOffset(cells, offset, outer.flagCells);
      return {
        ...common,
        how: 'entry',
        index,
        entry: { child, parent, size },
        ...(passage.span ? { span: entrySpan(passage.span, index, entryCells) } : {}),
        to: number64Of(cells, outer.flagCells, pna - outer.flagCells),
      };
    }
    return `not in the ${item} of ${pathOf(device)}`;
  }

  #passage(node: DtNode, item: TranslationItem): Passage | undefined {
    const known = this.#passages[item].get(node);
    if (known !== undefined) return known ?? undefined;
    const property = propertyOf(node, item);
    const passage = property && {
      cells: cellsOf(property.value),
      isEmpty: property.value.length === 0,
      span: property.valueSpan,
    };
    this.#passages[item].set(node, passage ?? null);
    return passage;
  }

  /** Where addresses go from a node: to its parent, for DMA to the interconnect named `dma-mem` (__of_get_dma_parent). */
  #parentOf(node: DtNode, item: TranslationItem): DtNode | undefined {
    if (item === 'ranges') return node.parent;
    const names = propertyOf(node, 'interconnect-names');
    const interconnects = names && propertyOf(node, 'interconnects');
    if (!names || !interconnects) return node.parent;
    const index = Buffer.from(names.value).toString('latin1').split('\0').slice(0, -1).indexOf('dma-mem');
    return (index >= 0 && this.#interconnect(cellsOf(interconnects.value), index)) || node.parent;
  }

  /** The provider of entry `index` of an `interconnects` list: phandles, each followed by its `#interconnect-cells`. */
  #interconnect(cells: readonly number[], index: number): DtNode | undefined {
    for (let at = 0, entry = 0; at < cells.length; entry += 1) {
      const provider = this.#byPhandle(cells[at]!);
      const count = provider && propertyOf(provider, '#interconnect-cells');
      const argumentCells = count && firstCell(count);
      if (argumentCells === undefined || at + 1 + argumentCells > cells.length) return undefined;
      if (entry === index) return provider;
      at += 1 + argumentCells;
    }
    return undefined;
  }

  #byPhandle(phandle: number): DtNode | undefined {
    if (!this.#phandles) {
      this.#phandles = new Map();
      for (const node of walk(this.#root)) {
        const property = propertyOf(node, 'phandle') ?? propertyOf(node, 'linux,phandle');
        const value = property && firstCell(property);
        if (value !== undefined && !this.#phandles.has(value)) this.#phandles.set(value, node);
      }
    }
    return this.#phandles.get(phandle);
  }
}

/** Adds to the number that the cells after the flags make; as in Linux it has 64 bits, or 32 where there is one cell. */
function addOffset(cells: number[], offset: bigint, flagCells: number): void {
  const count = cells.length - flagCells;
  if (count <= 0) return;
  const sum = wrap64(number64Of(cells, flagCells, count) + offset);
  for (let index = flagCells; index < cells.length; index += 1) cells[index] = 0;
  if (count > 1) cells[cells.length - 2] = Number(sum >> 32n);
  cells[cells.length - 1] = Number(sum & 0xffffffffn);
}

/** Entry `index` of a list of entries that are `entryCells` long; of text only the whole list has a place. */
export function entrySpan(list: Span, index: number, entryCells: number): Span {
  if (list.source.form === 'text') return list;
  const start = list.start + index * entryCells * 4;
  return { ...list, start, end: start + entryCells * 4 };
}
