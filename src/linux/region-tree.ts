/**
 * The resource tree of Linux (kernel/resource.c): nested regions with ascending, disjoint children. The rules are those
 * of `__request_resource`, `__insert_resource`, `__request_region` and `__release_region`.
 *
 * Ends are inclusive, as in `struct resource`, and arithmetic is modulo 2^64, to model the kernel's behaviour for an end
 * of 2^64-1.
 */

export interface Region {
  start: bigint;
  /** Inclusive. */
  end: bigint;
  name: string;
  /** IORESOURCE_BUSY: a request inside the region fails; inside a region that is not busy it becomes a child. */
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

/** The root of the memory resource tree, `iomem_resource`, with 64-bit physical addresses. */
export function iomemRoot(): Region {
  return region(0n, (1n << 64n) - 1n, 'PCI mem');
}

/** Index of the first of these disjoint, ascending regions whose end is not below an address. */
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
 * Inserts `wanted` as a child of `root`. Returns the conflicting region (`root` itself if it does not contain `wanted`), or
 * `undefined` on success. Source: `__request_resource`.
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

/** Why a request failed, and the conflicting region. */
export interface Refusal {
  readonly blocker: Region;
  /** `outside`: the root does not contain it; `busy`: `blocker` is busy; `crosses`: it is partly inside `blocker`. */
  readonly why: 'outside' | 'busy' | 'crosses';
}

/**
 * Requests [start, start+size-1] for a driver inside the innermost region that contains it, if that is not busy. The new
 * region is busy. Source: `__request_region` (it sets IORESOURCE_BUSY whatever the flags).
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
 * Releases a region of {@link requestRegion} with exactly these bounds. Returns the removed region, or `undefined` if there
 * is none, which the kernel only logs. Source: `__release_region`.
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
 * Inserts a firmware or platform region below the innermost region that contains it and above the regions that it
 * contains. Returns the region that it overlaps partly (`root` itself if it does not contain it), or `undefined` on
 * success. Of two regions with the same bounds the new one is the parent. Source: `insert_resource_conflict`.
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

/** Inserts a region like {@link insertConflict}; returns whether that succeeded. */
export function insertRegion(root: Region, wanted: Region): boolean {
  return insertConflict(root, wanted) === undefined;
}

/**
 * Inserts a region as a child of `root`, where any overlap is a conflict, busy or not. Returns the conflicting region, if
 * any. Source: `request_resource_conflict`.
 */
export function requestConflict(root: Region, wanted: Region): Region | undefined {
  return request(root, wanted);
}

/** Every region below `root` with its depth, parents first. Not recursive, since trees are read from input. */
export function* regionsOf(root: Region): Generator<{ region: Region; depth: number }> {
  const waiting = root.children.map((child) => ({ region: child, depth: 0 })).reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    for (let index = next.region.children.length - 1; index >= 0; index -= 1)
      waiting.push({ region: next.region.children[index]!, depth: next.depth + 1 });
  }
}
