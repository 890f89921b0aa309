/**
 * Host bridges of a device tree. Those of one tree are judged together, in every world that the facts leave: each requests
 * its windows after the ones before it, and its probe fails where they are taken.
 */

import { hex } from '../../bytes/address.ts';
import { IGNORED } from '../../bytes/diagnostic.ts';
import { type AddressEntry, decodeEntries } from '../../devicetree/address/entries.ts';
import { type AddressingProfile, DEFAULT_ADDRESSING } from '../../devicetree/address/profile.ts';
import { bridgeArchitecture } from '../../linux/host-bridge/architecture.ts';
import { coalesce } from '../../linux/host-bridge/coalesce.ts';
import { requestWindows, type Trees } from '../../linux/host-bridge/conflicts.ts';
import {
  type FusedRange,
  fuse,
  type RangeEntry,
  rangeLine,
  rangeWarnings,
  windowsOfRanges,
  windowWarnings,
} from '../../linux/host-bridge/device-tree.ts';
import { PortNumbers } from '../../linux/host-bridge/ports.ts';
import { type BridgeWindow, type Change, printBuses, printWindow } from '../../linux/host-bridge/window.ts';
import { insertRegion, region } from '../../linux/region-tree.ts';
import { LINUX_TREE_RULES } from '../../linux/tree-rules.ts';
import { allOf, anyOf, type Condition, type DecisionContext } from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import type { TreeDescription } from '../../window/from-device-tree.ts';
import { type AddressWindow, boundsOf } from '../../window/window.ts';
import { explore } from '../explore.ts';
import type { Ask, ExplorationLimit } from '../question.ts';
import { AUTHORITY } from './authorities.ts';
import { changeOf, type Found, gathered, keyOfChange, keyOfWindow, simplifiedUnder } from './fold.ts';
import type { BridgeNote, JudgedBridge } from './result.ts';
import type { BridgeSituation } from './situation.ts';
import { LAST_BUS, type TreeBridge } from './subject.ts';

/** The outcome of one world for one bridge. */
interface Outcome {
  readonly windows: readonly BridgeWindow[];
  readonly changes: readonly Change[];
  readonly notes: readonly Omit<BridgeNote, 'when'>[];
  /** The probe succeeds. */
  readonly works: boolean;
  /** What is printed of the ranges. */
  readonly ranges: readonly string[];
}

export interface TreeJudgement {
  readonly bridges: readonly JudgedBridge[];
  readonly used: ReadonlySet<string>;
  /** Devices of which not every case was looked at, each with the limit that was reached. */
  readonly unexplored: ReadonlyMap<string, ExplorationLimit>;
}

/** @param context where it is decided what is possible */
export function judgeTreeBridges(
  subjects: readonly TreeBridge[],
  machine: Machine,
  situation: BridgeSituation,
  context: DecisionContext,
): TreeJudgement {
  const used = new Set<string>();
  const unexplored = new Map<string, ExplorationLimit>();
  const bridges: JudgedBridge[] = [];
  const given = allOf(situation.constraints.map(({ condition }) => condition));
  for (const description of machine.trees) {
    const own = subjects.filter((subject) => subject.description === description);
    if (own.length === 0) continue;
    const ranges = new Ranges(description, situation);
    const seed = earlyTree(description, situation);
    const explored = explore(
      (ask) => judgeTree(own, ranges, situation, seed, ask),
      situation.constraints,
      context,
    );
    for (const id of explored.used) used.add(id);
    if (explored.reached !== undefined) for (const { path } of own) unexplored.set(path, explored.reached);
    const entries = rangesByNode(description.entries);
    own.forEach((subject, index) => {
      const found = explored.worlds.map(({ when, outcome }) => ({ when, outcome: outcome[index]! }));
      const byIndex = new Map(entries.get(subject.node)?.map((entry) => [entry.index, entry]));
      bridges.push(judged(subject, byIndex, found, given, index));
    });
  }
  return { bridges, used, unexplored };
}

/** Entries of `ranges` by the node that has them: there may be thousands of both. */
type RangesByNode = ReadonlyMap<AddressEntry['node'], readonly AddressEntry[]>;

function rangesByNode(entries: readonly AddressEntry[]): RangesByNode {
  const byNode = new Map<AddressEntry['node'], AddressEntry[]>();
  for (const entry of entries) {
    if (entry.item !== 'ranges') continue;
    const own = byNode.get(entry.node);
    if (own) own.push(entry);
    else byNode.set(entry.node, [entry]);
  }
  return byNode;
}

/** The `ranges` of a tree's nodes, as a release translates them. */
class Ranges {
  readonly #description: TreeDescription;
  readonly #situation: BridgeSituation;
  readonly #known = new Map<string, RangesByNode>();
  #dependsOn: ReadonlySet<keyof AddressingProfile> | undefined;

  constructor(description: TreeDescription, situation: BridgeSituation) {
    this.#description = description;
    this.#situation = situation;
  }

  of({ node }: TreeBridge, ask: Ask): FusedRange[] {
    const entries = this.#entries(this.#profile(ask)).get(node) ?? [];
    return fuse(entries.flatMap((entry) => rangeEntry(entry) ?? []));
  }

  /** How this world's release translates, as far as this tree depends on it. */
  #profile(ask: Ask): AddressingProfile {
    const { model } = this.#situation;
    if (this.#dependsOn === undefined) {
      const decoded = decodeEntries(this.#description.tree, IGNORED, { rules: LINUX_TREE_RULES });
      this.#dependsOn = decoded.dependsOn;
      this.#known.set(keyOf(DEFAULT_ADDRESSING), rangesByNode(decoded.entries));
    }
    const depends = (part: keyof AddressingProfile): boolean => this.#dependsOn!.has(part);
    return {
      missingCells: !depends('missingCells')
        ? DEFAULT_ADDRESSING.missingCells
        : ask.holds(model.is('missingCells', 'no-bus'))
          ? 'no-bus'
          : 'inherited',
      emptyRangesKeepFlags: depends('emptyRangesKeepFlags')
        ? ask.holds(model.is('emptyRangesKeepFlags', true))
        : DEFAULT_ADDRESSING.emptyRangesKeepFlags,
      threeCellsHaveFlags: depends('threeCellsHaveFlags')
        ? ask.holds(model.is('threeCellsHaveFlags', true))
        : DEFAULT_ADDRESSING.threeCellsHaveFlags,
    };
  }

  #entries(profile: AddressingProfile): RangesByNode {
    const key = keyOf(profile);
    let entries = this.#known.get(key);
    if (entries === undefined) {
      const decoded = decodeEntries(this.#description.tree, IGNORED, {
        addressing: profile,
        rules: LINUX_TREE_RULES,
      });
      entries = rangesByNode(decoded.entries);
      this.#known.set(key, entries);
    }
    return entries;
  }
}

function keyOf({ missingCells, emptyRangesKeepFlags, threeCellsHaveFlags }: AddressingProfile): string {
  return `${missingCells} ${emptyRangesKeepFlags} ${threeCellsHaveFlags}`;
}

function rangeEntry({ index, base, size, cpu, flags }: AddressEntry): RangeEntry | undefined {
  if (size === null || flags?.space === undefined || flags.space === 'mem') return undefined;
  return { index, space: flags.space, prefetchable: flags.prefetchable === true, bus: base, cpu, size };
}

/** RAM by /proc/iomem, or by the tree. */
function earlyTree(description: TreeDescription, { early }: BridgeSituation): () => Trees {
  const { lastPort } = bridgeArchitecture('arm64');
  const ram =
    early?.from === 'iomem'
      ? early.regions
      : description.windows.flatMap((window) => {
          const bounds = boundsOf(window);
          return window.role === 'ram' && window.flags.available !== false && bounds !== undefined
            ? [{ start: bounds.base, end: bounds.base + bounds.size - 1n, name: 'System RAM' }]
            : [];
        });
  return () => {
    const memory = region(0n, (1n << 64n) - 1n, 'PCI mem');
    for (const { start, end, name } of ram) insertRegion(memory, region(start, end, name, true));
    return { memory, io: region(0n, lastPort, 'PCI IO') };
  };
}

function judgeTree(
  subjects: readonly TreeBridge[],
  ranges: Ranges,
  situation: BridgeSituation,
  seed: () => Trees,
  ask: Ask,
): Outcome[] {
  const { model } = situation;
  const trees = seed();
  const ports = new PortNumbers(bridgeArchitecture('arm64').lastPort);
  return subjects.map((subject) => {
    if (!subject.hasRanges && ask.holds(model.is('bridgeWithoutRanges', 'fails')))
      return {
        windows: [],
        changes: [],
        notes: [{ text: 'it has no ranges, so its probe fails: it gets no bus', source: AUTHORITY.ranges }],
        works: false,
        ranges: [],
      };
    const fused = ranges.of(subject, ask);
    const parsed = windowsOfRanges(fused, subject.path, ports);
    const notes = notesOf(subject, parsed.windows, situation, ask);
    const failed = requestWindows(parsed.windows, trees, subject.node.name);
    if (failed !== undefined)
      return {
        windows: [],
        changes: [...parsed.changes, ...refused(parsed.windows, failed)],
        notes: [
          ...notes,
          {
            text: `its probe fails: ${printWindow(failed.window)} overlaps ${failed.with}`,
            source: AUTHORITY.request,
          },
        ],
        works: false,
        ranges: fused.map(rangeLine),
      };
    const joined = ask.holds(model.is('coalescesBridgeWindows', true))
      ? coalesce(parsed.windows)
      : { windows: parsed.windows, changes: [] };
    return {
      windows: joined.windows,
      changes: [...parsed.changes, ...joined.changes],
      notes: [...notes, ...windowNotes(parsed.windows, situation, ask)],
      works: true,
      ranges: fused.map(rangeLine),
    };
  });
}

/** All windows of a bridge whose probe fails. */
function refused(
  windows: readonly BridgeWindow[],
  { window: culprit, with: other }: NonNullable<ReturnType<typeof requestWindows>>,
): Change[] {
  return windows.map((window) => ({
    did: 'refused',
    window,
    why:
      window === culprit
        ? `it overlaps ${other}: the probe of the bridge fails`
        : `${printWindow(culprit)} overlaps ${other}: the probe of the bridge fails`,
    source: 'devm_request_pci_bus_resources()',
  }));
}

function notesOf(
  { hasBusRange, hasRanges, path, bus, statedLastBus }: TreeBridge,
  windows: readonly BridgeWindow[],
  { model }: BridgeSituation,
  ask: Ask,
): Omit<BridgeNote, 'when'>[] {
  const notes: Omit<BridgeNote, 'when'>[] = [];
  if (!hasRanges) notes.push({ text: 'it has no ranges, so no windows', source: AUTHORITY.ranges });
  if (!hasBusRange)
    notes.push({
      text: 'it has no bus-range: buses 00 to ff are taken',
      ...(ask.holds(model.is('tellsDefaultBusRange', true))
        ? { line: `  No bus range found for ${path}, using [bus 00-ff]` }
        : {}),
      source: AUTHORITY.ranges,
    });
  else if (bus.first !== null && statedLastBus < bus.first)
    notes.push({ text: 'its bus-range ends before it starts', source: AUTHORITY.ranges });
  else if (statedLastBus > LAST_BUS)
    notes.push({
      text: `its bus-range ends at ${hex(statedLastBus)}: buses up to ff are taken`,
      ...(ask.holds(model.is('tellsDefaultBusRange', false))
        ? {
            line: `  Invalid end bus number in ${printBuses(bus.first ?? 0, statedLastBus)}, defaulting to 0xff`,
          }
        : {}),
      source: AUTHORITY.ranges,
    });
  for (const { line, why } of rangeWarnings(windows, path))
    notes.push({ text: why, line, source: 'devm_of_pci_get_host_bridge_resources()' });
  return notes;
}

function windowNotes(
  windows: readonly BridgeWindow[],
  { model }: BridgeSituation,
  ask: Ask,
): Omit<BridgeNote, 'when'>[] {
  const large = windows.some(
    ({ space, prefetchable, start, end }) =>
      space === 'memory' && !prefetchable && end - start + 1n >= 1n << 32n,
  );
  const warns = large && ask.holds(model.is('warnsOfLargeWindow', true));
  return windowWarnings(windows, warns).map(({ line, why }) => ({
    text: why,
    line,
    source: 'pci_parse_request_of_pci_ranges()',
  }));
}

/** @param entries of its `ranges`, by their index */
function judged(
  subject: TreeBridge,
  entries: ReadonlyMap<number, AddressEntry>,
  worlds: readonly { readonly when: Condition; readonly outcome: Outcome }[],
  given: Condition,
  position: number,
): JudgedBridge {
  const windows: Found<BridgeWindow>[] = [];
  const changes: Found<Change>[] = [];
  const notes: Found<Omit<BridgeNote, 'when'>>[] = [];
  for (const { when, outcome } of worlds) {
    for (const of of outcome.windows) windows.push({ of, when });
    for (const of of outcome.changes) changes.push({ of, when });
    for (const of of outcome.notes) notes.push({ of, when });
  }
  const toWindow = (window: BridgeWindow, when: Condition): AddressWindow =>
    windowOf(subject, entries.get(window.from[0]!), window, when);
  return {
    device: subject.path,
    by: 'device-tree',
    // Where the tree has no domain, domains are assigned in the order of the probes.
    bus: { ...subject.bus, domain: subject.bus.domain ?? position },
    when: simplifiedUnder(anyOf(worlds.flatMap(({ when, outcome }) => (outcome.works ? [when] : []))), given),
    windows: gathered(windows, keyOfWindow, given).map(({ of, when }) => toWindow(of, when)),
    changed: gathered(changes, keyOfChange, given).map(({ of, when }) =>
      changeOf(of, when, toWindow(of.window, when)),
    ),
    notes: gathered(notes, ({ text, line }) => `${text} ${line}`, given).map(({ of, when }) => ({
      ...of,
      when,
    })),
    keptFree: [],
    prints: commonLines(
      worlds.map(({ outcome }) => outcome.ranges),
      subject.path,
    ),
  };
}

/** The lines that every world prints. */
function commonLines(worlds: readonly (readonly string[])[], path: string): string[] {
  const printed = worlds.map((lines) => new Set(lines));
  return [
    `host bridge ${path} ranges:`,
    // There is a first world in any case.
    ...worlds[0]!.filter((line) => printed.every((lines) => lines.has(line))),
  ];
}

function windowOf(
  { description, path }: TreeBridge,
  entry: AddressEntry | undefined,
  window: BridgeWindow,
  when: Condition,
): AddressWindow {
  const index = window.from[0]!;
  const base = window.start;
  const size = window.end - window.start + 1n;
  const parts = {
    space: window.space,
    role: 'window',
    ...(window.offset === 0n ? {} : { bus: { base: base - window.offset } }),
    flags: { producer: true, ...(window.prefetchable ? { prefetchable: true } : {}) },
    origin: {
      artifact: description.artifact,
      path,
      item: 'ranges',
      index,
      ...(entry?.span ? { span: entry.span } : {}),
    },
    derivation: entry === undefined ? [] : { entry },
  } as const;
  return typeof when === 'bigint'
    ? { ...parts, certainty: 'certain', base, size }
    : { ...parts, certainty: 'conditional', base, size, when };
}
