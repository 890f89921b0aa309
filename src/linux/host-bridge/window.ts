/** Windows of a PCI host bridge in the steps of Linux. Ends are inclusive, as in `struct resource`. */

/** Memory, or I/O ports by the kernel's numbers. */
export type BridgeSpace = 'memory' | 'io';

export interface Span {
  readonly start: bigint;
  /** Inclusive. */
  readonly end: bigint;
}

/** A window from one descriptor or `ranges` entry, or from several that were merged. */
export interface BridgeWindow extends Span {
  readonly space: BridgeSpace;
  /** CPU address (or port) minus bus address. */
  readonly offset: bigint;
  readonly prefetchable: boolean;
  /** IORESOURCE_WINDOW: a producer's range. */
  readonly window: boolean;
  /** Indices of its descriptors or entries. */
  readonly from: readonly number[];
}

/** What a step did with a window. */
export type ChangeKind = 'dropped' | 'clipped' | 'united' | 'coalesced' | 'refused';

export interface Change {
  readonly did: ChangeKind;
  /** The window before. */
  readonly window: BridgeWindow;
  /** The window after; absent if it is gone. */
  readonly into?: BridgeWindow;
  /** As a clause. */
  readonly why: string;
  /** The log line without the device; absent if Linux does not log it. */
  readonly line?: string;
  /** The kernel function. */
  readonly source: string;
}

/** The result of a step. */
export interface Step {
  readonly windows: readonly BridgeWindow[];
  readonly changes: readonly Change[];
}

/** `%pR`: `[mem 0x000a0000-0x000bffff window]`, `[io  0x0000-0x0cf7 pref]`. */
export function printWindow({
  space,
  start,
  end,
  prefetchable,
  window,
}: Pick<BridgeWindow, 'space' | 'start' | 'end' | 'prefetchable' | 'window'>): string {
  const digits = space === 'io' ? 4 : 8;
  const number = (value: bigint): string => `0x${value.toString(16).padStart(digits, '0')}`;
  const range = start === end ? number(start) : `${number(start)}-${number(end)}`;
  return `[${space === 'io' ? 'io ' : 'mem'} ${range}${prefetchable ? ' pref' : ''}${window ? ' window' : ''}]`;
}

/** `%pR` of bus numbers: `[bus 00-ff]`, `[bus 40]`. */
export function printBuses(first: number, last: number): string {
  const number = (bus: number): string => bus.toString(16).padStart(2, '0');
  return `[bus ${number(first)}${last === first ? '' : `-${number(last)}`}]`;
}

export function overlaps(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}
