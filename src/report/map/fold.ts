/** Of what is many and of one kind the map shows one box: registers side by side, windows in a row. */
import { formatMemRange } from '../../bytes/address.ts';
import type { MapItem } from './items.ts';

/** So many neighbours of a kind are shown; of more there is one box. */
const FEW = 3;
/** A map of more boxes than this folds neighbours of any kind, and then stops. */
export const MOST_ITEMS = 1500;

function isFixed({ base, size }: MapItem): boolean {
  return base !== null && size !== null && base.least === base.most && size.least === size.most;
}

function endOf(item: MapItem): bigint {
  return item.base!.least + item.size!.least;
}

/** Address order, the larger first where two begin together: what is outside comes before what is inside. */
export function byAddress(a: MapItem, b: MapItem): number {
  const start = a.base!.least - b.base!.least;
  if (start !== 0n) return start < 0n ? -1 : 1;
  const size = endOf(b) - endOf(a);
  return size < 0n ? -1 : size > 0n ? 1 : 0;
}

/** The path that paths have in common, cut between names. */
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
  const { when, span, ...rest } = first!;
  return {
    ...rest,
    base: { least: base, most: base },
    size: { least: end - base, most: end - base },
    range: formatMemRange(base, end - base, first!.space === 'io' ? 'io' : 'mem'),
    sizeText: '',
    owner: owner === '' ? first!.owner : owner,
    what: `${run.length} ${what}`,
    notes: whens.size > 1 ? ['each under a condition of its own'] : [],
    ...(when === undefined ? {} : { when: whens.size > 1 ? 'a condition each' : when }),
    ...(span === undefined ? {} : { span }),
  };
}

/** Sorted items of known bounds; runs of alike ones that don't hold anything else become one. */
export function foldRuns(items: readonly MapItem[], few = FEW): MapItem[] {
  const sorted = items.filter(isFixed).sort(byAddress);
  const out: MapItem[] = [];
  /** Ends of the boxes around the one that is looked at. */
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
      // A box that something is inside of is no part of a run.
      const inside = sorted[to + 1];
      if (inside !== undefined && inside.base!.least < endOf(next)) break;
      // Windows make a run only where one begins at the end of the other.
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
