/**
 * Translation of bus addresses to CPU addresses through the `ranges` of each bus on the way to the root, step by step
 * as Linux' drivers/of/address.c does it (__of_translate_address, of_translate_one).
 *
 * Where Linux and the Devicetree Specification 0.4 differ, Linux is followed: only the first byte of a region is
 * translated, its end may lie outside the entry; base + size of an entry wraps at 2^64; a bus without `dma-ranges`
 * is 1:1 for DMA; a bus whose children have no size cells translates nothing.
 */
import type { Span } from '../bytes/source.ts';
import { type Bus, type BusKind, busOf, sameSpace } from './bus.ts';
import { type BusCounts, type CellCount, cellsOf, countsBelow, firstCell, number64Of } from './cells.ts';
import { type DtNode, MAX_NODE_DEPTH, pathOf, propertyOf, walk } from './tree.ts';

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
  readonly index: number | undefined;
  readonly entry: { readonly child: bigint; readonly parent: bigint; readonly size: bigint } | undefined;
  readonly span: Span | undefined;
  /** The address before and after. */
  readonly from: bigint;
  readonly to: bigint;
}

export interface Translation {
  /** CPU address, or null with the reason. */
  readonly cpu: bigint | null;
  readonly why: string | undefined;
  /** The buses passed, the nearest first; those before the one that stopped it, too. */
  readonly steps: readonly TranslationStep[];
}

/** What Linux returns for an address that can't be translated; so no address can be this one. */
const OF_BAD_ADDR = 0xffff_ffff_ffff_ffffn;

/** Why an address is refused that Linux would cut to its last 64 bits. */
export const BEYOND_64_BIT = 'the address has more than 64 bits';

/** More passages than a path can have: only `interconnects` that lead in a circle. */
const MAX_STEPS = 2 * MAX_NODE_DEPTH;
/**
 * Work that the translations of one tree may take together: each entry of `ranges` that is looked at counts one, each
 * passage of a bus ten. The largest real trees take a hundredth of it.
 */
const MAX_WORK = 3_000_000;
const PASSAGE_WORK = 10;

/**
 * An address on the way up. In the kernel it is an array of up to four cells; of that only two things are ever looked
 * at: the first cell (flags, on buses that have them) and the 64-bit number that the cells after the flags end in.
 */
interface Moving {
  first: number;
  value: bigint;
}

/** A bus that addresses are on while they move, with the ways that lead on from it. */
class Stop {
  readonly bus: Bus;
  /** What the tree's properties say, whatever the type of the bus makes of it. */
  readonly counts: BusCounts;
  ranges: Next | undefined;
  'dma-ranges': Next | undefined;

  constructor(bus: Bus, counts: BusCounts) {
    this.bus = bus;
    this.counts = counts;
  }
}

/** Where an address goes from a bus: through a passage, to the CPU when the bus is the root's, or nowhere. */
type Next = Passage | 'root' | { readonly why: string };

/** The way through a bus node to the bus it sits on, with its entries taken apart. */
class Passage {
  readonly device: DtNode;
  readonly item: TranslationItem;
  readonly inner: Bus;
  readonly outer: Bus;
  readonly to: Stop;
  readonly how: 'entries' | 'empty' | 'missing';
  readonly counts: TranslationStep['counts'];
  readonly #span: Span | undefined;
  readonly #cells: readonly number[];
  readonly #entryCells: number;
  #notIn: string | undefined;
  /**
   * First and one past the last address of each entry as doubles, which keep the order of what they round. Buses with
   * hundreds of entries are searched thousands of times, and these are compared much faster than bigints are; an entry
   * that may have the address is then looked at exactly.
   */
  readonly #low: number[] = [];
  readonly #high: number[] = [];

  constructor(device: DtNode, item: TranslationItem, inner: Bus, to: Stop) {
    const outer = to.bus;
    this.device = device;
    this.item = item;
    this.inner = inner;
    this.outer = outer;
    this.to = to;
    this.counts = { child: inner.addressCells, parent: outer.addressCells, size: inner.sizeCells };
    this.#entryCells = inner.addressCells.cells + outer.addressCells.cells + inner.sizeCells.cells;
    const property = propertyOf(device, item);
    this.#span = property?.valueSpan;
    this.how = !property ? 'missing' : property.value.length === 0 ? 'empty' : 'entries';
    this.#cells = property ? cellsOf(property.value) : [];
    const na = inner.addressCells.cells;
    const sizeAt = na + outer.addressCells.cells;
    for (let at = 0; at + this.#entryCells <= this.#cells.length; at += this.#entryCells) {
      const child = roundedNumberOf(this.#cells, at + inner.flagCells, na - inner.flagCells);
      const end = child + roundedNumberOf(this.#cells, at + sizeAt, inner.sizeCells.cells);
      this.#low.push(child);
      // A sum of rounded numbers may itself be a little low.
      this.#high.push(end <= Number.MAX_SAFE_INTEGER ? end : end * (1 + 2 * Number.EPSILON));
    }
  }

  /** Number of entries. */
  get length(): number {
    return this.#low.length;
  }

  entryAt(index: number): { child: bigint; parent: bigint; size: bigint } {
    const { inner, outer } = this;
    const at = index * this.#entryCells;
    const na = inner.addressCells.cells;
    const pna = outer.addressCells.cells;
    return {
      child: number64Of(this.#cells, at + inner.flagCells, na - inner.flagCells),
      parent: number64Of(this.#cells, at + na + outer.flagCells, pna - outer.flagCells),
      size: number64Of(this.#cells, at + na + pna, inner.sizeCells.cells),
    };
  }

  /** What to say about an address that no entry has. */
  get notIn(): string {
    this.#notIn ??= `not in the ${this.item} of ${pathOf(this.device)}`;
    return this.#notIn;
  }

  spanOf(index: number): Span | undefined {
    return this.#span && entrySpan(this.#span, index, this.#entryCells);
  }

  /** Moves an address to the outer bus. Undefined when no entry has it. */
  pass(address: Moving): Step | 'beyond-64-bit' | undefined {
    const { inner, outer } = this;
    const from = address.value;
    const width = outer.addressCells.cells - outer.flagCells;
    if (this.how !== 'entries') {
      // All cells count here, a flags cell too; on the outer bus the first one is taken for its flags.
      const offset = inner.kind === 'isa' ? (BigInt(address.first) << 32n) | from : from;
      address.value = width === 1 ? offset & 0xffffffffn : offset;
      if (outer.flagCells === 0) address.first = firstOf(address.value, width);
      return new Step(this, -1, from, address.value);
    }
    const about = Number(from);
    const low = this.#low;
    const high = this.#high;
    for (let index = 0; index < low.length; index += 1) {
      if (about < low[index]! || about > high[index]!) continue;
      const at = index * this.#entryCells;
      if (inner.flagCells === 1 && !sameSpace(inner.kind, address.first, this.#cells[at]!)) continue;
      const { child, parent, size } = this.entryAt(index);
      // As in the kernel the end wraps: an entry that would reach beyond 2^64 contains nothing.
      if (from < child || from >= BigInt.asUintN(64, child + size)) continue;
      const sum = parent + (from - child);
      const parentAt = at + inner.addressCells.cells;
      if (sum > OF_BAD_ADDR || isBeyond64Bit(this.#cells, parentAt, outer)) return 'beyond-64-bit';
      address.value = width === 1 ? sum & 0xffffffffn : sum;
      address.first = outer.flagCells === 1 ? this.#cells[parentAt]! : firstOf(address.value, width);
      return new Step(this, index, from, address.value);
    }
    return undefined;
  }
}

/** As number64Of, rounded to a double. */
function roundedNumberOf(cells: readonly number[], start: number, count: number): number {
  if (count === 1) return cells[start]!;
  return count < 1 ? 0 : cells[start + count - 2]! * 0x1_0000_0000 + cells[start + count - 1]!;
}

/** The first of `width` cells that hold a number of 64 bits, or of 32 when there is one. */
function firstOf(value: bigint, width: number): number {
  if (width === 1) return Number(value);
  return width === 2 ? Number(value >> 32n) : 0;
}

class Step implements TranslationStep {
  readonly #passage: Passage;
  readonly #index: number;
  readonly from: bigint;
  readonly to: bigint;

  constructor(passage: Passage, index: number, from: bigint, to: bigint) {
    this.#passage = passage;
    this.#index = index;
    this.from = from;
    this.to = to;
  }

  get bus(): DtNode {
    return this.#passage.device;
  }

  get item(): TranslationItem {
    return this.#passage.item;
  }

  get kind(): BusKind {
    return this.#passage.inner.kind;
  }

  get how(): 'entry' | 'empty' | 'missing' {
    return this.#passage.how === 'entries' ? 'entry' : this.#passage.how;
  }

  get counts(): TranslationStep['counts'] {
    return this.#passage.counts;
  }

  get index(): number | undefined {
    return this.#index < 0 ? undefined : this.#index;
  }

  get entry(): TranslationStep['entry'] {
    return this.#index < 0 ? undefined : this.#passage.entryAt(this.#index);
  }

  get span(): Span | undefined {
    return this.#index < 0 ? undefined : this.#passage.spanOf(this.#index);
  }
}

const NO_STEPS: readonly TranslationStep[] = [];

/** Translates addresses of one tree; what it finds out about buses is kept. */
export class Translator {
  readonly #root: DtNode;
  readonly #stops = new Map<DtNode, Stop>();
  #phandles: Map<number, DtNode> | undefined;
  /** Done so far, towards {@link MAX_WORK}. */
  #work = 0;

  constructor(root: DtNode) {
    this.#root = root;
  }

  busOf(node: DtNode): Bus {
    return this.#stopAt(node).bus;
  }

  #stopAt(node: DtNode): Stop {
    let stop = this.#stops.get(node);
    if (!stop) {
      // As deep as nodes may nest: MAX_NODE_DEPTH.
      const counts = countsBelow(node, node.parent && this.#stopAt(node.parent).counts);
      stop = new Stop(busOf(node, counts), counts);
      this.#stops.set(node, stop);
    }
    return stop;
  }

  /**
   * Translates an address of the bus that `node` sits on, given as cells, flags cell included.
   * @param cells cells from `at` on are the address
   * @param item `ranges` for what the CPU sees, `dma-ranges` for what a device sees of memory
   */
  translate(node: DtNode, cells: readonly number[], at: number, item: TranslationItem): Translation {
    const parent = this.#parentOf(node, item);
    if (!parent) return { cpu: null, why: `${pathOf(node)} is on no bus`, steps: NO_STEPS };
    let stop = this.#stopFor(node, parent);
    const { addressCells, flagCells, unusable } = stop.bus;
    if (unusable) return { cpu: null, why: unusable, steps: NO_STEPS };
    if (isBeyond64Bit(cells, at, stop.bus)) return { cpu: null, why: BEYOND_64_BIT, steps: NO_STEPS };
    const address: Moving = {
      first: cells[at]!,
      value: number64Of(cells, at + flagCells, addressCells.cells - flagCells),
    };
    let next = this.#nextOf(stop, item);
    if (next === 'root') return arrived(address, stop.bus, NO_STEPS);
    const steps: TranslationStep[] = [];
    while (steps.length < MAX_STEPS) {
      if (next === 'root') return arrived(address, stop.bus, steps);
      if (!(next instanceof Passage)) return { cpu: null, why: next.why, steps };
      if (this.#work > MAX_WORK)
        return { cpu: null, why: 'the tree takes too much work to translate', steps };
      const step = next.pass(address);
      if (!step) {
        this.#work += PASSAGE_WORK + next.length;
        return { cpu: null, why: next.notIn, steps };
      }
      if (step === 'beyond-64-bit') return { cpu: null, why: BEYOND_64_BIT, steps };
      this.#work += PASSAGE_WORK + (step.index ?? 0);
      steps.push(step);
      stop = next.to;
      next = this.#nextOf(stop, item);
    }
    return { cpu: null, why: 'the interconnects lead in a circle', steps };
  }

  /**
   * The bus that `device` sits on: its type is that of `parent`, but counts that the type doesn't fix are those of the
   * device's own parent in the tree, also where DMA goes another way (of_bus_default_count_cells).
   */
  #stopFor(device: DtNode, parent: DtNode): Stop {
    if (device.parent === parent || !device.parent) return this.#stopAt(parent);
    const { counts } = this.#stopAt(parent);
    return new Stop(busOf(parent, counts, this.#stopAt(device.parent).counts), counts);
  }

  #nextOf(stop: Stop, item: TranslationItem): Next {
    const known = stop[item];
    if (known) return known;
    const next = this.#makeNext(stop.bus, item);
    stop[item] = next;
    return next;
  }

  #makeNext(inner: Bus, item: TranslationItem): Next {
    const device = inner.node;
    const parent = this.#parentOf(device, item);
    if (!parent) return 'root';
    const outer = this.#stopFor(device, parent);
    if (outer.bus.unusable) return { why: outer.bus.unusable };
    const passage = new Passage(device, item, inner, outer);
    this.#work += passage.length;
    return passage.how === 'missing' && item === 'ranges'
      ? { why: `no ranges in ${pathOf(device)}` }
      : passage;
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

/** Cells before the last two only hold something when they are flags, or when no CPU has such an address. */
function isBeyond64Bit(cells: readonly number[], at: number, { addressCells, flagCells }: Bus): boolean {
  if (addressCells.cells <= 2) return false;
  for (let index = flagCells; index < addressCells.cells - 2; index += 1)
    if (cells[at + index] !== 0) return true;
  return false;
}

function arrived({ first, value }: Moving, { kind }: Bus, steps: readonly TranslationStep[]): Translation {
  const cpu = kind === 'isa' ? (BigInt(first) << 32n) | value : value;
  if (cpu !== OF_BAD_ADDR) return { cpu, why: undefined, steps };
  return { cpu: null, why: 'the address is 2^64 - 1, which Linux takes for none', steps };
}

/** Entry `index` of a list of entries that are `entryCells` long; of text only the whole list has a place. */
export function entrySpan(list: Span, index: number, entryCells: number): Span {
  if (list.source.form === 'text') return list;
  const start = list.start + index * entryCells * 4;
  return { ...list, start, end: start + entryCells * 4 };
}
