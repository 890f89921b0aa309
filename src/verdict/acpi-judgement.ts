/** The question on an ACPI boot: what `vmbus_acpi_add` collects, and whether `vmbus_reserve_fb` protects the framebuffer. */
import { formatQuantity, isKnown, maximumOf, minimumOf, type Quantity } from '../acpi/expression.ts';
import { quantityField, type ResourceDescriptor } from '../acpi/resources/descriptor.ts';
import { FOUR_GIB, formatMemRange, ONE_MIB } from '../bytes/address.ts';
import { type AcpiDescriptor, type AcpiLevel, buildAcpiPool } from '../linux/vmbus/acpi-pool.ts';
import { allocateMmio } from '../linux/vmbus/allocation.ts';
import type { VmbusPool } from '../linux/vmbus/pool.ts';
import { reserveFramebuffer } from '../linux/vmbus/reservation.ts';
import { type Interval, intersectionOfSets, overlaps, subtract } from '../window/interval.ts';
import type { AddressWindow } from '../window/window.ts';
import { AUTHORITY, type Judgement, type Reasons } from './judgement.ts';
import { type Kernel, symbol } from './kernel.ts';
import type { AcpiSubject } from './subject.ts';
import type { Answer, Condition, FramebufferFinding, Hazard } from './verdict.ts';

/** How many combinations of the alternatives that `_CRS` methods leave open are looked at. */
const MAX_CASES = 16;

/** VRAM that Hyper-V gives a Generation 2 VM's video device at start (mu_msvm: DEFAULT_VRAM_SIZE_WIN8). */
const GEN2_VRAM = 0x800000n;
/** BAR 0 of the Generation 1 video device. */
const GEN1_FRAMEBUFFER = { base: 0xf8000000n, size: 0x4000000n };

/** A descriptor that VMBus reads, bounds perhaps unknown. */
interface OpenDescriptor {
  readonly descriptor: ResourceDescriptor;
  readonly min: Quantity;
  readonly max: Quantity;
}

/** One way the `_CRS` of the levels may come out. */
interface Case {
  /** In the firmware's names; empty when nothing is open. */
  readonly when: readonly string[];
  /** Descriptors of each level; null where there is no `_CRS` or it fails. */
  readonly levels: readonly (readonly ResourceDescriptor[] | null)[];
}

interface Outcome {
  readonly answer: Answer;
  readonly effective: boolean | null;
  readonly hazard: Hazard;
  readonly framebuffer: FramebufferFinding | null;
  readonly pool: readonly AddressWindow[];
  readonly summary: string;
}

export function judgeAcpi(subject: AcpiSubject, kernel: Kernel, reasons: Reasons): Judgement {
  const boot = kernel.facts.boot ?? (subject.generation === 1 ? 'bios' : 'efi');
  const platform = subject.generation === 1 ? 'hyperv-gen1' : 'hyperv-gen2';
  const wrap = (outcome: Outcome, conditions: readonly Condition[] = []): Judgement => ({
    ...outcome,
    conditions,
    platform,
    boot,
    vtl: kernel.facts.vtl ?? null,
  });
  presumptions(subject, kernel, boot, reasons);
  if (boot === 'dt') {
    reasons.rule('acpi-not-read', 'On a device tree boot the VMBus driver does not read these resources.', {
      text: 'acpi_disabled decides in vmbus_platform_driver_probe()',
      authority: AUTHORITY.deviceAdd,
    });
    reasons.change('the device tree that this kernel boots with');
    return wrap(
      nothing('Unknown: the boot is by device tree, and no device tree with a VMBus node was given.'),
    );
  }
  const unread = subject.levels.find((level) => level.entry?.status === 'unknown');
  if (unread) {
    reasons.rule('acpi-window-unknown', `What the _CRS of ${unread.path} holds cannot be told.`, {
      text: unread.entry?.why ?? 'it was not evaluated',
      origin: originOf(subject, unread.path, 0, undefined),
    });
    reasons.change(`the values that ${unread.path}._CRS hangs on: --set NAME=VALUE or --memory FILE@ADDRESS`);
    return wrap(
      nothing(
        `Unknown: what windows ${unread.path}._CRS gives to VMBus cannot be told (${unread.entry?.why ?? 'not evaluated'}).`,
      ),
    );
  }

  const cases = casesOf(subject);
  const conditions: Condition[] = [];
  const outcomes: Outcome[] = [];
  for (const each of cases) {
    const { open, levels } = settle(each);
    const settled = judgeSettled(subject, levels, boot, kernel, reasons);
    const lowOnes = open.filter(({ min }) => minimumOf(min) < FOUR_GIB);
    // What a settled window answers is not made less by another that may or may not be there.
    if (lowOnes.length === 0 || settled.answer === 'needed') {
      outcomes.push(settled);
      if (each.when.length > 0) conditions.push(conditionOf(each.when, settled));
      continue;
    }
    const none: string[] = [];
    for (const one of lowOnes) {
      const exists = existence(one);
      const outcome = judgeOpen(subject, one, boot, kernel, reasons);
      outcomes.push(outcome);
      conditions.push(conditionOf([...each.when, ...exists.holds], outcome));
      none.push(exists.fails);
    }
    outcomes.push(settled);
    conditions.push(conditionOf([...each.when, ...none], settled));
  }
  const answers = new Set(outcomes.map((outcome) => outcome.answer));
  const first = outcomes[0]!;
  if (answers.size === 1) return wrap(first, conditions);
  const worst = outcomes.find((outcome) => outcome.answer === 'needed') ?? first;
  reasons.change('the values in the conditions: --set NAME=VALUE or --memory FILE@ADDRESS');
  const deciding = conditions.map((condition) => `${condition.answer} when ${condition.when}`).join('; ');
  const effects = new Set(outcomes.filter((o) => o.answer === 'needed').map((o) => o.effective));
  return wrap(
    {
      ...worst,
      answer: 'depends',
      effective: effects.size === 1 ? [...effects][0]! : null,
      hazard: worst.hazard === 'none' ? 'none' : 'unknown',
      summary: `It depends on what only the running machine knows: ${deciding}.`,
    },
    conditions,
  );
}

function nothing(summary: string): Outcome {
  return { answer: 'unknown', effective: null, hazard: 'unknown', framebuffer: null, pool: [], summary };
}

function conditionOf(when: readonly string[], outcome: Outcome): Condition {
  return { when: when.join(' and '), answer: outcome.answer, because: outcome.summary };
}

function presumptions(
  subject: AcpiSubject,
  kernel: Kernel,
  boot: 'efi' | 'bios' | 'dt',
  reasons: Reasons,
): void {
  if (subject.presumed)
    reasons.assume(
      `the resource list is that of the device above VMBus`,
      AUTHORITY.presumption,
      'the list of a device that is no ancestor of VMBus is not read by its driver',
    );
  if (kernel.facts.boot === undefined)
    reasons.assume(
      boot === 'bios'
        ? 'the machine boots by BIOS, as Generation 1 does'
        : 'the machine boots by EFI, as Generation 2 does',
      AUTHORITY.presumption,
      '--boot efi|bios|dt',
    );
  if (kernel.profile.presumed)
    reasons.assume(
      `the kernel is ${kernel.name}`,
      AUTHORITY.presumption,
      'an older kernel (--kernel RELEASE): up to 6.6 CONFIG_SYSFB is not asked for',
    );
  for (const applied of kernel.profile.unsure)
    reasons.assume(
      `${applied.change.commit} ("${applied.change.subject}") is ${applied.present ? 'in' : 'not in'} this kernel`,
      applied.unsure ?? 'not confirmed',
      `--with-commit or --without-commit ${applied.change.commit}`,
    );
  if (symbol(kernel.facts, 'HYPERV_VTL_MODE') === 'y')
    reasons.rule(
      'vtl-mode-on-acpi',
      'CONFIG_HYPERV_VTL_MODE is set and the boot is by ACPI: such a kernel is not meant to run as a normal guest, and SYSFB is not selected for it.',
      { text: 'HYPERV_VTL_MODE=y in the given configuration', authority: AUTHORITY.select },
    );
}

/** Every combination of the alternatives of the levels, at most {@link MAX_CASES}. */
function casesOf(subject: AcpiSubject): Case[] {
  let cases: Case[] = [{ when: [], levels: [] }];
  for (const { entry } of subject.levels) {
    const ways: { when?: string; resources: readonly ResourceDescriptor[] | null }[] =
      entry === undefined || entry.status === 'error'
        ? [{ resources: null }]
        : entry.status === 'alternatives' && entry.alternatives
          ? entry.alternatives.map((way) => ({
              when: way.when,
              resources: way.why === undefined ? way.resources : null,
            }))
          : [{ resources: entry.resources }];
    cases = cases
      .flatMap((each) =>
        ways.map((way) => ({
          when: way.when === undefined ? each.when : [...each.when, way.when],
          levels: [...each.levels, way.resources],
        })),
      )
      .slice(0, MAX_CASES);
  }
  return cases;
}

function countedType(descriptor: ResourceDescriptor): AcpiDescriptor['type'] {
  if (descriptor.type === 'dword-address') return 'dword';
  if (descriptor.type === 'qword-address') return 'qword';
  return descriptor.type === 'extended-irq' ? 'extended-irq' : 'other';
}

/** Parts a case into the levels as the driver walks them, without the descriptors whose bounds are open. */
function settle(each: Case): {
  levels: (readonly (AcpiDescriptor & { from: number })[] | null)[];
  open: OpenDescriptor[];
} {
  const open: OpenDescriptor[] = [];
  const levels = each.levels.map((resources) => {
    if (resources === null) return null;
    const known: (AcpiDescriptor & { from: number })[] = [];
    for (const [from, descriptor] of resources.entries()) {
      const type = countedType(descriptor);
      const min = quantityField(descriptor, 'min');
      const max = quantityField(descriptor, 'max');
      if (type === 'dword' || type === 'qword') {
        if (min === undefined || max === undefined) continue;
        if (isKnown(min) && isKnown(max)) known.push({ type, min, max, name: descriptor.type, from });
        else open.push({ descriptor, min, max });
      } else {
        const interrupts = descriptor.fields.interrupts;
        known.push({
          type,
          min: 0n,
          max: 0n,
          name: descriptor.type,
          from,
          ...(Array.isArray(interrupts) ? { interrupts: interrupts.length } : {}),
        });
      }
    }
    return known;
  });
  return { levels, open };
}

/** When a window with open bounds is there and reaches below 4 GiB, in the firmware's names, and when not. */
function existence({ descriptor, min, max }: OpenDescriptor): { holds: string[]; fails: string } {
  const length = quantityField(descriptor, 'length');
  const there =
    length !== undefined && !isKnown(length)
      ? { holds: `${formatQuantity(length)} > 0`, fails: `${formatQuantity(length)} == 0` }
      : {
          holds: `${formatQuantity(max)} >= 0x${ONE_MIB.toString(16)}`,
          fails: `${formatQuantity(max)} < 0x${ONE_MIB.toString(16)}`,
        };
  if (maximumOf(min) < FOUR_GIB) return { holds: [there.holds], fails: there.fails };
  const base = formatQuantity(min);
  return {
    holds: [there.holds, `${base} < 0x100000000`],
    fails: `(${there.fails} or ${base} >= 0x100000000)`,
  };
}

/** The answer if a window with open bounds is there and low: the framebuffer is presumed at its base. */
function judgeOpen(
  subject: AcpiSubject,
  { descriptor, min, max }: OpenDescriptor,
  boot: 'efi' | 'bios',
  kernel: Kernel,
  reasons: Reasons,
): Outcome {
  const base = formatQuantity(min);
  const where = `the window at ${base}`;
  const framebuffer: FramebufferFinding = kernel.facts.framebuffer ?? {
    base: null,
    size: null,
    from: 'presumed',
    expression: base,
    text: `at the base of the low window, ${base}`,
  };
  const window: AddressWindow = {
    space: 'memory',
    role: 'window',
    base: null,
    size: null,
    certainty: 'conditional',
    when: existence({ descriptor, min, max }).holds.join(' and '),
    expressions: { base, size: formatQuantity(quantityField(descriptor, 'length') ?? max) },
    flags: {},
    origin: originOf(subject, subject.levels.at(-1)!.path, 0, descriptor),
    derivation: [],
  };
  const { behaviour } = kernel.profile;
  reasons.assume(
    `the framebuffer is at the base of the low window (${base})`,
    AUTHORITY.framebufferIsLow,
    '--framebuffer BASE+SIZE',
  );
  const gated = boot === 'efi' && behaviour.sysfbGate;
  if (!gated) {
    ungatedRule(kernel, boot, reasons);
    return {
      answer: 'not-needed',
      effective: false,
      hazard: 'none',
      framebuffer,
      pool: [window],
      summary: `${where} holds the framebuffer, and ${kernel.name} reserves it without CONFIG_SYSFB`,
    };
  }
  gatedRule(kernel, reasons);
  const hazard: Hazard = kernel.sysfb === 'y' ? 'none' : kernel.sysfb === 'n' ? failure(kernel) : 'unknown';
  return {
    answer: 'needed',
    effective: true,
    hazard,
    framebuffer,
    pool: [window],
    summary: `${where} holds the framebuffer, and ${kernel.name} reserves it only with CONFIG_SYSFB`,
  };
}

function ungatedRule(kernel: Kernel, boot: 'efi' | 'bios', reasons: Reasons): void {
  if (boot === 'bios')
    reasons.rule(
      kernel.profile.behaviour.biosFramebuffer === 'pci-bar' ? 'gen1-pci-bar' : 'gen1-screen-info',
      kernel.profile.behaviour.biosFramebuffer === 'pci-bar'
        ? `On a BIOS boot ${kernel.name} takes the framebuffer from the PCI video device, whatever CONFIG_SYSFB is.`
        : `On a BIOS boot ${kernel.name} takes the framebuffer from screen_info, whatever CONFIG_SYSFB is.`,
      {
        text: 'the BIOS branch of the reservation has no test of CONFIG_SYSFB',
        authority: AUTHORITY.gen1Bar,
      },
    );
  else
    reasons.rule(
      'efi-ungated',
      `${kernel.name} reads screen_info whatever CONFIG_SYSFB is: the test came with v6.7.`,
      { text: 'before the test, screen_info was always read', authority: AUTHORITY.sysfbGate },
    );
}

function gatedRule(kernel: Kernel, reasons: Reasons): void {
  reasons.rule(
    'efi-gated',
    `On an EFI boot ${kernel.name} learns where the framebuffer is from screen_info, and only with CONFIG_SYSFB.`,
    { text: 'IS_ENABLED(CONFIG_SYSFB) in vmbus_reserve_fb()', authority: AUTHORITY.sysfbGate },
  );
  if (kernel.profile.behaviour.hypervSelectsSysfb !== 'nothing')
    reasons.rule(
      'kconfig-selects',
      `Kconfig sets CONFIG_SYSFB by itself in ${kernel.name}: ${kernel.sysfbWhy}.`,
      {
        text: `select SYSFB if EFI && !HYPERV_VTL_MODE, in ${kernel.profile.behaviour.hypervSelectsSysfb}`,
        authority: AUTHORITY.select,
      },
    );
}

/** What an unprotected framebuffer comes to: with PCI pass-through the boot disk may be lost. */
function failure(kernel: Kernel): Hazard {
  return symbol(kernel.facts, 'PCI_HYPERV') === 'n' ? 'framebuffer-unprotected' : 'boot-failure';
}

function judgeSettled(
  subject: AcpiSubject,
  levels: readonly (readonly (AcpiDescriptor & { from: number })[] | null)[],
  boot: 'efi' | 'bios',
  kernel: Kernel,
  reasons: Reasons,
): Outcome {
  const { behaviour } = kernel.profile;
  const walked: AcpiLevel[] = levels.map((crs, at) => ({ name: subject.levels[at]!.path, crs }));
  const build = (): VmbusPool => buildAcpiPool(behaviour, walked);
  const bare = build();
  const pool = bare.windows.map((window) => windowFor(subject, levels, window));
  if (pool.length === 0) {
    reasons.rule(
      'acpi-no-window',
      'The driver collects no window: every vmbus_allocate_mmio() fails with -ENXIO.',
      {
        text:
          bare.leftOut.map((left) => left.why).join('; ') || 'no descriptor of VMBus or its ancestors counts',
        authority: AUTHORITY.walk,
      },
    );
    return {
      answer: 'not-needed',
      effective: false,
      hazard: 'none',
      framebuffer: null,
      pool,
      summary:
        'CONFIG_SYSFB is not needed: the VMBus driver collects no MMIO window, so none can hold a framebuffer.',
    };
  }
  const ranges: Interval[] = bare.windows
    .filter((window) => window.start <= window.end)
    .map((window) => ({ start: window.start, end: window.end + 1n }));
  const framebuffer = framebufferOf(ranges, boot, kernel, reasons);
  const list = ranges.map((range) => formatMemRange(range.start, range.end - range.start)).join(' and ');
  if (framebuffer?.base == null || framebuffer.size === null) {
    reasons.rule(
      'acpi-no-low-window',
      `VMBus is given ${list}; no part lies below 4 GiB, where the framebuffer is.`,
      {
        text: 'the framebuffer of a Hyper-V machine is in low MMIO',
        authority: AUTHORITY.framebufferIsLow,
      },
    );
    reasons.assume('the framebuffer lies below 4 GiB', AUTHORITY.framebufferIsLow, '--framebuffer BASE+SIZE');
    return {
      answer: 'not-needed',
      effective: false,
      hazard: 'none',
      framebuffer: null,
      pool,
      summary: `CONFIG_SYSFB is not needed: VMBus is given ${list}; no part lies below 4 GiB, where the framebuffer is.`,
    };
  }
  const fb: Interval = { start: framebuffer.base, end: framebuffer.base + framebuffer.size };
  const fbText = formatMemRange(framebuffer.base, framebuffer.size);
  if (!ranges.some((range) => overlaps(range, fb))) {
    reasons.rule(
      'acpi-framebuffer-outside',
      `The framebuffer ${fbText} lies outside every window given to VMBus (${list}): nothing can be placed on it.`,
      framebuffer.origin
        ? { text: framebuffer.text, origin: framebuffer.origin }
        : { text: framebuffer.text },
    );
    return {
      answer: 'not-needed',
      effective: false,
      hazard: 'none',
      framebuffer,
      pool,
      summary: `CONFIG_SYSFB is not needed: the framebuffer ${fbText} lies outside every window given to VMBus.`,
    };
  }

  const reserved = (sysfb: boolean): VmbusPool => {
    const made = build();
    reserveFramebuffer(behaviour, made, {
      boot,
      sysfb,
      screenInfo: kernel.facts.screenInfo ?? { lfbBase: framebuffer.base!, lfbSize: framebuffer.size! },
      gen1Video: boot === 'bios' ? { kind: 'mem', start: framebuffer.base!, size: framebuffer.size! } : null,
    });
    return made;
  };
  const without = reserved(false);
  const withIt = reserved(true);
  const exposed = (made: VmbusPool): Interval[] =>
    subtract(
      intersectionOfSets([fb], ranges),
      made.framebuffer ? [{ start: made.framebuffer.start, end: made.framebuffer.end + 1n }] : [],
    );
  const protectedWithout = exposed(without).length === 0;
  const protectedWith = exposed(withIt).length === 0;
  if (boot === 'efi' && behaviour.sysfbGate) gatedRule(kernel, reasons);
  else ungatedRule(kernel, boot, reasons);
  const base = { framebuffer, pool };

  if (protectedWithout) {
    reasons.rule('reserved-without-sysfb', `${kernel.name} reserves ${fbText} without CONFIG_SYSFB.`, {
      text: `reserved ${formatMemRange(without.framebuffer!.start, without.framebuffer!.end - without.framebuffer!.start + 1n)}`,
      authority: AUTHORITY.reserve,
    });
    return {
      ...base,
      answer: 'not-needed',
      effective: false,
      hazard: 'none',
      summary: `CONFIG_SYSFB is not needed: ${kernel.name} reserves the framebuffer ${fbText} without it.`,
    };
  }
  reasons.rule('window-holds-framebuffer', `A window given to VMBus holds the framebuffer ${fbText}.`, {
    text: `${list}; ${framebuffer.text}`,
    ...(framebuffer.origin ? { origin: framebuffer.origin } : { authority: AUTHORITY.walk }),
  });
  const landing = landsOn(kernel, without, fb);
  if (landing !== undefined)
    reasons.rule(
      'config-window-lands',
      `Without a reservation the first thing placed, the configuration window of a pass-through PCI device, gets ${formatMemRange(landing, 0x2000n)}: on the framebuffer.`,
      { text: 'pci-hyperv asks for 0x2000 bytes anywhere, first fit', authority: AUTHORITY.allocate },
    );
  if (protectedWith) {
    reasons.rule('reserved-with-sysfb', `With CONFIG_SYSFB ${kernel.name} reserves it.`, {
      text: `reserved ${formatMemRange(withIt.framebuffer!.start, withIt.framebuffer!.end - withIt.framebuffer!.start + 1n)}`,
      authority: AUTHORITY.reserve,
    });
    reasons.change('a kernel up to 6.6, which asks for no CONFIG_SYSFB; a framebuffer outside the windows');
    return {
      ...base,
      answer: 'needed',
      effective: true,
      hazard:
        kernel.sysfb === 'y'
          ? 'none'
          : kernel.sysfb === 'unknown'
            ? 'unknown'
            : landing === undefined
              ? 'framebuffer-unprotected'
              : failure(kernel),
      summary: `CONFIG_SYSFB is needed: VMBus is given ${list}, the framebuffer ${fbText} lies in it, and ${kernel.name} reserves it only with CONFIG_SYSFB.`,
    };
  }
  const why = withIt.reservation.why ?? 'only a part of it is reserved';
  reasons.rule(
    'reservation-not-possible',
    `With CONFIG_SYSFB ${kernel.name} does not reserve it either: ${why}.`,
    {
      text: why,
      authority: AUTHORITY.reserve,
    },
  );
  reasons.change(
    behaviour.lowBaseFallback
      ? 'firmware that lists the low window first, or a framebuffer that lies in the first window'
      : '016a25e4b0df, which takes the start of the first window when screen_info has none; a loader that hands screen_info on',
  );
  return {
    ...base,
    answer: 'needed',
    effective: false,
    hazard: landing === undefined ? 'framebuffer-unprotected' : failure(kernel),
    summary: `A reservation is needed, and CONFIG_SYSFB would not make it: the framebuffer ${fbText} lies in ${list}, and ${kernel.name} does not reserve it (${why}).`,
  };
}

/** Where pci-hyperv's configuration window is placed, if that is on the framebuffer. */
function landsOn(kernel: Kernel, pool: VmbusPool, fb: Interval): bigint | undefined {
  const placed = allocateMmio(kernel.profile.behaviour, pool, {
    name: 'pci-hyperv configuration window',
    min: 0n,
    max: (1n << 64n) - 1n,
    size: 0x2000n,
    align: 0x1000n,
    framebufferOverlapOk: false,
  });
  return placed.kind === 'placed' && overlaps({ start: placed.start, end: placed.end + 1n }, fb)
    ? placed.start
    : undefined;
}

function framebufferOf(
  ranges: readonly Interval[],
  boot: 'efi' | 'bios',
  kernel: Kernel,
  reasons: Reasons,
): FramebufferFinding | null {
  if (kernel.facts.framebuffer) return kernel.facts.framebuffer;
  if (boot === 'bios') {
    const text = `presumed at ${formatMemRange(GEN1_FRAMEBUFFER.base, GEN1_FRAMEBUFFER.size)}, BAR 0 of the video device`;
    reasons.assume(
      `the framebuffer is ${text.slice('presumed '.length)}`,
      AUTHORITY.gen1Framebuffer,
      '--framebuffer BASE+SIZE',
    );
    return { ...GEN1_FRAMEBUFFER, from: 'presumed', text };
  }
  const low = ranges
    .filter((range) => range.start < FOUR_GIB)
    .reduce<Interval | undefined>(
      (least, range) => (least === undefined || range.start < least.start ? range : least),
      undefined,
    );
  if (low === undefined) return null;
  const room = low.end - low.start;
  const size = room < GEN2_VRAM ? room : GEN2_VRAM;
  reasons.assume(
    `the framebuffer is at the base of the low window, ${formatMemRange(low.start, size)}`,
    AUTHORITY.framebufferIsLow,
    '--framebuffer BASE+SIZE, or boot_params, dmesg or lspci of the machine',
  );
  return { base: low.start, size, from: 'presumed', text: 'presumed at the base of the low window' };
}

function originOf(
  subject: AcpiSubject,
  path: string,
  index: number,
  descriptor: ResourceDescriptor | undefined,
): AddressWindow['origin'] {
  return {
    artifact: subject.artifact,
    path,
    item: '_CRS',
    index,
    ...(descriptor?.span ? { span: descriptor.span } : {}),
  };
}

/** The kernel's window as an {@link AddressWindow}, its origin the first descriptor that went into it. */
function windowFor(
  subject: AcpiSubject,
  levels: readonly (readonly (AcpiDescriptor & { from: number })[] | null)[],
  window: VmbusPool['windows'][number],
): AddressWindow {
  const part = window.parts[0]!;
  const level = subject.levels[part.level]!;
  const from = levels[part.level]?.[part.index]?.from ?? 0;
  const made: AddressWindow = {
    space: 'memory',
    role: 'window',
    base: window.start,
    size: window.end >= window.start ? window.end - window.start + 1n : null,
    certainty: 'certain',
    flags: { producer: true },
    origin: originOf(subject, level.path, from, level.entry?.resources[from]),
    derivation: [
      ...(window.parts.length > 1
        ? [{ what: 'merged', text: `${window.parts.length} descriptors that touch` }]
        : []),
      ...(window.cutAtVtpm ? [{ what: 'cut', text: 'the end was cut at the virtual TPM, 0xfed40000' }] : []),
    ],
  };
  return made;
}
