/** The judgement on an ACPI boot, in one world: what `vmbus_acpi_add` collects and what `vmbus_reserve_fb` sets aside. */

import type { CrsEntry } from '../../../acpi/crs/crs.ts';
import { spanOf } from '../../../acpi/resources/range.ts';
import { FOUR_GIB, formatMemRange } from '../../../bytes/address.ts';
import type { Behaviour } from '../../../linux/behaviour.ts';
import { GEN1_FRAMEBUFFER, GEN2_VIDEO_MEMORY } from '../../../linux/framebuffer.ts';
import { type AcpiLevel, type CollectedWindow, collectWindows } from '../../../linux/vmbus/acpi-pool.ts';
import type { Arithmetic } from '../../../linux/vmbus/arithmetic.ts';
import { planReservation, type ReservationPlan } from '../../../linux/vmbus/reservation.ts';
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
import type { FramebufferFinding } from '../../framebuffers.ts';
import type { Ask, EvidenceItem, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import type { Situation } from '../situation/situation.ts';
import type { AcpiSubject, SubjectLevel } from '../subject.ts';
import { HAS_VIDEO, IS_EFI, IS_INSIDE, LFB_IS_ZERO, oneOf } from '../variables.ts';
import { rulesIn } from './behaviour.ts';
import { kernelItems, listText, poolItems, sysfbItems } from './evidence.ts';
import { LevelReader } from './levels.ts';
import { askedArithmetic, canTouch, type Outcome, type Place, type Possible, type Range } from './outcome.ts';
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

  const unread = situation.descriptionNotRead;
  if (unread !== undefined) {
    rules.push(unread.rule);
    return unread.safe ? safe('no-driver', unread.because) : open('not-read', unread.because);
  }

  const [own] = subject.levels;
  if (own?.entry !== undefined && isAbsent(own.entry, ask)) {
    const why = `_STA of ${own.path} says that it is not there, so the driver is not asked to take it`;
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
    const reserves = collected.reserveCalled && reservesSomewhere(behaviour, collected.windows, arithmetic);
    return somewhere(behaviour, reserves, finding, pool, ask, rules, kernelItems(situation));
  }
  const reservation = (sysfb: boolean): ReservationPlan<Quantity> | undefined =>
    collected.reserveCalled
      ? planReservation(behaviour, collected.windows, driverFacts(situation, place, sysfb, ask), arithmetic)
      : undefined;
  const touches = (reserved: Range | undefined): boolean =>
    collected.windows.some((window, index) =>
      // Another window that overlaps the first leads past the reservation unless the allocator tests for it.
      canTouch(window, place, index === 0 || behaviour.framebufferTest ? reserved : undefined, arithmetic),
    );
  const said: EvidenceItem = { text: finding.text, ...(finding.origin ? { origin: finding.origin } : {}) };
  const fb = placeText(place);
  if (!touches(undefined)) {
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
  const hazard = (plan: ReservationPlan<Quantity> | undefined): Possible =>
    touches(reservedBy(plan, arithmetic)) ? 'yes' : 'no';
  const without = hazard(off);
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
      with: hazard(on),
      pool,
      framebuffer: finding,
      rules,
      because: `the driver reserves the framebuffer ${fb} without CONFIG_SYSFB (${baseText(off!)})`,
    };
  }
  const withIt = hazard(on);
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
  const why =
    on?.why ?? (on === undefined ? 'vmbus_reserve_fb() does not run' : 'only a part of it is reserved');
  rules.push({
    id: 'reservation-not-possible',
    says: `With CONFIG_SYSFB the driver does not reserve it either: ${why}.`,
    evidence: [{ text: why, authority: AUTHORITY.reserve }],
  });
  return {
    kind: 'unprotected',
    without,
    with: withIt,
    pool,
    framebuffer: finding,
    rules,
    because: `the framebuffer ${fb} is inside what VMBus gets, and nothing reserves it, with CONFIG_SYSFB or without: ${why}`,
  };
}

/** acpi_device_is_present(): neither present nor functioning, by what `_STA` gives. */
function isAbsent({ sta, staValue }: CrsEntry, ask: Ask): boolean {
  const status = staValue ?? sta;
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

/** Where the framebuffer is in this world; `outside`: in no window; `none`: no window is where one could be. */
function framebufferIn(
  subject: AcpiSubject,
  situation: Situation,
  windows: readonly CollectedWindow<Quantity>[],
  ask: Ask,
  { below, equal, of }: Arithmetic<Quantity>,
): { readonly finding: FramebufferFinding; readonly place: Place | undefined } | 'outside' | 'none' {
  const { framebuffers, platform } = situation;
  if (framebuffers.length > 0) {
    const choice = oneOf(
      'framebuffer',
      framebuffers.map(({ text }) => text),
    );
    const text = choice === undefined ? framebuffers[0]!.text : ask.value(choice);
    const finding = framebuffers.find((each) => each.text === text)!;
    return { finding, place: { base: finding.base!, size: finding.size ?? GEN2_VIDEO_MEMORY } };
  }
  if (platform === 'hyperv-gen1') {
    const { base, size } = GEN1_FRAMEBUFFER;
    const text = `BAR 0 of the video device, ${formatMemRange(base, size)}`;
    return { finding: { base, size, from: 'presumed', text }, place: { base, size } };
  }
  const low = windows.filter(({ start, end }) => below(start, of(FOUR_GIB)) && !below(end, start));
  if (low.length === 0) return 'none';
  // A window that starts at 0 is a gap that isn't there, whose computed end wrapped.
  const gaps =
    platform === 'hyperv-gen2' && !subject.presumed ? low.filter(({ start }) => !equal(start, of(0n))) : [];
  const [first, ...others] = gaps;
  if (first !== undefined) {
    const { start } = others.reduce((least, gap) => (below(gap.start, least.start) ? gap : least), first);
    const base = isKnown(start) ? start : null;
    const finding: FramebufferFinding = {
      base,
      size: GEN2_VIDEO_MEMORY,
      from: 'presumed',
      text: 'at the base of the low window, as Generation 2 firmware puts it',
      ...(base === null ? { expression: formatQuantity(start) } : {}),
    };
    return { finding, place: { base: start, size: GEN2_VIDEO_MEMORY } };
  }
  if (!ask.holds(IS_INSIDE)) return 'outside';
  return {
    finding: {
      base: null,
      size: null,
      from: 'presumed',
      text: 'somewhere in low MMIO that VMBus gets; no input says where',
    },
    place: undefined,
  };
}

/**
 * Does a reservation at the framebuffer hold, wherever that is? It is made in the first window only, so it does where
 * no other window may hold the framebuffer, or those that may lie in the first and the allocator tests for it.
 */
function reservesSomewhere(
  behaviour: Behaviour,
  windows: readonly CollectedWindow<Quantity>[],
  { below, of }: Arithmetic<Quantity>,
): boolean {
  const [first, ...others] = windows.filter(
    ({ start, end }) => below(start, of(FOUR_GIB)) && !below(end, start),
  );
  if (first === undefined || first !== windows[0]) return false;
  const isInFirst = ({ start, end }: CollectedWindow<Quantity>): boolean =>
    [start, end, first.start, first.end].every(isKnown) &&
    !below(start, first.start) &&
    !below(first.end, end);
  return others.length === 0 || (others.every(isInFirst) && behaviour.framebufferTest);
}

/**
 * The framebuffer is inside, nobody knows where. What the driver finds by screen_info or by the video device is the
 * framebuffer itself.
 * @param reserves what is reserved at the framebuffer is kept free
 */
export function somewhere(
  behaviour: Behaviour,
  reserves: boolean,
  framebuffer: FramebufferFinding,
  pool: readonly AddressWindow[],
  ask: Ask,
  rules: RuleFinding[],
  kernel: readonly EvidenceItem[],
): Outcome {
  const common = { pool, framebuffer, rules };
  rules.push({
    id: 'window-may-hold-framebuffer',
    says: 'VMBus gets low MMIO, where the framebuffer is; no input says where in it.',
    evidence:
      pool.length === 0
        ? [{ text: 'no input describes the windows', authority: AUTHORITY.low }]
        : poolItems(pool),
  });
  if (!reserves)
    return {
      ...common,
      kind: 'unprotected',
      without: 'yes',
      with: 'open',
      because:
        'the framebuffer is inside what VMBus gets, and may be where the driver reserves nothing: it does so in its first window only',
    };
  const isEfi = ask.holds(IS_EFI);
  rules.push(...gateRules(isEfi, behaviour.sysfbGate, behaviour.biosFramebuffer, kernel));
  const byScreenInfo = isEfi || behaviour.biosFramebuffer === 'screen-info';
  const found = byScreenInfo ? !ask.holds(LFB_IS_ZERO) : ask.holds(HAS_VIDEO);
  const gated = isEfi && behaviour.sysfbGate;
  if (!found)
    return {
      ...common,
      kind: 'unprotected',
      without: 'yes',
      with: 'yes',
      because:
        'the framebuffer is inside what VMBus gets, and the driver does not learn where, with CONFIG_SYSFB or without',
    };
  return gated
    ? {
        ...common,
        kind: 'reserved-with-sysfb',
        without: 'yes',
        with: 'no',
        because:
          'the framebuffer is inside what VMBus gets, and the driver learns where only with CONFIG_SYSFB',
      }
    : {
        ...common,
        kind: 'reserved',
        without: 'no',
        with: 'no',
        because: 'the driver learns where the framebuffer is without CONFIG_SYSFB',
      };
}

/** What the driver reads about the framebuffer in this world. */
function driverFacts(situation: Situation, place: Place, sysfb: boolean, ask: Ask) {
  const { lfb, video } = situation;
  const isEfi = ask.holds(IS_EFI);
  const lfbBase = (): Quantity =>
    lfb !== undefined && lfb.base !== 0n ? lfb.base : ask.holds(LFB_IS_ZERO) ? 0n : place.base;
  return {
    boot: isEfi ? ('efi' as const) : ('bios' as const),
    sysfb,
    screenInfo: {
      get lfbBase() {
        return lfbBase();
      },
      lfbSize: lfb?.size ?? 0n,
    },
    get gen1Video() {
      if (!ask.holds(HAS_VIDEO)) return null;
      return video ?? { kind: 'mem' as const, start: GEN1_FRAMEBUFFER.base, size: GEN1_FRAMEBUFFER.size };
    },
  };
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

/** Whether this boot path asks for CONFIG_SYSFB, and where that is written. */
function gateRules(
  isEfi: boolean,
  gate: boolean,
  bios: 'screen-info' | 'pci-bar',
  kernel: readonly EvidenceItem[],
): RuleFinding[] {
  if (!isEfi)
    return [
      {
        id: bios === 'pci-bar' ? 'gen1-pci-bar' : 'gen1-screen-info',
        says: `Without EFI the driver takes the framebuffer from ${bios === 'pci-bar' ? 'the PCI video device' : 'screen_info'}, whatever CONFIG_SYSFB is.`,
        evidence: [
          {
            text: 'that branch of vmbus_reserve_fb() has no test of CONFIG_SYSFB',
            authority: AUTHORITY.gen1Bar,
          },
          ...kernel,
        ],
      },
    ];
  return gate
    ? [
        {
          id: 'efi-gated',
          says: 'On an EFI boot the driver reads screen_info only with CONFIG_SYSFB.',
          evidence: [
            { text: 'IS_ENABLED(CONFIG_SYSFB) in vmbus_reserve_fb()', authority: AUTHORITY.gate },
            ...kernel,
          ],
        },
      ]
    : [
        {
          id: 'efi-ungated',
          says: 'The driver reads screen_info whatever CONFIG_SYSFB is.',
          evidence: [
            { text: 'the test of CONFIG_SYSFB came with v6.7', authority: AUTHORITY.gate },
            ...kernel,
          ],
        },
      ];
}
