/**
 * Where Linux places the BARs of devices on a root bus: pdev_sort_resources() and __pci_assign_resource() of drivers/pci,
 * pci_bus_alloc_resource() of drivers/pci/bus.c, pcibios_align_resource() of arch/x86/pci/i386.c. PCI-to-PCI bridges are
 * not modelled.
 */
import { usableGap } from './e820.ts';
import { type BridgeSpace, type BridgeWindow, overlaps, type Span } from './window.ts';

export interface Bar {
  /** For reports: `BAR 0 of 0000:00:02.0`, `256 MiB, 64-bit`. */
  readonly name: string;
  readonly space: BridgeSpace;
  /** In bytes; a power of two, which is also the alignment. */
  readonly size: bigint;
  readonly is64Bit: boolean;
  readonly prefetchable: boolean;
}

export interface Placement {
  readonly bar: Bar;
  /** `undefined` if it does not fit anywhere. */
  readonly at: Span | undefined;
  readonly window: BridgeWindow | undefined;
  /** Why it does not fit, or why it does not fit into windows before. */
  readonly why: readonly string[];
}

export interface Surroundings {
  readonly windows: readonly BridgeWindow[];
  /** Used ranges in the windows: BARs that the firmware placed, registers. */
  readonly taken: readonly (Span & { readonly space: BridgeSpace })[];
  /** Entries of E820, if BARs must avoid them; otherwise `undefined`. */
  readonly e820: readonly Span[] | undefined;
  readonly isX86: boolean;
}

const FOUR_GIB = 1n << 32n;
const LAST_ADDRESS = (1n << 64n) - 1n;
/** BIOS_END: on x86 no memory BAR is placed below. */
const BIOS_END = 0x10_0000n;
/** PCIBIOS_MIN_IO. */
const LEAST_PORT = 0x1000n;

/** Bus addresses that a BAR can have, in the order in which they are tried (pci_high, pci_64_bit, pci_32_bit). */
function regionsFor({ is64Bit }: Bar): readonly Span[] {
  const low = { start: 0n, end: FOUR_GIB - 1n };
  return is64Bit
    ? [
        { start: FOUR_GIB, end: LAST_ADDRESS },
        { start: 0n, end: LAST_ADDRESS },
      ]
    : [low];
}

/** Places unassigned BARs by descending alignment. @returns placements in the order of `bars` */
export function placeBars(bars: readonly Bar[], around: Surroundings): Placement[] {
  const order = bars.map((_, index) => index).sort((a, b) => compare(bars[b]!.size, bars[a]!.size) || a - b);
  const taken = [...around.taken];
  const placed = new Map<number, Placement>();
  for (const index of order) {
    const placement = place(bars[index]!, { ...around, taken });
    if (placement.at !== undefined) taken.push({ ...placement.at, space: placement.bar.space });
    placed.set(index, placement);
  }
  return bars.map((_, index) => placed.get(index)!);
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const TOO_SMALL = 'the windows that it can reach are smaller';

function place(bar: Bar, around: Surroundings): Placement {
  const why: string[] = [];
  // A prefetchable BAR is placed in a prefetchable window if possible, otherwise in any other.
  const passes = bar.prefetchable ? ([true, false] as const) : ([false] as const);
  for (const prefetchable of passes)
    for (const region of regionsFor(bar))
      for (const window of around.windows) {
        if (window.space !== bar.space || window.prefetchable !== prefetchable) continue;
        const at = placeIn(bar, window, region, around, why);
        if (at !== undefined) return { bar, at, window, why };
      }
  if (why.length === 0)
    why.push(
      around.windows.some(({ space }) => space === bar.space)
        ? bar.is64Bit
          ? 'no window is suitable'
          : 'no window is in the range of a 32-bit BAR'
        : `the bridge has no ${bar.space === 'io' ? 'I/O' : 'memory'} window`,
    );
  return { bar, at: undefined, window: undefined, why: [...new Set(why)] };
}

/** The lowest free place in a window (__find_resource_space). */
function placeIn(
  bar: Bar,
  window: BridgeWindow,
  region: Span,
  { taken, e820, isX86 }: Surroundings,
  why: string[],
): Span | undefined {
  // The range of a BAR is in bus addresses.
  const avail = common(window, { start: region.start + window.offset, end: region.end + window.offset });
  if (avail === undefined) return undefined;
  const size = avail.end - avail.start + 1n;
  if (size < bar.size) {
    why.push(TOO_SMALL);
    return undefined;
  }
  const inside = taken
    .filter((other) => other.space === bar.space && overlaps(other, avail))
    .toSorted((a, b) => compare(a.start, b.start));
  let from = avail.start;
  let clipped = false;
  for (const other of [...inside, { start: avail.end + 1n, end: avail.end + 1n }]) {
    const gap = { start: from, end: other.start - 1n };
    if (other.end >= from) from = other.end + 1n;
    if (gap.end < gap.start) continue;
    const usable = bar.space === 'memory' && isX86 ? usableGap(gap, e820 ?? []) : gap;
    clipped ||= usable === undefined || usable.start !== gap.start || usable.end !== gap.end;
    if (usable === undefined) continue;
    const start = align(usable.start, bar, isX86);
    if (start + bar.size - 1n <= usable.end) return { start, end: start + bar.size - 1n };
  }
  why.push(
    `no gap of ${text(window)} is large enough${clipped ? ', since E820 or the BIOS ROM reserves a part of it' : ''}`,
  );
  return undefined;
}

function align(start: bigint, { space, size }: Bar, isX86: boolean): bigint {
  const up = (value: bigint, to: bigint): bigint => ((value + to - 1n) / to) * to;
  let at = start;
  if (space === 'io') at = at < LEAST_PORT ? LEAST_PORT : at;
  else if (isX86 && at < BIOS_END) at = BIOS_END;
  at = up(at, size);
  // ISA cards decode ten bits only: ports with possible aliases are skipped (pcibios_align_resource).
  if (space === 'io' && isX86 && (at & 0x300n) !== 0n) at = up(at, 0x400n);
  return at;
}

function common(a: Span, b: Span): Span | undefined {
  const start = a.start > b.start ? a.start : b.start;
  const end = a.end < b.end ? a.end : b.end;
  return start <= end ? { start, end } : undefined;
}

function text({ start, end }: Span): string {
  return `0x${start.toString(16)}-0x${end.toString(16)}`;
}
