/**
 * Translation of bus addresses to CPU addresses through the `ranges` of each bus up to the root, as in Linux'
 * drivers/of/address.c (__of_translate_address, of_translate_one).
 *
 * Where Linux and the Devicetree Specification 0.4 differ, this follows Linux: only the first byte of a region is
 * translated, and its end may be outside of the entry; base + size of an entry wraps at 2^64; a bus without `dma-ranges`
 * is 1:1 for DMA; a bus whose children have no size cells translates nothing.
 */

import type { Span } from '../../bytes/source.ts';
import { latin1Text } from '../../bytes/text-encoding.ts';
import { InnerLimit, moreThan } from '../../limits/limits.ts';
import type { CellList } from '../cell-list.ts';
import { type DtNode, pathOf, propertyOf, walk } from '../tree.ts';
import {
  type AddressFlags,
  addressFlags,
  type Bus,
  type BusKind,
  busOf,
  isCompatible,
  isOkay,
  whyUnusable,
} from './bus.ts';
import {
  BusTranslation,
  isBeyond64Bit,
  MovingAddress,
  NOT_TRANSLATED,
  type RangeEntry,
  TRANSLATED_BEYOND_64_BIT,
  type TranslationItem,
  wholeNumber,
} from './bus-translation.ts';
import { type BusCounts, type CellCount, cellsOf, countsBelow, firstCell, phandlesOf } from './cells.ts';
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
  /** The entry that matched (its index counts from 0); undefined when 1:1. */
  readonly index: number | undefined;
  readonly entry: RangeEntry | undefined;
  readonly span: Span | undefined;
  /** The address before and after, and its space on PCI and ISA. */
  readonly from: bigint;
  readonly to: bigint;
  readonly fromSpace: AddressFlags['space'];
  readonly toSpace: AddressFlags['space'];
}

/** Why an address can't be translated further; the text is built on demand. */
export interface TranslationFailure {
  readonly why: string;
}

/** An address that Linux would cut to its low 64 bits; refused here. */
export const BEYOND_64_BIT: TranslationFailure = { why: 'the address has more than 64 bits' };
const TOO_MUCH_WORK: TranslationFailure = {
  get why() {
    return `translating the tree takes ${moreThan('translation-work')}`;
  },
};
const CIRCLE: TranslationFailure = { why: 'the interconnects form a loop' };
/** What Linux returns for an address that can't be translated, so that no valid address can have this value. */
const OF_BAD_ADDR = 0xffff_ffff_ffff_ffffn;
const NO_ADDRESS: TranslationFailure = {
  why: 'the address is 2^64 - 1, which Linux reads as an error (OF_BAD_ADDR)',
};

/** A bus with cell counts that Linux does not support. */
class Unusable implements TranslationFailure {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get why(): string {
    return whyUnusable(this.#bus);
  }
}

/** A bus that matches no bus type, for kernels that require #address-cells of its own. */
class NoBus implements TranslationFailure {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get why(): string {
    return `${pathOf(this.#bus.node)} has no #address-cells of its own`;
  }
}

/** The result of a translation: the CPU address, or the obstacle. */
export type Translated = bigint | TranslationFailure;

/** The result for addresses of the root. */
export const ON_NO_BUS: TranslationFailure = { why: '/ is on no bus' };

/** The result for an address that has reached the root, the CPU's bus. */
function arrived(address: MovingAddress, { kind }: Bus): Translated {
  const cpu = wholeNumber(address, kind);
  return cpu === OF_BAD_ADDR ? NO_ADDRESS : cpu;
}

/** Twice the deepest path: more buses than that are a loop of `interconnects`. */
const BUSES_PER_LEVEL = 2;
/** What passing one bus counts towards `limit('translation-work')`; an entry that is compared counts 1. */
const BUS_WORK = 10;
const TREE_DEPTH = new InnerLimit('tree-depth');
const TRANSLATION_WORK = new InnerLimit('translation-work');

/** What a node has in common with its siblings. */
export interface Surroundings {
  /** Characters in the parent's path. */
  readonly pathLength: number;
  /** Whether the parent and all its ancestors are okay. */
  readonly isAvailable: boolean;
}

/** What is around the root. */
const NOTHING_AROUND: Surroundings = { pathLength: 0, isAvailable: true };

/** A node as a bus, by the tree's properties. */
interface KnownBus extends Surroundings {
  readonly bus: Bus;
  /** Of the properties alone, before the bus type fixes them. */
  readonly counts: BusCounts;
}

/** A bus on the way of an address to the root. The next bus is looked up when the first address needs it. */
export class Stop {
  declare readonly bus: Bus;
  declare readonly item: TranslationItem;
  /** Why no address of this bus translates. */
  declare readonly unusable: TranslationFailure | undefined;
  /** Whether its addresses may have more than 64 bits. */
  declare readonly isWide: boolean;
  declare isExplored: boolean;
  /** The parent bus; none above the CPU's. */
  declare next: Stop | undefined;
  /** The translation to it, if it can be used. */
  declare translation: BusTranslation | undefined;

  constructor(bus: Bus, item: TranslationItem, profile: AddressingProfile) {
    this.bus = bus;
    this.item = item;
    this.isWide = bus.addressCells.cells - bus.flagCells > 2;
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

/** Whether the address cells of a bus are inherited or the default. */
function isWithoutCells({ kind, node }: Bus): boolean {
  return kind !== 'pci' && kind !== 'isa' && !propertyOf(node, '#address-cells');
}

/** Translates addresses of one tree, and caches its buses. */
export class Translator {
  /** Parts of the profile that may have changed a translation. */
  readonly dependsOn = new Set<keyof AddressingProfile>();
  readonly #root: DtNode;
  readonly #profile: AddressingProfile;
  /** Missing `ranges` are 1:1 on this machine. */
  readonly #isOpen: boolean;
  /** `compatible` of buses on which a missing `ranges` is 1:1. */
  readonly #openBuses: readonly string[];
  /** The address being translated; reused. */
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

  /** What the children of a node have in common; of undefined, what is around the root. */
  surroundingsBelow(node: DtNode | undefined): Surroundings {
    return node === undefined ? NOTHING_AROUND : this.#knownBus(node);
  }

  /** A node as a bus. Its counts depend on those of its ancestors, which are looked up first where not cached. */
  #knownBus(node: DtNode): KnownBus {
    let known = this.#buses.get(node);
    if (known) return known;
    const missing: DtNode[] = [];
    for (let at: DtNode | undefined = node; at && !known; at = at.parent) {
      known = this.#buses.get(at);
      if (!known) missing.push(at);
    }
    for (let at = missing.pop(); at; at = missing.pop()) {
      const counts = countsBelow(at, known?.counts);
      const pathLength = known ? known.pathLength + 1 + at.name.length : 0;
      const isAvailable: boolean = (known?.isAvailable ?? true) && isOkay(propertyOf(at, 'status'));
      known = { bus: busOf(at, counts), counts, pathLength, isAvailable };
      this.#buses.set(at, known);
    }
    return known!;
  }

  /**
   * The bus that `node` is on, from which its addresses are translated; undefined for the root, which is on none.
   * @param item `ranges` for what the CPU sees, `dma-ranges` for what a device sees of memory
   */
  stopOf(node: DtNode, item: TranslationItem): Stop | undefined {
    const parent = this.#parentOf(node, item);
    return parent && this.#stopFor(node, parent, item);
  }

  /** Translates the address whose cells, flags included, begin at cell `at`. */
  translate(from: Stop, cells: CellList, at: number): Translated {
    return this.#move(from, cells, at, undefined);
  }

  /** The translation of the same address bus by bus, the nearest first, up to the root or an obstacle. */
  stepsOf(from: Stop, cells: CellList, at: number): TranslationStep[] {
    const steps: TranslationStep[] = [];
    this.#move(from, cells, at, steps);
    return steps;
  }

  #move(from: Stop, cells: CellList, at: number, steps: TranslationStep[] | undefined): Translated {
    let stop = from;
    if (stop.unusable) return stop.unusable;
    if (stop.isWide && isBeyond64Bit(cells, at, stop.bus)) return BEYOND_64_BIT;
    const mostBuses = BUSES_PER_LEVEL * TREE_DEPTH.now;
    const mostWork = TRANSLATION_WORK.now;
    const address = this.#address;
    address.load(cells, at, stop.bus);
    for (let passed = 0; passed < mostBuses; passed += 1) {
      if (!stop.isExplored) this.#explore(stop);
      const { translation, next } = stop;
      if (!next) return arrived(address, stop.bus);
      if (!translation) return next.unusable!;
      if (this.#work > mostWork) return TOO_MUCH_WORK;
      const before = steps && { number: address.number, flags: address.flags };
      const index = translation.translate(address);
      // Work is counted when an address is translated, and not again when its steps are read.
      if (!steps)
        this.#work += BUS_WORK + (index === NOT_TRANSLATED ? translation.length : Math.max(index, 0));
      if (index === NOT_TRANSLATED) return translation;
      if (index === TRANSLATED_BEYOND_64_BIT) return BEYOND_64_BIT;
      if (steps) steps.push(stepOf(translation, index, before!, address));
      stop = next;
    }
    return CIRCLE;
  }

  /**
   * The bus that `device` is on: its type is that of `parent`, but counts that the type doesn't fix are those of the device's
   * parent in the tree, even where that is not its DMA parent (of_bus_default_count_cells).
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

  /** Whether a missing `ranges` of this node is 1:1. */
  passesWithoutRanges(node: DtNode): boolean {
    return this.#isOpen || this.#openBuses.some((text) => isCompatible(node, text));
  }

  /** The bus that a node accesses memory through. */
  dmaParentOf(node: DtNode): DtNode | undefined {
    return this.#parentOf(node, 'dma-ranges');
  }

  /** The parent; for DMA the interconnect named `dma-mem`, if there is one (__of_get_dma_parent). */
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
    this.#phandles ??= phandlesOf(walk(this.#root));
    return this.#phandles.get(phandle);
  }
}

/** @param index of the entry that translated the address; negative for 1:1 */
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
