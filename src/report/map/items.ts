/** The content of an address map before it is laid out, as a subject gives it. */
import type { Span } from '../../bytes/source.ts';
import { formatCondition, maximumOf, minimumOf, type Quantity } from '../../symbolic/index.ts';
import { type AddressWindow, windowClass } from '../../window/window.ts';
import type { Conditions } from '../conditions.ts';
import { classText, rangeText, sizeText, windowNotes } from '../phrases.ts';

/** What a part of the address space is to the subject. */
export type MapKind =
  | 'window'
  | 'register'
  | 'ram'
  | 'reserved'
  | 'framebuffer'
  | 'pool'
  | 'reservation'
  | 'allocation'
  | 'hazard'
  | 'asked';

/** Smallest and largest value that a bound can have. */
export interface Bound {
  readonly least: bigint;
  readonly most: bigint;
}

export interface MapItem {
  readonly kind: MapKind;
  readonly space: 'memory' | 'io';
  /** The first address; null where nothing is known of it. */
  readonly base: Bound | null;
  /** In bytes or ports; null where nothing is known of it. */
  readonly size: Bound | null;
  /** As %pR prints it; a bound that isn't a number is an expression. */
  readonly range: string;
  /** `256 MiB`; empty where it isn't known. */
  readonly sizeText: string;
  /** Whose it is: `\_SB.PCI0`, `/soc/uart@1000`. */
  readonly owner: string;
  /** A name besides its kind. */
  readonly what?: string;
  /** The condition under which it is there. */
  readonly when?: string;
  /** For a box that stands for several: how many different conditions they have. */
  readonly conditions?: number;
  /** Why it isn't known. */
  readonly why?: string;
  readonly notes: readonly string[];
  /** How many ranges inside it are not shown. */
  readonly inside?: number;
  /** Where it was read. */
  readonly span?: Span;
}

export interface AddressMap {
  /** One line. */
  readonly title: string;
  /** What it is a map of, in a sentence or two. */
  readonly text: string;
  readonly items: readonly MapItem[];
  /** Explanations of names in ranges: `E1 is (TOLM << 20)`. */
  readonly names: readonly string[];
}

/** The words for kinds, in the order of the legend. */
export const KIND_WORDS: Readonly<Record<MapKind, string>> = {
  window: 'window',
  pool: 'VMBus window',
  register: 'register',
  ram: 'RAM',
  reserved: 'reserved',
  framebuffer: 'framebuffer',
  reservation: 'reservation',
  allocation: 'allocation',
  hazard: 'on the framebuffer',
  asked: 'asked about',
};

function boundOf(value: Quantity | null): Bound | null {
  if (value === null) return null;
  if (typeof value === 'bigint') return { least: value, most: value };
  return { least: minimumOf(value), most: maximumOf(value) };
}

/** A range of known bounds. */
export function knownItem(
  kind: MapKind,
  range: { readonly base: bigint; readonly size: bigint; readonly space?: 'memory' | 'io' },
  conditions: Conditions,
  rest: Partial<Omit<MapItem, 'kind' | 'base' | 'size' | 'range' | 'sizeText' | 'space'>> & {
    readonly owner: string;
  },
): MapItem {
  const { base, size, space = 'memory' } = range;
  const bounds = { space, base, size } as const;
  return {
    notes: [],
    ...rest,
    kind,
    space,
    base: boundOf(base),
    size: boundOf(size),
    range: rangeText(bounds, conditions),
    sizeText: sizeText(bounds),
  };
}

/** Any range, also one whose bounds depend on firmware fields. */
export function quantityItem(
  kind: MapKind,
  range: { readonly base: Quantity | null; readonly size: Quantity | null; readonly space: 'memory' | 'io' },
  conditions: Conditions,
  rest: Partial<MapItem> & { readonly owner: string },
): MapItem {
  return {
    notes: [],
    kind,
    space: range.space,
    base: boundOf(range.base),
    size: boundOf(range.size),
    range: rangeText(range, conditions),
    sizeText: sizeText(range),
    ...rest,
  };
}

/** A window as an item of the map; undefined for bus numbers. */
export function windowItem(
  window: AddressWindow,
  conditions: Conditions,
  kind: MapKind = window.role,
): MapItem | undefined {
  const { space, certainty, origin } = window;
  if (space === 'bus') return undefined;
  const when = certainty === 'conditional' ? formatCondition(window.when, conditions.names) : undefined;
  const why = certainty === 'unknown' ? window.why : undefined;
  const notes = windowNotes(window, conditions, { inferences: true }).filter(
    (note) => !note.startsWith('unknown: ') && !note.startsWith('if ') && !note.startsWith('on Linux '),
  );
  const known = windowClass(window);
  return quantityItem(kind, { base: window.base, size: window.size, space }, conditions, {
    owner: origin.path,
    what: `${origin.item}[${origin.index}]`,
    notes: [...(known === null || known === 'low' ? [] : [classText(window)]), ...notes],
    ...(when === undefined ? {} : { when }),
    ...(why === undefined ? {} : { why }),
    ...(origin.span === undefined ? {} : { span: origin.span }),
  });
}

/** The names of expressions in ranges, each with its expression. */
export function nameLines(conditions: Conditions): string[] {
  return conditions.quantities().map(([name, text]) => `${name} is ${text}`);
}
