/** Windows of a PCI host bridge while Linux works on them. Ends are inclusive, as in `struct resource`. */

/** Memory or I/O ports; ports as the kernel numbers them. */
export type BridgeSpace = 'memory' | 'io';

export interface Span {
  readonly start: bigint;
  /** Inclusive. */
  readonly end: bigint;
}

/** A window: what one descriptor or `ranges` entry says, or what Linux made of several. */
export interface BridgeWindow extends Span {
  readonly space: BridgeSpace;
  /** CPU address (or port) minus bus address. */
  readonly offset: bigint;
  readonly prefetchable: boolean;
  /** IORESOURCE_WINDOW: a producer's range. A flag like any other to Linux on x86, and printed. */
  readonly window: boolean;
  /** The descriptors or entries that it comes from, by their position. */
  readonly from: readonly number[];
}

/** What Linux did with a window. */
export type ChangeKind = 'dropped' | 'clipped' | 'united' | 'coalesced' | 'refused';

export interface Change {
  readonly did: ChangeKind;
  /** The window as it was before. */
  readonly window: BridgeWindow;
  /** What came of it; undefined when nothing did. */
  readonly into?: BridgeWindow;
  /** As a clause. */
  readonly why: string;
  /** As Linux logs it, without the device in front; undefined where it says nothing. */
  readonly line?: string;
  /** Function of the kernel. */
  readonly source: string;
}

/** What a step comes to. */
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
