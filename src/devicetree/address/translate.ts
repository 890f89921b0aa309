/**
 * Translation of bus addresses to CPU addresses through the `ranges` of each bus on the way to the root, step by step
 * as Linux' drivers/of/address.c does it (__of_translate_address, of_translate_one).
 *
 * Where Linux and the Devicetree Specification 0.4 differ, Linux is followed: only the first byte of a region is
 * translated, its end may lie outside the entry; base + size of an entry wraps at 2^64; a bus without `dma-ranges`
 * is 1:1 for DMA; a bus whose children have no size cells translates nothing.
 */

import type { Span } from '../../bytes/source.ts';
import { latin1Text } from '../../bytes/text-encoding.ts';
import { limit, moreThan } from '../../limits/limits.ts';
import type { CellList } from '../cell-list.ts';
import { type DtNode, pathOf, propertyOf, walk } from '../tree.ts';
import {
  type AddressFlags,
  addressFlags,
  type Bus,
  type BusKind,
  busOf,
  isCompatible,
  whyUnusable,
} from './bus.ts';
import {
  BusTranslation,
  isBeyond64Bit,
  MovingAddress,
  NOT_PASSED,
  PASSED_BEYOND_64_BIT,
  type RangeEntry,
  type TranslationItem,
  wholeNumber,
} from './bus-translation.ts';
import { type BusCounts, type CellCount, cellsOf, countsBelow, firstCell } from './cells.ts';
import {
  type AddressingProfile,
  DEFAULT_ADDRESSING,
  SPECIFICATION_RULES,
  type TreeRules,
} from './profile.ts';

/** The translation of one bus: from its children's addresses to those of the bus it sits on. */
export interface TranslationStep {
  readonly bus: DtNode;
  readonly item: TranslationItem;
  /** Type of the bus on the children's side. */
  readonly kind: BusKind;
  /** By an entry, or 1:1 because the property is empty or (`dma-ranges` only) missing. */
  readonly how: 'entry' | 'empty' | 'missing';
  readonly counts: { readonly child: CellCount; readonly parent: CellCount; readonly size: CellCount };
  /** The entry that matched, from 0, and what it says. */
  readonly index: number | undefined;
  readonly entry: RangeEntry | undefined;
  readonly span: Span | undefined;
  /** The address before and after, and what kind of address it is, on PCI and ISA. */
  readonly from: bigint;
  readonly to: bigint;
  readonly fromSpace: AddressFlags['space'];
  readonly toSpace: AddressFlags['space'];
}

/** What keeps an address from going on; its text is made when it is asked for. */
export interface Obstacle {
  readonly why: string;
}

/** Why an address is refused that Linux would cut to its last 64 bits. */
export const BEYOND_64_BIT: Obstacle = { why: 'the address has more than 64 bits' };
const TOO_MUCH_WORK: Obstacle = {
  get why() {
    return `translating the tree takes ${moreThan('translation-work')}`;
  },
};
const CIRCLE: Obstacle = { why: 'the interconnects lead in a circle' };
/** What Linux returns for an address that can't be translated; so no address can be this one. */
const OF_BAD_ADDR = 0xffff_ffff_ffff_ffffn;
const NO_ADDRESS: Obstacle = { why: 'the address is 2^64 - 1, which Linux takes for none' };

/** A bus with counts that Linux does not follow. */
class Unusable implements Obstacle {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get why(): string {
    return whyUnusable(this.#bus);
  }
}

/** A bus that no type of bus fits, for kernels that ask for cells of its own. */
class NoBus implements Obstacle {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get why(): string {
    return `${pathOf(this.#bus.node)} has no #address-cells of its own`;
  }
}

/** What becomes of an address: a CPU address, or what kept it from getting there. */
export type Arrival = bigint | Obstacle;

/** What becomes of addresses of the root. */
export const ON_NO_BUS: Obstacle = { why: '/ is on no bus' };

/** An address on the CPU's bus, with which every way ends. */
function arrived(address: MovingAddress, { kind }: Bus): Arrival {
  const cpu = wholeNumber(address, kind);
  return cpu === OF_BAD_ADDR ? NO_ADDRESS : cpu;
}

/** More buses than a path can have: only `interconnects` that lead in a circle. */
const BUSES_PER_LEVEL = 2;
const BUS_WORK = 10;

/** What the properties of a tree say about a node as a bus. */
interface KnownBus {
  readonly bus: Bus;
  /** Whatever the type of the bus makes of it. */
  readonly counts: BusCounts;
  /** Characters in the node's path. */
  readonly pathLength: number;
}

/** A bus that addresses are on while they move. The way on is found out when the first one takes it. */
export class Stop {
  readonly bus: Bus;
  readonly item: TranslationItem;
  /** Of a bus that no address can be on. */
  readonly unusable: Obstacle | undefined;
  isExplored: boolean;
  /** The bus that comes next; none after the CPU's. */
  next: Stop | undefined;
  /** The way there, if it can be used. */
  translation: BusTranslation | undefined;

  constructor(bus: Bus, item: TranslationItem, profile: AddressingProfile) {
    this.bus = bus;
    this.item = item;
    this.unusable =
      profile.missingCells === 'no-bus' && isWithoutCells(bus)
        ? new NoBus(bus)
        : bus.isUsable
          ? undefined
          : new Unusable(bus);
    this.isExplored = false;
    this.next = undefined;
    this.translation = undefined;
  }
}

/** Whether a bus takes its address cells from its ancestors, or from nobody. */
function isWithoutCells({ kind, node }: Bus): boolean {
  return kind !== 'pci' && kind !== 'isa' && !propertyOf(node, '#address-cells');
}

/** Translates addresses of one tree; what it finds out about buses is kept. */
export class Translator {
  /** Parts of the profile that made a difference to where an address may go. */
  readonly dependsOn = new Set<keyof AddressingProfile>();
  readonly #root: DtNode;
  readonly #profile: AddressingProfile;
  /** Missing `ranges` are 1:1 on this machine. */
  readonly #isOpen: boolean;
  /** `compatible` of buses on which they are. */
  readonly #openBuses: readonly string[];
  /** The one on its way. */
  readonly #address = new MovingAddress();
  readonly #buses = new Map<DtNode, KnownBus>();
  readonly #stops = { ranges: new Map<DtNode, Stop>(), 'dma-ranges': new Map<DtNode, Stop>() };
  #phandles: Map<number, DtNode> | undefined;
  /** Done so far, towards `limit('translation-work')`. */
  #work = 0;

  constructor(
    root: DtNode,
    profile: AddressingProfile = DEFAULT_ADDRESSING,
    { openWithoutRanges }: TreeRules = SPECIFICATION_RULES,
  ) {
    this.#root = root;
    this.#profile = profile;
    this.#isOpen = openWithoutRanges.roots.some((text) => isCompatible(root, text));
    this.#openBuses = openWithoutRanges.buses;
  }

  busOf(node: DtNode): Bus {
    return this.#knownBus(node).bus;
  }

  /** How long the paths of a bus' children are at least: known without making them. */
  pathLengthOf(node: DtNode): number {
    return this.#knownBus(node).pathLength;
  }

  /** A node as a bus. Counts of its ancestors are needed for its own; they may not be known yet. */
  #knownBus(node: DtNode): KnownBus {
    const missing: DtNode[] = [];
    let known: KnownBus | undefined;
    for (let at: DtNode | undefined = node; at && !known; at = at.parent) {
      known = this.#buses.get(at);
      if (!known) missing.push(at);
    }
    for (let at = missing.pop(); at; at = missing.pop()) {
      const counts = countsBelow(at, known?.counts);
      const pathLength = known ? known.pathLength + 1 + at.name.length : 0;
      known = { bus: busOf(at, counts), counts, pathLength };
      this.#buses.set(at, known);
    }
    return known!;
  }

  /**
   * Where addresses of the bus that `node` sits on set out; undefined for the root, which is on none.
   * @param item `ranges` for what the CPU sees, `dma-ranges` for what a device sees of memory
   */
  stopOf(node: DtNode, item: TranslationItem): Stop | undefined {
    const parent = this.#parentOf(node, item);
    return parent && this.#stopFor(node, parent, item);
  }

  /** Translates the address whose cells begin at `at`, flags cell included. */
  translate(from: Stop, cells: CellList, at: number): Arrival {
    return this.#move(from, cells, at, undefined);
  }

  /** The buses that such an address passes, the nearest first; those before an obstacle, too. */
  stepsOf(from: Stop, cells: CellList, at: number): TranslationStep[] {
    const steps: TranslationStep[] = [];
    this.#move(from, cells, at, steps);
    return steps;
  }

  #move(from: Stop, cells: CellList, at: number, steps: TranslationStep[] | undefined): Arrival {
    let stop = from;
    if (stop.unusable) return stop.unusable;
    if (isBeyond64Bit(cells, at, stop.bus)) return BEYOND_64_BIT;
    const address = this.#address;
    address.setOut(cells, at, stop.bus);
    for (let passed = 0; passed < BUSES_PER_LEVEL * limit('tree-depth'); passed += 1) {
      if (!stop.isExplored) this.#explore(stop);
      const { translation, next } = stop;
      if (!next) return arrived(address, stop.bus);
      if (!translation) return next.unusable!;
      if (this.#work > limit('translation-work')) return TOO_MUCH_WORK;
      const before = steps && { number: address.number, flags: address.flags };
      const index = translation.pass(address);
      // Work is counted once, when an address is translated: its steps are asked for later.
      if (!steps) this.#work += BUS_WORK + (index === NOT_PASSED ? translation.length : Math.max(index, 0));
      if (index === NOT_PASSED) return translation;
      if (index === PASSED_BEYOND_64_BIT) return BEYOND_64_BIT;
      if (steps) steps.push(stepOf(translation, index, before!, address));
      stop = next;
    }
    return CIRCLE;
  }

  /**
   * The bus that `device` sits on: its type is that of `parent`, but counts that the type doesn't fix are those of the
   * device's own parent in the tree, also where DMA goes another way (of_bus_default_count_cells).
   */
  #stopFor(device: DtNode, parent: DtNode, item: TranslationItem): Stop {
    if (device.parent !== parent && device.parent) {
      const { counts } = this.#knownBus(parent);
      return this.#newStop(busOf(parent, counts, this.#knownBus(device.parent).counts), item);
    }
    const stops = this.#stops[item];
    let stop = stops.get(parent);
    if (!stop) {
      stop = this.#newStop(this.busOf(parent), item);
      stops.set(parent, stop);
    }
    return stop;
  }

  #newStop(bus: Bus, item: TranslationItem): Stop {
    if (isWithoutCells(bus)) this.dependsOn.add('missingCells');
    if (bus.kind === 'default-flags') this.dependsOn.add('threeCellsHaveFlags');
    return new Stop(bus, item, this.#profile);
  }

  #explore(stop: Stop): void {
    const { bus, item } = stop;
    stop.isExplored = true;
    const next = this.stopOf(bus.node, item);
    if (!next) return;
    stop.next = next;
    if (next.unusable) return;
    const translation = new BusTranslation(
      bus.node,
      item,
      bus,
      next.bus,
      this.#profile,
      item === 'dma-ranges' || this.passesWithoutRanges(bus.node),
    );
    if (translation.how !== 'entries' && next.bus.flagCells === 1) this.dependsOn.add('emptyRangesKeepFlags');
    stop.translation = translation;
    this.#work += translation.length;
  }

  /** Whether a missing `ranges` of this node passes addresses on, 1:1. */
  passesWithoutRanges(node: DtNode): boolean {
    return this.#isOpen || this.#openBuses.some((text) => isCompatible(node, text));
  }

  /** Where the memory accesses of a node go first. */
  dmaParentOf(node: DtNode): DtNode | undefined {
    return this.#parentOf(node, 'dma-ranges');
  }

  /** Where addresses go from a node: to its parent, for DMA to the interconnect named `dma-mem` (__of_get_dma_parent). */
  #parentOf(node: DtNode, item: TranslationItem): DtNode | undefined {
    if (item === 'ranges') return node.parent;
    const names = propertyOf(node, 'interconnect-names');
    const interconnects = names && propertyOf(node, 'interconnects');
    if (!names || !interconnects) return node.parent;
    const index = latin1Text(names.value).split('\0').slice(0, -1).indexOf('dma-mem');
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

/** @param index of the entry that passed the address on, negative when all pass unchanged */
function stepOf(
  translation: BusTranslation,
  index: number,
  from: Readonly<Pick<MovingAddress, 'number' | 'flags'>>,
  to: MovingAddress,
): TranslationStep {
  const { device, item, inner, outer, how, counts } = translation;
  const byEntry = index >= 0;
  return {
    bus: device,
    item,
    kind: inner.kind,
    how: how === 'entries' ? 'entry' : how,
    counts,
    index: byEntry ? index : undefined,
    entry: byEntry ? translation.entryAt(index) : undefined,
    span: byEntry ? translation.spanOf(index) : undefined,
    from: from.number,
    to: to.number,
    fromSpace: addressFlags(inner.kind, from.flags)?.space,
    toSpace: addressFlags(outer.kind, to.flags)?.space,
  };
}
