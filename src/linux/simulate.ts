/** Simulates a scenario on a VMBus pool: requests of drivers, their outcomes, and allocations on the framebuffer. */
import { FOUR_GIB } from '../bytes/address.ts';
import type { Behaviour } from './behaviour.ts';
import type { Region } from './region-tree.ts';
import type { Scenario } from './scenario.ts';
import { type Allocation, allocateMmio, freeMmio, type MmioRequest } from './vmbus/allocation.ts';
import { CALLERS, type Caller } from './vmbus/callers.ts';
import { clonePool, lastOf, type VmbusPool } from './vmbus/pool.ts';

/** The addresses [base, base + size) of the actual framebuffer. */
export interface FramebufferRange {
  readonly base: bigint;
  readonly size: bigint;
}

export interface SimulatedStep {
  readonly device: string;
  readonly driver: string;
  /** `configuration window`, `framebuffer`, `removed`. */
  readonly what: string;
  readonly request?: MmioRequest;
  readonly outcome?: Allocation;
  /** The allocation overlaps the framebuffer and is not its driver's; `null` if unknown. */
  readonly onFramebuffer: boolean | null;
  /** The consequence for the user, if any. */
  readonly consequence?: string;
  readonly bootDisk: boolean;
}

/** `boot-failure`: the boot disk is lost. */
export type SimulatedHazard = 'none' | 'framebuffer-unprotected' | 'boot-failure' | 'unknown';

export interface Simulation {
  readonly scenario: Scenario;
  /** The pool at the end. */
  readonly pool: VmbusPool;
  readonly steps: readonly SimulatedStep[];
  readonly hazard: SimulatedHazard;
  /** One sentence. */
  readonly summary: string;
}

interface Claim {
  readonly region: Region;
  readonly size: bigint;
}

type Rules = Pick<Behaviour, 'framebufferTest' | 'freeSkipsFramebuffer' | 'freeMessage'>;

/**
 * Simulates a scenario on a copy of a pool.
 * @param framebuffer the actual framebuffer, whatever the kernel reserved; `undefined` if unknown
 */
export function simulate(
  rules: Rules,
  start: VmbusPool,
  scenario: Scenario,
  framebuffer: FramebufferRange | undefined,
): Simulation {
  const pool = clonePool(start);
  const steps: SimulatedStep[] = [];
  const held = new Map<string, Claim[]>();
  for (const step of scenario.steps) {
    if (step.do === 'remove') {
      for (const claim of held.get(step.name) ?? []) release(rules, pool, claim);
      const known = held.delete(step.name);
      steps.push({
        device: step.name,
        driver: '',
        what: known ? 'removed' : 'not there to be removed',
        onFramebuffer: false,
        bootDisk: false,
      });
      continue;
    }
    const caller = CALLERS.find((each) => each.kind === step.device.kind)!;
    const claims: Claim[] = [];
    for (const { what, request, clearsBusy, onFailure } of caller.requests(step.device)) {
      const outcome = allocateMmio(rules, pool, request);
      const placed = outcome.kind === 'placed';
      if (placed) claims.push({ region: outcome.region, size: request.size });
      const onFramebuffer = placed ? touches(outcome, framebuffer, caller) : false;
      const consequence =
        outcome.kind === 'endless'
          ? 'the search never ends: its bound wraps around 2^64'
          : outcome.kind === 'failed'
            ? onFailure(request)
            : onFramebuffer === true
              ? caller.onFramebuffer?.(what)
              : undefined;
      steps.push({
        device: step.device.name,
        driver: caller.driver,
        what,
        request,
        outcome,
        onFramebuffer,
        ...(consequence === undefined ? {} : { consequence }),
        bootDisk: step.bootDisk,
      });
      if (placed) {
        if (clearsBusy) outcome.region.busy = false;
        continue;
      }
      // The driver's probe fails, and it frees its other claims.
      for (const claim of claims.splice(0)) release(rules, pool, claim);
      break;
    }
    if (claims.length > 0) held.set(step.device.name, claims);
  }
  return { scenario, pool, steps, ...judge(pool, steps, framebuffer) };
}

/** Drivers that clear the busy flag of a claim set it again before they free it. */
function release(rules: Rules, pool: VmbusPool, claim: Claim): void {
  claim.region.busy = true;
  freeMmio(rules, pool, claim.region.start, claim.size);
}

function touches(
  outcome: Allocation & { kind: 'placed' },
  framebuffer: FramebufferRange | undefined,
  caller: Caller,
): boolean | null {
  if (caller.onFramebuffer === undefined) return false;
  // Hyper-V places the framebuffer below 4 GiB.
  if (framebuffer === undefined) return outcome.start >= FOUR_GIB ? false : null;
  return outcome.start < framebuffer.base + framebuffer.size && outcome.end >= framebuffer.base;
}

function judge(
  pool: VmbusPool,
  steps: readonly SimulatedStep[],
  framebuffer: FramebufferRange | undefined,
): { hazard: SimulatedHazard; summary: string } {
  const victim = steps.find((step) => step.onFramebuffer === true);
  if (victim !== undefined) {
    const lost = victim.bootDisk && victim.what === 'configuration window';
    return {
      hazard: lost ? 'boot-failure' : 'framebuffer-unprotected',
      summary: `the ${victim.what} of ${victim.device} lands on the framebuffer${lost ? ': the boot disk is lost' : ''}`,
    };
  }
  if (framebuffer === undefined)
    return pool.windows.every((window) => window.start >= FOUR_GIB)
      ? { hazard: 'none', summary: 'no window is below 4 GiB, where the framebuffer is' }
      : { hazard: 'unknown', summary: 'nothing says where the framebuffer is' };
  const last = framebuffer.base + framebuffer.size - 1n;
  const inWindow = pool.windows.filter(
    (window) => window.start <= last && lastOf(pool, window) >= framebuffer.base,
  );
  if (inWindow.length === 0)
    return { hazard: 'none', summary: 'the framebuffer is in no window: nothing can be placed on it' };
  const { framebuffer: reserved } = pool;
  const covered = inWindow.every(
    (window) =>
      reserved !== null &&
      reserved.start <= (window.start > framebuffer.base ? window.start : framebuffer.base) &&
      reserved.end >= (lastOf(pool, window) < last ? lastOf(pool, window) : last),
  );
  return covered
    ? { hazard: 'none', summary: 'the framebuffer is set aside; no allocation lands on it' }
    : {
        hazard: 'framebuffer-unprotected',
        summary: 'no allocation of this scenario lands on the framebuffer, but nothing keeps one off it',
      };
}
