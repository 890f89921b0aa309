/**
 * The layout of the address map, for every format that draws it. The space is divided into segments. In a segment each box
 * has a row of its own, in address order, extends to the row where it ends, and is indented by the boxes around it. As no
 * two boxes share a row, labels never collide. A gap is one row, whatever its size. The height of a row is the logarithm
 * of what it spans.
 */
import { FOUR_GIB, ONE_MIB } from '../../bytes/address.ts';
import { byAddress, foldKnown, foldUnplaced, isFixed, MANY_ITEMS, MOST_ITEMS } from './fold.ts';
import type { AddressMap, MapItem } from './items.ts';

export type SegmentId =
  | 'below-1m'
  | 'low'
  | 'gap'
  | 'high'
  | 'low-somewhere'
  | 'high-somewhere'
  | 'anywhere'
  | 'io';

export interface Box {
  readonly item: MapItem;
  /** How many boxes are around it. */
  readonly lane: number;
  readonly firstRow: number;
  /** The row after its last. */
  endRow: number;
  /** It begins before this segment, or its start is not known. */
  readonly openStart: boolean;
  readonly openEnd: boolean;
  /** It was shown in the segment before. */
  readonly continued: boolean;
}

export type Row =
  | { readonly kind: 'box'; readonly box: Box; span: bigint }
  /** `gap`: nothing describes these addresses; `rest`: the boxes around continue. */
  | { readonly kind: 'gap' | 'rest'; readonly start: bigint; readonly span: bigint };

export interface Segment {
  readonly id: SegmentId;
  readonly title: string;
  /** Where it begins; undefined for a segment of unknown addresses. */
  readonly start?: bigint;
  /** A factor for the heights of its rows. */
  readonly scale: number;
  readonly rows: readonly Row[];
  readonly boxes: readonly Box[];
}

export interface Layout {
  readonly title: string;
  readonly text: string;
  readonly names: readonly string[];
  readonly segments: readonly Segment[];
  /** The number of levels of nesting, at least 1. */
  readonly lanes: number;
  /** How many items didn't fit. */
  readonly left: number;
}

/** Boxes that are nested deeper aren't indented any further. */
const MOST_LANES = 12;
/** A `rest` row is shown if it is at least this part (1/16) of the innermost box. */
const REST_PART = 16n;
const SPACE_END = 1n << 64n;

interface Piece {
  readonly item: MapItem;
  readonly start: bigint;
  readonly end: bigint;
  readonly openStart: boolean;
  readonly openEnd: boolean;
  readonly continued: boolean;
}

interface Span {
  readonly id: SegmentId;
  readonly title: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly scale: number;
}

/** The low gap begins where RAM below 4 GiB ends, if RAM is known and something follows. */
function spansOf(items: readonly MapItem[]): Span[] {
  const memory = items.filter(
    ({ space, base }) => space === 'memory' && base !== null && base.least === base.most,
  );
  const isRam = (item: MapItem): boolean => item.kind === 'ram' && item.size !== null;
  let ramEnd = 0n;
  for (const item of memory) {
    if (!isRam(item)) continue;
    const end = item.base!.least + item.size!.least;
    if (end > ramEnd && end <= FOUR_GIB) ramEnd = end;
  }
  const follows = memory.some(
    ({ base, kind }) => kind !== 'ram' && base!.least >= ramEnd && base!.least < FOUR_GIB,
  );
  const hasGap = ramEnd > ONE_MIB && ramEnd < FOUR_GIB && follows;
  return [
    { id: 'below-1m', title: 'below 1 MiB', start: 0n, end: ONE_MIB, scale: 0.7 },
    ...(hasGap
      ? [
          {
            id: 'low',
            title: 'low: 1 MiB to the end of RAM',
            start: ONE_MIB,
            end: ramEnd,
            scale: 0.8,
          } as const,
          {
            id: 'gap',
            title: 'low gap: end of RAM to 4 GiB',
            start: ramEnd,
            end: FOUR_GIB,
            scale: 1.4,
          } as const,
        ]
      : [{ id: 'low', title: 'low: 1 MiB to 4 GiB', start: ONE_MIB, end: FOUR_GIB, scale: 1.2 } as const]),
    { id: 'high', title: 'high: from 4 GiB', start: FOUR_GIB, end: SPACE_END, scale: 0.8 },
  ];
}

/** The known end of the box; one address where only its base is known. */
function knownEnd({ base, size }: MapItem): { readonly end: bigint; readonly open: boolean } {
  const start = base!.least;
  if (size === null || size.least !== size.most) return { end: start + 1n, open: true };
  const end = start + size.least;
  return { end: end > SPACE_END ? SPACE_END : end, open: false };
}

function hasBase({ base }: MapItem): boolean {
  return base !== null && base.least === base.most;
}

/** The parts of items that are in a segment. */
function piecesIn(items: readonly MapItem[], { start, end }: Pick<Span, 'start' | 'end'>): Piece[] {
  const pieces: Piece[] = [];
  for (const item of items) {
    const { least } = item.base!;
    const known = knownEnd(item);
    if (least >= end || known.end <= start) continue;
    pieces.push({
      item,
      start: least < start ? start : least,
      end: known.end > end ? end : known.end,
      openStart: least < start,
      openEnd: known.open || known.end > end,
      continued: least < start,
    });
  }
  return pieces;
}

/** The segment of an item whose base is not known, by the limits of its base. */
function homeOf({ base, space }: MapItem): SegmentId {
  if (space === 'io') return 'io';
  if (base === null) return 'anywhere';
  if (base.least >= FOUR_GIB) return 'high-somewhere';
  return base.most < FOUR_GIB ? 'low-somewhere' : 'anywhere';
}

class Stack {
  readonly #active: { readonly box: Box; readonly end: bigint }[] = [];

  /** Boxes that are open at the current address. */
  get active(): readonly { readonly box: Box; readonly end: bigint }[] {
    return this.#active;
  }

  close(address: bigint, row: number): void {
    for (let at = this.#active.length - 1; at >= 0; at -= 1)
      if (this.#active[at]!.end <= address) {
        this.#active[at]!.box.endRow = row;
        this.#active.splice(at, 1);
      }
  }

  open(piece: Piece, row: number): Box {
    const deepest = this.#active.reduce((most, { box }) => Math.max(most, box.lane), -1);
    const { item, openStart, openEnd, continued } = piece;
    const lane = Math.min(deepest + 1, MOST_LANES - 1);
    const box: Box = { item, lane, firstRow: row, endRow: row + 1, openStart, openEnd, continued };
    this.#active.push({ box, end: piece.end });
    return box;
  }
}

function layOut(pieces: readonly Piece[], unplaced: readonly MapItem[]): { rows: Row[]; boxes: Box[] } {
  const sorted = [...pieces].sort(
    (a, b) => order(a.start, b.start) || order(b.end, a.end) || byAddress(a.item, b.item),
  );
  const edges = [...new Set(sorted.flatMap(({ start, end }) => [start, end]))].sort(order);
  const rows: Row[] = [];
  const boxes: Box[] = [];
  const stack = new Stack();
  let next = 0;
  for (const [at, edge] of edges.entries()) {
    stack.close(edge, rows.length);
    const span = (edges[at + 1] ?? edge) - edge;
    const before = rows.length;
    for (; next < sorted.length && sorted[next]!.start === edge; next += 1) {
      const box = stack.open(sorted[next]!, rows.length);
      boxes.push(box);
      rows.push({ kind: 'box', box, span: 0n });
    }
    const last = rows.at(-1);
    if (rows.length > before && last?.kind === 'box') last.span = span;
    else if (span > 0n) {
      const inner = stack.active.at(-1);
      if (inner === undefined) rows.push({ kind: 'gap', start: edge, span });
      else if (span * REST_PART >= (inner.box.item.size?.least ?? 0n))
        rows.push({ kind: 'rest', start: edge, span });
    }
  }
  stack.close(SPACE_END, rows.length);
  for (const item of unplaced) {
    const firstRow = rows.length;
    const box = {
      item,
      lane: 0,
      firstRow,
      endRow: firstRow + 1,
      openStart: true,
      openEnd: true,
      continued: false,
    };
    boxes.push(box);
    rows.push({ kind: 'box', box, span: 0n });
  }
  return { rows, boxes };
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Segments of items whose addresses are not known. */
const SOMEWHERE = [
  { id: 'low-somewhere', title: 'somewhere below 4 GiB' },
  { id: 'high-somewhere', title: 'somewhere from 4 GiB' },
  { id: 'anywhere', title: 'address unknown' },
] as const;

/** The items that are shown, folded until they fit. */
function shownItems(
  items: readonly MapItem[],
  all: boolean,
): { readonly items: MapItem[]; readonly left: number } {
  const known = items.filter(isFixed);
  const settled = new Set(known);
  const others = items.filter((item) => !settled.has(item));
  const shown = all && known.length <= MOST_ITEMS ? known : foldKnown(known, all ? MOST_ITEMS : MANY_ITEMS);
  const open = all ? others : foldUnplaced(others);
  const most = MOST_ITEMS - Math.min(open.length, MOST_ITEMS / 2);
  const kept = [...shown.slice(0, most), ...open.slice(0, MOST_ITEMS / 2)];
  return { items: kept, left: shown.length + open.length - kept.length };
}

function isNamed(name: string, segments: readonly Segment[]): boolean {
  const word = new RegExp(`\\b${name}\\b`);
  return segments.some(({ boxes }) => boxes.some(({ item }) => word.test(item.range)));
}

/** Lays out a map. @param all folds nothing, as far as there is room */
export function layoutOf(map: AddressMap, { all = false }: { readonly all?: boolean } = {}): Layout {
  const { items, left } = shownItems(map.items, all);
  const unplaced = items.filter((item) => !hasBase(item));
  const memory = items.filter((item) => hasBase(item) && item.space === 'memory');
  const ports = items.filter((item) => hasBase(item) && item.space === 'io');
  const home = (id: SegmentId): MapItem[] => unplaced.filter((item) => homeOf(item) === id);
  const segments: Segment[] = spansOf(memory).map(({ id, title, start, end, scale }) => ({
    id,
    title,
    start,
    scale,
    ...layOut(piecesIn(memory, { start, end }), []),
  }));
  for (const { id, title } of SOMEWHERE) segments.push({ id, title, scale: 1, ...layOut([], home(id)) });
  const high = segments.findIndex(({ id }) => id === 'high');
  // Items somewhere below 4 GiB come before the segment that begins there.
  segments.splice(high, 0, ...segments.splice(high + 1, 1));
  const io = piecesIn(ports, { start: 0n, end: SPACE_END });
  segments.push({ id: 'io', title: 'I/O ports', scale: 0.5, ...layOut(io, home('io')) });
  const used = segments.filter(({ rows }) => rows.length > 0);
  return {
    title: map.title,
    text: map.text,
    // Names that only folded items have are not explained.
    names: map.names.filter((line) => isNamed(line.slice(0, line.indexOf(' ')), used)),
    segments: used,
    lanes: used.reduce(
      (most, { boxes }) => boxes.reduce((deep, { lane }) => Math.max(deep, lane + 1), most),
      1,
    ),
    left,
  };
}
