/** Allocates and frees MMIO: `vmbus_allocate_mmio` and `vmbus_free_mmio` of drivers/hv/vmbus_drv.c. */
import type { Behaviour } from '../behaviour.ts';
import { isRefusal, type Refusal, type Region, releaseRegion, requestRegion, u64 } from '../region-tree.ts';
import { ENXIO } from './acpi-pool.ts';
import { type LogLine, printAddress, type VmbusPool } from './pool.ts';

/** A driver's request. All numbers are 64-bit; `min` and `max` are inclusive. */
export interface MmioRequest {
  /** Name of the claim in /proc/iomem: the device. */
  readonly name: string;
  readonly min: bigint;
  readonly max: bigint;
  readonly size: bigint;
  /** A power of two. */
  readonly align: bigint;
  /** The reserved framebuffer may be allocated. */
  readonly framebufferOverlapOk: boolean;
}

export type Allocation =
  | {
      readonly kind: 'placed';
      readonly start: bigint;
      /** Inclusive. */
      readonly end: bigint;
      /** Allocated in the reservation, without a claim in the window. */
      readonly fromReservation: boolean;
      /** The claim in the memory resource tree. */
      readonly region: Region;
    }
  | { readonly kind: 'failed'; readonly ret: number }
  /** The search never ends: its bound wraps around 2^64. */
  | { readonly kind: 'endless' };

type AllocationRules = Pick<Behaviour, 'framebufferTest'>;
type FreeRules = Pick<Behaviour, 'freeSkipsFramebuffer' | 'freeMessage'>;

/** A search with more steps would take days and counts as endless. */
const MOST_STEPS = 1n << 40n;

/** Tries a start. @returns on failure the next start that could succeed */
type Attempt = (start: bigint) => { readonly done: true } | { readonly done: false; readonly next: bigint };

/**
 * The driver's loop over [min, max] in steps of `align`. Starts that cannot succeed are skipped; the outcome is the same
 * as in the kernel.
 */
function search(
  rangeMin: bigint,
  rangeMax: bigint,
  size: bigint,
  align: bigint,
  attempt: Attempt,
): 'found' | 'exhausted' | 'endless' {
  let start = u64(u64(rangeMin + align - 1n) & u64(~(align - 1n)));
  if (u64(start + size - 1n) > rangeMax) return 'exhausted';
  if (align === 0n) return attempt(start).done ? 'found' : 'endless';
  // The first start, without wrapping, whose end exceeds the range. If that end wraps, the loop never ends.
  const over = rangeMax + 1n - start - size + 1n;
  const steps = over <= 0n ? 0n : (over + align - 1n) / align;
  const stop = start + steps * align;
  const wraps = stop + size - 1n >= 1n << 64n;
  if (steps > MOST_STEPS && !wraps && start < rangeMin) return 'endless';
  // With size 0 the end is before the start, and no request succeeds.
  while (size > 0n && start < stop) {
    const result = attempt(start);
    if (result.done) return 'found';
    const gap = result.next - start;
    start += gap <= align ? align : ((gap + align - 1n) / align) * align;
  }
  return wraps ? 'endless' : 'exhausted';
}

/** The first start after `start` that could succeed. */
function startAfter(refusal: Refusal, start: bigint): bigint {
  const { blocker, why } = refusal;
  if (why === 'outside') return start < blocker.start ? blocker.start : start + 1n;
  // A claim that overlaps the start of a region which is not busy could be completely inside it.
  if (why === 'crosses' && start < blocker.start) return blocker.start;
  return blocker.end + 1n;
}

/** Allocates a range for a driver. Changes the pool on success. */
export function allocateMmio(rules: AllocationRules, pool: VmbusPool, request: MmioRequest): Allocation {
  const { min, max, size, align } = request;
  const fb = pool.framebuffer;
  let placed: Region | undefined;
  const placement = (fromReservation: boolean): Allocation =>
    ({ kind: 'placed', start: placed!.start, end: placed!.end, fromReservation, region: placed! }) as const;

  if (request.framebufferOverlapOk && fb !== null && !(min > fb.end) && !(max < fb.start)) {
    // The reservation is a claim already, so there is no other in the window.
    const outcome = search(fb.start, fb.end, size, align, (start) => {
      const got = requestRegion(pool.iomem, start, size, request.name);
      if (isRefusal(got)) return { done: false, next: startAfter(got, start) };
      placed = got;
      return { done: true };
    });
    if (outcome === 'found') return placement(true);
    if (outcome === 'endless') return { kind: 'endless' };
  }

  for (const window of pool.windows) {
    // The bounds select windows; within a window the search ignores them.
    if (window.start >= max || window.end <= min) continue;
    const outcome = search(window.start, window.end, size, align, (start) => {
      if (rules.framebufferTest && !request.framebufferOverlapOk && fb !== null) {
        const end = u64(start + size - 1n);
        if (start >= fb.start && start <= fb.end) return { done: false, next: fb.end + 1n };
        if (end >= fb.start && end <= fb.end) {
          // Skip until the start is in the reservation too, or the request encloses it.
          const encloses = fb.end - size + 2n;
          return { done: false, next: encloses < fb.start ? encloses : fb.start };
        }
      }
      const claim = requestRegion(window, start, size, 'claim');
      if (isRefusal(claim)) return { done: false, next: startAfter(claim, start) };
      const got = requestRegion(pool.iomem, start, size, request.name);
      if (isRefusal(got)) {
        releaseRegion(window, start, size);
        return { done: false, next: startAfter(got, start) };
      }
      placed = got;
      return { done: true };
    });
    if (outcome === 'found') return placement(false);
    if (outcome === 'endless') return { kind: 'endless' };
  }
  return { kind: 'failed', ret: ENXIO };
}

export interface Freeing {
  readonly log: readonly LogLine[];
  /** The reservation itself was removed; the driver has a dangling pointer. */
  readonly framebufferFreed: boolean;
}

/** Frees a range. Changes the pool. */
export function freeMmio(rules: FreeRules, pool: VmbusPool, start: bigint, size: bigint): Freeing {
  const log: LogLine[] = [];
  const fb = pool.framebuffer;
  let framebufferFreed = false;
  const end = u64(start + size - 1n);
  const release = (root: Region): void => {
    const gone = releaseRegion(root, start, size);
    if (gone === undefined) log.push({ level: 'warn', text: nonexistent(rules, start, end) });
    else if (gone === fb) framebufferFreed = true;
  };
  const insideFramebuffer = fb !== null && start >= fb.start && end <= fb.end;
  if (!(rules.freeSkipsFramebuffer && insideFramebuffer)) {
    for (const window of pool.windows) {
      if (window.start >= u64(start + size) || window.end <= start) continue;
      release(window);
    }
  }
  release(pool.iomem);
  return { log, framebufferFreed };
}

function nonexistent(rules: FreeRules, start: bigint, end: bigint): string {
  const [from, to] = [printAddress(start), printAddress(end)];
  return rules.freeMessage === 'prefixed'
    ? `resource: Trying to free nonexistent resource <${from}-${to}>`
    : `Trying to free nonexistent resource <${from.slice(2)}-${to.slice(2)}>`;
}
