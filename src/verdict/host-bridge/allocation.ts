/** Which parts of the windows are left for BARs that Linux places, and whether given BARs fit. */
import { formatMemRange, hex } from '../../bytes/address.ts';
import type { MachineFacts } from '../../evidence/facts.ts';
import type { MemoryMapEntry, PciBar } from '../../evidence/values.ts';
import { type Bar, type Placement, placeBars } from '../../linux/host-bridge/bars.ts';
import { keptOut, spanOf } from '../../linux/host-bridge/e820.ts';
import type { BridgeSpace, BridgeWindow, Span } from '../../linux/host-bridge/window.ts';
import { allOf, type Condition } from '../../symbolic/index.ts';
import type { Machine } from '../../window/describe.ts';
import { type AddressWindow, boundsOf } from '../../window/window.ts';
import type { BarFit, JudgedBridge, KeptFree } from './result.ts';
import type { BridgeSituation } from './situation.ts';

/** Parts of a bridge's memory windows that E820, or the BIOS ROM, keeps free of new BARs. */
export function keptFree(
  { windows }: JudgedBridge,
  { e820, architecture }: BridgeSituation,
  simplify: (condition: Condition) => Condition,
): KeptFree[] {
  if (!architecture.isX86) return [];
  return windows.flatMap((window) => partsOf(window, e820, simplify));
}

function partsOf(
  window: AddressWindow,
  e820: BridgeSituation['e820'],
  simplify: (condition: Condition) => Condition,
): KeptFree[] {
  const bounds = boundsOf(window);
  if (window.space !== 'memory' || bounds === undefined) return [];
  return keptOut(
    spanOf(bounds),
    e820.entries.map(({ entry }) => entry),
  ).flatMap(({ start, end, by }): KeptFree[] => {
    if (by === 'bios-rom') return [{ window, start, end, by: 'the BIOS ROM, always kept free', when: 1n }];
    const source = e820.entries.find(({ entry }) => entry === by)!;
    const when = simplify(allOf([e820.counts, source.when]));
    return when === 0n
      ? []
      : [
          {
            window,
            start,
            end,
            by: `E820: ${formatMemRange(by.base, by.size)} ${by.name}`,
            when,
            evidence: source.evidence,
          },
        ];
  });
}

/** A range on which no BAR is put. */
type Taken = Span & { readonly space: BridgeSpace };

/** Devices whose registers drivers/pnp/system.c reserves, on x86. */
const MOTHERBOARD_IDS: ReadonlySet<string> = new Set(['PNP0C01', 'PNP0C02']);

/** Registers that pnp_system_init() reserves before BARs are placed, unless something else is there. */
export function motherboardRegisters(machine: Machine, { architecture }: BridgeSituation): Taken[] {
  if (!architecture.isX86) return [];
  const paths = new Set(
    (machine.acpi?.crs ?? []).flatMap(({ entry: { device, hid, cid } }) =>
      [hid, ...(cid ?? [])].some((id) => id !== undefined && MOTHERBOARD_IDS.has(id)) ? [device] : [],
    ),
  );
  return machine.windows.flatMap((window): Taken[] => {
    const { space, role, certainty, origin } = window;
    const bounds = boundsOf(window);
    if (role !== 'register' || space === 'bus' || certainty !== 'certain' || !paths.has(origin.path))
      return [];
    if (bounds === undefined || bounds.size === 0n) return [];
    return [{ space, start: bounds.base, end: bounds.base + bounds.size - 1n }];
  });
}

/** A BAR that is asked about, by option or since the machine has it. */
interface Asked {
  readonly bar: Bar;
  readonly placed?: PciBar;
  /** Domain and bus of the device. */
  readonly on?: { readonly domain: number; readonly bus: number };
}

/**
 * Whether BARs fit. BARs of the machine's devices are where the firmware put them, in a window of their bridge or not;
 * given BARs are placed as Linux would, together, on each bridge.
 * @param given BARs by option
 * @param claimed what is taken before BARs are placed, besides other BARs; see {@link motherboardRegisters}
 */
export function fitsOf(
  given: readonly Bar[],
  bridges: readonly JudgedBridge[],
  situation: BridgeSituation,
  facts: MachineFacts,
  claimed: readonly Taken[] = [],
): BarFit[] | undefined {
  const listed = facts.pciDevices.flatMap(({ value: { address, bars } }): Asked[] => {
    const [domain, bus] = address.split(':');
    const on = { domain: Number.parseInt(domain!, 16), bus: Number.parseInt(bus!, 16) };
    return bars.map((placed) => ({ bar: barOf(placed, address), placed, on }));
  });
  if (given.length === 0 && listed.length === 0) return undefined;
  const taken = [...claimed, ...listed.map(({ placed }) => takenBy(placed!))];
  return bridges.flatMap((bridge) => [
    ...listed.filter(({ on }) => isOn(bridge, on!)).map((asked) => placedFit(asked, bridge)),
    ...givenFits(given, bridge, situation, taken),
  ]);
}

function barOf({ index, space, size }: PciBar, address: string): Bar {
  return { name: `${address} BAR ${index}`, space, size, is64Bit: false, prefetchable: false };
}

function takenBy({ space, base, size }: PciBar): Taken {
  return { space, start: base, end: base + size - 1n };
}

function isOn({ bus: { domain, first, last } }: JudgedBridge, on: NonNullable<Asked['on']>): boolean {
  return (domain ?? 0) === on.domain && on.bus >= (first ?? 0) && on.bus <= (last ?? 0xff);
}

/** pci_claim_resource(): a BAR that the firmware placed has to be inside a window of its bridge. */
function placedFit({ bar, placed }: Asked, bridge: JudgedBridge): BarFit {
  const { space, base, size } = placed!;
  const at = { start: base, end: base + size - 1n };
  const holds = (window: AddressWindow): boolean => {
    const bounds = boundsOf(window);
    return (
      window.space === space &&
      bounds !== undefined &&
      bounds.base <= at.start &&
      bounds.base + bounds.size > at.end
    );
  };
  const inside = bridge.windows.filter(holds);
  const sure = inside.some(({ certainty }) => certainty === 'certain');
  const known = bridge.windows.every((window) => window.space !== space || boundsOf(window) !== undefined);
  return {
    bar: bar.name,
    bridge: bridge.device,
    at,
    fits: sure ? 'placed' : inside.length > 0 || !known ? 'open' : 'no',
    why: sure
      ? []
      : inside.length > 0
        ? ['the window that contains it is conditional']
        : known
          ? ["can't claim; no compatible bridge window: Linux looks for another place"]
          : ['a window with unknown bounds may contain it'],
  };
}

/** Places BARs that nothing has placed. Where something relevant is open, the best and the worst case are tried. */
function givenFits(
  given: readonly Bar[],
  bridge: JudgedBridge,
  { e820, architecture }: BridgeSituation,
  taken: readonly Taken[],
): BarFit[] {
  if (given.length === 0) return [];
  const certain = bridge.windows.flatMap((window) =>
    window.certainty === 'certain' ? bridgeWindow(window) : [],
  );
  const possible = bridge.windows.flatMap(bridgeWindow);
  const unknown = bridge.windows.some((window) => window.space !== 'bus' && boundsOf(window) === undefined);
  const place = (
    windows: readonly BridgeWindow[],
    entries: readonly MemoryMapEntry[],
    counts: boolean,
  ): Placement[] => {
    const spans = entries.map(spanOf);
    return placeBars(given, {
      windows,
      taken: [...taken, ...nestedIn(windows, spans)],
      e820: counts ? spans : undefined,
      isX86: architecture.isX86,
    });
  };
  const entriesIf = (counts: (when: Condition) => boolean): MemoryMapEntry[] =>
    e820.entries.flatMap(({ entry, when }) => (counts(when) ? [entry] : []));
  const worst = place(
    certain,
    entriesIf((when) => when !== 0n),
    e820.counts !== 0n,
  );
  const best = place(
    possible,
    entriesIf((when) => when === 1n),
    e820.counts === 1n && e820.entries.every(({ when }) => when === 1n),
  );
  return given.map(({ name }, index): BarFit => {
    const [least, most] = [worst[index]!, best[index]!];
    const fit = { bar: name, bridge: bridge.device };
    if (least.at !== undefined && most.at !== undefined)
      return {
        ...fit,
        fits: 'fits',
        at: least.at,
        why:
          least.at.start === most.at.start
            ? []
            : [`or at ${hex(most.at.start)}, depending on unknown values`],
      };
    if (most.at !== undefined)
      return {
        ...fit,
        fits: 'open',
        at: most.at,
        why: [...least.why, 'this depends on the conditions of windows and of E820'],
      };
    return { ...fit, fits: unknown ? 'open' : 'no', why: most.why };
  });
}

/**
 * Entries of E820 inside a window are below it in the resource tree, whether E820 clips windows or not
 * (e820__reserve_resources_late() runs before BARs are placed): no BAR is put on them. An entry that is as large as the
 * window, or extends beyond it, is above it in the tree.
 */
function nestedIn(windows: readonly BridgeWindow[], entries: readonly Span[]): Taken[] {
  return entries.flatMap((entry) =>
    windows.some(
      ({ space, start, end }) =>
        space === 'memory' &&
        start <= entry.start &&
        entry.end <= end &&
        (start < entry.start || entry.end < end),
    )
      ? [{ ...entry, space: 'memory' as const }]
      : [],
  );
}

function bridgeWindow(window: AddressWindow): BridgeWindow[] {
  const bounds = boundsOf(window);
  if (bounds === undefined || window.space === 'bus') return [];
  const { base, size } = bounds;
  return [
    {
      space: window.space,
      start: base,
      end: base + size - 1n,
      offset: window.bus === undefined ? 0n : base - window.bus.base,
      prefetchable: window.flags.prefetchable === true,
      window: true,
      from: [window.origin.index],
    },
  ];
}
