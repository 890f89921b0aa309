/** Setting the framebuffer aside: `vmbus_reserve_fb` of drivers/hv/vmbus_drv.c, by release. */
import { FOUR_GIB, ONE_MIB } from '../../bytes/address.ts';
import type { Behaviour } from '../behaviour.ts';
import {
  printAddress,
  printResource,
  type Reservation,
  type ReservationTry,
  type VmbusPool,
} from './pool.ts';
import { isRefusal, requestRegion, u64 } from './region-tree.ts';

/** The least that is tried on an EFI boot and on a BIOS boot by releases that size by screen_info. */
const EFI_LEAST = 0x800000n;
const BIOS_LEAST = 0x4000000n;
/** The most that releases with the low-base fallback ask for (128 MiB). */
const FALLBACK_MOST = 0x8000000n;

/** What the kernel knows about the framebuffer when VMBus probes. */
export interface FramebufferFacts {
  /** `efi_enabled(EFI_BOOT)`. */
  readonly boot: 'efi' | 'bios';
  /** CONFIG_SYSFB, for releases that ask. */
  readonly sysfb: boolean;
  /** Raw fields of `struct screen_info`; `lfbSize` in whatever unit it has (the driver compares it raw). */
  readonly screenInfo: { readonly lfbBase: bigint; readonly lfbSize: bigint };
  /** BAR 0 of PCI 1414:5353, or null when there is no such device. Looked at on BIOS boots only. */
  readonly gen1Video: { readonly kind: 'mem' | 'io'; readonly start: bigint; readonly size: bigint } | null;
}

type Rules = Pick<
  Behaviour,
  'reservesFramebuffer' | 'biosFramebuffer' | 'sysfbGate' | 'lowBaseFallback' | 'reservationSizeIsInt'
>;

/**
 * Runs the reservation on a pool whose probe calls for it; does nothing on any other. Fills `pool.framebuffer`,
 * `pool.reservation` and the log.
 */
export function reserveFramebuffer(rules: Rules, pool: VmbusPool, facts: FramebufferFacts): void {
  if (!pool.reserveCalled || pool.windows.length === 0) return;
  if (!rules.reservesFramebuffer) {
    pool.reservation = {
      called: false,
      why: 'this release does not reserve the framebuffer at all',
      tries: [],
    };
    return;
  }
  const wanted = wantedRange(rules, pool, facts);
  if ('why' in wanted) {
    if (rules.lowBaseFallback && wanted.warns)
      pool.log.push({ level: 'warn', text: 'hv_vmbus: Unexpected framebuffer mmio base of zero' });
    pool.reservation = { called: true, why: wanted.why, tries: [] };
    return;
  }
  const first = pool.windows[0]!;
  const tries: ReservationTry[] = [];
  let size = rules.reservationSizeIsInt ? BigInt.asIntN(32, wanted.size) : wanted.size;
  for (; pool.framebuffer === null && size >= ONE_MIB; size >>= 1n) {
    const got = requestRegion(first, wanted.start, size, 'fb_range');
    tries.push({ start: wanted.start, size, ok: !isRefusal(got) });
    if (!isRefusal(got)) pool.framebuffer = got;
  }
  const reservation: Reservation = { called: true, base: wanted.base, tries };
  pool.reservation =
    pool.framebuffer !== null
      ? reservation
      : {
          ...reservation,
          why:
            tries.length === 0
              ? `the size to start with (${size}) is less than 1 MiB`
              : `no size down to 1 MiB fits at ${printAddress(wanted.start)} into the first window ${printResource(first)}`,
        };
  if (rules.lowBaseFallback)
    pool.log.push({
      level: 'info',
      text: `hv_vmbus: hv_mmio=${printResource(first)},${printResource(pool.windows[1])} fb=${printResource(pool.framebuffer)}`,
    });
}

type Wanted =
  | { start: bigint; size: bigint; base: NonNullable<Reservation['base']> }
  | { why: string; warns: boolean };

function wantedRange(rules: Rules, pool: VmbusPool, facts: FramebufferFacts): Wanted {
  const lfbBase = BigInt.asUintN(32, facts.screenInfo.lfbBase);
  const lfbSize = BigInt.asUintN(32, facts.screenInfo.lfbSize);
  const atLeast = (least: bigint): bigint => (lfbSize > least ? lfbSize : least);
  if (facts.boot === 'bios') {
    if (rules.biosFramebuffer === 'screen-info')
      return lfbBase === 0n
        ? { why: 'screen_info has no framebuffer (lfb_base is 0)', warns: true }
        : { start: lfbBase, size: atLeast(BIOS_LEAST), base: 'screen_info' };
    if (facts.gen1Video === null) return { why: 'there is no PCI device 1414:5353', warns: false };
    if (facts.gen1Video.kind !== 'mem' || facts.gen1Video.start === 0n)
      return { why: 'BAR 0 of PCI 1414:5353 is not a memory BAR with an address', warns: true };
    return { start: facts.gen1Video.start, size: facts.gen1Video.size, base: 'pci-bar' };
  }
  if (rules.sysfbGate && !facts.sysfb)
    return { why: 'CONFIG_SYSFB is off, so screen_info is not looked at', warns: true };
  if (rules.lowBaseFallback) {
    const lowBase = pool.windows[0]!.start;
    if (lowBase === 0n || lowBase >= FOUR_GIB || (lfbBase !== 0n && lfbBase < lowBase)) {
      pool.log.push({ level: 'warn', text: `hv_vmbus: Unexpected low mmio base ${printAddress(lowBase)}` });
    } else {
      const start = lfbBase === 0n ? lowBase : lfbBase;
      const half = u64(FOUR_GIB - start) / 2n;
      const size = half < FALLBACK_MOST ? half : FALLBACK_MOST;
      return { start, size, base: lfbBase === 0n ? 'low-window-base' : 'screen_info' };
    }
  }
  if (lfbBase === 0n) return { why: 'screen_info has no framebuffer (lfb_base is 0)', warns: true };
  return { start: lfbBase, size: atLeast(EFI_LEAST), base: 'screen_info' };
}
