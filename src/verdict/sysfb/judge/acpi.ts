/** The judgement on an ACPI boot, in one world: what `vmbus_acpi_add` collects and what `vmbus_reserve_fb` sets aside. */

import type { CrsEntry } from '../../../acpi/crs/crs.ts';
import { spanOf } from '../../../acpi/resources/range.ts';
import { formatMemRange } from '../../../bytes/address.ts';
import type { Behaviour } from '../../../linux/behaviour.ts';
import { GEN1_FRAMEBUFFER } from '../../../linux/framebuffer.ts';
import { type AcpiLevel, type CollectedWindow, collectWindows } from '../../../linux/vmbus/acpi-pool.ts';
import type { Arithmetic } from '../../../linux/vmbus/arithmetic.ts';
import {
  type FramebufferQuestions,
  planReservation,
  type ReservationPlan,
} from '../../../linux/vmbus/reservation.ts';
import {
  bitsOf,
  type Condition,
  compare,
  formatQuantity,
  gather,
  isKnown,
  type Quantity,
} from '../../../symbolic/index.ts';
import { formatRange } from '../../../window/range-text.ts';
import type { AddressWindow, Origin, UnknownWindow } from '../../../window/window.ts';
import type { Ask, EvidenceItem, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import { unreadIn } from '../situation/not-read.ts';
import type { Situation } from '../situation/situation.ts';
import type { AcpiSubject, SubjectLevel } from '../subject.ts';
import { HAS_VIDEO, IS_EFI, LFB_IS_ZERO } from '../variables.ts';
import { rulesIn } from './behaviour.ts';
import { kernelItems, listText, poolItems, sysfbItems } from './evidence.ts';
import { framebufferIn, gateRules, reservesSomewhere, somewhere } from './framebuffer.ts';
import { LevelReader } from './levels.ts';
import {
  askedArithmetic,
  canTouch,
  type Outcome,
  type Place,
  type Possible,
  type Range,
  type Touch,
} from './outcome.ts';
import { collectedIn, isWholePool } from './printed.ts';

/** A judgement of one world before the report's parts are put to it. */
export function judgeAcpi(subject: AcpiSubject, situation: Situation, ask: Ask): Outcome {
  const rules: RuleFinding[] = [];
  const nothing = { pool: [], framebuffer: null, rules };
  const safe = (kind: Outcome['kind'], because: string): Outcome => ({
    ...nothing,
    kind,
    without: 'no',
    with: 'no',
    because,
  });
  const open = (kind: Outcome['kind'], because: string): Outcome => ({
    ...nothing,
    kind,
    without: 'open',
    with: 'open',
    because,
  });

  const unread = unreadIn(situation.descriptionNotRead, ask);
  if (unread !== undefined) {
    rules.push(unread.rule);
    return unread.safe ? safe('no-driver', unread.because) : open('not-read', unread.because);
  }

  // From the root downwards: what stands in a device that is not there is not looked at.
  for (const level of subject.levels.toReversed()) {
    if (!isAbsent(level.entry ?? level.device, ask)) continue;
    const isOwn = level === subject.levels[0];
    const which = isOwn ? level.path : `${level.path}, which ${subject.path} stands in,`;
    const why = `_STA of ${which} says that it is not there, so the driver is not asked to take ${isOwn ? 'it' : subject.path}`;
    rules.push({
      id: 'acpi-not-present',
      says: `${capital(why)}.`,
      evidence: [{ text: 'bits 0 and 3 of _STA are 0', authority: AUTHORITY.present }],
    });
    return safe('no-driver', why);
  }
  const behaviour = rulesIn(ask, situation.model);
  const arithmetic = askedArithmetic(ask);
  const levels: AcpiLevel<Quantity>[] = [];
  const reader = new LevelReader(ask);
  for (const level of isWholePool(situation.printed, subject) ? [] : subject.levels) {
    if (level.device?.isForeign) {
      const why = 'no table among the inputs declares it';
      rules.push(unreadableRule(subject, level, why));
      return open('unreadable', `what ${level.path}._CRS gives is not known (${why})`);
    }
    const read = reader.read(level);
    if ('absent' in read) return safe('no-window', `${level.path} is not there`);
    if ('why' in read) {
      rules.push(unreadableRule(subject, level, read.why));
      return open('unreadable', `what ${level.path}._CRS gives is not known (${read.why})`);
    }
    levels.push(read);
  }
  const collected = collectedIn(situation.printed, subject, () =>
    collectWindows(behaviour, levels, arithmetic),
  );
  const pool = collected.windows.map((window) => poolWindow(subject, window));
  if (
    situation.printed === undefined &&
    !collected.failed &&
    !collected.reserveCalled &&
    !behaviour.stopsAtNamespaceRoot
  )
    rules.push({
      id: 'acpi-root-oops',
      says: 'No device above VMBus gives a window: this kernel goes on to the root of the namespace, reads through its handle and oopses (CVE-2023-53647).',
      evidence: [
        { text: 'the walk does not stop at the root before that commit', authority: AUTHORITY.rootStop },
      ],
    });
  if (pool.length === 0) {
    const why = collected.failed
      ? subject.levels[0]?.entry === undefined
        ? `${subject.path} has no _CRS, so its probe fails`
        : `the _CRS of ${subject.path} cannot be walked, so its probe fails`
      : 'the VMBus driver collects no MMIO window, so every vmbus_allocate_mmio() fails with -ENXIO';
    rules.push({
      id: 'acpi-no-window',
      says: `${capital(why)}.`,
      evidence: [
        {
          text: countedReasons(collected.leftOut) || 'no descriptor of it or above it counts',
          authority: AUTHORITY.walk,
        },
      ],
    });
    return safe('no-window', why);
  }

  const places = framebufferIn(subject, situation, collected.windows, ask, arithmetic);
  if (places === 'none' || places === 'outside') {
    const list = listText(pool);
    rules.push({
      id: 'acpi-no-low-window',
      says: `VMBus gets ${list}; no part is below 4 GiB, where the framebuffer is.`,
      evidence: [
        { text: 'the framebuffer of a Hyper-V machine is in low MMIO', authority: AUTHORITY.low },
        ...poolItems(pool),
      ],
    });
    return { ...safe('outside', `VMBus gets ${list}, and the framebuffer is not in it`), pool };
  }
  const { finding, place } = places;
  if (place === undefined) {
    const reserves = collected.reserveCalled
      ? reservesSomewhere(collected.windows, behaviour, arithmetic)
      : 'never';
    const coversAll = (sysfb: boolean): boolean =>
      coversFirst(behaviour, collected.windows, sysfb, arithmetic);
    return somewhere(behaviour, reserves, finding, pool, ask, rules, kernelItems(situation), coversAll);
  }
  const reservation = (sysfb: boolean): ReservationPlan<Quantity> | undefined =>
    collected.reserveCalled
      ? planReservation(behaviour, collected.windows, driverFacts(situation, place, sysfb, ask), arithmetic)
      : undefined;
  const touches = (reserved: Range | undefined): Touch => {
    const found = new Set<Touch>();
    for (const [index, window] of collected.windows.entries()) {
      // Another window that overlaps the first leads past the reservation unless the allocator tests for it, and that
      // test looks at where a request starts and ends: one around the reservation gets through.
      const kept = index === 0 || behaviour.framebufferTest ? reserved : undefined;
      // In a window from 0 on, a gap that isn't there, the search begins in RAM and takes what is free below.
      const isEnclosable = (): boolean => index > 0 && !arithmetic.equal(window.start, 0n);
      const touch = canTouch(window, place, kept, arithmetic, isEnclosable);
      if (touch === 'yes') return 'yes';
      found.add(touch);
    }
    return found.has('around') ? 'around' : 'no';
  };
  const said: EvidenceItem = { text: finding.text, ...(finding.origin ? { origin: finding.origin } : {}) };
  const fb = placeText(place);
  if (touches(undefined) === 'no') {
    rules.push({
      id: 'acpi-framebuffer-outside',
      says: `The framebuffer ${fb} is outside of every window that VMBus gets (${listText(pool)}).`,
      evidence: [said, ...poolItems(pool)],
    });
    return {
      ...safe('outside', `the framebuffer ${fb} is outside of every window`),
      pool,
      framebuffer: finding,
    };
  }
  rules.push({
    id: 'window-holds-framebuffer',
    says: `A window that VMBus gets holds the framebuffer ${fb}.`,
    evidence: [said, ...poolItems(pool)],
  });
  const [off, on] = [reservation(false), reservation(true)];
  const [touchedOff, touchedOn] = [off, on].map((plan) => touches(reservedBy(plan, arithmetic))) as [
    Touch,
    Touch,
  ];
  const hazard = (touch: Touch): Possible => (touch === 'no' ? 'no' : 'yes');
  const without = hazard(touchedOff);
  const isEfi = ask.holds(IS_EFI);
  rules.push(...gateRules(isEfi, behaviour.sysfbGate, behaviour.biosFramebuffer, kernelItems(situation)));
  if (without === 'no') {
    rules.push({
      id: 'reserved-without-sysfb',
      says: `The driver reserves it without CONFIG_SYSFB.`,
      evidence: [reservedItem(off!, arithmetic), ...sysfbItems(situation, 'n')],
    });
    return {
      kind: 'reserved',
      without,
      with: hazard(touchedOn),
      pool,
      framebuffer: finding,
      rules,
      because: `the driver reserves the framebuffer ${fb} without CONFIG_SYSFB (${baseText(off!)})`,
    };
  }
  const withIt = hazard(touchedOn);
  if (withIt === 'no') {
    rules.push({
      id: 'reserved-with-sysfb',
      says: 'With CONFIG_SYSFB the driver reserves it.',
      evidence: [reservedItem(on!, arithmetic), ...sysfbItems(situation, 'y'), ...sysfbItems(situation, 'n')],
    });
    return {
      kind: 'reserved-with-sysfb',
      without,
      with: withIt,
      pool,
      framebuffer: finding,
      rules,
      because: `the framebuffer ${fb} is inside what VMBus gets, and the driver reserves it only with CONFIG_SYSFB`,
    };
  }
  const around = touchedOn === 'around';
  const why = around
    ? 'a request around the whole reservation gets past it, in another window that overlaps it'
    : (on?.why ?? (on === undefined ? 'vmbus_reserve_fb() does not run' : 'only a part of it is reserved'));
  rules.push({
    id: 'reservation-not-possible',
    says: `CONFIG_SYSFB does not keep VMBus off it either: ${why}.`,
    evidence: [{ text: why, authority: around ? AUTHORITY.allocate : AUTHORITY.reserve }],
  });
  const unprotected = { kind: 'unprotected' as const, without, pool, framebuffer: finding, rules };
  const inside = `the framebuffer ${fb} is inside what VMBus gets`;
  if (!around)
    return {
      ...unprotected,
      with: withIt,
      because: `${inside}, and nothing reserves it, with CONFIG_SYSFB or without: ${why}`,
    };
  return touchedOff === 'around'
    ? { ...unprotected, with: withIt, because: `${inside}, and where the driver reserves it ${why}` }
    : // The usual requests are smaller than the reservation, and kept off it.
      { ...unprotected, with: 'open', because: `${inside}, and with CONFIG_SYSFB ${why}` };
}

/** acpi_device_is_present(): neither present nor functioning, by what `_STA` gives. */
function isAbsent(device: Pick<CrsEntry, 'sta' | 'staValue'> | undefined, ask: Ask): boolean {
  const status = device?.staValue ?? device?.sta;
  if (status === undefined || status === null) return false;
  const bits = [0, 3].map((bit) => compare('eq', bitsOf(status, bit, 1), 0n));
  return ask.holds(gather('all', bits) as Condition);
}

/** Reasons, each once, with how often: `memory range: ends below 1 MiB (2)`. */
function countedReasons(leftOut: readonly { readonly why: string }[]): string {
  const counts = new Map<string, number>();
  for (const { why } of leftOut) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts].map(([why, count]) => (count === 1 ? why : `${why} (${count})`)).join('; ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function unreadableRule(subject: AcpiSubject, level: SubjectLevel, why: string): RuleFinding {
  return {
    id: 'acpi-window-unknown',
    says: `What the _CRS of ${level.path} gives is not known.`,
    evidence: [{ text: why, origin: crsOrigin(subject, level, 0) }],
  };
}

function crsOrigin(subject: AcpiSubject, level: SubjectLevel, index: number): Origin {
  const span = level.entry?.resources[index]?.span ?? level.entry?.span;
  return { artifact: subject.artifact, path: level.path, item: '_CRS', index, ...(span ? { span } : {}) };
}

/** The driver's window as an {@link AddressWindow}; its origin is the first descriptor that went into it. */
function poolWindow(subject: AcpiSubject, window: CollectedWindow<Quantity>): AddressWindow {
  const { level, index } = window.parts[0]!;
  const { start, end } = window;
  const size = spanOf(start, end);
  const from = subject.levels[level];
  const common = {
    space: 'memory' as const,
    role: 'window' as const,
    flags: { producer: true },
    origin:
      from === undefined
        ? { artifact: subject.artifact, path: subject.path, item: 'hv_mmio', index }
        : crsOrigin(subject, from, index),
    derivation: [
      ...(from?.entry?.steps ?? []).map((step) => ({ what: 'evaluate', ...step })),
      ...(window.parts.length > 1
        ? [
            {
              what: 'merged',
              text: `${window.parts.length} descriptors that touch, as the driver joins them`,
            },
          ]
        : []),
      ...(window.cutAtVtpm ? [{ what: 'cut', text: 'the end is cut at the virtual TPM, 0xfed40000' }] : []),
    ],
  };
  if (isKnown(start) && isKnown(size) && size > 0n)
    return { ...common, certainty: 'certain', base: start, size };
  const unknown: UnknownWindow = {
    ...common,
    certainty: 'unknown',
    base: start,
    size: isKnown(size) && size <= 0n ? null : size,
    why:
      isKnown(size) && size <= 0n
        ? 'the driver keeps a window that ends before it starts'
        : 'its bounds depend on what only the running machine knows',
  };
  return unknown;
}

function placeText({ base, size }: Place): string {
  return formatRange({ space: 'memory', base, size });
}

/** What the driver reads about the framebuffer in this world. */
function driverFacts(
  { lfb, video }: Situation,
  place: Place,
  sysfb: boolean,
  ask: Ask,
): FramebufferQuestions<Quantity> {
  return {
    boot: ask.holds(IS_EFI) ? 'efi' : 'bios',
    sysfb,
    lfbBase: () =>
      lfb !== undefined && lfb.base !== 0n ? lfb.base : ask.holds(LFB_IS_ZERO) ? 0n : place.base,
    lfbSize: lfb?.size ?? 0n,
    gen1Video: () => {
      if (!ask.holds(HAS_VIDEO)) return null;
      return video ?? { kind: 'mem', start: GEN1_FRAMEBUFFER.base, size: GEN1_FRAMEBUFFER.size };
    },
  };
}

/** Is all of the first window reserved where lfb_base is 0? Not asked of windows whose bounds are open. */
function coversFirst(
  behaviour: Behaviour,
  windows: readonly CollectedWindow<Quantity>[],
  sysfb: boolean,
  arithmetic: Arithmetic<Quantity>,
): boolean {
  const { start, end } = windows[0]!;
  if (!isKnown(start) || !isKnown(end)) return false;
  const nothingSaid = { boot: 'efi' as const, sysfb, lfbBase: () => 0n, lfbSize: 0n, gen1Video: () => null };
  const reserved = reservedBy(planReservation(behaviour, windows, nothingSaid, arithmetic), arithmetic);
  if (reserved === undefined) return false;
  return !arithmetic.below(start, reserved.start) && !arithmetic.below(reserved.end, end);
}

function reservedBy(
  plan: ReservationPlan<Quantity> | undefined,
  { plus, add }: Arithmetic<Quantity>,
): Range | undefined {
  const last = plan?.tries.at(-1);
  return last?.ok ? { start: last.start, end: plus(add(last.start, last.size), -1n) } : undefined;
}

const BASE_TEXT = {
  screen_info: 'lfb_base of screen_info',
  'pci-bar': 'BAR 0 of PCI 1414:5353',
  'low-window-base': 'the start of the first window',
} as const;

function baseText({ base }: ReservationPlan<Quantity>): string {
  return base === undefined ? 'nothing' : BASE_TEXT[base];
}

function reservedItem(plan: ReservationPlan<Quantity>, arithmetic: Arithmetic<Quantity>): EvidenceItem {
  const { start, end } = reservedBy(plan, arithmetic)!;
  const range =
    isKnown(start) && isKnown(end)
      ? formatMemRange(start, end - start + 1n)
      : `from ${formatQuantity(start)} on`;
  return { text: `reserved ${range}, found by ${baseText(plan)}`, authority: AUTHORITY.reserve };
}
