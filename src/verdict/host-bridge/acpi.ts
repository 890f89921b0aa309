/**
 * Host bridges of ACPI. Ranges that may overlap are judged together, in every world that the facts leave; other ranges are
 * judged separately, so that a dozen conditional windows are a dozen questions, not their product.
 */

import { casesOf } from '../../acpi/crs/crs.ts';
import { ecamRange, readMcfg } from '../../acpi/tables/records.ts';
import type { AcpiTable } from '../../acpi/tables/table.ts';
import { ignoreAll, prepare, validate } from '../../linux/host-bridge/acpi.ts';
import { coalesce, continues } from '../../linux/host-bridge/coalesce.ts';
import { insertWindows, type Trees } from '../../linux/host-bridge/conflicts.ts';
import { rangeRules } from '../../linux/host-bridge/descriptors.ts';
import { numberPorts, PortNumbers } from '../../linux/host-bridge/ports.ts';
import { type BridgeWindow, type Change, printWindow } from '../../linux/host-bridge/window.ts';
import { insertRegion, type Region, region } from '../../linux/region-tree.ts';
import { allOf, type Condition, chosenFrom, type DecisionContext, isKnown } from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import type { AddressWindow } from '../../window/window.ts';
import { explore } from '../explore.ts';
import type { Ask, Constraint, ExplorationLimit } from '../question.ts';
import { configurationSpace, notesOf } from './acpi-notes.ts';
import { AUTHORITY } from './authorities.ts';
import { changeOf, type Found, gathered, keyOfChange, keyOfWindow, simplifiedUnder } from './fold.ts';
import type { JudgedBridge } from './result.ts';
import type { BridgeSituation } from './situation.ts';
import { type AcpiBridge, type CrsItem, crsItems, failureOf, isConcrete, opposite } from './subject.ts';
import { ADDRESS_BITS, lastAddressOf } from './variables.ts';

/** A window of the description whose bounds are numbers. */
interface Item {
  readonly bridge: number;
  readonly window: BridgeWindow;
  readonly when: Condition;
}

/** The outcome of one world for a group's windows of one bridge. */
interface Outcome {
  readonly bridge: number;
  readonly windows: readonly BridgeWindow[];
  readonly changes: readonly Change[];
}

export interface AcpiJudgement {
  readonly bridges: readonly JudgedBridge[];
  readonly used: ReadonlySet<string>;
  readonly authorities: readonly Constraint[];
  /** Devices of which not every case was judged, each with the limit that was reached. */
  readonly unexplored: ReadonlyMap<string, ExplorationLimit>;
}

/** @param context where it is decided what is possible */
export function judgeAcpiBridges(
  subjects: readonly AcpiBridge[],
  machine: Machine,
  situation: BridgeSituation,
  context: DecisionContext,
): AcpiJudgement {
  const { architecture, constraints } = situation;
  const rules = rangeRules(architecture.name);
  const ranges = subjects.map((subject) => crsItems(subject, rules));
  const items = ranges.flatMap((list, bridge) => list.flatMap((item) => concreteItem(item, bridge) ?? []));
  const used = new Set<string>();
  const unexplored = new Map<string, ExplorationLimit>();
  const windows = subjects.map((): Found<BridgeWindow>[] => []);
  const changes = subjects.map((): Found<Change>[] => []);
  const seed = earlyTree(machine.acpi?.tables ?? [], situation);
  for (const group of groupsOf(items, architecture.mapsPorts)) {
    const explored = explore(
      (ask) => judgeGroup(group, subjects, situation, seed, ask),
      constraints,
      context,
    );
    for (const id of explored.used) used.add(id);
    if (explored.reached !== undefined)
      for (const { bridge } of group) unexplored.set(subjects[bridge]!.path, explored.reached);
    for (const { when, outcome } of explored.worlds)
      for (const made of outcome) {
        for (const of of made.windows) windows[made.bridge]!.push({ of, when });
        for (const of of made.changes) changes[made.bridge]!.push({ of, when });
      }
  }
  const given = allOf(constraints.map(({ condition }) => condition));
  const open = ranges.some((list) => list.some(({ range }) => !isConcrete(range)));
  const byPath = windowsByPath(machine);
  const ecam = subjects.map((subject) => configurationSpace(subject, machine, situation));
  // When neighbours are joined: most bridges are there in the same cases.
  const joins = new Map<Condition, Condition>();
  const bridges = subjects.map((subject, bridge): JudgedBridge => {
    const described = byPath.get(subject.path) ?? [];
    const byIndex = new Map(described.toReversed().map((window) => [window.origin.index, window]));
    // Conditions are told beside that of the bridge itself.
    const when = simplifiedUnder(allOf([subject.present, opposite(failureOf(subject))]), given);
    const beside = when === 0n ? given : allOf([given, when]);
    const taken = gathered(windows[bridge]!, keyOfWindow, beside);
    const unknown = ranges[bridge]!.filter(({ range }) => !isConcrete(range));
    if (!joins.has(beside))
      joins.set(beside, simplifiedUnder(situation.model.is('coalescesBridgeWindows', true), beside));
    const joined = coalesced(taken, unknown, joins.get(beside)!, beside);
    const toWindow = (window: BridgeWindow, when: Condition): AddressWindow =>
      windowOf(subject, window, when, byIndex.get(window.from[0]!));
    const failed = simplifiedUnder(failureOf(subject), given);
    return {
      device: subject.path,
      by: 'acpi',
      bus: subject.bus,
      when,
      windows: [
        ...joined.windows.map(({ of, when }) => ({ at: of.from[0]!, window: toWindow(of, when) })),
        ...(situation.crs.uses ? unknownWindows(unknown, described, architecture.consumersAreWindows) : []),
      ]
        .sort((a, b) => a.at - b.at)
        .map(({ window }) => window)
        .concat(anyWindow(subject)),
      changed: [
        ...gathered(changes[bridge]!, keyOfChange, beside).map(({ of, when }) =>
          changeOf(of, when, toWindow(of.window, when)),
        ),
        ...joined.changes.map(({ of, when, kernels }) => ({
          ...changeOf(of, when, toWindow(of.window, when)),
          ...(kernels === undefined ? {} : { kernels }),
        })),
      ],
      notes: [...notesOf(subject, failed, situation), ...ecam[bridge]!.notes],
      keptFree: [],
      prints: [],
    };
  });
  return {
    // Without configuration space there is no bus, whatever the windows.
    bridges: bridges.map((bridge, index) =>
      ecam[index]!.isBus ? bridge : { ...bridge, when: 0n, windows: [] },
    ),
    used,
    unexplored,
    authorities: open
      ? [
          {
            id: 'windows-distinct',
            kind: 'authority',
            condition: 1n,
            text: 'windows whose bounds the firmware computes overlap no other window and no edge of RAM',
            source: AUTHORITY.distinct,
            defeatedBy: 'a line "host bridge window expanded to" or "conflicts with" in a log, --set',
          },
        ]
      : [],
  };
}

function concreteItem({ index, range, when }: CrsItem, bridge: number): Item | undefined {
  const { space, first, last, offset, window, prefetchable } = range;
  if (space === 'bus' || !isKnown(first) || !isKnown(last) || !isKnown(offset)) return undefined;
  return {
    bridge,
    when,
    window: {
      space,
      start: first,
      end: last,
      offset: BigInt.asIntN(64, offset),
      prefetchable,
      window,
      from: [index],
    },
  };
}

/**
 * Groups items that may overlap, of all bridges. Where Linux numbers ports in order, all I/O windows are one group. Items
 * of a group keep their order.
 */
function groupsOf(items: readonly Item[], portsTogether: boolean): Item[][] {
  const order = items
    .map((item, index) => ({ item, index }))
    .sort((a, b) =>
      a.item.window.space !== b.item.window.space
        ? a.item.window.space < b.item.window.space
          ? -1
          : 1
        : a.item.window.start < b.item.window.start
          ? -1
          : 1,
    );
  const groups: { item: Item; index: number }[][] = [];
  let reach: { space: string; end: bigint } | undefined;
  for (const each of order) {
    const { space, start, end } = each.item.window;
    const together =
      reach !== undefined &&
      reach.space === space &&
      (start <= reach.end || (space === 'io' && portsTogether));
    if (together) groups.at(-1)!.push(each);
    else groups.push([each]);
    reach = { space, end: together && reach!.end > end ? reach!.end : end };
  }
  return groups.map((group) => group.sort((a, b) => a.index - b.index).map(({ item }) => item));
}

/** Regions that are there before the first bridge. */
function earlyTree(
  tables: readonly AcpiTable[],
  { early, architecture, lastAddress }: BridgeSituation,
): () => Trees {
  const regions = (early?.regions ?? []).map(({ start, end, name }) => ({ start, end, name }));
  if (!architecture.isX86)
    for (const table of tables)
      if (table.signature === 'MCFG')
        for (const window of readMcfg(table)) {
          const { start, end } = ecamRange(window);
          regions.push({ start, end: end - 1n, name: 'PCI ECAM' });
        }
  return () => {
    const memory = region(0n, lastAddress ?? (1n << 64n) - 1n, 'PCI mem');
    for (const { start, end, name } of regions) insertRegion(memory, region(start, end, name, true));
    const io: Region = region(0n, architecture.lastPort, 'PCI IO');
    return { memory, io };
  };
}

/** pci_acpi_scan_root() of each bridge, in the order in which they are found, as far as the group goes. */
function judgeGroup(
  group: readonly Item[],
  subjects: readonly AcpiBridge[],
  situation: BridgeSituation,
  seed: () => Trees,
  ask: Ask,
): Outcome[] {
  const { architecture, crs } = situation;
  const trees = seed();
  const ports = new PortNumbers(architecture.lastPort);
  // Only bridges with an item in the group: there may be thousands of both.
  return [...new Set(group.map(({ bridge }) => bridge))]
    .sort((a, b) => a - b)
    .map((bridge) => {
      const subject = subjects[bridge]!;
      // Only items of this bridge are asked about.
      const own = group.filter((item) => item.bridge === bridge && ask.holds(item.when));
      const steps: Change[] = [];
      const take = ({
        windows: kept,
        changes: made,
      }: {
        windows: readonly BridgeWindow[];
        changes: readonly Change[];
      }) => {
        steps.push(...made);
        return kept;
      };
      let list: readonly BridgeWindow[] = own.map(({ window }) => window);
      if (architecture.mapsPorts) list = take(numberPorts(list, subject.path, ports));
      list = take(validate(list, { memory: endFor(list, situation, ask), io: architecture.lastPort }));
      if (!crs.uses) list = take(ignoreAll(list, crs.why));
      list = take(prepare(list, architecture));
      list = take(insertWindows(list, trees, busName(subject)));
      return { bridge, windows: list, changes: steps };
    });
}

/** The last memory address for these windows. The address bits are asked for only where they make a difference. */
function endFor(windows: readonly BridgeWindow[], { lastAddress }: BridgeSituation, ask: Ask): bigint {
  if (lastAddress !== undefined) return lastAddress;
  const highest = windows.reduce(
    (last, { space, end }) => (space === 'memory' && end > last ? end : last),
    0n,
  );
  const enough = ADDRESS_BITS.values.find((bits) => lastAddressOf(Number(bits)) >= highest);
  if (
    enough !== undefined &&
    (enough === ADDRESS_BITS.values[0] || ask.holds(chosenFrom(ADDRESS_BITS, enough) as Condition))
  )
    return (1n << 64n) - 1n;
  return lastAddressOf(Number(ask.value(ADDRESS_BITS)));
}

function busName({ bus: { domain, first } }: AcpiBridge): string {
  const hex = (value: number | null, digits: number): string =>
    value === null ? '?'.repeat(digits) : value.toString(16).padStart(digits, '0');
  return `PCI Bus ${hex(domain, 4)}:${hex(first, 2)}`;
}

interface FoundChange extends Found<Change> {
  readonly kernels?: Condition;
}

/**
 * Coalesces contiguous windows that exist in any case; for conditional ones it adds a change that says they would be one.
 * @param does when the kernel joins them
 */
function coalesced(
  taken: readonly Found<BridgeWindow>[],
  unknown: readonly CrsItem[],
  does: Condition,
  given: Condition,
): { readonly windows: readonly Found<BridgeWindow>[]; readonly changes: readonly FoundChange[] } {
  const list = taken.toSorted((a, b) => a.of.from[0]! - b.of.from[0]!);
  if (does === 0n) return { windows: list, changes: [] };
  const windows: Found<BridgeWindow>[] = [];
  const changes: FoundChange[] = [];
  // Stretches of the list without a condition and without a gap.
  let run: BridgeWindow[] = [];
  const isBroken = (before: BridgeWindow, after: BridgeWindow): boolean =>
    unknown.some(({ index }) => index > before.from[0]! && index < after.from[0]!);
  const close = (): void => {
    const { windows: joined, changes: made } = coalesce(run);
    const [before, after] = [new Set(run), new Set(joined)];
    const separate = run.filter((window) => !after.has(window));
    for (const of of joined) windows.push({ of, when: before.has(of) ? 1n : does });
    if (does !== 1n) for (const of of separate) windows.push({ of, when: opposite(does) });
    for (const of of made) changes.push({ of, when: does });
    run = [];
  };
  list.forEach((each, index) => {
    if (each.when !== 1n) {
      close();
      windows.push(each);
    } else {
      const last = run.at(-1);
      if (last !== undefined && isBroken(last, each.of)) close();
      run.push(each.of);
    }
    const next = list[index + 1];
    if (next === undefined || (each.when === 1n && next.when === 1n) || !continues(each.of, next.of)) return;
    changes.push({
      of: {
        did: 'coalesced',
        window: each.of,
        into: { ...next.of, start: each.of.start },
        why: `${printWindow(next.of)} follows it without a gap`,
        source: 'pci_register_host_bridge()',
      },
      when: simplifiedUnder(allOf([does, each.when, next.when]), given),
      kernels: does,
    });
  });
  close();
  return { windows, changes };
}

/** The normalised windows of each device's `_CRS`, by the descriptor. */
function windowsByPath(machine: Machine): ReadonlyMap<string, readonly AddressWindow[]> {
  const byPath = new Map<string, AddressWindow[]>();
  for (const window of machine.windows) {
    if (window.origin.item !== '_CRS') continue;
    const own = byPath.get(window.origin.path);
    if (own) own.push(window);
    else byPath.set(window.origin.path, [window]);
  }
  return byPath;
}

function windowOf(
  subject: AcpiBridge,
  window: BridgeWindow,
  when: Condition,
  like: AddressWindow | undefined,
): AddressWindow {
  const index = window.from[0]!;
  const bus = window.start - window.offset;
  const parts = {
    space: window.space,
    role: 'window',
    ...(window.offset === 0n ? {} : { bus: { base: bus } }),
    flags: { producer: window.window, ...(window.prefetchable ? { prefetchable: true } : {}) },
    origin: like?.origin ?? { artifact: subject.artifact, path: subject.path, item: '_CRS', index },
    derivation: like?.derivation ?? [],
  } as const;
  const base = window.start;
  const size = window.end - window.start + 1n;
  return isKnown(when)
    ? { ...parts, certainty: 'certain', base, size }
    : { ...parts, certainty: 'conditional', base, size, when };
}

/** Windows with a bound that isn't known, as they were normalised. */
function unknownWindows(
  unknown: readonly CrsItem[],
  described: readonly AddressWindow[],
  consumers: boolean,
): { readonly at: number; readonly window: AddressWindow }[] {
  const wanted = new Set(unknown.map(({ index }) => index));
  return described.flatMap((window) => {
    const { role, space, base, size, origin } = window;
    if (!wanted.has(origin.index) || space === 'bus' || (role !== 'window' && !consumers)) return [];
    return typeof base === 'bigint' && typeof size === 'bigint' ? [] : [{ at: origin.index, window }];
  });
}

/** Where the evaluation of `_CRS` was abandoned there may be further windows. */
function anyWindow({ artifact, path, entry }: AcpiBridge): AddressWindow[] {
  const open = casesOf(entry).find(({ outcome, rest }) => outcome === 'abandoned' || rest !== undefined);
  if (open === undefined) return [];
  return [
    {
      space: 'memory',
      role: 'window',
      certainty: 'unknown',
      base: null,
      size: null,
      why: `there may be further windows: ${open.why ?? entry.why ?? '_CRS could not be followed'}`,
      flags: { producer: true },
      origin: { artifact, path, item: '_CRS', index: entry.resources.length },
      derivation: [],
    },
  ];
}
