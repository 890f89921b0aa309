/**
 * Linux' resource tree (kernel/resource.c): regions nested in regions, children ascending and disjoint. The rules
 * are those of `__request_resource`, `__insert_resource`, `__request_region` and `__release_region`.
 *
 * Ends are inclusive here, as in `struct resource`, and all arithmetic wraps at 64 bits: the model has to show what
 * the kernel does with an end of 2^64-1.
 */

export interface Region {
  start: bigint;
  /** Inclusive. */
  end: bigint;
  name: string;
  /** IORESOURCE_BUSY: a driver holds it. A request nests in a region that is not busy and fails on one that is. */
  busy: boolean;
  children: Region[];
}

export function region(start: bigint, end: bigint, name: string, busy = false): Region {
  return { start, end, name, busy, children: [] };
}

/** Unsigned 64-bit, as `resource_size_t`. */
export function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** The memory resource tree's root, `iomem_resource`, on a machine with 64-bit physical addresses. */
export function iomemRoot(): Region {
  return region(0n, (1n << 64n) - 1n, 'PCI mem');
}

/** Index of the first of these disjoint, ascending regions that ends at an address or behind it. */
function firstReaching(regions: readonly Region[], address: bigint): number {
  let [low, high] = [0, regions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (regions[middle]!.end < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Puts `wanted` below `root`. Gives the region it collides with (`root` itself when it does not fit inside), or
 * undefined when it was placed. Source: `__request_resource`.
 */
function request(root: Region, wanted: Region): Region | undefined {
  if (wanted.end < wanted.start || wanted.start < root.start || wanted.end > root.end) return root;
  const { children } = root;
  const index = firstReaching(children, wanted.start);
  const child = children[index];
  if (child !== undefined && child.start <= wanted.end) return child;
  children.splice(index, 0, wanted);
  return undefined;
}

/** What stood in the way of a request: a busy region, or the edge of `blocker` that the request would cross. */
export interface Refusal {
  readonly blocker: Region;
  /** `outside`: not inside the tree's root; `busy`: `blocker` is taken; `crosses`: only part of it lies in `blocker`. */
  readonly why: 'outside' | 'busy' | 'crosses';
}

/**
 * Takes [start, start+size-1] for a driver; nests in whatever region holds it, as long as that is not busy. The
 * new region is always busy. Source: `__request_region` (it sets IORESOURCE_BUSY whatever flags it is given).
 */
export function requestRegion(root: Region, start: bigint, size: bigint, name: string): Region | Refusal {
  const wanted = region(start, u64(start + size - 1n), name, true);
  let parent = root;
  for (;;) {
    const conflict = request(parent, wanted);
    if (conflict === undefined) return wanted;
    if (conflict === parent) return { blocker: parent, why: parent === root ? 'outside' : 'crosses' };
    if (conflict.busy) return { blocker: conflict, why: 'busy' };
    parent = conflict;
  }
}

export function isRefusal(result: Region | Refusal): result is Refusal {
  return 'why' in result;
}

/**
 * Gives back a region taken by {@link requestRegion}; its bounds must match exactly. Gives the region that was
 * removed, or undefined when there is none, which the kernel only logs. Source: `__release_region`.
 */
export function releaseRegion(root: Region, start: bigint, size: bigint): Region | undefined {
  const end = u64(start + size - 1n);
  let list = root.children;
  let index = 0;
  while (index < list.length) {
    const at = list[index]!;
    if (at.start > start || at.end < end) {
      index += 1;
      continue;
    }
    if (!at.busy) {
      list = at.children;
      index = 0;
      continue;
    }
    if (at.start !== start || at.end !== end) return undefined;
    list.splice(index, 1);
    return at;
  }
  return undefined;
}

/**
 * Inserts a firmware or platform region, taking in whatever it encloses and going down into whatever encloses it.
 * Gives the region whose edge it crosses (`root` itself when it does not fit inside), or undefined when it was placed.
 * Of two with the same bounds the new one is the parent. Source: `insert_resource_conflict`.
 */
export function insertConflict(root: Region, wanted: Region): Region | undefined {
  let parent = root;
  for (;;) {
    const first = request(parent, wanted);
    if (first === undefined || first === parent || first === wanted) return first;
    const enclosesWanted = first.start <= wanted.start && first.end >= wanted.end;
    const same = first.start === wanted.start && first.end === wanted.end;
    if (enclosesWanted && !same) {
      parent = first;
      continue;
    }
    const from = firstReaching(parent.children, wanted.start);
    let to = from;
    for (; to < parent.children.length; to += 1) {
      const next = parent.children[to]!;
      if (next.start > wanted.end) break;
      if (next.start < wanted.start || next.end > wanted.end) return next;
    }
    wanted.children.push(...parent.children.splice(from, to - from, wanted));
    return undefined;
  }
}

/** {@link insertConflict} for whoever only asks whether it went. */
export function insertRegion(root: Region, wanted: Region): boolean {
  return insertConflict(root, wanted) === undefined;
}

/**
 * Puts a region directly below `root`: it collides with any other there, busy or not, and nests in none. Gives the one
 * it collides with. Source: `request_resource_conflict`.
 */
export function requestConflict(root: Region, wanted: Region): Region | undefined {
  return request(root, wanted);
}

/** Every region below `root`, parents first, with its depth. The trees here are shallow but read from input. */
export function* regionsOf(root: Region): Generator<{ region: Region; depth: number }> {
  const waiting = root.children.map((child) => ({ region: child, depth: 0 })).reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    for (let index = next.region.children.length - 1; index >= 0; index -= 1)
      waiting.push({ region: next.region.children[index]!, depth: next.depth + 1 });
  }
}
