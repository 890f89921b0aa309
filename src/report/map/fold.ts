/** Folds many boxes of one kind into one: neighbouring registers, contiguous windows. */
import { formatMemRange } from '../../bytes/address.ts';
import type { MapItem } from './items.ts';

/** Up to this many neighbours of a kind are shown; more are folded into one box. */
const FEW = 3;
/** A map of more boxes than this shows only the number of those that are nested deepest. */
export const MANY_ITEMS = 150;
/** No map has more boxes than this. */
export const MOST_ITEMS = 1500;
/** A gap of more bytes than this between registers ends a run, unless the run is longer. */
const FAR = 1n << 20n;
/** Levels of nesting that are shown before any are left out. */
const DEPTHS = 8;

export function isFixed({ base, size }: MapItem): boolean {
  return base !== null && size !== null && base.least === base.most && size.least === size.most;
}

/** The address after the last; where the size isn't known, after the first. */
function endOf({ base, size }: MapItem): bigint {
  return base!.least + (size?.least ?? 1n);
}

/** Address order, the larger first where two begin together, so that a container comes before its contents. */
export function byAddress(a: MapItem, b: MapItem): number {
  const start = a.base!.least - b.base!.least;
  if (start !== 0n) return start < 0n ? -1 : 1;
  const size = endOf(b) - endOf(a);
  return size < 0n ? -1 : size > 0n ? 1 : 0;
}

/** The common prefix of two paths, in whole names. */
function commonPath(a: string, b: string): string {
  const cut = a.startsWith('\\') ? '.' : '/';
  const [left, right] = [a.split(cut), b.split(cut)];
  let same = 0;
  while (same < left.length && same < right.length && left[same] === right[same]) same += 1;
  const path = left.slice(0, same).join(cut);
  return path === '' || path === '\\' ? '' : path;
}

function alike(a: MapItem, b: MapItem): boolean {
  if (a.kind !== b.kind || a.space !== b.space) return false;
  if ((a.when === undefined) !== (b.when === undefined) || a.why !== b.why) return false;
  return a.kind === 'register' ? a.when === b.when : a.owner === b.owner;
}

/** One item for all of a run. */
function folded(run: readonly MapItem[]): MapItem {
  const [first] = run;
  const base = first!.base!.least;
  const end = run.reduce((most, item) => (endOf(item) > most ? endOf(item) : most), 0n);
  const owner = run.reduce((path, item) => commonPath(path, item.owner), first!.owner);
  const whens = new Set(run.map(({ when }) => when));
  const what = first!.kind === 'register' ? 'registers' : `${first!.kind}s`;
  const { when, span, inside: _inside, ...rest } = first!;
  const inside = run.reduce((sum, item) => sum + (item.inside ?? 0), 0);
  return {
    ...rest,
    base: { least: base, most: base },
    size: { least: end - base, most: end - base },
    range: formatMemRange(base, end - base, first!.space === 'io' ? 'io' : 'mem'),
    sizeText: '',
    owner: owner === '' ? first!.owner : owner,
    what: `${run.length} ${what}`,
    notes: [],
    ...(inside === 0 ? {} : { inside }),
    ...(when === undefined ? {} : { when }),
    ...(whens.size > 1 ? { conditions: whens.size } : {}),
    ...(span === undefined ? {} : { span }),
  };
}

/** Items of known bounds, sorted; runs of similar items without anything inside them become one. */
export function foldRuns(items: readonly MapItem[], few = FEW): MapItem[] {
  const sorted = items.filter(isFixed).sort(byAddress);
  const out: MapItem[] = [];
  /** Ends of the boxes around the current one. */
  const around: bigint[] = [];
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at]!;
    while (around.length > 0 && around.at(-1)! <= first.base!.least) around.pop();
    const limit = around.at(-1);
    let to = at;
    let end = first.base!.least;
    while (to < sorted.length) {
      const next = sorted[to]!;
      if (!alike(first, next) || next.base!.least < end || (limit !== undefined && endOf(next) > limit))
        break;
      // A box with something inside it is not part of a run.
      const inside = sorted[to + 1];
      if (inside !== undefined && inside.base!.least < endOf(next)) break;
      // A distant box is not part of a run.
      const [gap, length] = [next.base!.least - end, end - first.base!.least];
      if (to > at && gap > FAR && gap > length) break;
      // Windows form a run only if they are contiguous.
      if (first.kind !== 'register' && to > at && next.base!.least !== end) break;
      end = endOf(next);
      to += 1;
    }
    if (to - at > few) {
      out.push(folded(sorted.slice(at, to)));
      at = to;
    } else {
      out.push(first);
      around.push(endOf(first));
      at += 1;
    }
  }
  return out;
}

/** Joins items of the same range, such as the window of a bus and the register of a device. */
function joinEqual(items: readonly MapItem[]): MapItem[] {
  const out: MapItem[] = [];
  for (const item of items) {
    const last = out.at(-1);
    const isPlain = (each: MapItem): boolean =>
      (each.kind === 'window' || each.kind === 'register') &&
      each.when === undefined &&
      each.why === undefined;
    if (last === undefined || !isPlain(last) || !isPlain(item) || byAddress(last, item) !== 0) {
      out.push(item);
      continue;
    }
    const [keep, other] = last.kind === 'window' || item.kind === 'register' ? [last, item] : [item, last];
    out[out.length - 1] = { ...keep, notes: [...keep.notes, `also ${other.kind} of ${other.owner}`] };
  }
  return out;
}

/** How many boxes are around each; items are in address order. */
function depthsOf(items: readonly MapItem[]): number[] {
  const ends: bigint[] = [];
  return items.map((item) => {
    while (ends.length > 0 && ends.at(-1)! <= item.base!.least) ends.pop();
    // A box that only overlaps isn't around it.
    const depth = ends.filter((end) => end >= endOf(item)).length;
    ends.push(endOf(item));
    return depth;
  });
}

/** Removes items deeper than `most`; the item that contains them has their number. */
function cutAt(items: readonly MapItem[], depths: readonly number[], most: number): MapItem[] {
  const out: MapItem[] = [];
  let inside = 0;
  const tell = (): void => {
    const holder = out.at(-1);
    if (inside > 0 && holder !== undefined) out[out.length - 1] = { ...holder, inside };
    inside = 0;
  };
  for (const [at, item] of items.entries()) {
    if (depths[at]! > most) {
      inside += 1;
      continue;
    }
    tell();
    out.push(item);
  }
  tell();
  return out;
}

/** Items of known bounds, folded to at most `many` as far as possible. */
export function foldKnown(items: readonly MapItem[], many: number): MapItem[] {
  const joined = joinEqual([...items].sort(byAddress));
  const runs = foldRuns(joined);
  if (runs.length <= many) return runs;
  const depths = depthsOf(joined);
  for (let most = DEPTHS; most >= 1; most -= 1) {
    const shown = foldRuns(cutAt(joined, depths, most));
    if (shown.length <= many) return shown;
  }
  return foldRuns(cutAt(joined, depths, 0), 1);
}

/** Folds registers whose addresses are not known, if there are many. */
export function foldUnplaced(items: readonly MapItem[]): MapItem[] {
  const isRegister = (item: MapItem): boolean => item.kind === 'register' && !isFixed(item);
  const registers = items.filter((item) => isRegister(item) && item.space === 'memory');
  const ports = items.filter((item) => isRegister(item) && item.space === 'io');
  const others = items.filter((item) => !isRegister(item));
  return [...others, ...foldOpen(registers), ...foldOpen(ports)];
}

/** Up to this many registers without a known address are shown one by one. */
const MOST_OPEN = 8;

function foldOpen(items: readonly MapItem[]): MapItem[] {
  const [first] = items;
  if (first === undefined || items.length <= MOST_OPEN) return [...items];
  const owner = items.reduce((path, item) => commonPath(path, item.owner), first.owner);
  const least = items.reduce(
    (a, { base }) => (base !== null && base.least < a ? base.least : a),
    first.base?.least ?? 0n,
  );
  const most = items.reduce(
    (a, { base }) => (base !== null && base.most > a ? base.most : a),
    first.base?.most ?? 0n,
  );
  const owners = [...new Set(items.map((item) => item.owner))];
  return [
    {
      kind: 'register',
      space: first.space,
      base: items.some(({ base }) => base === null) ? null : { least, most },
      size: null,
      range: first.space === 'io' ? '[io  ?-?]' : '[mem ?-?]',
      sizeText: '',
      owner,
      what: `${items.length} registers`,
      why: 'their addresses depend on firmware fields',
      notes: [owners.slice(0, 12).join(', ') + (owners.length > 12 ? ` and ${owners.length - 12} more` : '')],
    },
  ];
}
