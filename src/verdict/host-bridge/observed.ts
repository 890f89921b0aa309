/** Compares what the log of the machine shows about its host bridges with what the description and the rules give. */
import type { FactOf } from '../../evidence/fact.ts';
import type { BridgeWindowChange, MachineFacts } from '../../evidence/facts.ts';
import type { PrintedWindow } from '../../evidence/values.ts';
import { printWindow } from '../../linux/host-bridge/window.ts';
import type { Condition } from '../../symbolic/index.ts';
import { type AddressWindow, boundsOf } from '../../window/window.ts';
import type { BridgeChange, BusRange, JudgedBridge, Observed } from './result.ts';

/** What the log printed of one root bus. */
interface PrintedBus {
  /** `0000:00`. */
  readonly bus: string;
  readonly windows: readonly FactOf<PrintedWindow>[];
}

/** Root buses of the log. Buses below them have `resource N` lines only. */
function printedBuses(facts: MachineFacts): PrintedBus[] {
  const buses = new Map<string, FactOf<PrintedWindow>[]>();
  for (const fact of facts.pciWindows) {
    if (!fact.text.includes('root bus resource')) continue;
    const list = buses.get(fact.value.bus);
    if (list === undefined) buses.set(fact.value.bus, [fact]);
    else list.push(fact);
  }
  return [...buses].map(([bus, windows]) => ({ bus, windows }));
}

/** `0000:00`, as far as it is known. */
export function busText({ domain, first }: BusRange): string | undefined {
  if (first === null) return undefined;
  return `${(domain ?? 0).toString(16).padStart(4, '0')}:${first.toString(16).padStart(2, '0')}`;
}

/** Bridges with what the log shows about them, and bridges that only the log has. */
export function observe(bridges: readonly JudgedBridge[], facts: MachineFacts): JudgedBridge[] {
  const printed = printedBuses(facts);
  if (printed.length === 0)
    return withChanges(
      bridges.map((bridge) => notProbed(bridge, facts) ?? bridge),
      facts,
    );
  const left = new Set(printed);
  const observed = bridges.map((bridge): JudgedBridge => {
    const bus = busOf(bridge, facts);
    const found = printed.find((each) => each.bus === bus);
    if (found === undefined) return notProbed(bridge, facts) ?? bridge;
    left.delete(found);
    return { ...bridge, ...observedBridge(bridge, found) };
  });
  const others = [...left].map((each): JudgedBridge => {
    const [domain, first] = each.bus.split(':').map((digits) => Number.parseInt(digits, 16));
    const windows = each.windows.map((fact) => printedWindow(fact, undefined));
    return {
      device: `pci_bus ${each.bus}`,
      by: 'log',
      bus: { domain: domain!, first: first!, last: lastBusOf(each.bus, facts) },
      when: 1n,
      windows,
      changed: [],
      notes: [],
      keptFree: [],
      prints: [],
      observed: { bus: each.bus, windows, contradictions: [] },
    };
  });
  return withChanges([...observed, ...others], facts);
}

/** A node that a complete log doesn't mention: no driver matched it, or its probe was deferred. */
function notProbed(bridge: JudgedBridge, facts: MachineFacts): JudgedBridge | undefined {
  if (bridge.by !== 'device-tree' || !facts.logs.some(({ complete }) => complete)) return undefined;
  if (facts.pciHosts.some(({ value }) => value.path === bridge.device)) return undefined;
  const why =
    'the complete log does not mention this bridge: no driver of that kernel matched it, or its probe was deferred';
  return {
    ...bridge,
    when: 0n,
    windows: [],
    prints: [],
    changed: [
      ...bridge.changed,
      ...bridge.windows.map((window) => ({
        did: 'refused' as const,
        window,
        why,
        when: 1n as const,
        source: 'the log',
      })),
    ],
  };
}

function lastBusOf(bus: string, facts: MachineFacts): number | null {
  return facts.pciHosts.find(({ value }) => value.bus === bus)?.value.lastBus ?? null;
}

/** The bus that a bridge has in the log: by the line that names it, else by its numbers. */
function busOf({ device, by, bus }: JudgedBridge, facts: MachineFacts): string | undefined {
  if (by === 'device-tree') {
    const named = facts.pciHosts.find(({ value }) => value.path === device)?.value.name;
    const found = facts.pciHosts.find(({ value }) => value.name === named && value.bus !== undefined);
    return found?.value.bus ?? busText(bus);
  }
  const segment = device.split('.').at(-1)!.replace('\\', '');
  const named = facts.pciHosts.filter(
    ({ value }) => value.by === 'acpi' && value.name.replace(/_+$/, '') === segment,
  );
  // Names are unique below one scope only.
  return named.length === 1 ? named[0]!.value.bus : busText(bus);
}

/**
 * The printed windows are what Linux gave. Each is explained by a window of the model that is the same, or that may be it:
 * whose condition or bounds are open.
 */
function observedBridge(
  bridge: JudgedBridge,
  { bus, windows }: PrintedBus,
): Pick<JudgedBridge, 'windows' | 'observed'> {
  const unused = new Set(bridge.windows);
  const contradictions: string[] = [];
  const matched = new Map<FactOf<PrintedWindow>, AddressWindow>();
  const match = (fits: (window: AddressWindow, printed: PrintedWindow) => boolean): void => {
    for (const fact of windows) {
      if (matched.has(fact)) continue;
      const found = [...unused].find(
        (window) => (window.space === fact.value.space || window.base === null) && fits(window, fact.value),
      );
      if (found === undefined) continue;
      matched.set(fact, found);
      // What may be any window may be several.
      if (found.base !== null) unused.delete(found);
    }
  };
  match(isThere);
  match((window) => boundsOf(window) === undefined);
  for (const fact of windows)
    if (!matched.has(fact) && !isRunOf(fact.value, unused))
      contradictions.push(
        `the log has ${textOf(fact.value)}, which the description and the rules do not give`,
      );
  for (const window of unused)
    if (window.certainty === 'certain') {
      const { base, size } = window;
      const end = base + size - 1n;
      contradictions.push(
        `the description and the rules give ${textOf({ space: window.space === 'io' ? 'io' : 'memory', start: base, last: end })}, which the log does not have`,
      );
    }
  const observed: Observed = {
    bus,
    windows: windows.map((fact) => printedWindow(fact, matched.get(fact))),
    contradictions,
  };
  return { windows: observed.windows, observed };
}

function isThere(window: AddressWindow, { start, last }: PrintedWindow): boolean {
  const bounds = boundsOf(window);
  return bounds !== undefined && bounds.base === start && bounds.base + bounds.size - 1n === last;
}

/** Whether contiguous conditional windows make up the printed one; they are then removed from `unused`. */
function isRunOf({ space, start, last }: PrintedWindow, unused: Set<AddressWindow>): boolean {
  const used: AddressWindow[] = [];
  let at = start;
  while (at <= last) {
    const next = [...unused].find(
      (window) => window.space === space && window.base === at && boundsOf(window) !== undefined,
    );
    if (next === undefined) return false;
    used.push(next);
    at += boundsOf(next)!.size;
  }
  if (at !== last + 1n) return false;
  for (const window of used) unused.delete(window);
  return true;
}

function textOf({ space, start, last }: Pick<PrintedWindow, 'space' | 'start' | 'last'>): string {
  return printWindow({ space, start, end: last, prefetchable: false, window: false });
}

/** @param like the window of the description that it is */
function printedWindow(fact: FactOf<PrintedWindow>, like: AddressWindow | undefined): AddressWindow {
  const { space, start, last, bus } = fact.value;
  const { artifact, span } = fact;
  const translated = /\(bus address \[0x([0-9a-f]+)-/.exec(fact.text)?.[1];
  return {
    space,
    role: 'window',
    certainty: 'certain',
    base: start,
    size: last - start + 1n,
    ...(translated === undefined ? {} : { bus: { base: BigInt(`0x${translated}`) } }),
    flags: { producer: true, ...(/ pref\b/.test(fact.text) ? { prefetchable: true } : {}) },
    origin: like?.origin ?? {
      artifact,
      path: `pci_bus ${bus}`,
      item: 'root bus resource',
      index: 0,
      ...(span ? { span } : {}),
    },
    derivation: [
      ...(like !== undefined && !('entry' in like.derivation) ? like.derivation : []),
      { what: 'log', text: fact.text, ...(span ? { span } : {}) },
    ],
  };
}

/** Changes that the log has: those of the model are marked, the others added. */
function withChanges(bridges: readonly JudgedBridge[], facts: MachineFacts): JudgedBridge[] {
  if (facts.bridgeChanges.length === 0) return [...bridges];
  const left = new Set(facts.bridgeChanges);
  const marked = bridges.map((bridge) => ({
    ...bridge,
    changed: bridge.changed.map((change): BridgeChange => {
      const fact = [...left].find(({ text }) => change.line !== undefined && text.includes(change.line));
      if (fact === undefined) return change;
      left.delete(fact);
      return { ...change, when: 1n, logged: true };
    }),
  }));
  if (left.size === 0) return marked;
  // Which bridge `acpi PNP0A08:01` is depends on the order in which devices were found.
  return marked.map((bridge, index) => {
    const own = [...left].filter(({ value }) => isNamed(value.bridge, bridge, index, marked.length));
    return own.length === 0
      ? bridge
      : {
          ...bridge,
          changed: [...bridge.changed, ...own.map((fact) => loggedChange(fact))],
          ...(bridge.observed === undefined
            ? {}
            : {
                observed: {
                  ...bridge.observed,
                  contradictions: [
                    ...bridge.observed.contradictions,
                    ...own
                      .filter(() => bridge.by !== 'log')
                      .map(({ text }) => `the log has "${text}", which the rules do not give`),
                  ],
                },
              }),
        };
  });
}

/** `PNP0A08:01` is the second of its kind; `0000:40` a bus. */
function isNamed(name: string, bridge: JudgedBridge, index: number, count: number): boolean {
  const number = /^(?:PNP0A0[38]):([0-9a-f]{2})$/.exec(name)?.[1];
  if (number !== undefined) return index === Math.min(Number.parseInt(number, 16), count - 1);
  return name === bridge.observed?.bus || name === busText(bridge.bus);
}

const DID: Readonly<Record<BridgeWindowChange['did'], BridgeChange['did']>> = {
  ignored: 'refused',
  clipped: 'clipped',
  expanded: 'united',
  conflicts: 'dropped',
  'not-addressable': 'dropped',
};

function loggedChange(fact: FactOf<BridgeWindowChange>): BridgeChange {
  const { did, space, start, last } = fact.value;
  return {
    did: DID[did],
    window: {
      space,
      role: 'window',
      certainty: 'certain',
      base: start,
      size: last - start + 1n,
      flags: { producer: true },
      origin: {
        artifact: fact.artifact,
        path: fact.value.bridge,
        item: 'log',
        index: 0,
        ...(fact.span ? { span: fact.span } : {}),
      },
      derivation: [{ what: 'log', text: fact.text, ...(fact.span ? { span: fact.span } : {}) }],
    },
    why: 'as logged',
    when: 1n as Condition,
    line: fact.text,
    source: fact.artifact.source.name,
    logged: true,
  };
}
