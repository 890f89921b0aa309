/**
 * What can be wrong with the addresses of a tree: overlapping windows, registers outside the ranges of their bus, a
 * framebuffer inside another device's window, `ranges` that don't fit the cell counts. The checks `fwmap_…` report them.
 */

import { formatMemRange, hex } from '../../bytes/address.ts';
import { IGNORED } from '../../bytes/diagnostic.ts';
import { InnerLimit, limit, moreThan } from '../../limits/limits.ts';
import { type DeviceTree, type DtNode, type DtProperty, pathOf, propertyOf, walk } from '../tree.ts';
import { cString } from './bus.ts';
import { cellsOf } from './cells.ts';
import { type AddressEntry, addressEntries } from './entries.ts';
import { cellReadings } from './readings.ts';
import { isSimpleFramebuffer } from './roles.ts';
import { Translator } from './translate.ts';

export type AddressMapCheck =
  | 'fwmap_overlapping_windows'
  | 'fwmap_reg_outside_ranges'
  | 'fwmap_framebuffer_in_window'
  | 'fwmap_ranges_cells';

export interface AddressMapProblem {
  readonly check: AddressMapCheck;
  readonly node: DtNode;
  readonly property: DtProperty | undefined;
  /** The property that it collides with. */
  readonly other?: DtProperty | undefined;
  /** One sentence without a full stop. */
  readonly message: string;
}

/** Other cell counts named in a message. */
const MAX_COUNTS_NAMED = 3;
const COMPARISON_WORK = new InnerLimit('comparison-work');

interface Interval {
  readonly start: bigint;
  /** Exclusive. */
  readonly end: bigint;
  readonly entry: AddressEntry;
}

function nameOf({ node, item, index }: AddressEntry): string {
  return `${pathOf(node)} ${item}[${index}]`;
}

/** Pairs of intervals that overlap, each interval at most once as the later one; sorts the list. */
function* overlaps(intervals: Interval[]): Generator<[Interval, Interval]> {
  intervals.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  let reaching: Interval | undefined;
  for (const interval of intervals) {
    if (reaching && interval.start < reaching.end) yield [reaching, interval];
    if (!reaching || interval.end > reaching.end) reaching = interval;
  }
}

function groupBy<K>(intervals: Iterable<readonly [K, Interval]>): Map<K, Interval[]> {
  const groups = new Map<K, Interval[]>();
  for (const [key, interval] of intervals) {
    const group = groups.get(key);
    if (group) group.push(interval);
    else groups.set(key, [interval]);
  }
  return groups;
}

/** Buses on one bus that claim the same addresses, and a bus that maps one of its own addresses twice. */
function* overlappingWindows(windows: readonly AddressEntry[]): Generator<AddressMapProblem> {
  const sized = windows.filter(({ size }) => size !== null && size > 0n);
  const onBus = groupBy(
    sized.map((entry): [DtNode | undefined, Interval] => {
      const start = entry.parent!;
      return [entry.node.parent, { start, end: start + entry.size!, entry }];
    }),
  );
  for (const intervals of onBus.values()) {
    for (const [first, second] of overlaps(intervals)) {
      const { node } = second.entry;
      const where = formatMemRange(second.start, second.end - second.start);
      const message = `${nameOf(second.entry)} and ${nameOf(first.entry)} both claim ${where} of the parent's addresses`;
      const other = propertyOf(first.entry.node, 'ranges');
      yield {
        check: 'fwmap_overlapping_windows',
        node,
        property: propertyOf(node, 'ranges'),
        other,
        message,
      };
    }
  }
  const inside = groupBy(
    sized.map((entry): [DtNode, Interval] => {
      const start = entry.base;
      return [entry.node, { start, end: start + entry.size!, entry }];
    }),
  );
  for (const ofNode of inside.values()) {
    const bySpace = groupBy(ofNode.map((interval) => [interval.entry.flags?.space, interval] as const));
    for (const intervals of bySpace.values()) {
      for (const [first, second] of overlaps(intervals)) {
        const { node } = second.entry;
        const message = `${nameOf(second.entry)} maps child addresses from ${hex(second.start)} on, which ${nameOf(first.entry)} already maps`;
        yield { check: 'fwmap_overlapping_windows', node, property: propertyOf(node, 'ranges'), message };
      }
    }
  }
}

/** Contiguous child addresses that a bus translates, of one address space on PCI and ISA. */
interface Translated {
  readonly space: string | undefined;
  readonly start: bigint;
  /** Exclusive. */
  end: bigint;
}

/** What each bus translates by its `ranges` entries, adjacent entries joined. */
function translatedByBus(windows: readonly AddressEntry[]): Map<DtNode, Translated[]> {
  const byBus = new Map<DtNode, Translated[]>();
  for (const { node, base, size, flags } of windows) {
    if (size === null) continue;
    const translated = { space: flags?.space, start: base, end: base + size };
    const others = byBus.get(node);
    if (others) others.push(translated);
    else byBus.set(node, [translated]);
  }
  for (const [node, translated] of byBus) byBus.set(node, joined(translated));
  return byBus;
}

function joined(translated: readonly Translated[]): Translated[] {
  const inOrder = translated.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const last = new Map<string | undefined, Translated>();
  const whole: Translated[] = [];
  for (const next of inOrder) {
    const before = last.get(next.space);
    if (before && next.start <= before.end) {
      if (next.end > before.end) before.end = next.end;
    } else {
      whole.push(next);
      last.set(next.space, next);
    }
  }
  return whole;
}

/** `reg` entries that the `ranges` of their bus don't cover. */
function* regOutsideRanges(
  entries: readonly AddressEntry[],
  translatedBy: ReadonlyMap<DtNode, readonly Translated[]>,
): Generator<AddressMapProblem> {
  let comparisons = 0;
  for (let at = 0; at < entries.length; at += 1) {
    const entry = entries[at]!;
    const { node, item } = entry;
    const translated = item === 'reg' && node.parent && translatedBy.get(node.parent);
    // On PCI `reg` gives configuration space and base address registers, not addresses of the bus.
    if (!translated || entry.bus === 'pci') continue;
    const { base } = entry;
    const end = base + (entry.size ?? 0n);
    const space = entry.flags?.space;
    const covered = translated.find(
      (other) => base >= other.start && base < other.end && space === other.space,
    )?.end;
    comparisons += translated.length;
    if (comparisons > COMPARISON_WORK.now) {
      yield { check: 'fwmap_reg_outside_ranges', node, property: undefined, message: uncompared() };
      return;
    }
    if (covered !== undefined && covered >= end) continue;
    const path = pathOf(node.parent!);
    const message =
      covered === undefined
        ? `reg[${entry.index}] at ${hex(base)} is in none of the ranges of ${path}`
        : `reg[${entry.index}] ends at ${hex(end)}, past ${hex(covered)}, the end of what the ranges of ${path} translate`;
    yield { check: 'fwmap_reg_outside_ranges', node, property: propertyOf(node, 'reg'), message };
  }
}

function uncompared(): string {
  return `${moreThan('comparison-work')}; the rest is not compared`;
}

/** The node and all its ancestors. */
function lineageOf(node: DtNode): Set<DtNode> {
  const lineage = new Set<DtNode>();
  for (let at: DtNode | undefined = node; at; at = at.parent) lineage.add(at);
  return lineage;
}

/** A framebuffer inside a window that another node passes to its own devices. */
function* framebufferInWindow(
  entries: readonly AddressEntry[],
  windows: readonly AddressEntry[],
): Generator<AddressMapProblem> {
  let comparisons = 0;
  for (let at = 0; at < entries.length; at += 1) {
    const { node, item, role, index, cpu, size } = entries[at]!;
    if (item !== 'reg' || role === 'register' || cpu === null || size === null || size === 0n) continue;
    // Also one that is memory by its role.
    if (!isSimpleFramebuffer(node)) continue;
    const lineage = lineageOf(node);
    comparisons += windows.length + lineage.size;
    if (comparisons > COMPARISON_WORK.now) {
      yield { check: 'fwmap_framebuffer_in_window', node, property: undefined, message: uncompared() };
      return;
    }
    for (const window of windows) {
      if (window.cpu === null || window.size === null || lineage.has(window.node)) continue;
      if (cpu >= window.cpu + window.size || window.cpu >= cpu + size) continue;
      const message =
        `the framebuffer of reg[${index}], ${formatMemRange(cpu, size)}, is in the window ` +
        `${formatMemRange(window.cpu, window.size)} that ${nameOf(window)} passes to its children`;
      const other = propertyOf(window.node, window.item);
      yield { check: 'fwmap_framebuffer_in_window', node, property: propertyOf(node, 'reg'), other, message };
    }
  }
}

/** `ranges` whose length is no multiple of an entry, with the cell counts that would fit. */
function* rangesCells(tree: DeviceTree): Generator<AddressMapProblem> {
  const translator = new Translator(tree.root);
  for (const node of walk(tree.root)) {
    for (const item of ['ranges', 'dma-ranges'] as const) {
      const property = propertyOf(node, item);
      if (!property || property.value.length === 0 || !node.parent) continue;
      const bus = translator.busOf(node);
      const counts = [
        bus.addressCells.cells,
        translator.busOf(node.parent).addressCells.cells,
        bus.sizeCells.cells,
      ];
      const entryBytes = counts.reduce((sum, count) => sum + count, 0) * 4;
      if (entryBytes > 0 && property.value.length % entryBytes === 0) continue;
      const compatible = propertyOf(node, 'compatible');
      const known = { item, compatible: compatible ? [cString(compatible)] : [] };
      const readings = property.value.length % 4 === 0 ? cellReadings(cellsOf(property.value), known) : [];
      const fits = readings
        .slice(0, MAX_COUNTS_NAMED)
        .map(({ cells }) => `${cells.child}/${cells.parent}/${cells.size}`)
        .join(', ');
      const message =
        `${property.value.length} bytes of ${item} do not fit the cell counts ${counts.join('/')} (child/parent/size)` +
        (fits ? `; these would fit: ${fits}` : '; no usual counts would fit');
      yield { check: 'fwmap_ranges_cells', node, property, message };
    }
  }
}

/**
 * What is wrong with the addresses of a tree; at most `limit('tree-problems')` problems and one that says so.
 * @param entries from {@link addressEntries} of a tree whose references are resolved
 */
export function entryProblems(entries: readonly AddressEntry[]): AddressMapProblem[] {
  const windows = entries.filter(({ item }) => item === 'ranges');
  return firstOf([
    overlappingWindows(windows),
    regOutsideRanges(entries, translatedByBus(windows)),
    framebufferInWindow(entries, windows),
  ]);
}

/** The same for a tree, and `ranges` that can't be divided into entries. */
export function addressMapProblems(tree: DeviceTree): AddressMapProblem[] {
  const problems = entryProblems(addressEntries(tree, IGNORED));
  return firstOf([problems, rangesCells(tree)]);
}

function firstOf(sources: readonly Iterable<AddressMapProblem>[]): AddressMapProblem[] {
  const problems: AddressMapProblem[] = [];
  for (const source of sources) {
    for (const problem of source) {
      if (problems.length >= limit('tree-problems')) {
        problems.push({ ...problem, message: `${moreThan('tree-problems')}; the rest is not looked for` });
        return problems;
      }
      problems.push(problem);
    }
  }
  return problems;
}
