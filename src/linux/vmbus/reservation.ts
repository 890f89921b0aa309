/** Reserves the framebuffer: `vmbus_reserve_fb` of drivers/hv/vmbus_drv.c, by release. */
import { FOUR_GIB, ONE_MIB } from '../../bytes/address.ts';
import type { Behaviour } from '../behaviour.ts';
import { isRefusal, requestRegion } from '../region-tree.ts';
import { type Arithmetic, PLAIN } from './arithmetic.ts';
import { printAddress, printResource, type Reservation, type VmbusPool } from './pool.ts';

/** Minimum sizes in bytes on an EFI and a BIOS boot in releases that use lfb_size. */
const EFI_LEAST = 0x800000n;
const BIOS_LEAST = 0x4000000n;
/** Maximum size in bytes in releases with the low-base fallback. */
const FALLBACK_MOST = 0x8000000n;

interface KernelFacts {
  /** `efi_enabled(EFI_BOOT)`. */
  readonly boot: 'efi' | 'bios';
  /** CONFIG_SYSFB, for releases that check it. */
  readonly sysfb: boolean;
}

/** BAR 0 of PCI 1414:5353; `null` without such a device. Used on a BIOS boot only. */
type Gen1Video = { readonly kind: 'mem' | 'io'; readonly start: bigint; readonly size: bigint } | null;

/** The kernel's data about the framebuffer when VMBus is probed. */
export interface FramebufferFacts extends KernelFacts {
  /** Raw fields of `struct screen_info`; the driver does not convert `lfbSize`, whatever its unit. */
  readonly screenInfo: { readonly lfbBase: bigint; readonly lfbSize: bigint };
  readonly gen1Video: Gen1Video;
}

/** As {@link FramebufferFacts}, with functions for data that may be unknown, called only if the driver uses it. */
export interface FramebufferQuestions<N> extends KernelFacts {
  readonly lfbBase: () => N;
  readonly lfbSize: bigint;
  readonly gen1Video: () => Gen1Video;
}

type Rules = Pick<
  Behaviour,
  'reservesFramebuffer' | 'biosFramebuffer' | 'sysfbGate' | 'lowBaseFallback' | 'reservationSizeIsInt'
>;

/** What `vmbus_reserve_fb` does. */
export interface ReservationPlan<N> {
  readonly called: boolean;
  readonly why?: string;
  readonly base?: NonNullable<Reservation['base']>;
  /** In order; only the last can have succeeded. */
  readonly tries: readonly { readonly start: N; readonly size: N; readonly ok: boolean }[];
  readonly warnings: readonly string[];
  /** It logs the result (in releases with the low-base fallback). */
  readonly prints: boolean;
}

/**
 * Computes the attempts without a pool.
 * @param windows in the driver's order, without claims, at least one; ends are inclusive
 */
export function planReservation<N>(
  rules: Rules,
  windows: readonly { readonly start: N; readonly end: N }[],
  facts: FramebufferQuestions<N>,
  arithmetic: Arithmetic<N>,
): ReservationPlan<N> {
  const nothing = { called: true, tries: [], warnings: [], prints: false };
  if (!rules.reservesFramebuffer)
    return { ...nothing, called: false, why: 'this release does not reserve the framebuffer at all' };
  const first = windows[0]!;
  const wanted = wantedRange(rules, first, facts, arithmetic);
  if ('why' in wanted) {
    const warns = rules.lowBaseFallback && wanted.warns;
    return {
      ...nothing,
      why: wanted.why,
      warnings: [
        ...wanted.warnings,
        ...(warns ? ['hv_vmbus: Unexpected framebuffer mmio base of zero'] : []),
      ],
    };
  }
  const { below, plus, add, of, half, asInt } = arithmetic;
  const tries: { start: N; size: N; ok: boolean }[] = [];
  let size = rules.reservationSizeIsInt ? asInt(wanted.size) : wanted.size;
  let done = false;
  for (; !done && !below(size, of(ONE_MIB)); size = half(size)) {
    const end = plus(add(wanted.start, size), -1n);
    done = !below(end, wanted.start) && !below(wanted.start, first.start) && !below(first.end, end);
    tries.push({ start: wanted.start, size, ok: done });
  }
  const why =
    tries.length === 0
      ? 'the size to start with is less than 1 MiB'
      : 'no size down to 1 MiB fits there into the first window';
  return {
    called: true,
    base: wanted.base,
    tries,
    warnings: wanted.warnings,
    prints: rules.lowBaseFallback,
    ...(done ? {} : { why }),
  };
}

/**
 * Reserves the framebuffer in a pool if `vmbus_reserve_fb` is called. Sets `pool.framebuffer`, `pool.reservation` and the
 * log.
 */
export function reserveFramebuffer(rules: Rules, pool: VmbusPool, facts: FramebufferFacts): void {
  if (!pool.reserveCalled || pool.windows.length === 0) return;
  const { boot, sysfb, screenInfo, gen1Video } = facts;
  const questions = {
    boot,
    sysfb,
    lfbBase: () => screenInfo.lfbBase,
    lfbSize: screenInfo.lfbSize,
    gen1Video: () => gen1Video,
  };
  const plan = planReservation(rules, pool.windows, questions, PLAIN);
  const { called, base, tries, why, warnings, prints } = plan;
  pool.log.push(...warnings.map((text) => ({ level: 'warn' as const, text })));
  const last = tries.at(-1);
  const first = pool.windows[0]!;
  if (last?.ok) {
    const got = requestRegion(first, last.start, last.size, 'fb_range');
    if (!isRefusal(got)) pool.framebuffer = got;
  }
  const place = last === undefined || last.ok ? '' : `: ${printAddress(last.start)}, ${printResource(first)}`;
  pool.reservation = {
    called,
    ...(base === undefined ? {} : { base }),
    tries,
    ...(why === undefined ? {} : { why: `${why}${place}` }),
  };
  if (prints)
    pool.log.push({
      level: 'info',
      text: `hv_vmbus: hv_mmio=${printResource(first)},${printResource(pool.windows[1])} fb=${printResource(pool.framebuffer)}`,
    });
}

type Wanted<N> = { readonly warnings: readonly string[] } & (
  | { readonly start: N; readonly size: N; readonly base: NonNullable<Reservation['base']> }
  | { readonly why: string; readonly warns: boolean }
);

function wantedRange<N>(
  rules: Rules,
  first: { readonly start: N },
  { boot, sysfb, lfbBase, lfbSize: rawSize, gen1Video }: FramebufferQuestions<N>,
  { below, equal, minus, half, of }: Arithmetic<N>,
): Wanted<N> {
  const lfbSize = BigInt.asUintN(32, rawSize);
  const warnings: string[] = [];
  const atLeast = (least: bigint): N => of(lfbSize > least ? lfbSize : least);
  const noBase = (): boolean => equal(lfbBase(), of(0n));
  const none = { why: 'screen_info has no framebuffer (lfb_base is 0)', warns: true, warnings };
  if (boot === 'bios') {
    if (rules.biosFramebuffer === 'screen-info')
      return noBase() ? none : { start: lfbBase(), size: atLeast(BIOS_LEAST), base: 'screen_info', warnings };
    const video = gen1Video();
    if (video === null) return { why: 'there is no PCI device 1414:5353', warns: false, warnings };
    const { kind, start, size } = video;
    if (kind !== 'mem' || start === 0n)
      return {
        why: 'BAR 0 of PCI 1414:5353 is not a memory BAR with an address',
        warns: true,
        warnings,
      };
    return { start: of(start), size: of(size), base: 'pci-bar', warnings };
  }
  if (rules.sysfbGate && !sysfb)
    return { why: 'CONFIG_SYSFB is off, so screen_info is not looked at', warns: true, warnings };
  if (rules.lowBaseFallback) {
    const lowBase = first.start;
    const isLow = !equal(lowBase, of(0n)) && below(lowBase, of(FOUR_GIB));
    if (isLow && (noBase() || !below(lfbBase(), lowBase))) {
      const start = noBase() ? lowBase : lfbBase();
      const room = half(minus(of(FOUR_GIB), start));
      const size = below(room, of(FALLBACK_MOST)) ? room : of(FALLBACK_MOST);
      return { start, size, base: noBase() ? 'low-window-base' : 'screen_info', warnings };
    }
    warnings.push(
      `hv_vmbus: Unexpected low mmio base ${typeof lowBase === 'bigint' ? printAddress(lowBase) : '0x...'}`,
    );
  }
  if (noBase()) return none;
  return { start: lfbBase(), size: atLeast(EFI_LEAST), base: 'screen_info', warnings };
}
