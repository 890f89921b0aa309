/** Where the framebuffer of an ACPI boot is in one world, and what the driver does about one whose place is not known. */
import { casesOf } from '../../../acpi/crs/crs.ts';
import { FOUR_GIB, formatMemRange } from '../../../bytes/address.ts';
import type { Behaviour } from '../../../linux/behaviour.ts';
import { GEN1_FRAMEBUFFER, GEN2_VIDEO_MEMORY } from '../../../linux/framebuffer.ts';
import type { CollectedWindow } from '../../../linux/vmbus/acpi-pool.ts';
import type { Arithmetic } from '../../../linux/vmbus/arithmetic.ts';
import { formatQuantity, isKnown, type Quantity } from '../../../symbolic/index.ts';
import type { AddressWindow } from '../../../window/window.ts';
import type { FramebufferFinding } from '../../framebuffers.ts';
import type { Ask, EvidenceItem, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import type { Situation } from '../situation/situation.ts';
import type { AcpiSubject } from '../subject.ts';
import { HAS_VIDEO, IS_EFI, IS_INSIDE, LFB_IS_ZERO, LOW_GAP, oneOf } from '../variables.ts';
import { poolItems } from './evidence.ts';
import type { Outcome, Place } from './outcome.ts';

/** The windows of which one is taken for the low gap; of more, the place of the framebuffer is not known. */
const MAX_LOW_GAPS = 4;

/** Where the framebuffer is in this world; `outside`: in no window; `none`: no window is below 4 GiB. */
export function framebufferIn(
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
  // A window that starts at 0 belongs to a gap that doesn't exist: its computed end wrapped.
  const gaps =
    platform === 'hyperv-gen2' && !subject.presumed ? low.filter(({ start }) => !equal(start, of(0n))) : [];
  const first = lowGap(subject, gaps, ask, below);
  if (first !== undefined) {
    const { start } = first;
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
 * The window at whose base the framebuffer is. Hyper-V's firmware describes one gap below 4 GiB: of several any may be it.
 * Its high gap has a QWord descriptor: where that starts below 4 GiB, a window without room for the framebuffer may be the
 * low gap as well.
 * @returns undefined where there is none, or there are too many to tell apart
 */
function lowGap(
  subject: AcpiSubject,
  gaps: readonly CollectedWindow<Quantity>[],
  ask: Ask,
  below: Arithmetic<Quantity>['below'],
): CollectedWindow<Quantity> | undefined {
  if (withRoom(gaps).length > MAX_LOW_GAPS) return undefined;
  const sorted = gaps.toSorted((a, b) => (below(a.start, b.start) ? -1 : Number(below(b.start, a.start))));
  const [lowest] = sorted;
  const roomy = withRoom(sorted);
  const isOpen = lowest !== undefined && !roomy.includes(lowest) && isQword(subject, roomy[0]!);
  const possible = isOpen ? [lowest, ...roomy] : roomy;
  if (possible.length > MAX_LOW_GAPS) return undefined;
  const choice = oneOf(
    LOW_GAP,
    possible.map(({ start }) => formatQuantity(start)),
  );
  if (choice === undefined) return possible[0];
  const chosen = ask.value(choice);
  return possible.find(({ start }) => formatQuantity(start) === chosen);
}

/** Whether a QWord descriptor gives the window or a part of it. */
function isQword({ levels }: AcpiSubject, { parts }: CollectedWindow<Quantity>): boolean {
  return parts.some(({ level, index }) => {
    const entry = levels[level]?.entry;
    return (
      entry !== undefined &&
      casesOf(entry).some(({ resources }) => resources[index]?.type === 'qword-address')
    );
  });
}

/** The windows that the firmware's framebuffer fits into (VideoDxe.c of mu_msvm takes 8 MiB), or all if it fits into none. */
function withRoom(windows: readonly CollectedWindow<Quantity>[]): readonly CollectedWindow<Quantity>[] {
  const roomy = windows.filter(
    ({ start, end }) => !isKnown(start) || !isKnown(end) || end - start + 1n >= GEN2_VIDEO_MEMORY,
  );
  return roomy.length > 0 ? roomy : windows;
}

/**
 * Whether a reservation at the framebuffer protects it, wherever it is. It is made in the first window only, so it does if
 * no other window may contain the framebuffer. Where the allocator tests for the reservation in every window, a window
 * that starts at 0 (no gap exists) is harmless if the first contains all of it: docs/decisions/worlds.md.
 */
export function reservesSomewhere(
  windows: readonly CollectedWindow<Quantity>[],
  { framebufferTest }: Behaviour,
  { below, equal, of }: Arithmetic<Quantity>,
): boolean {
  const [first, ...others] = windows.filter(
    ({ start, end }) => below(start, of(FOUR_GIB)) && !below(end, start),
  );
  if (first === undefined || first !== windows[0]) return false;
  // Where the end cuts off the place that Hyper-V puts it by default, it is reserved in part or not at all.
  const { base } = GEN1_FRAMEBUFFER;
  if (isKnown(first.end) && first.end >= base && first.end < base + GEN2_VIDEO_MEMORY - 1n) return false;
  const isKept = ({ start, end }: CollectedWindow<Quantity>): boolean =>
    framebufferTest && equal(start, of(0n)) && equal(first.start, of(0n)) && !below(first.end, end);
  return others.every(isKept);
}

/**
 * The outcome where the framebuffer is inside the windows at an unknown place. What the driver finds by screen_info or by
 * the video device is the framebuffer itself.
 * @param reserves whether a reservation at the framebuffer protects it; `never`: the driver never reserves
 * @param coversAll whether the driver, with CONFIG_SYSFB or without, reserves all of the low window where lfb_base is 0
 * @param video the BAR of the video device, if it is known; without an address there is nothing to reserve
 */
export function somewhere(
  behaviour: Behaviour,
  reserves: boolean | 'never',
  framebuffer: FramebufferFinding,
  pool: readonly AddressWindow[],
  ask: Ask,
  rules: RuleFinding[],
  kernel: readonly EvidenceItem[],
  coversAll: (sysfb: boolean) => boolean = () => false,
  video: { readonly start: bigint } | undefined = undefined,
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
  if (reserves === 'never')
    return {
      ...common,
      kind: 'unprotected',
      without: 'yes',
      with: 'yes',
      because:
        'the framebuffer is inside what VMBus gets, and nothing reserves it, with CONFIG_SYSFB or without: vmbus_reserve_fb() does not run',
    };
  if (!reserves)
    return {
      ...common,
      kind: 'unprotected',
      without: 'yes',
      with: 'open',
      because:
        'the framebuffer is inside what VMBus gets, and may be where the driver reserves nothing: it reserves in its first window only',
    };
  const isEfi = ask.holds(IS_EFI);
  rules.push(...gateRules(isEfi, behaviour, kernel));
  const byScreenInfo = isEfi || behaviour.biosFramebuffer === 'screen-info';
  const found = byScreenInfo ? !ask.holds(LFB_IS_ZERO) : ask.holds(HAS_VIDEO) && video?.start !== 0n;
  const gated = isEfi && behaviour.sysfbGate;
  if (!found && isEfi && coversAll(true)) {
    const isUngated = coversAll(false);
    return {
      ...common,
      kind: isUngated ? 'reserved' : 'reserved-with-sysfb',
      without: isUngated ? 'no' : 'yes',
      with: 'no',
      because: `the driver reserves all of the low window${isUngated ? ' without CONFIG_SYSFB' : ', and does so only with CONFIG_SYSFB'}`,
    };
  }
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

/** Whether this boot path tests CONFIG_SYSFB, with the source. */
export function gateRules(
  isEfi: boolean,
  behaviour: Pick<Behaviour, 'sysfbGate' | 'biosFramebuffer'>,
  kernel: readonly EvidenceItem[],
): RuleFinding[] {
  const gate = behaviour.sysfbGate;
  if (!isEfi) {
    const bios = behaviour.biosFramebuffer;
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
  }
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
