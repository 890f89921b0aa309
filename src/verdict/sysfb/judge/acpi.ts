/** The judgement on an ACPI boot, in one world: what `vmbus_acpi_add` collects and what `vmbus_reserve_fb` reserves. */

import { FOUR_GIB, formatMemRange } from '../../../bytes/address.ts';
import type { Behaviour } from '../../../linux/behaviour.ts';
import { GEN1_FRAMEBUFFER, GEN2_VIDEO_MEMORY } from '../../../linux/framebuffer.ts';
import type { Collected, CollectedWindow } from '../../../linux/vmbus/acpi-pool.ts';
import type { Arithmetic } from '../../../linux/vmbus/arithmetic.ts';
import {
  type FramebufferQuestions,
  planReservation,
  type ReservationPlan,
} from '../../../linux/vmbus/reservation.ts';
import { formatQuantity, isKnown, type Quantity } from '../../../symbolic/index.ts';
import type { AddressWindow } from '../../../window/window.ts';
import type { FramebufferFinding } from '../../framebuffers.ts';
import type { Ask, EvidenceItem, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import type { Situation } from '../situation/situation.ts';
import type { AcpiSubject } from '../subject.ts';
import { HAS_VIDEO, IS_AT_START, IS_EFI, LFB_IS_ZERO } from '../variables.ts';
import { rulesIn } from './behaviour.ts';
import { kernelItems, listText, poolItems, rangeText, sysfbItems } from './evidence.ts';
import { framebufferIn, gateRules, reservesSomewhere, somewhere } from './framebuffer.ts';
import {
  askedArithmetic,
  canTouch,
  type Outcome,
  type Place,
  type Possible,
  type Range,
  type Touch,
} from './outcome.ts';
import { windowsIn } from './windows.ts';

/** Judges one world. */
export function judgeAcpi(subject: AcpiSubject, situation: Situation, ask: Ask): Outcome {
  const read = ask.once('windows', () => windowsIn(subject, situation, ask));
  if ('outcome' in read) return read.outcome;
  const { collected, pool } = read;
  const rules = [...read.rules];
  const behaviour = rulesIn(ask, situation.model);
  const arithmetic = askedArithmetic(ask);
  const places = ask.once('framebuffer', () =>
    framebufferIn(subject, situation, collected.windows, ask, arithmetic),
  );
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
    return outside(`VMBus gets ${list}, and the framebuffer is not in it`, pool, rules);
  }
  const judged = { collected, pool, behaviour, arithmetic, situation, ask };
  const { finding, place } = places;
  if (place !== undefined) return judgePlace(place, finding, judged, rules);
  const reserves = collected.reserveCalled
    ? reservesSomewhere(collected.windows, behaviour, arithmetic)
    : 'never';
  const coversAll = (sysfb: boolean): boolean => coversFirst(behaviour, collected.windows, sysfb, arithmetic);
  const kernel = kernelItems(situation);
  const anywhere = somewhere(
    behaviour,
    reserves,
    finding,
    pool,
    ask,
    [...rules],
    kernel,
    coversAll,
    situation.video,
  );
  const { start, end } = collected.windows[0]!;
  if (anywhere.without !== 'yes' || !isKnown(start) || !isKnown(end) || start === 0n || start >= FOUR_GIB)
    return anywhere;
  // What the driver reserves may protect it just where Generation 2 firmware puts it.
  const atStart = {
    ...finding,
    base: start,
    size: GEN2_VIDEO_MEMORY,
    text: 'at the start of the low window, where Generation 2 firmware puts it',
  };
  const placed = judgePlace({ base: start, size: GEN2_VIDEO_MEMORY }, atStart, judged, rules);
  return placed.without === 'no' && ask.holds(IS_AT_START) ? placed : anywhere;
}

interface Judged {
  readonly collected: Collected<Quantity>;
  readonly pool: readonly AddressWindow[];
  readonly behaviour: Behaviour;
  readonly arithmetic: Arithmetic<Quantity>;
  readonly situation: Situation;
  readonly ask: Ask;
}

/** Judges one world in which the framebuffer is at a place. `before`: the rules that led there. */
function judgePlace(
  place: Place,
  finding: FramebufferFinding,
  { collected, pool, behaviour, arithmetic, situation, ask }: Judged,
  before: readonly RuleFinding[],
): Outcome {
  const rules = [...before];
  const reservation = (sysfb: boolean): ReservationPlan<Quantity> | undefined =>
    collected.reserveCalled
      ? planReservation(behaviour, collected.windows, driverFacts(situation, place, sysfb, ask), arithmetic)
      : undefined;
  const touches = (reserved: Range | undefined): Touch => {
    const found = new Set<Touch>();
    for (const [index, window] of collected.windows.entries()) {
      // Another window that overlaps the first bypasses the reservation unless the allocator tests for it, and that test
      // looks at the start and the end of a request: one around the reservation passes.
      const kept = index === 0 || behaviour.framebufferTest ? reserved : undefined;
      // In a window that starts at 0 (no gap exists) the search begins in RAM and takes what is free below.
      const isEnclosable = (): boolean => index > 0 && !arithmetic.equal(window.start, 0n);
      const touch = canTouch(window, place, kept, arithmetic, isEnclosable);
      if (touch === 'yes') return 'yes';
      found.add(touch);
    }
    return found.has('around') ? 'around' : 'no';
  };
  const said: EvidenceItem = { text: finding.text, ...(finding.origin ? { origin: finding.origin } : {}) };
  const fb = rangeText(place);
  if (ask.once('inside', () => touches(undefined)) === 'no') {
    rules.push({
      id: 'acpi-framebuffer-outside',
      says: `The framebuffer ${fb} is outside every window that VMBus gets (${listText(pool)}).`,
      evidence: [said, ...poolItems(pool)],
    });
    return outside(`the framebuffer ${fb} is outside every window`, pool, rules, finding);
  }
  rules.push({
    id: 'window-holds-framebuffer',
    says: `A window that VMBus gets holds the framebuffer ${fb}.`,
    evidence: [said, ...poolItems(pool)],
  });
  const [off, on] = ask.once('reserved', () => [reservation(false), reservation(true)]);
  const [touchedOff, touchedOn] = [off, on].map((plan) => touches(reservedBy(plan, arithmetic))) as [
    Touch,
    Touch,
  ];
  const hazard = (touch: Touch): Possible => (touch === 'no' ? 'no' : 'yes');
  const without = hazard(touchedOff);
  const isEfi = ask.holds(IS_EFI);
  rules.push(...gateRules(isEfi, behaviour, kernelItems(situation)));
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
    ? 'a request around the whole reservation bypasses it, in another window that overlaps it'
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
    : // Usual requests are smaller than the reservation, which they don't get.
      { ...unprotected, with: 'open', because: `${inside}, and with CONFIG_SYSFB ${why}` };
}

function outside(
  because: string,
  pool: readonly AddressWindow[],
  rules: readonly RuleFinding[],
  framebuffer: FramebufferFinding | null = null,
): Outcome {
  return { kind: 'outside', without: 'no', with: 'no', pool, framebuffer, rules, because };
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

/** Whether all of the first window is reserved where lfb_base is 0; false for windows whose bounds are open. */
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
