/** The windows that `vmbus_acpi_add` collects in one world, or the outcome where there are none. */

import type { CrsEntry } from '../../../acpi/crs/crs.ts';
import { spanOf } from '../../../acpi/resources/range.ts';
import {
  type AcpiLevel,
  type Collected,
  type CollectedWindow,
  collectWindows,
} from '../../../linux/vmbus/acpi-pool.ts';
import { bitsOf, type Condition, compare, gather, isKnown, type Quantity } from '../../../symbolic/index.ts';
import type { AddressWindow, Origin, UnknownWindow } from '../../../window/window.ts';
import type { Ask, RuleFinding } from '../../question.ts';
import { AUTHORITY } from '../authorities.ts';
import { unreadIn } from '../situation/not-read.ts';
import type { Situation } from '../situation/situation.ts';
import type { AcpiSubject, SubjectLevel } from '../subject.ts';
import { rulesIn } from './behaviour.ts';
import { LevelReader } from './levels.ts';
import { askedArithmetic, type Outcome } from './outcome.ts';
import { collectedIn, isWholePool } from './printed.ts';

/** The driver's windows, in its own terms and as windows of the report, and the rules behind them. */
export interface ReadWindows {
  readonly collected: Collected<Quantity>;
  readonly pool: readonly AddressWindow[];
  readonly rules: readonly RuleFinding[];
}

export function windowsIn(
  subject: AcpiSubject,
  situation: Situation,
  ask: Ask,
): ReadWindows | { readonly outcome: Outcome } {
  const rules: RuleFinding[] = [];
  const nothing = { pool: [], framebuffer: null, rules };
  const safe = (kind: Outcome['kind'], because: string): { readonly outcome: Outcome } => ({
    outcome: { ...nothing, kind, without: 'no', with: 'no', because },
  });
  const open = (kind: Outcome['kind'], because: string): { readonly outcome: Outcome } => ({
    outcome: { ...nothing, kind, without: 'open', with: 'open', because },
  });

  const unread = unreadIn(situation.descriptionNotRead, ask);
  if (unread !== undefined) {
    rules.push(unread.rule);
    return unread.safe ? safe('no-driver', unread.because) : open('not-read', unread.because);
  }

  if (subject.matches !== undefined && !ask.holds(subject.matches)) {
    const why = `the IDs of ${subject.path} are not those of VMBus, so the driver does not probe it`;
    rules.push({
      id: 'acpi-other-id',
      says: `${capital(why)}.`,
      evidence: [{ text: '_HID and _CID depend on what the condition names', authority: AUTHORITY.ids }],
    });
    return safe('no-driver', why);
  }
  // From the root downwards: what is below an absent device is not enumerated.
  for (const level of subject.levels.toReversed()) {
    if (!isAbsent(level.entry ?? level.device, ask)) continue;
    const isOwn = level === subject.levels[0];
    const which = isOwn ? level.path : `${level.path}, which contains ${subject.path},`;
    const why = `_STA of ${which} reports it absent, so the driver does not probe ${isOwn ? 'it' : subject.path}`;
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
      return open('unreadable', `the result of ${level.path}._CRS is unknown (${why})`);
    }
    const read = reader.read(level);
    if ('absent' in read) return safe('no-window', `${level.path} does not exist`);
    if ('why' in read) {
      rules.push(unreadableRule(subject, level, read.why));
      return open('unreadable', `the result of ${level.path}._CRS is unknown (${read.why})`);
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
          text:
            countedReasons(collected.leftOut) || 'neither it nor a device above it has a usable descriptor',
          authority: AUTHORITY.walk,
        },
      ],
    });
    return safe('no-window', why);
  }
  return { collected, pool, rules };
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
    says: `The result of ${level.path}._CRS is unknown.`,
    evidence: [{ text: why, origin: crsOrigin(subject, level, 0) }],
  };
}

function crsOrigin(subject: AcpiSubject, level: SubjectLevel, index: number): Origin {
  const span = level.entry?.resources[index]?.span ?? level.entry?.span;
  return { artifact: subject.artifact, path: level.path, item: '_CRS', index, ...(span ? { span } : {}) };
}

/** The driver's window as an {@link AddressWindow}; its origin is its first descriptor. */
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
