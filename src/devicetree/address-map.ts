/**
 * What can be wrong with a tree as a map of addresses: windows that collide, registers no bus passes on, a framebuffer
 * under somebody's window, cells that were counted wrong. Findings only; the checks `fwmap_…` report them.
 */
import { formatMemRange, hex } from '../bytes/address.ts';
import { cString } from './bus.ts';
import { cellsOf } from './cells.ts';
import { type AddressEntry, addressEntries } from './entries.ts';
import { cellReadings } from './readings.ts';
import { isSimpleFramebuffer } from './roles.ts';
import { Translator } from './translate.ts';
import { type DeviceTree, type DtNode, type DtProperty, pathOf, propertyOf, walk } from './tree.ts';

export type AddressMapCheck =
  | 'fwmap_overlapping_windows'
  | 'fwmap_reg_outside_ranges'
  | 'fwmap_framebuffer_in_window'
  | 'fwmap_ranges_cells';

export interface AddressMapProblem {
  readonly check: AddressMapCheck;
  readonly node: DtNode;
  readonly property: DtProperty | undefined;
  /** One sentence without a full stop. */
  readonly message: string;
}

/** Each problem is found by comparing; a tree that is wrong everywhere is told of this many. */
const MAX_PROBLEMS = 500;
/** Comparisons of entries with windows; a real tree needs some thousand. */
const MAX_COMPARISONS = 5_000_000;
/** Other cell counts named in a message. */
const MAX_COUNTS_NAMED = 3;

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

function groupBy<K>(intervals: Iterable<[K, Interval]>): Map<K, Interval[]> {
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
      const message = `${nameOf(second.entry)} takes ${where} of its parent's addresses, which ${nameOf(first.entry)} takes too`;
      yield { check: 'fwmap_overlapping_windows', node, property: propertyOf(node, 'ranges'), message };
    }
  }
  const inside = groupBy(
    sized.map((entry): [string, Interval] => {
      const space = entry.flags?.space ?? '';
      return [`${pathOf(entry.node)} ${space}`, { start: entry.base, end: entry.base + entry.size!, entry }];
    }),
  );
  for (const intervals of inside.values()) {
    for (const [first, second] of overlaps(intervals)) {
      const { node } = second.entry;
      const message = `${nameOf(second.entry)} maps child addresses from ${hex(second.start)} on, which ${nameOf(first.entry)} maps already`;
      yield { check: 'fwmap_overlapping_windows', node, property: propertyOf(node, 'ranges'), message };
    }
  }
}

/** Registers on a bus that passes on some addresses, but not these. */
function* regOutsideRanges(
  entries: readonly AddressEntry[],
  windowsOf: ReadonlyMap<DtNode, readonly AddressEntry[]>,
): Generator<AddressMapProblem> {
  let comparisons = 0;
  for (const entry of entries) {
    const { node, base } = entry;
    const windows = entry.item === 'reg' && node.parent ? windowsOf.get(node.parent) : undefined;
    // On PCI `reg` names configuration space and base address registers, not addresses.
    if (!windows || entry.bus === 'pci') continue;
    comparisons += windows.length;
    if (comparisons > MAX_COMPARISONS) return;
    const end = base + (entry.size ?? 0n);
    const usable = windows.filter(({ size, flags }) => size !== null && flags?.space === entry.flags?.space);
    const window = usable.find((other) => base >= other.base && base < other.base + other.size!);
    // What one window leaves over, the next may go on with.
    let covered = window ? window.base + window.size! : base;
    for (let next: AddressEntry | undefined = window; next && covered < end; ) {
      const from = covered;
      next = usable.find((other) => from >= other.base && from < other.base + other.size!);
      if (next) covered = next.base + next.size!;
    }
    if (window && covered >= end) continue;
    const bus = pathOf(node.parent!);
    const message = window
      ? `reg[${entry.index}] ends at ${hex(end)}, behind the end ${hex(covered)} of what the ranges of ${bus} pass on`
      : `reg[${entry.index}] at ${hex(base)} is in none of the ranges of ${bus}`;
    yield { check: 'fwmap_reg_outside_ranges', node, property: propertyOf(node, 'reg'), message };
  }
}

/** The node and all that it lies in. */
function lineageOf(node: DtNode): Set<DtNode> {
  const lineage = new Set<DtNode>();
  for (let at: DtNode | undefined = node; at; at = at.parent) lineage.add(at);
  return lineage;
}

/** A framebuffer inside a window that another node hands out to its own devices. */
function* framebufferInWindow(
  entries: readonly AddressEntry[],
  windows: readonly AddressEntry[],
): Generator<AddressMapProblem> {
  let comparisons = 0;
  for (const { node, item, index, cpu, size } of entries) {
    if (item !== 'reg' || cpu === null || size === null || size === 0n || !isSimpleFramebuffer(node))
      continue;
    const lineage = lineageOf(node);
    comparisons += windows.length + lineage.size;
    if (comparisons > MAX_COMPARISONS) return;
    for (const window of windows) {
      if (window.cpu === null || window.size === null || lineage.has(window.node)) continue;
      if (cpu >= window.cpu + window.size || window.cpu >= cpu + size) continue;
      const message =
        `the framebuffer of reg[${index}], ${formatMemRange(cpu, size)}, lies in the window ` +
        `${formatMemRange(window.cpu, window.size)} that ${nameOf(window)} gives to others`;
      yield { check: 'fwmap_framebuffer_in_window', node, property: propertyOf(node, 'reg'), message };
    }
  }
}

/** `ranges` that can't be cut into entries with the cell counts there are; told with counts that fit. */
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

/** All problems of a tree, by check; at most some hundred. References must have been resolved. */
export function addressMapProblems(tree: DeviceTree): AddressMapProblem[] {
  const entries = addressEntries(tree, { add: () => {} });
  const windows = entries.filter(({ item }) => item === 'ranges');
  const windowsOf = new Map<DtNode, AddressEntry[]>();
  for (const window of windows) {
    const list = windowsOf.get(window.node);
    if (list) list.push(window);
    else windowsOf.set(window.node, [window]);
  }
  const problems: AddressMapProblem[] = [];
  const sources = [
    overlappingWindows(windows),
    regOutsideRanges(entries, windowsOf),
    framebufferInWindow(entries, windows),
    rangesCells(tree),
  ];
  for (const source of sources) {
    for (const problem of source) {
      problems.push(problem);
      if (problems.length >= MAX_PROBLEMS) return problems;
    }
  }
  return problems;
}
